-- title_id: Panggilan 112 mingguan menurut kecamatan
-- title_en: Weekly calls to 112 by kecamatan
-- row: one week, Monday first, and kecamatan in which somebody called, with those that help reached
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: week, region_code
-- cells calls: arrived, median_minutes
-- cells arrived: median_minutes
-- cells none: completeness
-- within: calls > arrived
-- column week: Senin pertama minggu itu / Monday of the week
-- column region_code: Kode Kemendagri kecamatan, kosong bila tidak diketahui / Kemendagri code of the kecamatan, empty where it is not known
-- column calls: Panggilan / Calls
-- column arrived: Panggilan yang didatangi / Calls that help reached
-- column median_minutes: Median menit sampai petugas tiba / Median minutes until help arrived
-- column completeness: Kelengkapan minggu itu, 0 sampai 1 / How complete the week is, 0 to 1
WITH counted AS (
    SELECT
        CAST(date_trunc('week', city_date(called_at)) AS DATE) AS week,
        kecamatan_of(region_code) AS region_code,
        count(*) AS calls,
        count(arrived_at) AS arrived,
        percentile(epoch(arrived_at - called_at) / 60, 0.5) AS median_minutes
    FROM panggilan112.calls
    GROUP BY 1, 2
),
harvested AS (
    SELECT CAST(date_trunc('week', day) AS DATE) AS week, sum(share) / 7 AS completeness
    FROM mart.harvest_days
    WHERE dataset = 'panggilan112.calls'
    GROUP BY 1
)
SELECT
    counted.week,
    counted.region_code,
    counted.calls,
    counted.arrived,
    counted.median_minutes,
    coalesce(harvested.completeness, 0) AS completeness
FROM counted
LEFT JOIN harvested ON harvested.week = counted.week
ORDER BY counted.week, counted.region_code
