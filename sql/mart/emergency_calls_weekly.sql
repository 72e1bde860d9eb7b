-- title_id: Panggilan 112 mingguan menurut kecamatan
-- title_en: Weekly calls to 112 by kecamatan
-- row: one week, Monday first, and kecamatan in which somebody called, with those that help reached
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: week, region_code
-- cells calls: arrived, median_minutes
-- cells arrived: median_minutes
-- within: calls > arrived
-- column week: Senin pertama minggu itu / Monday of the week
-- column region_code: Kode Kemendagri kecamatan, kosong bila tidak diketahui / Kemendagri code of the kecamatan, empty where it is not known
-- column calls: Panggilan / Calls
-- column arrived: Panggilan yang didatangi / Calls that help reached
-- column median_minutes: Median menit sampai petugas tiba / Median minutes until help arrived
SELECT
    CAST(date_trunc('week', city_date(called_at)) AS DATE) AS week,
    left(region_code, 8) AS region_code,
    count(*) AS calls,
    count(arrived_at) AS arrived,
    round(median(epoch(arrived_at - called_at) / 60), 1) AS median_minutes
FROM panggilan112.calls
GROUP BY 1, 2
ORDER BY week, region_code
