-- title_id: Harga eceran tertinggi LPG 3 kg menurut register klaim
-- title_en: Ceiling price of 3 kg LPG by the register of claims
-- row: one ceiling price, from the day its claim speaks of to the one before the next claim; it holds for outlets whose own ceiling is not known
SELECT
    claim_id,
    number AS ceiling_idr,
    CAST(left(period || '-01-01', 10) AS DATE) AS first_day,
    CAST(coalesce(lead(first_day) OVER (ORDER BY first_day, period), DATE '9999-12-31') AS DATE) - 1 AS last_day
FROM mart.claims
WHERE figure = 'lpg_ceiling' AND problem IS NULL
ORDER BY first_day, period
