-- title_id: Kelengkapan panen per bulan
-- title_en: How complete each month's harvest is
-- row: one dataset (no snapshot) and month: what share of its days, and of their rows, passed the gate; complete when every day did and 95 % of the rows
WITH passed AS (
    SELECT
        dataset,
        CAST(left(partition, 7) || '-01' AS DATE) AS month,
        length(partition) = 7 AS is_month,
        coalesce(passed / nullif(delivered - duplicates, 0), 1) AS share
    FROM lumbung.passed
),
expected AS (
    SELECT
        passed.dataset,
        passed.month,
        passed.share,
        passed.is_month,
        CASE
            WHEN passed.is_month THEN 1
            ELSE
                date_diff(
                    'day',
                    greatest(passed.month, datasets.active_from),
                    least(last_day(passed.month), coalesce(datasets.active_to, last_day(passed.month)))
                ) + 1
        END AS partitions
    FROM passed
    INNER JOIN lumbung.datasets AS datasets ON datasets.dataset = passed.dataset AND datasets.delivery <> 'snapshot'
)
SELECT
    dataset,
    month,
    any_value(partitions) AS partitions,
    count(*) AS harvested,
    least(sum(share) / any_value(partitions), 1) AS completeness,
    count(*) >= any_value(partitions) AND completeness + 1e-9 >= 0.95 AS is_complete
FROM expected
GROUP BY dataset, month
ORDER BY dataset, month
