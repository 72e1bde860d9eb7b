-- title_id: Ketersediaan kamera harian
-- title_en: Camera availability by day
-- row: one day, all cameras that are registered
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika Kota Jambi
-- dimensions: day
-- cells: none, cameras are devices and no persons
-- column day: Hari / Day
-- column cameras: Kamera yang berdetak / Cameras heard of
-- column heartbeats: Detak diterima / Heartbeats received
-- column up_percent: Detak dengan gambar dari 288 sehari per kamera, persen / Heartbeats with pictures out of 288 a day and camera, percent
SELECT
    CAST(sent_at AT TIME ZONE 'Asia/Jakarta' AS DATE) AS day,
    count(DISTINCT camera_id) AS cameras,
    count(*) AS heartbeats,
    round(100.0 * count(*) FILTER (WHERE status <> 'offline' AND stream_ok) / (288 * count(DISTINCT camera_id)), 1) AS up_percent
FROM cctv.heartbeats
GROUP BY 1
ORDER BY 1
