-- title_id: Pajak bumi dan bangunan bulanan menurut kecamatan
-- title_en: Monthly property tax by kecamatan
-- row: one month and kecamatan, with the bills issued and the bills paid in it, as far as they have been harvested
-- class: berkala
-- steward: Badan Pengelola Pajak dan Retribusi Daerah Kota Jambi
-- dimensions: month, region_code
-- cells: bills
-- column month: Awal bulan / First day of the month
-- column region_code: Kode Kemendagri kecamatan / Kemendagri code of the kecamatan
-- column bills: Tagihan yang terbit atau dibayar / Bills issued or paid
-- column issued: Tagihan yang terbit, kosong bila 1 sampai 4 / Bills issued, empty when 1 to 4
-- column issued_idr: Pokok yang ditagih, rupiah / Tax billed, rupiah
-- column paid: Tagihan yang dibayar, kosong bila 1 sampai 4 / Bills paid, empty when 1 to 4
-- column paid_idr: Pokok dan denda yang dibayar, rupiah / Tax and penalties paid, rupiah
-- column penalty_idr: Denda yang dibayar, rupiah / Penalties paid, rupiah
WITH changed AS (
    SELECT
        date_trunc('month', CAST(updated_at AT TIME ZONE 'Asia/Jakarta' AS DATE)) AS month,
        left(region_code, 8) AS region_code,
        count(DISTINCT nop || '-' || tax_year) AS bills,
        count(*) FILTER (WHERE status = 'terbit') AS issued,
        sum(amount_idr) FILTER (WHERE status = 'terbit') AS issued_idr,
        count(*) FILTER (WHERE status = 'lunas') AS paid,
        sum(amount_idr + penalty_idr) FILTER (WHERE status = 'lunas') AS paid_idr,
        sum(penalty_idr) FILTER (WHERE status = 'lunas') AS penalty_idr
    FROM pbb.bills_history
    GROUP BY 1, 2
)
SELECT
    CAST(month AS DATE) AS month,
    region_code,
    bills,
    CASE WHEN issued NOT BETWEEN 1 AND 4 THEN issued END AS issued,
    CASE WHEN issued NOT BETWEEN 1 AND 4 THEN CAST(coalesce(issued_idr, 0) AS BIGINT) END AS issued_idr,
    CASE WHEN paid NOT BETWEEN 1 AND 4 THEN paid END AS paid,
    CASE WHEN paid NOT BETWEEN 1 AND 4 THEN CAST(coalesce(paid_idr, 0) AS BIGINT) END AS paid_idr,
    CASE WHEN paid NOT BETWEEN 1 AND 4 THEN CAST(coalesce(penalty_idr, 0) AS BIGINT) END AS penalty_idr
FROM changed
ORDER BY month, region_code
