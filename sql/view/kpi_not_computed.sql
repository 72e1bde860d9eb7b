-- row: one indicator of a city framework that no system of the city records, so that it cannot be computed, and why
SELECT dimension, indicator, reason, source
FROM register_kota.indicators
WHERE indicator IS NOT NULL AND reason IS NOT NULL
