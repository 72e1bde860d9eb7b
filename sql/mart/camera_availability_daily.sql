-- title_id: Ketersediaan kamera harian
-- title_en: Camera availability by day
-- row: one day, all cameras that are registered
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika Kota Jambi
-- key: day
-- cells cameras: heartbeats, up_percent
-- column day: Hari / Day
-- column cameras: Kamera terdaftar / Cameras registered
-- column heartbeats: Detak diterima / Heartbeats received
-- column up_percent: Detak dengan gambar dari 288 sehari per kamera, persen / Heartbeats with pictures out of 288 a day and camera, percent
WITH registered AS (
    SELECT count(*) AS cameras FROM cctv.cameras
)
SELECT
    CAST(beat.sent_at AT TIME ZONE 'Asia/Jakarta' AS DATE) AS day,
    registered.cameras,
    count(*) AS heartbeats,
    round(100.0 * count(*) FILTER (WHERE beat.status <> 'offline' AND beat.stream_ok) / (288 * registered.cameras), 1) AS up_percent
FROM cctv.heartbeats AS beat
CROSS JOIN registered
GROUP BY 1, 2
ORDER BY 1
