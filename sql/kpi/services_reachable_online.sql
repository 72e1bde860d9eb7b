-- kpi: L4
-- title_id: Layanan Mal Pelayanan Publik yang dapat diurus daring
-- title_en: Services of the public service mall that can be had online
-- question_id: Berapa bagian layanan di Mal Pelayanan Publik yang dapat diurus daring?
-- question_en: What share of the services at the public service mall can be had online?
-- row: the day of each list of services that is kept
-- key: period
-- unit: %
-- dimension: living
-- steward: Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu {city.name}
-- rule_id: layanan dalam daftar menurut keadaan hari itu, dari semua perangkat daerah di dalamnya; jumlah layanan menurut pers adalah klaim dan tidak dipakai
-- rule_en: services of the list as it stood that day, of all agencies there; the number of services the press states is a claim and is not used
-- cells: none, no row stands for persons
-- column agencies: Instansi dengan layanan di daftar / Agencies with a service in the list
WITH listed AS (
    SELECT
        _partition AS period,
        count(*) FILTER (WHERE is_online = 'ya') AS numerator,
        count(*) AS denominator,
        count(DISTINCT agency) AS agencies
    FROM perizinan.services_history
    GROUP BY _partition
)
SELECT
    snapshot.period,
    city_code() AS region_code,
    listed.numerator,
    listed.denominator,
    percent(listed.numerator, listed.denominator) AS value,
    '%' AS unit,
    snapshot.completeness,
    reason_of(value, 'no_cases', [snapshot.gap]) AS reason,
    status_of(value, reason) AS status,
    'layanan MPP' AS rule_version,
    listed.agencies
FROM listed
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'perizinan.services' AND snapshot.kind = 'snapshot' AND snapshot.period = listed.period
ORDER BY snapshot.period
