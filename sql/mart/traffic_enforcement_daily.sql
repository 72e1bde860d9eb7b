-- title_id: Penegakan lalu lintas elektronik harian
-- title_en: Daily traffic enforcement by camera
-- row: one day of detections, with the letters sent for them so far and how many of those letters were confirmed and paid
-- class: setiap saat
-- steward: Satuan Lalu Lintas Polresta Jambi
-- dimensions: day
-- cells: detections
-- column day: Tanggal deteksi / Day of the detections
-- column detections: Jumlah deteksi kamera / Number of detections
-- column letters: Surat konfirmasi yang dikirim, kosong bila 1 sampai 4 / Letters sent, empty when 1 to 4
-- column confirmations: Surat yang dikonfirmasi, kosong bila 1 sampai 4 / Letters confirmed, empty when 1 to 4
-- column payments: Denda yang dibayar, kosong bila 1 sampai 4 / Fines paid, empty when 1 to 4
-- column letters_percent: Surat per deteksi, persen / Letters per detection, percent
-- column confirmations_percent: Konfirmasi per surat, persen / Confirmations per letter, percent
WITH chain AS (
    SELECT
        CAST(detections.detected_at AT TIME ZONE 'Asia/Jakarta' AS DATE) AS day,
        count(*) AS detections,
        count(letters.letter_no) AS letters,
        count(confirmations.letter_no) AS confirmations,
        count(*) FILTER (WHERE confirmations.status = 'dibayar') AS payments
    FROM etle.detections AS detections
    LEFT JOIN etle.letters AS letters ON letters.event_id = detections.event_id
    LEFT JOIN etle.confirmations AS confirmations ON confirmations.letter_no = letters.letter_no
    GROUP BY 1
),
shown AS (
    SELECT
        day,
        detections,
        CASE WHEN letters NOT BETWEEN 1 AND 4 THEN letters END AS letters,
        CASE WHEN confirmations NOT BETWEEN 1 AND 4 THEN confirmations END AS confirmations,
        CASE WHEN payments NOT BETWEEN 1 AND 4 THEN payments END AS payments
    FROM chain
)
SELECT
    day,
    detections,
    letters,
    confirmations,
    payments,
    round(100.0 * letters / detections, 1) AS letters_percent,
    round(100.0 * confirmations / nullif(letters, 0), 1) AS confirmations_percent
FROM shown
ORDER BY day
