-- title_id: Kelengkapan panen per periode
-- title_en: How complete the harvest of each period is
-- row: one dataset and one day, month or year of which a partition passed the gate, or one snapshot that is kept (kind), is_newest the last
-- completeness is the share of the period's days, and of their rows, that passed; complete is what has every day, enough of the rows (is_enough), and 95 % on
-- the days' average.
-- seen_until is the newest day that passed, of a snapshot the day before it; gap says why a period is not whole.
-- what a clock ahead took for over is left out: it passed by a later clock than the newest verdict, by which it is still to come: a snapshot, an empty day,
-- the day that is going on. Rows of a later day of the dataset say that it is over all the same.
WITH newest AS (
    SELECT judged_at AS last_at FROM lumbung.verdict_history ORDER BY sequence DESC NULLS LAST, judged_at DESC LIMIT 1
),
judged AS (
    SELECT
        judged.dataset,
        judged.partition,
        judged.passed,
        judged.judged_at,
        datasets.active_from,
        datasets.active_to,
        datasets.delivery = 'snapshot' AS is_snapshot,
        length(judged.partition) = 7 AS is_month,
        judged.delivered - judged.duplicates AS delivered,
        CAST(left(judged.partition || '-01', 10) AS DATE) AS first_day,
        CASE WHEN is_month THEN last_day(first_day) ELSE first_day END AS last_day,
        max(first_day) FILTER (WHERE NOT is_snapshot AND judged.delivered > 0) OVER (PARTITION BY judged.dataset) AS newest_rows
    FROM lumbung.passed AS judged
    INNER JOIN lumbung.datasets AS datasets ON datasets.dataset = judged.dataset
),
passed AS (
    SELECT judged.* FROM judged CROSS JOIN newest
    WHERE NOT coalesce(
        judged.judged_at > newest.last_at + INTERVAL 5 MINUTE
        AND city_date(newest.last_at) <= last_day
        AND first_day >= coalesce(newest_rows, first_day)
        AND (is_snapshot OR delivered = 0 OR first_day <= city_date(newest.last_at)), FALSE
    )
),
known AS (SELECT dataset, max(last_day) AS newest, max(last_day) FILTER (WHERE NOT is_snapshot) AS seen_until FROM passed GROUP BY dataset),
days AS (
    SELECT *, 'day' AS kind, CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS begins, begins AS ends
    FROM passed WHERE NOT is_snapshot
),
kinds AS (SELECT *, unnest(['month', 'year']) AS kind FROM passed WHERE NOT is_snapshot),
spans AS (
    SELECT
        *,
        CAST(date_trunc(kind, first_day) AS DATE) AS begins,
        CASE kind WHEN 'month' THEN last_day(begins) ELSE make_date(year(begins), 12, 31) END AS ends
    FROM kinds
),
parts AS (
    SELECT * FROM days
    UNION ALL BY NAME
    SELECT * FROM spans
),
counted AS (
    SELECT
        dataset,
        kind,
        begins,
        ends,
        left(strftime(begins, '%Y-%m-%d'), CASE kind WHEN 'month' THEN 7 WHEN 'year' THEN 4 ELSE 10 END) AS period,
        count(*) AS harvested,
        CASE WHEN bool_or(active_to < begins) THEN ends ELSE least(ends, any_value(active_to)) END AS until,
        CASE
            WHEN kind = 'day' THEN 1
            ELSE date_diff(CASE WHEN bool_and(is_month) THEN 'month' ELSE 'day' END, greatest(begins, any_value(active_from)), until) + 1
        END AS expected,
        sum(coalesce(passed / nullif(delivered, 0), 1)) AS shares,
        CAST(sum(delivered) AS BIGINT) AS delivered,
        CAST(sum(passed) AS BIGINT) AS passed
    FROM parts
    GROUP BY dataset, kind, begins, ends
    UNION ALL
    SELECT dataset, 'snapshot', first_day, last_day, partition, 1, last_day - 1, 1, coalesce(passed / nullif(delivered, 0), 1), delivered, passed
    FROM passed
    WHERE is_snapshot
),
measured AS (
    SELECT
        counted.*,
        coalesce(known.seen_until, counted.until) AS seen_until,
        counted.kind = 'snapshot' AND counted.ends = known.newest AS is_newest,
        least(counted.shares / greatest(counted.expected, counted.harvested), 1) AS completeness,
        counted.harvested >= counted.expected
        AND is_enough(counted.delivered, counted.passed)
        AND (completeness + 1e-9 >= 0.95 OR counted.delivered - counted.passed <= 1) AS is_complete
    FROM counted
    INNER JOIN known ON known.dataset = counted.dataset
)
SELECT
    dataset,
    kind,
    period,
    begins AS first_day,
    ends AS last_day,
    CAST(expected AS BIGINT) AS expected,
    harvested,
    delivered,
    passed,
    completeness,
    is_complete,
    seen_until,
    is_newest,
    gap_of(until, seen_until, is_complete) AS gap
FROM measured
ORDER BY dataset, kind, period
