-- kpi: G3
-- title_id: Keluhan per 10.000 penduduk
-- title_en: Complaints per 10,000 inhabitants
-- question_id: Berapa keluhan yang disampaikan warga dalam sebulan, per 10.000 penduduk dan di tiap kecamatan?
-- question_en: How many complaints did residents send in a month, per 10,000 inhabitants and in each kecamatan?
-- row: one month and measure; complaints are also counted in the kecamatan they are about, whose population is not known
-- key: period, measure, region_code
-- unit: /10000{people}
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: semua keluhan yang diterima SIKESAL bulan itu, juga yang ditolak; jumlah sebulan tidak disetahunkan; penduduk menurut register klaim
-- rule_en: every complaint received in SIKESAL in the month, rejected ones too; a month's count is not turned into a year's; population of the claims register
-- cells: none, every complaint is public on its own, without its reporter
-- measure per_10000: Keluhan sebulan per 10.000 penduduk / Complaints a month per 10,000 inhabitants
-- measure received: Jumlah keluhan yang diterima / Number of complaints received
WITH received AS (
    SELECT
        month_of(harvested.day) AS month,
        unnest(city_and_kecamatan(complaint.region_code)) AS region_code
    FROM sikesal.complaints AS complaint
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.complaints' AND harvested.day = city_date(complaint.received_at)
),
counted AS (SELECT month, region_code, count(*) AS complaints FROM received GROUP BY month, region_code),
months AS (
    SELECT
        harvest.first_day AS month,
        place.code AS region_code,
        coalesce(counted.complaints, 0) AS complaints,
        harvest.completeness,
        harvest.harvested,
        harvest.gap
    FROM mart.harvest_periods AS harvest
    INNER JOIN reference.regions AS place ON place.level IN ('kota', 'kecamatan')
    LEFT JOIN counted ON counted.month = harvest.first_day AND counted.region_code = place.code
    WHERE harvest.dataset = 'sikesal.complaints' AND harvest.kind = 'month'
),
measured AS (
    SELECT
        months.month,
        months.region_code,
        1 AS place,
        'per_10000' AS measure,
        months.complaints AS numerator,
        for_days(people.population, months.harvested, months.month) AS denominator,
        rate(months.complaints, for_days(people.population, months.harvested, months.month), 10000) AS value,
        '/10000{people}' AS unit,
        people.is_of_year,
        'SIKESAL' AS rule_version,
        population_rule(people.as_of) AS vintage
    FROM months
    LEFT JOIN mart.population AS people ON people.year = year(months.month)
    WHERE months.region_code = city_code()
    UNION ALL
    SELECT month, region_code, 2, 'received', complaints, NULL, CAST(complaints AS DOUBLE), '{complaints}', TRUE, 'SIKESAL', NULL FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    measured.region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    months.completeness,
    reason_of(measured.value, 'no_population', [months.gap, population_doubt(measured.is_of_year)]) AS reason,
    status_of(measured.value, reason) AS status,
    measured.rule_version,
    measured.vintage
FROM measured
INNER JOIN months ON months.month = measured.month AND months.region_code = measured.region_code
ORDER BY period, measured.place, measured.region_code
