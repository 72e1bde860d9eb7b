-- kpi: M3
-- title_id: Kapasitas bus dan pemakaiannya
-- title_en: Bus capacity and its use
-- question_id: Berapa tempat duduk-kilometer yang ditempuh bus Koja Trans, dan berapa bagian tempat duduk yang paling banyak terisi?
-- question_en: How many seat-kilometres did Koja Trans buses run, and what share of the seats was taken at most?
-- row: one month in which buses ran, and one measure
-- key: period, measure
-- unit: {seats}.km
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: perjalanan yang terlihat atau dinaiki, garis lurus antarhalte, tempat duduk tersedikit menurut klaim; turun tidak dicatat: semua sampai akhir
-- rule_en: trips seen or boarded, straight lines between stops, the fewest seats a claim states; alighting is not recorded: all ride to the end
-- cells cases: numerator, denominator, value
-- measure seat_km: Tempat duduk-kilometer / Seat-kilometres
-- measure load_at_most: Faktor muat, paling banyak / Load factor, at most
-- column cases: Perjalanan, atau kartu yang dipakai / Trips, or cards used
-- reason no_seats: Jumlah tempat duduk tidak diketahui / The number of seats is not known
WITH calls AS (
    SELECT calls.*
    FROM mart.bus_calls AS calls
    INNER JOIN mart.harvest_days AS taps ON taps.dataset = 'kojatrans.taps' AND taps.day = calls.day
),
days AS (SELECT DISTINCT day, month FROM calls),
seats AS (
    SELECT min(number) AS seats, coalesce('claim ' || arg_min(claim_id, number), 'seats not known') AS vintage
    FROM mart.claims
    WHERE figure = 'bus_seats' AND problem IS NULL
),
places AS (
    SELECT stop_id, radians(arg_max(lat, _partition)) AS lat, radians(arg_max(lon, _partition)) AS lon FROM kojatrans.stops_history GROUP BY stop_id
),
boarded AS (
    SELECT trip_id, stop_id, tapped_at, unnest([city_date(tapped_at), city_date(tapped_at) - 1]) AS day FROM kojatrans.taps
),
run AS (
    SELECT day, month, trip_id FROM calls WHERE reached_at IS NOT NULL
    UNION DISTINCT
    SELECT calls.day, calls.month, calls.trip_id
    FROM calls
    INNER JOIN boarded
        ON
            boarded.day = calls.day
            AND boarded.trip_id = calls.trip_id
            AND boarded.stop_id = calls.stop_id
            AND abs(epoch(boarded.tapped_at) - epoch(calls.due_at)) < 12 * 3600
),
driven AS (
    SELECT
        calls.month,
        calls.stop_id,
        lag(calls.stop_id) OVER (PARTITION BY calls.day, calls.trip_id ORDER BY calls.stop_sequence) AS from_stop_id
    FROM calls
    INNER JOIN run ON run.day = calls.day AND run.trip_id = calls.trip_id
),
legs AS (
    SELECT
        driven.month,
        CAST(round(2 * 6371000 * asin(sqrt(
            pow(sin((there.lat - here.lat) / 2), 2) + cos(here.lat) * cos(there.lat) * pow(sin((there.lon - here.lon) / 2), 2)
        ))) AS bigint) AS length_m
    FROM driven
    INNER JOIN places AS here ON here.stop_id = driven.from_stop_id
    INNER JOIN places AS there ON there.stop_id = driven.stop_id
),
lengths AS (SELECT month, CAST(sum(length_m) AS bigint) AS length_m FROM legs GROUP BY month),
trips AS (SELECT month, count(*) AS trips FROM run GROUP BY month),
boardings AS (
    SELECT days.month, count(*) AS boardings, count(DISTINCT taps.card_id) AS cards
    FROM kojatrans.taps AS taps
    INNER JOIN days ON days.day = city_date(taps.tapped_at)
    GROUP BY days.month
),
measured AS (
    SELECT
        trips.month,
        1 AS place,
        'seat_km' AS measure,
        rate(lengths.length_m * seats.seats, 1000, 1) AS numerator,
        NULL AS denominator,
        rate(lengths.length_m * seats.seats, 1000, 1) AS value,
        '{seats}.km' AS unit,
        trips.trips AS cases,
        seats.vintage
    FROM trips
    INNER JOIN lengths ON lengths.month = trips.month
    CROSS JOIN seats
    UNION ALL
    SELECT
        trips.month,
        2,
        'load_at_most',
        boardings.boardings,
        trips.trips * seats.seats,
        percent(boardings.boardings, trips.trips * seats.seats),
        '%',
        boardings.cards,
        seats.vintage
    FROM trips
    INNER JOIN boardings ON boardings.month = trips.month
    CROSS JOIN seats
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
    least(positions.completeness, taps.completeness, timetable.completeness) AS completeness,
    reason_of(measured.value, 'no_seats', [positions.gap, taps.gap, CASE WHEN harvested.days < positions.expected THEN 'incomplete' END]) AS reason,
    status_of(measured.value, reason) AS status,
    'straight lines between stops' AS rule_version,
    measured.vintage,
    measured.cases
FROM measured
INNER JOIN harvested ON harvested.month = measured.month
INNER JOIN mart.harvest_periods AS positions ON positions.dataset = 'kojatrans.positions' AND positions.kind = 'month' AND positions.first_day = measured.month
INNER JOIN mart.harvest_periods AS taps ON taps.dataset = 'kojatrans.taps' AND taps.kind = 'month' AND taps.first_day = measured.month
INNER JOIN mart.harvest_periods AS timetable ON timetable.dataset = 'kojatrans.stop_times' AND timetable.is_newest
ORDER BY period, measured.place
