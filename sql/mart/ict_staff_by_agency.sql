-- title_id: Pegawai TIK per perangkat daerah
-- title_en: ICT staff by agency
-- row: one agency of the city, as its staff list stands now; one without ICT staff has none
-- class: setiap saat
-- steward: Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah {city.name}
-- key: agency_code
-- cells staff: certified
-- cells certified:
-- within: staff > certified
-- column agency_code: Kode perangkat daerah / Agency code
-- column staff: Jumlah pegawai TIK / Number of ICT staff
-- column certified: Bersertifikat / Certified
WITH agencies AS (
    SELECT agency_code FROM mart.city_agencies
    UNION DISTINCT
    SELECT agency_code FROM sdm_tik.staff
)
SELECT
    agencies.agency_code,
    count(listed.agency_code) AS staff,
    count(*) FILTER (WHERE listed.certified) AS certified
FROM agencies
LEFT JOIN sdm_tik.staff AS listed ON listed.agency_code = agencies.agency_code
GROUP BY agencies.agency_code
ORDER BY agencies.agency_code
