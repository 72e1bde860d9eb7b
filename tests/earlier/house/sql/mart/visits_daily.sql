-- title_id: Kunjungan harian menurut kecamatan
-- title_en: Daily visits by kecamatan
-- row: one day and kecamatan, beside the whole city
-- class: berkala
-- steward: Dinas Contoh
-- key: day, region_code
-- cells visitors: minutes
-- column day: Hari / Day
-- column region_code: Kode Kemendagri kecamatan, atau 15.71 / Kemendagri code of the kecamatan, or 15.71
-- column visitors: Pengunjung / Visitors
-- column minutes: Menit seluruhnya / Minutes in all
SELECT
    city_date(visited_at) AS day,
    coalesce(region_code, '15.71') AS region_code,
    count(DISTINCT visitor) AS visitors,
    CAST(sum(minutes) AS BIGINT) AS minutes
FROM layanan.visits
GROUP BY GROUPING SETS ((city_date(visited_at), region_code), (city_date(visited_at)))
ORDER BY day, region_code
