-- title_id: Penegakan lalu lintas elektronik harian
-- title_en: Daily traffic enforcement by camera
-- row: one day of detections, with the letters sent for them so far and how many of those letters were confirmed and paid
-- class: setiap saat
-- steward: Satuan Lalu Lintas Polresta {city.short}
-- key: day
-- cells detections: letters_percent
-- cells letters: letters_percent, confirmations_percent
-- cells confirmations: confirmations_percent
-- cells payments:
-- within: detections > letters > confirmations > payments
-- column day: Tanggal deteksi / Day of the detections
-- column detections: Jumlah deteksi kamera / Number of detections
-- column letters: Surat konfirmasi yang dikirim / Letters sent
-- column confirmations: Surat yang dikonfirmasi / Letters confirmed
-- column payments: Denda yang dibayar / Fines paid
-- column letters_percent: Surat per deteksi, persen / Letters per detection, percent
-- column confirmations_percent: Konfirmasi per surat, persen / Confirmations per letter, percent
WITH chain AS (
    SELECT
        city_date(detections.detected_at) AS day,
        count(*) AS detections,
        count(letters.letter_no) AS letters,
        count(confirmations.letter_no) AS confirmations,
        count(*) FILTER (WHERE confirmations.status = 'dibayar') AS payments
    FROM etle.detections AS detections
    LEFT JOIN etle.letters AS letters ON letters.event_id = detections.event_id
    LEFT JOIN etle.confirmations AS confirmations ON confirmations.letter_no = letters.letter_no
    GROUP BY 1
)
SELECT
    day,
    detections,
    letters,
    confirmations,
    payments,
    round(100.0 * letters / detections, 1) AS letters_percent,
    round(100.0 * confirmations / nullif(letters, 0), 1) AS confirmations_percent
FROM chain
ORDER BY day
