-- kpi: P4
-- title_id: Permohonan informasi per 100.000 penduduk
-- title_en: Information requests per 100,000 inhabitants
-- question_id: Berapa permohonan informasi publik yang diterima dalam sebulan, per 100.000 penduduk?
-- question_en: How many requests for public information are received in a month, per 100,000 inhabitants?
-- row: one month in which requests were received
-- key: period
-- unit: /100000{people}
-- dimension: people
-- steward: PPID Utama {city.name}
-- rule_id: UU 14/2008 Ps 12; jumlah sebulan tidak disetahunkan; penduduk menurut register klaim, yang terakhir diketahui sampai tahun itu
-- rule_en: UU 14/2008 Ps 12; a month's count is not turned into a year's; population of the claims register, the latest known up to that year
-- cells: none, every request is public on its own, without its requester
WITH months AS (SELECT month_of(received_on) AS month, count(*) AS requests FROM ppid.requests GROUP BY 1)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.requests AS numerator,
    people.population AS denominator,
    rate(months.requests, people.population, 100000) AS value,
    '/100000{people}' AS unit,
    snapshot.completeness,
    status_of(value, months.month < month_of(snapshot.taken_on) AND snapshot.completeness = 1 AND people.is_of_year) AS status,
    CASE
        WHEN people.population IS NULL THEN 'no_population'
        WHEN months.month >= month_of(snapshot.taken_on) THEN 'running'
        WHEN snapshot.completeness < 1 THEN 'incomplete'
        WHEN NOT people.is_of_year THEN 'old_population'
    END AS reason,
    population_rule(people.as_of) AS rule_version
FROM months
LEFT JOIN mart.population AS people ON people.year = year(months.month)
INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'ppid.requests'
ORDER BY period
