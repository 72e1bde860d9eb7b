-- title_id: Jumlah penduduk per tahun
-- title_en: Population by year
-- row: one year from the first of which a figure is known to this one, with the latest figure known of it or before it, and the time that figure speaks of
WITH known AS (
    SELECT CAST(left(period, 4) AS INTEGER) AS year, max(period) AS as_of, arg_max(number, period) AS population
    FROM mart.claims
    WHERE figure = 'population' AND problem IS NULL
    GROUP BY 1
),
years AS (SELECT unnest(generate_series((SELECT min(year) FROM known), year(CAST($today AS DATE)))) AS year)
SELECT
    CAST(years.year AS INTEGER) AS year,
    known.population,
    known.as_of,
    known.year = years.year AS is_of_year
FROM years ASOF INNER JOIN known ON years.year >= known.year
ORDER BY years.year
