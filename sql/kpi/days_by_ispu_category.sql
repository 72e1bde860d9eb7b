-- kpi: V1
-- title_id: Hari menurut kategori ISPU
-- title_en: Days by air quality category
-- question_id: Berapa hari udara Baik, Sedang, atau Tidak Sehat, dari hari yang datanya cukup?
-- question_en: How many days were good, moderate or unhealthy, out of the days with enough data?
-- row: one month and category
-- unit: %
-- dimension: environment
-- steward: Dinas Lingkungan Hidup Kota Jambi
-- rule: PermenLHK P.14/2020; a day is valid when all seven parameters have 36 of 48 readings
WITH months AS (
    SELECT
        date_trunc('month', day) AS month,
        count(*) FILTER (WHERE is_valid_day) AS valid_days,
        day(last_day(any_value(day))) AS days,
        max(rule_version) AS rule_version
    FROM mart.ispu_daily
    GROUP BY 1
),
counted AS (
    SELECT date_trunc('month', day) AS month, category, count(*) AS numerator FROM mart.ispu_daily WHERE is_valid_day GROUP BY 1, 2
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    categories.category,
    categories.category_en,
    categories.colour,
    coalesce(counted.numerator, 0) AS numerator,
    months.valid_days AS denominator,
    round(100.0 * coalesce(counted.numerator, 0) / nullif(months.valid_days, 0), 1) AS value,
    '%' AS unit,
    months.valid_days / months.days AS completeness,
    CASE
        WHEN months.valid_days = 0 THEN 'not available'
        WHEN months.valid_days = months.days THEN 'final'
        ELSE 'provisional'
    END AS status,
    CASE WHEN months.valid_days = 0 THEN 'no day of the month has enough readings' END AS reason,
    months.rule_version
FROM months
INNER JOIN reference.ispu_categories AS categories ON categories.rule_version = months.rule_version
LEFT JOIN counted ON counted.month = months.month AND counted.category = categories.category
ORDER BY period, categories.least
