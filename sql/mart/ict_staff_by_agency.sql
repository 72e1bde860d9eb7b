-- title_id: Pegawai TIK per perangkat daerah
-- title_en: ICT staff by agency
-- row: one agency, as its staff list stands now
-- class: setiap saat
-- steward: Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah {city.name}
-- key: agency_code
-- cells staff: certified
-- cells certified:
-- within: staff > certified
-- column agency_code: Kode perangkat daerah / Agency code
-- column staff: Jumlah pegawai TIK / Number of ICT staff
-- column certified: Bersertifikat / Certified
SELECT agency_code, count(*) AS staff, count(*) FILTER (WHERE certified) AS certified
FROM sdm_tik.staff
GROUP BY agency_code
ORDER BY agency_code
