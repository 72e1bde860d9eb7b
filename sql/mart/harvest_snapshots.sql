-- title_id: Kelengkapan potret terakhir
-- title_en: How complete each latest snapshot is
-- row: one dataset that is delivered as a snapshot: the day of the latest one that passed, and the share of its rows that passed the gate
SELECT
    passed.dataset,
    CAST(left(max(passed.partition) || '-01', 10) AS DATE) AS taken_on,
    arg_max(coalesce(passed.passed / nullif(passed.delivered - passed.duplicates, 0), 1), passed.partition) AS completeness
FROM lumbung.passed AS passed
INNER JOIN lumbung.datasets AS datasets ON datasets.dataset = passed.dataset AND datasets.delivery = 'snapshot'
GROUP BY passed.dataset
ORDER BY passed.dataset
