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
WITH days AS (
    SELECT positions.day, strftime(positions.day, '%Y-%m-%d') AS partition, month_of(positions.day) AS month
    FROM mart.harvest_days AS positions
    INNER JOIN mart.harvest_days AS timetable ON timetable.dataset = 'kojatrans.stop_times' AND timetable.day = positions.day
    WHERE positions.dataset = 'kojatrans.positions'
),
calls AS (
    SELECT
        days.day,
        days.month,
        timetable.trip_id,
        timetable.stop_id,
        (CAST(days.day AS timestamp) + CAST(timetable.arrival_time AS interval)) AT TIME ZONE city_zone() AS due_at,
        timetable.stop_sequence,
        min(timetable.stop_sequence) OVER (PARTITION BY days.day, timetable.trip_id) AS first_sequence
    FROM kojatrans.stop_times_history AS timetable
    INNER JOIN days ON days.partition = timetable._partition
),
reached AS (
    SELECT
        days.day,
        days.month,
        seen.route_id,
        seen.trip_id,
        seen.next_stop_id AS stop_id,
        coalesce(min(seen.observed_at) FILTER (WHERE seen.status = 'STOPPED_AT'), max(seen.observed_at)) AS reached_at
    FROM kojatrans.positions AS seen
    INNER JOIN days ON days.day = city_date(seen.observed_at)
    WHERE seen.trip_id IS NOT NULL AND seen.next_stop_id IS NOT NULL
    GROUP BY ALL
),
punctual AS (
    SELECT
        calls.month,
        count(*) AS calls,
        count(reached.reached_at) AS seen,
        count(*) FILTER (WHERE reached.reached_at BETWEEN calls.due_at - INTERVAL 5 MINUTE AND calls.due_at + INTERVAL 5 MINUTE) AS on_time
    FROM calls
    LEFT JOIN reached ON reached.day = calls.day AND reached.trip_id = calls.trip_id AND reached.stop_id = calls.stop_id
    WHERE calls.stop_sequence > calls.first_sequence
    GROUP BY calls.month
),
ways AS (
    SELECT
        day,
        month,
        route_id,
        stop_id,
        reached_at,
        lag(stop_id) OVER (PARTITION BY day, trip_id ORDER BY reached_at) AS from_stop_id
    FROM reached
),
gaps AS (
    SELECT
        month,
        epoch(reached_at) - epoch(lag(reached_at) OVER (PARTITION BY day, route_id, from_stop_id, stop_id ORDER BY reached_at)) AS seconds
    FROM ways
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
harvested AS (SELECT month, count(*) AS days FROM days GROUP BY month)
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
