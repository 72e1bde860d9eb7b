-- kpi: P3
-- title_id: Usulan pembangunan per 1.000 penduduk
-- title_en: Development proposals per 1,000 inhabitants
-- question_id: Berapa usulan musrenbang yang dibuat dalam sebulan, per 1.000 penduduk dan di tiap kecamatan?
-- question_en: How many planning proposals are made in a month, per 1,000 inhabitants and in each kecamatan?
-- row: one month and measure; proposals are also counted by kecamatan, whose population is not known
-- key: period, measure, region_code
-- unit: /1000{people}
-- dimension: people
-- steward: Badan Perencanaan Pembangunan Daerah {city.name}
-- rule_id: usulan dihitung pada bulan dibuat di kelurahannya; jumlah sebulan tidak disetahunkan; penduduk menurut register klaim
-- rule_en: a proposal counts in the month in which it was made in its kelurahan; a month's count is not turned into a year's; population of the claims register
-- cells: none, every proposal is public on its own, without its proposer
-- measure per_1000: Usulan sebulan per 1.000 penduduk / Proposals a month per 1,000 inhabitants
-- measure made: Jumlah usulan / Number of proposals
WITH made AS (
    SELECT proposal_year, proposal_no, min(updated_at) AS made_at, arg_min(region_code, updated_at) AS kelurahan
    FROM eplanning.proposals_history
    WHERE stage = 'kelurahan'
    GROUP BY proposal_year, proposal_no
),
proposals AS (
    SELECT
        month_of(harvested.day) AS month,
        unnest(city_and_kecamatan(made.kelurahan)) AS region_code
    FROM made
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'eplanning.proposals' AND harvested.day = city_date(made.made_at)
),
counted AS (SELECT month, region_code, count(*) AS proposals FROM proposals GROUP BY month, region_code),
months AS (
    SELECT
        harvest.first_day AS month,
        place.code AS region_code,
        coalesce(counted.proposals, 0) AS proposals,
        harvest.completeness,
        harvest.harvested,
        harvest.gap
    FROM mart.harvest_periods AS harvest
    INNER JOIN reference.regions AS place ON place.level IN ('kota', 'kecamatan')
    LEFT JOIN counted ON counted.month = harvest.first_day AND counted.region_code = place.code
    WHERE harvest.dataset = 'eplanning.proposals' AND harvest.kind = 'month'
),
measured AS (
    SELECT
        months.month,
        months.region_code,
        1 AS place,
        'per_1000' AS measure,
        months.proposals AS numerator,
        for_days(people.population, months.harvested, months.month) AS denominator,
        rate(months.proposals, for_days(people.population, months.harvested, months.month), 1000) AS value,
        '/1000{people}' AS unit,
        people.is_of_year,
        'stage kelurahan' AS rule_version,
        population_rule(people.as_of) AS vintage
    FROM months
    LEFT JOIN mart.population AS people ON people.year = year(months.month)
    WHERE months.region_code = city_code()
    UNION ALL
    SELECT month, region_code, 2, 'made', proposals, NULL, CAST(proposals AS DOUBLE), '{proposals}', TRUE, 'stage kelurahan', NULL FROM months
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
