-- kpi: M1
-- title_id: Ketepatan dan jarak waktu bus
-- title_en: Punctuality and headway of buses
-- question_id: Berapa bagian perhentian terjadwal yang dicapai bus Koja Trans tepat waktu, dan berapa menit jarak antarbus di satu halte?
-- question_en: What share of scheduled stops did Koja Trans buses reach on time, and how many minutes lay between two buses at a stop?
-- row: one month in which buses ran, and one measure
-- key: period, measure
-- unit: %
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: tiba = terakhir terlihat menuju halte, tanpa halte pertama; tepat waktu 5 menit awal sampai 5 lambat (belum ditetapkan); tak terlihat = tidak tepat
-- rule_en: reached = last seen heading for the stop, first stops left out; on time 5 minutes early to 5 late (none was set); not seen is not on time
-- cells: none, buses are no persons
-- measure on_time: Tepat waktu / On time
-- measure seen: Perhentian yang teramati / Stops seen to be reached
-- measure headway: Rata-rata jarak antarbus / Mean headway
WITH punctual AS (
    SELECT
        month,
        count(*) AS calls,
        count(reached_at) AS seen,
        count(*) FILTER (WHERE reached_at BETWEEN due_at - INTERVAL 5 MINUTE AND due_at + INTERVAL 5 MINUTE) AS on_time
    FROM mart.bus_calls
    WHERE from_stop_id IS NOT NULL
    GROUP BY month
),
gaps AS (
    SELECT
        month,
        epoch(reached_at) - epoch(lag(reached_at) OVER (PARTITION BY day, route_id, from_stop_id, stop_id ORDER BY reached_at)) AS seconds
    FROM mart.bus_calls
    WHERE reached_at IS NOT NULL
),
headways AS (
    SELECT month, CAST(sum(seconds) AS bigint) AS seconds, count(seconds) AS gaps FROM gaps GROUP BY month
),
measured AS (
    SELECT month, 1 AS place, 'on_time' AS measure, on_time AS numerator, calls AS denominator, percent(on_time, calls) AS value, '%' AS unit FROM punctual
    UNION ALL
    SELECT month, 2, 'seen', seen, calls, percent(seen, calls), '%' FROM punctual
    UNION ALL
    SELECT month, 3, 'headway', seconds / 60, gaps, rate(seconds, 60 * gaps, 1), 'min' FROM headways
),
harvested AS (SELECT month, count(DISTINCT day) AS days FROM mart.bus_calls GROUP BY month)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    least(harvest.completeness, timetable.completeness) AS completeness,
    reason_of(measured.value, 'no_cases', [harvest.gap, CASE WHEN harvested.days < harvest.expected THEN 'incomplete' END]) AS reason,
    status_of(measured.value, reason) AS status,
    '5 minutes early to 5 late' AS rule_version
FROM measured
INNER JOIN harvested ON harvested.month = measured.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'kojatrans.positions' AND harvest.kind = 'month' AND harvest.first_day = measured.month
INNER JOIN mart.harvest_periods AS timetable ON timetable.dataset = 'kojatrans.stop_times' AND timetable.is_newest
ORDER BY period, measured.place
