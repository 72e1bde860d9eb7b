-- title_id: Hari yang dipanen
-- title_en: Days harvested
-- row: one dataset and day whose partition passed the gate, and what share of its rows did; a case counts in a figure when the day it falls on is here
SELECT dataset, first_day AS day, max(completeness) AS share, max(seen_until) AS seen_until
FROM mart.harvest_periods
WHERE kind IN ('day', 'snapshot')
GROUP BY dataset, first_day
ORDER BY dataset, day
