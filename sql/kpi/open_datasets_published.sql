-- kpi: G12
-- title_id: Himpunan data terbuka dan kemutakhirannya
-- title_en: Open datasets and how fresh they are
-- question_id: Berapa himpunan data yang terbit terbuka, berapa bagian yang mutakhir, dan berapa bagian inventaris yang terbuka?
-- question_en: How many datasets are published openly, what share of them is fresh, and what share of the inventory is open?
-- row: the month of the day of the count, and one measure; a later count in the month takes its place
-- key: period, measure
-- unit: {datasets}
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: mutakhir = paling lama 1,5 kali jadwal yang dinyatakan sejak akhir hari terakhir yang lulus; yang berhenti atau tidak berkala tidak dinilai
-- rule_en: fresh = at most 1.5 times the stated cadence since the end of the last day that passed; what stopped, or comes irregularly, is not judged
-- cells: none, datasets are no persons
-- measure published: Himpunan data yang terbit terbuka / Datasets published openly
-- measure fresh: Mutakhir, terhadap yang terbit dan masih berjalan / Fresh, of those published and still running
-- measure inventory: Terbit terbuka, terhadap semua himpunan data yang tercatat / Published openly, of all datasets on record
-- measure systems: Aplikasi dengan himpunan data terbuka, terhadap semua aplikasi / Applications with an open dataset, of all applications
WITH harvested AS (
    SELECT dataset, least(max(day), CAST($today AS DATE) - 1) AS last_day FROM mart.harvest_days GROUP BY dataset
),
datasets AS (
    SELECT
        datasets.application,
        datasets.is_public AND harvested.last_day IS NOT NULL AS is_published,
        CASE datasets.cadence
            WHEN 'hourly' THEN 1 WHEN 'daily' THEN 24 WHEN 'weekly' THEN 168 WHEN 'monthly' THEN 730.5 WHEN 'yearly' THEN 8766
        END AS cadence_hours,
        coalesce(datasets.active_to >= $today, TRUE) AS is_running,
        24 * date_diff('day', harvested.last_day + 1, CAST($today AS DATE)) AS age_hours
    FROM lumbung.datasets AS datasets
    LEFT JOIN harvested ON harvested.dataset = datasets.dataset
),
counts AS (
    SELECT
        count(*) AS datasets,
        count(*) FILTER (WHERE is_published) AS published,
        count(*) FILTER (WHERE is_published AND is_running AND cadence_hours IS NOT NULL) AS judged,
        count(*) FILTER (WHERE is_published AND is_running AND age_hours <= 1.5 * cadence_hours) AS fresh,
        count(DISTINCT application) AS systems,
        count(DISTINCT application) FILTER (WHERE is_published) AS open_systems
    FROM datasets
),
measured AS (
    SELECT
        1 AS place,
        'published' AS measure,
        published AS numerator,
        CAST(NULL AS BIGINT) AS denominator,
        published AS value,
        '{datasets}' AS unit
    FROM counts
    UNION ALL
    SELECT 2, 'fresh', fresh, judged, percent(fresh, judged), '%' FROM counts
    UNION ALL
    SELECT 3, 'inventory', published, datasets, percent(published, datasets), '%' FROM counts
    UNION ALL
    SELECT 4, 'systems', open_systems, systems, percent(open_systems, systems), '%' FROM counts
)
SELECT
    strftime(CAST($today AS DATE), '%Y-%m') AS period,
    city_code() AS region_code,
    measure,
    numerator,
    denominator,
    value,
    unit,
    1.0 AS completeness,
    status_of(value, FALSE) AS status,
    CASE WHEN value IS NULL THEN 'no_cases' ELSE 'running' END AS reason,
    '1.5 x cadence' AS rule_version
FROM measured
ORDER BY place
