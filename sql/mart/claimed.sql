-- title_id: Klaim tertinggi dan terendah
-- title_en: Highest and lowest claims
-- row: one use of claims, one period, and the highest or the lowest figure that a source states of it; of equal ones the first entered
WITH ranked AS (
    SELECT
        figure,
        period,
        number,
        claim_id,
        row_number() OVER (PARTITION BY figure, period ORDER BY number DESC, claim_id ASC) AS from_top,
        row_number() OVER (PARTITION BY figure, period ORDER BY number ASC, claim_id ASC) AS from_bottom
    FROM mart.claims
    WHERE problem IS NULL AND period IS NOT NULL
)
SELECT figure, period, 2 AS place, 'claimed_most' AS measure, number, claim_id FROM ranked WHERE from_top = 1
UNION ALL
SELECT figure, period, 3, 'claimed_least', number, claim_id FROM ranked WHERE from_bottom = 1
ORDER BY figure, period, place
