-- kpi: V1
-- title_id: Hari menurut kategori ISPU
-- title_en: Days by air quality category
-- question_id: Berapa hari udara Baik, Sedang, atau Tidak Sehat, dari hari yang datanya cukup?
-- question_en: How many days were good, moderate or unhealthy, out of the days with enough data?
-- row: one month and category
-- key: period, measure
-- unit: %
-- dimension: environment
-- steward: Dinas Lingkungan Hidup {city.name}
-- rule_id: PermenLHK P.14/2020; hari sah: 36 dari 48 pengukuran sahih tiap parameter; bulan: 75 % harinya; dari beberapa stasiun, yang tertinggi
-- rule_en: PermenLHK P.14/2020; a day is valid with 36 of 48 valid readings of each parameter, a month with 75 % of its days; of several stations, the highest
-- cells: none, no row stands for persons
-- measure good: Baik / Good
-- measure moderate: Sedang / Moderate
-- measure unhealthy: Tidak Sehat / Unhealthy
-- measure very_unhealthy: Sangat Tidak Sehat / Very unhealthy
-- measure hazardous: Berbahaya / Hazardous
-- measure valid_days: Hari dengan data cukup / Days with enough data
-- column colour: Warna kategori / Colour of the category
-- reason no_valid_day: Tidak ada hari dengan data cukup / No day has enough readings
-- reason few_valid_days: Kurang dari 75 % hari periode itu memiliki data cukup / Fewer than 75 % of the period's days have enough readings
WITH months AS (
    SELECT
        month_of(day) AS month,
        count(*) FILTER (WHERE is_valid_day) AS valid_days,
        day(last_day(any_value(day))) AS days,
        max(rule_version) AS rule_version
    FROM mart.ispu_daily
    GROUP BY 1
),
counted AS (
    SELECT month_of(day) AS month, category, count(*) AS numerator FROM mart.ispu_daily WHERE is_valid_day GROUP BY 1, 2
),
shares AS (
    SELECT
        months.month,
        replace(lower(categories.category_en), ' ', '_') AS measure,
        coalesce(counted.numerator, 0) AS numerator,
        months.valid_days AS denominator,
        categories.colour,
        categories.least
    FROM months
    INNER JOIN reference.ispu_categories AS categories ON categories.rule_version = months.rule_version
    LEFT JOIN counted ON counted.month = months.month AND counted.category = categories.category
    UNION ALL
    SELECT month, 'valid_days', valid_days, days, NULL, -1
    FROM months
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    shares.measure,
    shares.numerator,
    shares.denominator,
    CASE
        WHEN harvest.gap IS NOT NULL OR shares.measure = 'valid_days' OR is_representative(months.valid_days, harvest.expected)
            THEN percent(shares.numerator, shares.denominator)
    END AS value,
    '%' AS unit,
    months.valid_days / months.days AS completeness,
    reason_of(value, CASE WHEN shares.denominator = 0 THEN 'no_valid_day' ELSE 'few_valid_days' END, [harvest.gap]) AS reason,
    status_of(value, reason) AS status,
    months.rule_version,
    shares.colour
FROM months
INNER JOIN shares ON shares.month = months.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'aqms.observations' AND harvest.kind = 'month' AND harvest.first_day = months.month
ORDER BY period, shares.least
