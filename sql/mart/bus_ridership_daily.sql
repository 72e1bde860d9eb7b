-- title_id: Penumpang bus harian menurut koridor
-- title_en: Daily bus boardings by corridor
-- row: one day and corridor on which somebody paid a fare by card
-- class: setiap saat
-- steward: Dinas Perhubungan {city.name}
-- key: day, route_id
-- cells cards: boardings, trips, boardings_per_trip, fares_idr
-- column day: Tanggal / Day
-- column route_id: Koridor / Corridor
-- column cards: Jumlah kartu yang dipakai / Number of cards used
-- column boardings: Jumlah naik yang dibayar dengan kartu / Boardings paid by card
-- column trips: Perjalanan yang dinaiki / Trips boarded
-- column boardings_per_trip: Rata-rata naik per perjalanan / Mean boardings per trip
-- column fares_idr: Penerimaan tiket, rupiah / Fares received, rupiah
SELECT
    city_date(tapped_at) AS day,
    route_id,
    count(DISTINCT card_id) AS cards,
    count(*) AS boardings,
    count(DISTINCT trip_id) AS trips,
    round(count(*) / count(DISTINCT trip_id), 1) AS boardings_per_trip,
    CAST(sum(fare_idr) AS BIGINT) AS fares_idr
FROM kojatrans.taps
GROUP BY 1, 2
ORDER BY day, route_id
