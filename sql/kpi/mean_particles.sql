-- kpi: V2
-- title_id: Rata-rata partikel halus di udara
-- title_en: Mean fine particles in the air
-- question_id: Berapa rata-rata PM2.5 dan PM10 tahun ini dan tiap bulan, dari jam yang datanya cukup?
-- question_en: What is the mean of PM2.5 and PM10 this year and in each month, over the hours with enough data?
-- row: one year, or one month of it, and parameter
-- key: period, measure
-- unit: ug/m3
-- dimension: environment
-- steward: Dinas Lingkungan Hidup {city.name}
-- rule_id: rata-rata jam tiap stasiun; satu jam dihitung bila pengukuran sah mencakup 45 menitnya; kelengkapan ialah bagian jam seperti itu dalam periode
-- rule_en: hourly means of each station; an hour counts when valid readings cover 45 of its 60 minutes; completeness is the share of such hours in the period
-- cells: none, air is no person
-- measure pm25_year: PM2.5, tahun / PM2.5, year
-- measure pm10_year: PM10, tahun / PM10, year
-- measure pm25_month: PM2.5, bulan / PM2.5, month
-- measure pm10_month: PM10, bulan / PM10, month
-- reason no_valid_hour: Tidak ada jam dengan data cukup / No hour has enough readings
-- reason few_valid_hours: Kurang dari 75 % jam periode itu memiliki data cukup / Fewer than 75 % of the period's hours have enough readings
WITH lasting AS (
    SELECT period, '_' || kind AS kind, first_day, last_day, expected AS days, gap
    FROM mart.harvest_periods
    WHERE dataset = 'aqms.observations' AND kind IN ('month', 'year')
),
days AS (SELECT day FROM mart.harvest_days WHERE dataset = 'aqms.observations'),
readings AS (
    SELECT
        days.day,
        observed.parameter,
        CAST(observed.value AS decimal(12, 3)) AS value,
        sum(observed.averaging_minutes) OVER (PARTITION BY observed.station, observed.parameter, date_trunc('hour', observed.observed_at)) AS minutes,
        CAST(observed.averaging_minutes / 60 AS decimal(6, 4)) AS hours
    FROM aqms.observations AS observed
    INNER JOIN days ON days.day = city_date(observed.observed_at)
    WHERE observed.value IS NOT NULL AND observed.quality = 'valid'
),
stations AS (
    SELECT lasting.period, greatest(count(DISTINCT observed.station), 1) AS stations
    FROM lasting
    LEFT JOIN aqms.observations AS observed ON city_date(observed.observed_at) BETWEEN lasting.first_day AND lasting.last_day
    GROUP BY lasting.period
),
parameters AS (SELECT unnest(['PM2.5', 'PM10']) AS parameter),
means AS (
    SELECT
        lasting.period,
        lasting.kind,
        lasting.first_day,
        lasting.days,
        lasting.gap,
        stations.stations,
        parameters.parameter,
        CAST(sum(readings.value * readings.hours) AS double) AS numerator,
        CAST(coalesce(sum(readings.hours), 0) AS bigint) AS denominator,
        mean(readings.value) AS hourly_mean
    FROM lasting
    INNER JOIN stations ON stations.period = lasting.period
    CROSS JOIN parameters
    LEFT JOIN readings
        ON readings.day BETWEEN lasting.first_day AND lasting.last_day AND readings.parameter = parameters.parameter AND readings.minutes >= 45
    GROUP BY ALL
)
SELECT
    period,
    city_code() AS region_code,
    lower(replace(parameter, '.', '')) || kind AS measure,
    numerator,
    denominator,
    CASE WHEN gap IS NOT NULL OR is_representative(denominator, 24 * days * stations) THEN hourly_mean END AS value,
    'ug/m3' AS unit,
    denominator / (24 * days * stations) AS completeness,
    reason_of(value, CASE WHEN denominator = 0 THEN 'no_valid_hour' ELSE 'few_valid_hours' END, [gap]) AS reason,
    status_of(value, reason) AS status,
    '45 of 60 minutes' AS rule_version
FROM means
ORDER BY first_day ASC, period ASC, parameter DESC
