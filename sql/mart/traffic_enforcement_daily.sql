-- title_id: Penegakan lalu lintas elektronik harian
-- title_en: Daily traffic enforcement by camera
-- row: one day of detections, with those that a letter was sent for so far, whose letter was confirmed and whose fine was paid; a letter may be sent again
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
-- column letters: Deteksi yang dikirimi surat konfirmasi / Detections for which a letter was sent
-- column confirmations: Deteksi yang suratnya dikonfirmasi / Detections whose letter was confirmed
-- column payments: Deteksi yang dendanya dibayar / Detections whose fine was paid
-- column letters_percent: Deteksi yang dikirimi surat, persen / Detections for which a letter was sent, percent
-- column confirmations_percent: Yang dikonfirmasi dari yang dikirimi surat, persen / Confirmed of those a letter was sent for, percent
WITH sent AS (
    SELECT
        letters.event_id,
        bool_or(confirmations.letter_no IS NOT NULL) AS is_confirmed,
        coalesce(bool_or(confirmations.status = 'dibayar'), FALSE) AS is_paid
    FROM etle.letters AS letters
    LEFT JOIN etle.confirmations AS confirmations ON confirmations.letter_no = letters.letter_no
    GROUP BY letters.event_id
),
chain AS (
    SELECT
        city_date(detections.detected_at) AS day,
        count(*) AS detections,
        count(sent.event_id) AS letters,
        count(*) FILTER (WHERE sent.is_confirmed) AS confirmations,
        count(*) FILTER (WHERE sent.is_paid) AS payments
    FROM etle.detections AS detections
    LEFT JOIN sent ON sent.event_id = detections.event_id
    GROUP BY 1
)
SELECT
    day,
    detections,
    letters,
    confirmations,
    payments,
    percent(letters, detections) AS letters_percent,
    percent(confirmations, letters) AS confirmations_percent
FROM chain
ORDER BY day
