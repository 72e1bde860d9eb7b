-- kpi: L1
-- title_id: Keluhan lampu jalan dan air per 10.000 penduduk
-- title_en: Street-light and water complaints per 10,000 inhabitants
-- question_id: Berapa keluhan tentang lampu jalan, dan tentang air, yang diterima sebulan untuk tiap 10.000 penduduk?
-- question_en: How many complaints about street lights, and about water, were received in a month for every 10,000 inhabitants?
-- row: one month in which complaints were harvested, and one subject
-- key: period, measure
-- unit: /10000{people}
-- dimension: living
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: semua keluhan yang diterima SIKESAL bulan itu, juga yang ditolak; jumlah sebulan tidak disetahunkan; penduduk menurut register klaim
-- rule_en: every complaint received in SIKESAL in the month, rejected ones too; a month's count is not turned into a year's; population of the claims register
-- cells: none, every complaint is public on its own, without its reporter
-- measure street_lights: Lampu jalan / Street lights
-- measure water: Kebocoran pipa dan air keruh / Pipe leaks and turbid water
WITH complaints AS (
    SELECT
        month_of(harvested.day) AS month,
        CASE complaint.category WHEN 'street_lights' THEN 'street_lights' WHEN 'pipe_leaks' THEN 'water' WHEN 'turbid_water' THEN 'water' END AS measure
    FROM sikesal.complaints AS complaint
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.complaints' AND harvested.day = city_date(complaint.received_at)
),
subjects AS (
    SELECT 1 AS place, 'street_lights' AS measure
    UNION ALL
    SELECT 2, 'water'
),
counted AS (
    SELECT month, measure, count(*) AS complaints FROM complaints GROUP BY month, measure
)
SELECT
    harvest.period,
    city_code() AS region_code,
    subjects.measure,
    coalesce(counted.complaints, 0) AS numerator,
    for_days(people.population, harvest.harvested, harvest.first_day) AS denominator,
    rate(coalesce(counted.complaints, 0), denominator, 10000) AS value,
    '/10000{people}' AS unit,
    harvest.completeness,
    reason_of(value, 'no_population', [harvest.gap, population_doubt(people.is_of_year)]) AS reason,
    status_of(value, reason) AS status,
    'SIKESAL' AS rule_version,
    population_rule(people.as_of) AS vintage
FROM mart.harvest_periods AS harvest
CROSS JOIN subjects
LEFT JOIN counted ON counted.month = harvest.first_day AND counted.measure = subjects.measure
LEFT JOIN mart.population AS people ON people.year = year(harvest.first_day)
WHERE harvest.dataset = 'sikesal.complaints' AND harvest.kind = 'month'
ORDER BY harvest.period, subjects.place
