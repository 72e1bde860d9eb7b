-- kpi: M6
-- title_id: Tundaan lalu lintas
-- title_en: Traffic delay
-- question_id: Berapa lama kendaraan tertunda di simpang bersinyal? Bila tidak tercatat, berapa kecepatannya di lengan simpang?
-- question_en: How long are vehicles delayed at signalised junctions? Where nobody records that, how fast are they at the approaches?
-- row: one month of counts, and one measure
-- key: period, measure
-- unit: s
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: detektor di kaki simpang tidak mencatat tundaan dan waktu tempuh, jadi keduanya tidak diberikan; kecepatan rata-ratanya ditimbang menurut kendaraan
-- rule_en: detectors at the approaches record neither delay nor travel time, so neither is given; their mean speed is weighted by vehicles
-- cells: none, vehicles counted are no persons
-- measure delay: Rata-rata tundaan / Mean delay
-- measure mean_speed: Kecepatan rata-rata di lengan simpang / Mean speed at the approaches
WITH months AS (
    SELECT
        month_of(harvested.day) AS month,
        CAST(sum(CAST(counts.mean_speed_kmh AS decimal(9, 1)) * counts.vehicles) AS double) AS weighted_kmh,
        CAST(coalesce(sum(counts.vehicles) FILTER (WHERE counts.mean_speed_kmh IS NOT NULL), 0) AS bigint) AS vehicles
    FROM atcs.counts AS counts
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'atcs.counts' AND harvested.day = city_date(counts.interval_start)
    GROUP BY 1
),
measured AS (
    SELECT month, 1 AS place, 'delay' AS measure, NULL AS numerator, NULL AS denominator, NULL AS value, 's' AS unit FROM months
    UNION ALL
    SELECT month, 2, 'mean_speed', weighted_kmh, vehicles, rate(10 * weighted_kmh, 10 * vehicles, 1), 'km/h' FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    harvest.completeness,
    reason_of(measured.value, CASE WHEN measured.measure = 'delay' THEN 'not_measured' ELSE 'no_cases' END, [harvest.gap]) AS reason,
    status_of(measured.value, reason) AS status,
    'weighted by vehicles' AS rule_version
FROM measured
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'atcs.counts' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
