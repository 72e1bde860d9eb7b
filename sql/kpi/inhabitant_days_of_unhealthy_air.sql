-- kpi: L3
-- title_id: Hari-jiwa dengan udara Tidak Sehat atau lebih buruk
-- title_en: Inhabitant-days of unhealthy air or worse
-- question_id: Berapa hari-jiwa penduduk kota hidup dengan udara Tidak Sehat atau lebih buruk?
-- question_en: How many inhabitant-days did the city live with air that was unhealthy or worse?
-- row: one month in which air quality was measured
-- key: period
-- unit: {people}.d
-- dimension: living
-- steward: Dinas Lingkungan Hidup {city.name}
-- rule_id: PermenLHK P.14/2020; semua penduduk tahun itu, tiap hari sah Tidak Sehat atau lebih buruk; satu stasiun mewakili kota, pajanan tidak diukur
-- rule_en: PermenLHK P.14/2020; inhabitants of the year, on each valid day at Tidak Sehat or worse; one station stands for the city; exposure is not measured
-- cells: none, no row stands for persons
-- column unhealthy_days: Hari Tidak Sehat atau lebih buruk / Days unhealthy or worse
-- column valid_days: Hari dengan data cukup / Days with enough data
-- column population: Jumlah penduduk yang dipakai / Population used
-- column population_as_of: Waktu jumlah penduduk yang dipakai / Time of the population used
-- reason no_valid_day: Tidak ada hari dengan data cukup / No day has enough readings
-- reason few_valid_days: Kurang dari 75 % hari periode itu memiliki data cukup / Fewer than 75 % of the period's days have enough readings
WITH months AS (
    SELECT
        month_of(air.day) AS month,
        day(last_day(any_value(air.day))) AS days,
        count(*) FILTER (WHERE air.is_valid_day) AS valid_days,
        count(*) FILTER (WHERE air.is_valid_day AND air.ispu >= unhealthy.least) AS unhealthy_days,
        max(air.rule_version) AS rule_version
    FROM mart.ispu_daily AS air
    LEFT JOIN reference.ispu_categories AS unhealthy ON unhealthy.rule_version = air.rule_version AND unhealthy.category = 'Tidak Sehat'
    GROUP BY 1
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    CASE
        WHEN is_representative(months.valid_days, harvest.expected) OR (harvest.gap IS NOT NULL AND months.valid_days > 0)
            THEN months.unhealthy_days * people.population
    END AS numerator,
    CAST(NULL AS BIGINT) AS denominator,
    numerator AS value,
    '{people}.d' AS unit,
    months.valid_days / months.days AS completeness,
    reason_of(
        value,
        CASE WHEN months.valid_days = 0 THEN 'no_valid_day' WHEN people.population IS NULL THEN 'no_population' ELSE 'few_valid_days' END,
        [harvest.gap, population_doubt(people.is_of_year)]
    ) AS reason,
    status_of(value, reason) AS status,
    months.rule_version,
    months.unhealthy_days,
    months.valid_days,
    people.population,
    people.as_of AS population_as_of
FROM months
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'aqms.observations' AND harvest.kind = 'month' AND harvest.first_day = months.month
LEFT JOIN mart.population AS people ON people.year = year(months.month)
ORDER BY period
