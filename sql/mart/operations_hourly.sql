-- title_id: Pusat operasi per kelurahan dan jam
-- title_en: Operation centre by kelurahan and hour
-- row: one kelurahan and hour of a day on which at least one of the sources has passed its gate; an empty cell is no data, zero is a count
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: day, hour, region_code
-- cells: none, complaints and incidents are open row by row; vehicles, buses and air are no persons; cameras are shown for 5 or more together
-- column day: Hari, waktu {city.short} / Day, {city.short} time
-- column hour: Jam, 0 sampai 23 / Hour, 0 to 23
-- column region_code: Kode Kemendagri kelurahan pada hari itu / Kemendagri code of the kelurahan on that day
-- column kelurahan: Kelurahan / Kelurahan
-- column kecamatan: Kecamatan / Kecamatan
-- column vehicles: Kendaraan terhitung di simpang / Vehicles counted at junctions
-- column mean_speed_kmh: Kecepatan rata-rata, km/jam, ditimbang kendaraan / Mean speed, km/h, weighted by vehicles
-- column cameras_up_percent: Detak kamera kecamatan yang baik, persen, dari 5 kamera ke atas / Good camera heartbeats in the kecamatan, percent, of 5 or more
-- column complaints: Keluhan diterima / Complaints received
-- column incidents: Kejadian dibuka / Incidents opened
-- column pm25_ug_m3: PM2.5 sahih, rata-rata di stasiun pertama kota, hanya di Kota Baru / Mean valid PM2.5 at the city's first station, in Kota Baru only
-- column buses: Bus yang menuju halte di kelurahan (2019 sampai 2020) / Buses heading for a stop in the kelurahan (2019 to 2020)
WITH harvested AS (
    SELECT dataset, day
    FROM mart.harvest_days
    WHERE dataset IN ('atcs.counts', 'cctv.heartbeats', 'sikesal.complaints', 'jcoc.incidents', 'aqms.observations', 'kojatrans.positions')
),
days AS (
    SELECT DISTINCT day FROM harvested
),
hours AS (
    SELECT unnest(range(24)) AS hour
),
places AS (
    SELECT
        days.day,
        hours.hour,
        place.code AS region_code,
        place.name AS kelurahan,
        parent.name AS kecamatan
    FROM days
    CROSS JOIN hours
    INNER JOIN reference.regions AS place
        ON place.level = 'kelurahan' AND coalesce(days.day >= place.valid_from, TRUE) AND coalesce(days.day < place.valid_to, TRUE)
    INNER JOIN reference.regions AS parent ON parent.code = place.parent_code
),
traffic AS (
    SELECT
        city_date(counts.interval_start) AS day,
        city_hour(counts.interval_start) AS hour,
        junction.region_code,
        CAST(sum(counts.vehicles) AS BIGINT) AS vehicles,
        round(sum(counts.mean_speed_kmh * counts.vehicles) / nullif(sum(counts.vehicles) FILTER (WHERE counts.mean_speed_kmh IS NOT NULL), 0), 1)
            AS mean_speed_kmh
    FROM atcs.counts AS counts
    INNER JOIN atcs.intersections AS junction ON junction.intersection_id = counts.intersection_id
    GROUP BY 1, 2, 3
),
registered AS (
    SELECT harvested.day, kecamatan_of(camera.region_code) AS district_code, count(*) AS cameras
    FROM harvested
    INNER JOIN cctv.cameras AS camera ON coalesce(camera.installed_on <= harvested.day, TRUE)
    WHERE harvested.dataset = 'cctv.heartbeats'
    GROUP BY 1, 2
    HAVING count(*) >= 5
),
beats AS (
    SELECT
        city_date(beat.sent_at) AS day,
        city_hour(beat.sent_at) AS hour,
        kecamatan_of(camera.region_code) AS district_code,
        count(*) FILTER (WHERE beat.status <> 'offline' AND beat.stream_ok) AS with_pictures
    FROM cctv.heartbeats AS beat
    INNER JOIN cctv.cameras AS camera ON camera.camera_id = beat.camera_id AND coalesce(camera.installed_on <= city_date(beat.sent_at), TRUE)
    GROUP BY 1, 2, 3
),
cameras AS (
    SELECT
        registered.day,
        hours.hour,
        registered.district_code,
        percent(coalesce(beats.with_pictures, 0), 12 * registered.cameras) AS cameras_up_percent
    FROM registered
    CROSS JOIN hours
    LEFT JOIN beats ON beats.day = registered.day AND beats.hour = hours.hour AND beats.district_code = registered.district_code
),
complaints AS (
    SELECT
        city_date(received_at) AS day,
        city_hour(received_at) AS hour,
        region_code,
        count(*) AS complaints
    FROM sikesal.complaints
    GROUP BY 1, 2, 3
),
incidents AS (
    SELECT
        city_date(opened_at) AS day,
        city_hour(opened_at) AS hour,
        region_code,
        count(*) AS incidents
    FROM jcoc.incidents
    GROUP BY 1, 2, 3
),
first_station AS (
    SELECT station FROM aqms.observations ORDER BY observed_at, station LIMIT 1
),
air AS (
    SELECT
        city_date(observed_at) AS day,
        city_hour(observed_at) AS hour,
        round(avg(value), 1) AS pm25_ug_m3
    FROM aqms.observations AS observed
    INNER JOIN first_station ON first_station.station = observed.station
    WHERE parameter = 'PM2.5' AND quality = 'valid'
    GROUP BY 1, 2
),
stops AS (
    SELECT stop_id, arg_max(region_code, _partition) AS region_code FROM kojatrans.stops_history GROUP BY stop_id
),
buses AS (
    SELECT
        city_date(seen.observed_at) AS day,
        city_hour(seen.observed_at) AS hour,
        stop.region_code,
        count(DISTINCT seen.vehicle_id) AS buses
    FROM kojatrans.positions AS seen
    INNER JOIN stops AS stop ON stop.stop_id = seen.next_stop_id
    GROUP BY 1, 2, 3
)
SELECT
    places.day,
    places.hour,
    places.region_code,
    places.kelurahan,
    places.kecamatan,
    traffic.vehicles,
    traffic.mean_speed_kmh,
    cameras.cameras_up_percent,
    CASE WHEN places.day IN (SELECT day FROM harvested WHERE dataset = 'sikesal.complaints') THEN coalesce(complaints.complaints, 0) END AS complaints,
    CASE WHEN places.day IN (SELECT day FROM harvested WHERE dataset = 'jcoc.incidents') THEN coalesce(incidents.incidents, 0) END AS incidents,
    CASE WHEN places.kecamatan = 'Kota Baru' THEN air.pm25_ug_m3 END AS pm25_ug_m3,
    CASE WHEN places.day IN (SELECT day FROM harvested WHERE dataset = 'kojatrans.positions') THEN coalesce(buses.buses, 0) END AS buses
FROM places
LEFT JOIN traffic USING (day, hour, region_code)
LEFT JOIN cameras ON cameras.day = places.day AND cameras.hour = places.hour AND cameras.district_code = kecamatan_of(places.region_code)
LEFT JOIN complaints USING (day, hour, region_code)
LEFT JOIN incidents USING (day, hour, region_code)
LEFT JOIN air USING (day, hour)
LEFT JOIN buses USING (day, hour, region_code)
ORDER BY places.day, places.region_code, places.hour
