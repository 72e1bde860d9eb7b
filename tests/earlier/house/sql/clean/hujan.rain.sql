-- The gauges write a decimal comma.
SELECT * REPLACE (replace(hujan, ',', '.') AS hujan)
FROM delivered
