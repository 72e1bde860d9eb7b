-- title_id: Pajak bumi dan bangunan bulanan menurut kecamatan
-- title_en: Monthly property tax by kecamatan
-- row: one month and kecamatan, with the bills issued and the bills paid in it, on days that were harvested
-- class: berkala
-- steward: Badan Pengelola Pajak dan Retribusi Daerah {city.name}
-- key: month, region_code
-- cells issued: issued_idr
-- cells paid: paid_idr
-- cells penalised: penalty_idr
-- cells none: completeness
-- within: paid > penalised
-- column month: Awal bulan / First day of the month
-- column region_code: Kode Kemendagri kecamatan / Kemendagri code of the kecamatan
-- column issued: Tagihan yang terbit / Bills issued
-- column issued_idr: Pokok yang ditagih, rupiah / Tax billed, rupiah
-- column paid: Tagihan yang dibayar / Bills paid
-- column paid_idr: Pokok dan denda yang dibayar, rupiah / Tax and penalties paid, rupiah
-- column penalised: Tagihan yang dibayar dengan denda / Bills paid with a penalty
-- column penalty_idr: Denda yang dibayar, rupiah / Penalties paid, rupiah
-- column completeness: Kelengkapan bulan itu, 0 sampai 1 / How complete the month is, 0 to 1
WITH bills AS (
    SELECT
        month_of(harvested.day) AS month,
        kecamatan_of(bill.region_code) AS region_code,
        bill.amount_idr AS issued_idr,
        NULL AS paid_idr,
        NULL AS penalty_idr
    FROM pbb.bills AS bill
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'pbb.bills' AND harvested.day = city_date(bill.issued_at)
    UNION ALL
    SELECT month_of(harvested.day), kecamatan_of(bill.region_code), NULL, bill.amount_idr + bill.penalty_idr, bill.penalty_idr
    FROM pbb.bills AS bill
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'pbb.bills' AND harvested.day = city_date(bill.paid_at)
    WHERE bill.status = 'lunas' AND NOT bill.newer_version_withheld
),
known AS (
    SELECT month_of(city_date(issued_at)) AS month, kecamatan_of(region_code) AS region_code, known_share(newer_version_withheld) AS share
    FROM pbb.bills
    GROUP BY 1, 2
),
counted AS (
    SELECT
        month,
        region_code,
        count(issued_idr) AS issued,
        CAST(coalesce(sum(issued_idr), 0) AS BIGINT) AS issued_idr,
        count(paid_idr) AS paid,
        CAST(coalesce(sum(paid_idr), 0) AS BIGINT) AS paid_idr,
        count(*) FILTER (WHERE penalty_idr > 0) AS penalised,
        CAST(coalesce(sum(penalty_idr), 0) AS BIGINT) AS penalty_idr
    FROM bills
    GROUP BY month, region_code
)
SELECT
    counted.*,
    harvest.completeness * coalesce(known.share, 1) AS completeness
FROM counted
LEFT JOIN known ON known.month = counted.month AND known.region_code = counted.region_code
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'pbb.bills' AND harvest.kind = 'month' AND harvest.first_day = counted.month
ORDER BY counted.month, counted.region_code
