-- kpi: G7
-- title_id: Surat dinas elektronik dan lamanya ditindaklanjuti
-- title_en: Electronic official letters, and how long they wait
-- question_id: Berapa bagian surat dinas yang bertanda tangan elektronik, dan berapa hari kerja sampai selesai ditindaklanjuti?
-- question_en: What share of official letters is signed electronically, and how many working days pass until they are followed up?
-- row: one month by the date of the letter, and one measure
-- key: period, measure
-- unit: %
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: surat masuk dan keluar; hari kerja setelah tanggal surat adalah hari ke-1; hari dari surat yang sudah ditindaklanjuti, open_share dari semua surat
-- rule_en: letters in and out; the working day after the letter's date is day 1; days are of letters followed up so far, open_share is of all
-- cells letters: counted, numerator, denominator, value
-- cells counted: numerator, value
-- cells denominator: value
-- within: letters > counted
-- within: letters > denominator
-- measure electronic: Bertanda tangan elektronik / Signed electronically
-- measure median_days: Median sampai selesai ditindaklanjuti / Median until followed up
-- measure p90_days: Persentil ke-90 sampai selesai ditindaklanjuti / 90th percentile until followed up
-- measure open_share: Belum selesai ditindaklanjuti / Not followed up yet
-- column letters: Jumlah surat / Number of letters
-- column counted: Surat yang mendasari angka ini / Letters this figure stands on
-- reason none_done: Belum ada surat yang selesai ditindaklanjuti / No letter is followed up yet
WITH known AS (
    SELECT
        month_of(harvested.day) AS month,
        known_share(letter.newer_version_withheld) AS share,
        unknown_gap(letter.newer_version_withheld) AS gap
    FROM sipadek.letters AS letter
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sipadek.letters' AND harvested.day = letter.letter_date
    GROUP BY 1
),
months AS (
    SELECT
        month_of(harvested.day) AS month,
        count(*) AS letters,
        count(*) FILTER (WHERE letter.is_electronic) AS electronic,
        count(letter.done_at) FILTER (WHERE NOT came_late(letter.done_at, settled_by(letter.letter_date))) AS done,
        letters - done AS open_count,
        percentile(finish.nth - start.nth, 0.5) AS median_days,
        percentile(finish.nth - start.nth, 0.9) AS p90_days,
        done = count(finish.nth - start.nth) AS is_reached,
        bool_and(finish.day IS NULL OR (start.is_decreed AND finish.is_decreed)) AS is_decreed
    FROM sipadek.letters AS letter
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sipadek.letters' AND harvested.day = letter.letter_date
    LEFT JOIN reference.working_days AS start ON start.day = letter.letter_date
    LEFT JOIN reference.working_days AS finish ON finish.day = city_date(letter.done_at) AND NOT came_late(letter.done_at, settled_by(letter.letter_date))
    WHERE NOT letter.newer_version_withheld
    GROUP BY 1
),
measured AS (
    SELECT
        month,
        1 AS place,
        'electronic' AS measure,
        electronic AS numerator,
        letters AS denominator,
        percent(electronic, letters) AS value,
        '%' AS unit,
        letters,
        electronic AS counted
    FROM months
    UNION ALL
    SELECT month, 2, 'median_days', NULL, done AS denominator, median_days, 'wd', letters, done AS counted FROM months
    UNION ALL
    SELECT month, 3, 'p90_days', NULL, done AS denominator, p90_days, 'wd', letters, done AS counted FROM months
    UNION ALL
    SELECT
        month,
        4,
        'open_share',
        open_count AS numerator,
        letters AS denominator,
        percent(open_count, letters),
        '%',
        letters,
        open_count AS counted
    FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    harvest.completeness * known.share AS completeness,
    reason_of(
        measured.value,
        CASE WHEN months.is_reached THEN 'none_done' ELSE 'no_calendar' END,
        [
            harvest.gap,
            known.gap,
            CASE WHEN measured.measure <> 'electronic' THEN waits_for(months.open_count, settled_by(measured.month), harvest.seen_until) END,
            CASE WHEN measured.measure IN ('median_days', 'p90_days') THEN calendar_doubt(months.is_reached, months.is_decreed) END
        ]
    ) AS reason,
    status_of(measured.value, reason) AS status,
    'working days after the letter''s date' AS rule_version,
    (SELECT any_value(calendar_version) FROM reference.working_days) AS vintage,
    measured.letters,
    measured.counted
FROM measured
INNER JOIN months ON months.month = measured.month
INNER JOIN known ON known.month = measured.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sipadek.letters' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
