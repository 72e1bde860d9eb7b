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
    for_days(people.population, least(snapshot.last_day - months.month + 1, day(last_day(months.month))), months.month) AS denominator,
    rate(months.requests, denominator, 100000) AS value,
    '/100000{people}' AS unit,
    snapshot.completeness,
    reason_of(
        value,
        'no_population',
        [gap_of(last_day(months.month), snapshot.seen_until, snapshot.is_complete), population_doubt(people.is_of_year)]
    ) AS reason,
    status_of(value, reason) AS status,
    'UU 14/2008 Ps 12' AS rule_version,
    population_rule(people.as_of) AS vintage
FROM months
LEFT JOIN mart.population AS people ON people.year = year(months.month)
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'ppid.requests' AND snapshot.is_newest
ORDER BY period
