-- title_id: Jumlah penduduk per tahun
-- title_en: Population by year
-- row: one year from the first of which a figure is known to this one, with the latest figure known of it or before it, and the time that figure speaks of
WITH known AS (
    SELECT CAST(left(as_of, 4) AS INTEGER) AS year, max(as_of) AS as_of, arg_max(CAST(value AS BIGINT), as_of) AS population
    FROM register_kota.claims
    WHERE subject = city_name() AND measure = 'population' AND status = 'stated' AND value IS NOT NULL
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
