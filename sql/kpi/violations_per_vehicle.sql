-- kpi: M5
-- title_id: Pelanggaran lalu lintas yang terekam
-- title_en: Traffic violations recorded
-- question_id: Berapa pelanggaran per 1.000 kendaraan, berapa bagian deteksi yang menjadi surat, dan berapa bagian surat yang dikonfirmasi?
-- question_en: How many violations were there per 1,000 vehicles, what share of detections became a letter, and what share of letters was confirmed?
-- row: one month and measure; a detection counts in the month it was recorded, a letter in the month it was sent
-- key: period, measure
-- unit: /1000{vehicles}
-- dimension: mobility
-- steward: Satuan Lalu Lintas Polresta {city.short}
-- rule_id: deteksi yang dinyatakan sah oleh petugas, per 1.000 kendaraan terhitung di semua simpang ATCS; yang belum bersurat atau berkonfirmasi dihitung tanpa
-- rule_en: detections an officer found valid, per 1,000 vehicles counted at all ATCS junctions; what has no letter or confirmation yet counts as without
-- cells denominator: numerator, value
-- cells numerator: value
-- within: denominator > numerator
-- measure violations: Pelanggaran sah per 1.000 kendaraan / Valid violations per 1,000 vehicles
-- measure letters: Deteksi yang menjadi surat / Detections that became a letter
-- measure confirmations: Surat yang dikonfirmasi / Letters that were confirmed
WITH detected_days AS (SELECT day FROM mart.harvest_days WHERE dataset = 'etle.detections'),
counted_days AS (
    SELECT days.day
    FROM detected_days AS days
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'atcs.counts' AND harvested.day = days.day
),
lettered_days AS (
    SELECT days.day
    FROM detected_days AS days
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'etle.letters' AND harvested.day = days.day
),
confirmed_days AS (
    SELECT days.day
    FROM mart.harvest_days AS days
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'etle.confirmations' AND harvested.day = days.day
    WHERE days.dataset = 'etle.letters'
),
detections AS (
    SELECT
        detection.event_id,
        city_date(detection.detected_at) AS day,
        detection.verification = 'valid' AS is_valid,
        detection.event_id IN (
            SELECT letter.event_id FROM etle.letters AS letter WHERE NOT came_late(letter.posted_at, settled_by(city_date(detection.detected_at)))
        ) AS has_letter
    FROM etle.detections AS detection
),
vehicles AS (
    SELECT month_of(days.day) AS month, CAST(sum(counts.vehicles) AS bigint) AS vehicles
    FROM atcs.counts AS counts
    INNER JOIN counted_days AS days ON days.day = city_date(counts.interval_start)
    GROUP BY 1
),
violations AS (
    SELECT month_of(days.day) AS month, count(*) FILTER (WHERE detections.is_valid) AS violations, count(DISTINCT days.day) AS days
    FROM counted_days AS days
    LEFT JOIN detections ON detections.day = days.day
    GROUP BY 1
),
letters AS (
    SELECT
        month_of(days.day) AS month,
        count(*) AS detections,
        count(*) FILTER (WHERE detections.has_letter) AS letters,
        count(*) FILTER (WHERE detections.is_valid AND NOT detections.has_letter) AS open_count,
        count(DISTINCT days.day) AS days
    FROM lettered_days AS days
    INNER JOIN detections ON detections.day = days.day
    GROUP BY 1
),
followed AS (
    SELECT
        month_of(days.day) AS month,
        days.day,
        confirmation.letter_no IS NOT NULL AS is_confirmed,
        letter.status <> 'kembali' AS is_waited_for,
        letter.newer_version_withheld OR coalesce(confirmation.newer_version_withheld, FALSE) AS is_unknown
    FROM etle.letters AS letter
    INNER JOIN confirmed_days AS days ON days.day = city_date(letter.posted_at)
    LEFT JOIN etle.confirmations AS confirmation
        ON confirmation.letter_no = letter.letter_no AND NOT came_late(confirmation.confirmed_at, settled_by(days.day))
),
known AS (SELECT month, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM followed GROUP BY month),
confirmations AS (
    SELECT
        month,
        count(*) AS letters,
        count(*) FILTER (WHERE is_confirmed) AS confirmations,
        count(*) FILTER (WHERE NOT is_confirmed AND is_waited_for) AS open_count,
        count(DISTINCT day) AS days
    FROM followed
    WHERE NOT is_unknown
    GROUP BY month
),
measured AS (
    SELECT
        vehicles.month,
        1 AS place,
        'violations' AS measure,
        violations.violations AS numerator,
        vehicles.vehicles AS denominator,
        rate(violations.violations, vehicles.vehicles, 1000) AS value,
        '/1000{vehicles}' AS unit,
        0 AS open_count,
        violations.days,
        'etle.detections' AS first_source,
        'atcs.counts' AS second_source
    FROM vehicles
    INNER JOIN violations ON violations.month = vehicles.month
    UNION ALL
    SELECT month, 2, 'letters', letters, detections, percent(letters, detections), '%', open_count, days, 'etle.detections', 'etle.letters' FROM letters
    UNION ALL
    SELECT month, 3, 'confirmations', confirmations, letters, percent(confirmations, letters), '%', open_count, days, 'etle.letters', 'etle.confirmations'
    FROM confirmations
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    least(first_harvest.completeness, second_harvest.completeness) * coalesce(known.share, 1) AS completeness,
    reason_of(
        measured.value,
        'no_cases',
        [
            first_harvest.gap,
            second_harvest.gap,
            known.gap,
            waits_for(measured.open_count, settled_by(measured.month), least(first_harvest.seen_until, second_harvest.seen_until))
        ]
    ) AS reason,
    status_of(measured.value, reason) AS status,
    'verification valid' AS rule_version
FROM measured
LEFT JOIN known ON known.month = measured.month AND measured.measure = 'confirmations'
INNER JOIN mart.harvest_periods AS first_harvest
    ON first_harvest.dataset = measured.first_source AND first_harvest.kind = 'month' AND first_harvest.first_day = measured.month
INNER JOIN mart.harvest_periods AS second_harvest
    ON second_harvest.dataset = measured.second_source AND second_harvest.kind = 'month' AND second_harvest.first_day = measured.month
ORDER BY period, measured.place
