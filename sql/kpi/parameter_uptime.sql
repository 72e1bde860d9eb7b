-- kpi: V3
-- title_id: Ketersediaan pengukuran udara
-- title_en: Availability of the air readings
-- question_id: Berapa bagian dari 48 pengukuran sehari yang datang dan sahih, menurut parameter?
-- question_en: What share of the 48 readings a day came and was valid, by parameter?
-- row: one month and parameter
-- key: period, measure
-- unit: %
-- dimension: environment
-- steward: Dinas Lingkungan Hidup {city.name}
-- rule_id: 48 pengukuran sehari tiap parameter aturan ISPU yang berlaku, di tiap stasiun; hari yang diminta dan ditahan tidak punya pengukuran sah
-- rule_en: 48 readings a day of every parameter of the ISPU rule in force, at each station; a day that was asked for and withheld has no valid reading
-- cells: none, air is no person
-- measure all_parameters: Semua parameter / All parameters
-- measure pm25: PM2.5 / PM2.5
-- measure pm10: PM10 / PM10
-- measure so2: SO2 / SO2
-- measure co: CO / CO
-- measure o3: O3 / O3
-- measure no2: NO2 / NO2
-- measure hc: HC / HC
WITH months AS (
    SELECT
        CAST(left(partition, 7) || '-01' AS date) AS month,
        count(DISTINCT partition) AS days
    FROM lumbung.verdicts
    WHERE dataset = 'aqms.observations'
    GROUP BY 1
),
stations AS (
    SELECT month_of(city_date(observed_at)) AS month, count(DISTINCT station) AS stations FROM aqms.observations GROUP BY 1
),
valid AS (
    SELECT month_of(city_date(observed.observed_at)) AS month, observed.parameter, count(*) AS readings
    FROM aqms.observations AS observed
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'aqms.observations' AND harvested.day = city_date(observed.observed_at)
    WHERE observed.value IS NOT NULL AND observed.quality = 'valid'
    GROUP BY 1, 2
),
parameters AS (
    SELECT DISTINCT parameter, rule_version, valid_from, valid_to FROM reference.ispu_anchors
),
counted AS (
    SELECT
        months.month,
        months.days,
        parameters.parameter,
        parameters.rule_version,
        coalesce(valid.readings, 0) AS numerator,
        48 * months.days * coalesce(stations.stations, 1) AS denominator
    FROM months
    INNER JOIN parameters
        ON coalesce(last_day(months.month) >= parameters.valid_from, TRUE) AND coalesce(last_day(months.month) < parameters.valid_to, TRUE)
    LEFT JOIN stations ON stations.month = months.month
    LEFT JOIN valid ON valid.month = months.month AND valid.parameter = parameters.parameter
),
measured AS (
    SELECT
        month,
        lower(replace(parameter, '.', '')) AS measure,
        numerator,
        denominator,
        days,
        rule_version,
        1 AS place
    FROM counted
    UNION ALL
    SELECT month, 'all_parameters', CAST(sum(numerator) AS bigint), CAST(sum(denominator) AS bigint), days, rule_version, 0
    FROM counted
    GROUP BY month, days, rule_version
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    coalesce(harvest.completeness, 0) AS completeness,
    reason_of(
        value,
        'no_cases',
        [CASE WHEN measured.days < coalesce(harvest.expected, day(last_day(measured.month))) THEN 'incomplete' END]
    ) AS reason,
    status_of(value, reason) AS status,
    measured.rule_version
FROM measured
LEFT JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'aqms.observations' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place, measured.measure
