-- kpi: G12
-- title_id: Himpunan data terbuka dan kemutakhirannya
-- title_en: Open datasets and how fresh they are
-- question_id: Berapa himpunan data yang terbit terbuka, berapa bagian yang mutakhir, dan berapa bagian inventaris yang terbuka?
-- question_en: How many datasets are published openly, what share of them is fresh, and what share of the inventory is open?
-- row: one month and measure: as it was at the end of the month, of the running one now; how many were on record in past months is not known
-- a month is past when rows of its last day or a later one are there: the clock alone may be ahead
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
WITH judged AS (
    SELECT
        dataset,
        CASE WHEN length(partition) = 7 THEN last_day(CAST(partition || '-01' AS DATE)) ELSE CAST(partition AS DATE) END AS day,
        min(city_date(judged_at)) AS judged_on,
        bool_or(delivered > 0) AS has_rows
    FROM lumbung.verdict_history
    WHERE verdict = 'passed'
    GROUP BY 1, 2
),
past AS (
    SELECT
        CAST(
            unnest(
                generate_series(
                    month_of(min(judged.judged_on)),
                    month_of(least(CAST($today AS DATE), max(judged.day) FILTER (WHERE judged.has_rows AND datasets.delivery IS DISTINCT FROM 'snapshot') + 1))
                    - INTERVAL 1 MONTH,
                    INTERVAL 1 MONTH
                )
            ) AS DATE
        ) AS month
    FROM judged
    LEFT JOIN lumbung.datasets AS datasets ON datasets.dataset = judged.dataset
),
moments AS (
    SELECT month_of(CAST($today AS DATE)) AS month, CAST($today AS DATE) AS counted_on, TRUE AS is_running
    UNION ALL
    SELECT month, last_day(month) + 1, FALSE FROM past
),
harvested AS (
    SELECT month_of(CAST($today AS DATE)) AS month, dataset, least(max(day), CAST($today AS DATE) - 1) AS last_day FROM mart.harvest_days GROUP BY dataset
    UNION ALL
    SELECT moments.month, judged.dataset, max(judged.day)
    FROM moments
    INNER JOIN judged ON judged.judged_on <= moments.counted_on AND judged.day < moments.counted_on
    WHERE NOT moments.is_running
    GROUP BY moments.month, judged.dataset
),
datasets AS (
    SELECT
        moments.month,
        moments.is_running AS is_of_now,
        datasets.application,
        datasets.is_public AND harvested.last_day IS NOT NULL AS is_published,
        CASE datasets.cadence
            WHEN 'hourly' THEN 1 WHEN 'daily' THEN 24 WHEN 'weekly' THEN 168 WHEN 'monthly' THEN 730.5 WHEN 'yearly' THEN 8766
        END AS cadence_hours,
        coalesce(datasets.active_to >= moments.counted_on, TRUE) AS is_running,
        24 * date_diff('day', harvested.last_day + 1, moments.counted_on) AS age_hours
    FROM lumbung.datasets AS datasets
    CROSS JOIN moments
    LEFT JOIN harvested ON harvested.dataset = datasets.dataset AND harvested.month = moments.month
),
counts AS (
    SELECT
        month,
        is_of_now,
        count(*) AS datasets,
        count(*) FILTER (WHERE is_published) AS published,
        count(*) FILTER (WHERE is_published AND is_running AND cadence_hours IS NOT NULL) AS judged,
        count(*) FILTER (WHERE is_published AND is_running AND age_hours <= 1.5 * cadence_hours) AS fresh,
        count(DISTINCT application) AS systems,
        count(DISTINCT application) FILTER (WHERE is_published) AS open_systems
    FROM datasets
    GROUP BY month, is_of_now
),
measured AS (
    SELECT
        month,
        is_of_now,
        1 AS place,
        'published' AS measure,
        published AS numerator,
        CAST(NULL AS BIGINT) AS denominator,
        published AS value,
        '{datasets}' AS unit
    FROM counts
    UNION ALL
    SELECT month, is_of_now, 2, 'fresh', fresh, judged, percent(fresh, judged), '%' FROM counts
    UNION ALL
    SELECT
        month,
        is_of_now,
        3,
        'inventory',
        published,
        CASE WHEN is_of_now THEN datasets END,
        CASE WHEN is_of_now THEN percent(published, datasets) END,
        '%'
    FROM counts
    UNION ALL
    SELECT
        month,
        is_of_now,
        4,
        'systems',
        open_systems,
        CASE WHEN is_of_now THEN systems END,
        CASE WHEN is_of_now THEN percent(open_systems, systems) END,
        '%'
    FROM counts
)
SELECT
    strftime(month, '%Y-%m') AS period,
    city_code() AS region_code,
    measure,
    numerator,
    denominator,
    value,
    unit,
    1.0 AS completeness,
    reason_of(
        value,
        CASE WHEN is_of_now OR measure = 'fresh' THEN 'no_cases' ELSE 'no_total' END,
        [CASE WHEN is_of_now THEN 'running' END]
    ) AS reason,
    status_of(value, reason) AS status,
    '1.5 x cadence' AS rule_version
FROM measured
ORDER BY period, place
