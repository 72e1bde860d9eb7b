-- title_id: Perhentian terjadwal bus dan kapan dicapai
-- title_en: Scheduled calls of buses, and when they were reached
-- row: one scheduled call of a trip on a service day of which timetable and positions were harvested, and when the bus was last seen heading for it
-- A sighting belongs to the nearest call of its trip at that stop, at most 12 hours from it: of trips past midnight, and of those that pass a stop twice.
-- from_stop_id is the stop before it in the month's timetable of the trip, so that a row withheld on one day makes no way of its own.
WITH days AS (
    SELECT timetable.day, strftime(timetable.day, '%Y-%m-%d') AS partition
    FROM mart.harvest_days AS timetable
    INNER JOIN mart.harvest_days AS positions ON positions.dataset = 'kojatrans.positions' AND positions.day = timetable.day
    WHERE timetable.dataset = 'kojatrans.stop_times'
),
stops AS (
    SELECT left(_partition, 7) AS month, trip_id, stop_sequence, arg_max(stop_id, _partition) AS stop_id
    FROM kojatrans.stop_times_history
    GROUP BY ALL
),
ways AS (
    SELECT
        month,
        trip_id,
        stop_sequence,
        lag(stop_id) OVER (PARTITION BY month, trip_id ORDER BY stop_sequence) AS from_stop_id
    FROM stops
),
scheduled AS (
    SELECT
        days.day,
        timetable.trip_id,
        timetable.stop_sequence,
        timetable.stop_id,
        ways.from_stop_id,
        (CAST(days.day AS TIMESTAMP) + CAST(timetable.arrival_time AS INTERVAL)) AT TIME ZONE city_zone() AS due_at
    FROM kojatrans.stop_times_history AS timetable
    INNER JOIN days ON days.partition = timetable._partition
    LEFT JOIN ways ON ways.month = left(timetable._partition, 7) AND ways.trip_id = timetable.trip_id AND ways.stop_sequence = timetable.stop_sequence
),
calls AS (
    SELECT
        *,
        greatest(due_at - INTERVAL 12 HOUR, due_at - (due_at - lag(due_at) OVER visits) / 2) AS from_at,
        least(due_at + INTERVAL 12 HOUR, due_at + (lead(due_at) OVER visits - due_at) / 2) AS until_at
    FROM scheduled
    WINDOW visits AS (PARTITION BY trip_id, stop_id ORDER BY due_at)
),
looked_for AS (
    SELECT *, unnest(list_distinct([city_date(from_at), city_date(until_at)])) AS on_day FROM calls
),
reached AS (
    SELECT
        looked_for.day,
        looked_for.trip_id,
        looked_for.stop_sequence,
        min(seen.route_id) AS route_id,
        coalesce(min(seen.observed_at) FILTER (WHERE seen.status = 'STOPPED_AT'), max(seen.observed_at)) AS reached_at
    FROM looked_for
    INNER JOIN kojatrans.positions AS seen
        ON
            seen.trip_id = looked_for.trip_id
            AND seen.next_stop_id = looked_for.stop_id
            AND city_date(seen.observed_at) = looked_for.on_day
            AND seen.observed_at >= looked_for.from_at
            AND seen.observed_at < looked_for.until_at
    GROUP BY looked_for.day, looked_for.trip_id, looked_for.stop_sequence
)
SELECT
    calls.day,
    month_of(calls.day) AS month,
    calls.trip_id,
    calls.stop_sequence,
    calls.stop_id,
    calls.from_stop_id,
    calls.due_at,
    reached.route_id,
    reached.reached_at
FROM calls
INNER JOIN mart.harvest_days AS positions ON positions.dataset = 'kojatrans.positions' AND positions.day = city_date(calls.due_at)
LEFT JOIN reached ON reached.day = calls.day AND reached.trip_id = calls.trip_id AND reached.stop_sequence = calls.stop_sequence
ORDER BY calls.day, calls.trip_id, calls.stop_sequence
