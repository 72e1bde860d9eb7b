-- title_id: Ketersediaan kamera harian
-- title_en: Camera availability by day
-- row: one day that was harvested, the cameras that are registered and were installed by then
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: day
-- cells cameras: heartbeats, up_percent
-- column day: Hari / Day
-- column cameras: Kamera terdaftar / Cameras registered
-- column heartbeats: Detak diterima / Heartbeats received
-- column up_percent: Detak dengan gambar dari 288 sehari per kamera, persen / Heartbeats with pictures out of 288 a day and camera, percent
WITH beats AS (
    SELECT
        city_date(sent_at) AS day,
        camera_id,
        count(*) AS heartbeats,
        count(*) FILTER (WHERE status <> 'offline' AND stream_ok) AS with_pictures
    FROM cctv.heartbeats
    GROUP BY 1, 2
),
days AS (SELECT day FROM mart.harvest_days WHERE dataset = 'cctv.heartbeats')
SELECT
    days.day,
    count(*) AS cameras,
    coalesce(sum(beats.heartbeats), 0) AS heartbeats,
    percent(coalesce(sum(beats.with_pictures), 0), 288 * count(*)) AS up_percent
FROM days
INNER JOIN cctv.cameras AS cameras ON coalesce(cameras.installed_on <= days.day, TRUE)
LEFT JOIN beats ON beats.day = days.day AND beats.camera_id = cameras.camera_id
GROUP BY days.day
ORDER BY days.day
