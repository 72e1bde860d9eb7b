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
-- rule_id: PermenLHK P.14/2020; suatu hari sah bila ketujuh parameter memiliki 36 dari 48 pengukuran sahih; dari beberapa stasiun, yang tertinggi
-- rule_en: PermenLHK P.14/2020; a day is valid when all seven parameters have 36 of 48 valid readings; of several stations, the highest
-- cells: none, no row stands for persons
-- measure good: Baik / Good
-- measure moderate: Sedang / Moderate
-- measure unhealthy: Tidak Sehat / Unhealthy
-- measure very_unhealthy: Sangat Tidak Sehat / Very unhealthy
-- measure hazardous: Berbahaya / Hazardous
-- measure valid_days: Hari dengan data cukup / Days with enough data
-- column colour: Warna kategori / Colour of the category
-- reason no_valid_day: Tidak ada hari dengan data cukup / No day has enough readings
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
    percent(shares.numerator, shares.denominator) AS value,
    '%' AS unit,
    months.valid_days / months.days AS completeness,
    status_of(value, months.valid_days = months.days) AS status,
    CASE WHEN shares.denominator = 0 THEN 'no_valid_day' WHEN months.valid_days < months.days THEN 'incomplete' END AS reason,
    months.rule_version,
    shares.colour
FROM months
INNER JOIN shares ON shares.month = months.month
ORDER BY period, shares.least
