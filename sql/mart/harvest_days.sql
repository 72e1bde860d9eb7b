-- title_id: Hari yang dipanen
-- title_en: Days harvested
-- row: one dataset and day whose partition passed the gate, and what share of its rows did; a case counts in a figure when the day it falls on is here
WITH passed AS (
    SELECT
        dataset,
        coalesce(passed / nullif(delivered - duplicates, 0), 1) AS share,
        CAST(unnest(generate_series(
            CAST(left(partition || '-01', 10) AS DATE),
            CASE WHEN length(partition) = 7 THEN last_day(CAST(partition || '-01' AS DATE)) ELSE CAST(partition AS DATE) END,
            INTERVAL 1 DAY
        )) AS DATE) AS day
    FROM lumbung.passed
)
SELECT dataset, day, max(share) AS share
FROM passed
GROUP BY dataset, day
ORDER BY dataset, day
