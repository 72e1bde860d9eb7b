-- title_id: Penebusan LPG 3 kg harian menurut kelurahan
-- title_en: Daily redemptions of 3 kg LPG by kelurahan
-- row: one day and kelurahan of the outlet
-- class: setiap saat
-- steward: Dinas Perindustrian dan Perdagangan {city.name}
-- key: day, region_code
-- cells cards: redemptions, cylinders, median_price_idr, above_ceiling, above_ceiling_percent
-- cells above_ceiling: above_ceiling_percent
-- within: redemptions > above_ceiling
-- column day: Tanggal / Day
-- column region_code: Kode Kemendagri kelurahan pangkalan, kosong bila tidak diketahui / Kemendagri code of the outlet's kelurahan, empty where it is not known
-- column cards: Jumlah kartu yang dipakai / Number of cards used
-- column redemptions: Jumlah penebusan / Number of redemptions
-- column cylinders: Jumlah tabung / Number of cylinders
-- column median_price_idr: Harga tengah per tabung, rupiah / Median price of a cylinder, rupiah
-- column above_ceiling: Penebusan di atas HET pangkalan, atau HET register klaim / Redemptions above the outlet's ceiling price, else the claimed one
-- column above_ceiling_percent: Bagian di atas HET, dari penebusan yang HET-nya diketahui, persen / Share above the ceiling, of those with a known one, percent
WITH redeemed AS (
    SELECT
        city_date(redemption.redeemed_at) AS day,
        outlets.region_code,
        redemption.card_no,
        redemption.cylinders,
        redemption.price_idr,
        coalesce(outlets.ceiling_idr, ceilings.ceiling_idr) AS ceiling_idr
    FROM lpg.redemptions AS redemption
    LEFT JOIN lpg.outlets AS outlets ON outlets.outlet_id = redemption.outlet_id
    LEFT JOIN mart.lpg_ceilings AS ceilings ON city_date(redemption.redeemed_at) BETWEEN ceilings.first_day AND ceilings.last_day
)
SELECT
    day,
    region_code,
    count(DISTINCT card_no) AS cards,
    count(*) AS redemptions,
    CAST(sum(cylinders) AS BIGINT) AS cylinders,
    median(price_idr) AS median_price_idr,
    CASE WHEN count(ceiling_idr) > 0 THEN count(*) FILTER (WHERE price_idr > ceiling_idr) END AS above_ceiling,
    percent(count(*) FILTER (WHERE price_idr > ceiling_idr), count(ceiling_idr)) AS above_ceiling_percent
FROM redeemed
GROUP BY day, region_code
ORDER BY day, region_code
