-- kpi: L4
-- title_id: Layanan Mal Pelayanan Publik yang dapat diurus daring
-- title_en: Services of the public service mall that can be had online
-- question_id: Berapa bagian layanan di Mal Pelayanan Publik yang dapat diurus daring?
-- question_en: What share of the services at the public service mall can be had online?
-- row: the latest list of services
-- key: period
-- unit: %
-- dimension: living
-- steward: Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu {city.name}
-- rule_id: layanan dalam daftar menurut keadaan hari itu, dari semua perangkat daerah di dalamnya; jumlah layanan menurut pers adalah klaim dan tidak dipakai
-- rule_en: services of the list as it stood that day, of all agencies there; the number of services the press states is a claim and is not used
-- cells: none, no row stands for persons
-- column agencies: Instansi dengan layanan di daftar / Agencies with a service in the list
SELECT
    strftime(snapshot.taken_on, '%Y-%m-%d') AS period,
    city_code() AS region_code,
    count(*) FILTER (WHERE services.is_online = 'ya') AS numerator,
    count(*) AS denominator,
    percent(numerator, denominator) AS value,
    '%' AS unit,
    snapshot.completeness,
    status_of(value, snapshot.completeness = 1) AS status,
    CASE WHEN snapshot.completeness < 1 THEN 'incomplete' END AS reason,
    'layanan MPP' AS rule_version,
    count(DISTINCT services.agency) AS agencies
FROM perizinan.services AS services
INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'perizinan.services'
GROUP BY snapshot.taken_on, snapshot.completeness
