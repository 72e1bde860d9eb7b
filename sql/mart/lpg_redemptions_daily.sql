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
-- column above_ceiling: Penebusan di atas HET / Redemptions above the ceiling price
-- column above_ceiling_percent: Bagian penebusan di atas HET, persen / Share of redemptions above the ceiling, percent
SELECT
    city_date(redemptions.redeemed_at) AS day,
    outlets.region_code,
    count(DISTINCT redemptions.card_no) AS cards,
    count(*) AS redemptions,
    CAST(sum(redemptions.cylinders) AS BIGINT) AS cylinders,
    median(redemptions.price_idr) AS median_price_idr,
    count(*) FILTER (WHERE redemptions.price_idr > coalesce(outlets.ceiling_idr, 18000)) AS above_ceiling,
    round(100.0 * count(*) FILTER (WHERE redemptions.price_idr > coalesce(outlets.ceiling_idr, 18000)) / count(*), 1) AS above_ceiling_percent
FROM lpg.redemptions AS redemptions
LEFT JOIN lpg.outlets AS outlets ON outlets.outlet_id = redemptions.outlet_id
GROUP BY 1, 2
ORDER BY day, region_code
