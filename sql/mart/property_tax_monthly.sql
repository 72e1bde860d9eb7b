-- title_id: Pajak bumi dan bangunan bulanan menurut kecamatan
-- title_en: Monthly property tax by kecamatan
-- row: one month and kecamatan, with the bills issued and the bills paid in it, as far as they have been harvested
-- class: berkala
-- steward: Badan Pengelola Pajak dan Retribusi Daerah {city.name}
-- key: month, region_code
-- cells issued: issued_idr
-- cells paid: paid_idr
-- cells penalised: penalty_idr
-- within: paid > penalised
-- column month: Awal bulan / First day of the month
-- column region_code: Kode Kemendagri kecamatan / Kemendagri code of the kecamatan
-- column issued: Tagihan yang terbit / Bills issued
-- column issued_idr: Pokok yang ditagih, rupiah / Tax billed, rupiah
-- column paid: Tagihan yang dibayar / Bills paid
-- column paid_idr: Pokok dan denda yang dibayar, rupiah / Tax and penalties paid, rupiah
-- column penalised: Tagihan yang dibayar dengan denda / Bills paid with a penalty
-- column penalty_idr: Denda yang dibayar, rupiah / Penalties paid, rupiah
WITH changed AS (
    SELECT
        date_trunc('month', city_date(updated_at)) AS month,
        left(region_code, 8) AS region_code,
        count(*) FILTER (WHERE status = 'terbit') AS issued,
        sum(amount_idr) FILTER (WHERE status = 'terbit') AS issued_idr,
        count(*) FILTER (WHERE status = 'lunas') AS paid,
        sum(amount_idr + penalty_idr) FILTER (WHERE status = 'lunas') AS paid_idr,
        count(*) FILTER (WHERE status = 'lunas' AND penalty_idr > 0) AS penalised,
        sum(penalty_idr) FILTER (WHERE status = 'lunas') AS penalty_idr
    FROM pbb.bills_history
    GROUP BY 1, 2
)
SELECT
    CAST(month AS DATE) AS month,
    region_code,
    issued,
    CAST(coalesce(issued_idr, 0) AS BIGINT) AS issued_idr,
    paid,
    CAST(coalesce(paid_idr, 0) AS BIGINT) AS paid_idr,
    penalised,
    CAST(coalesce(penalty_idr, 0) AS BIGINT) AS penalty_idr
FROM changed
ORDER BY month, region_code
