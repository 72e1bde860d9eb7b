-- kpi: G1
-- title_id: Keluhan selesai tepat waktu
-- title_en: Complaints closed in time
-- question_id: Berapa bagian keluhan yang ditutup dalam 24, 48 atau 72 jam menurut kategorinya?
-- question_en: What share of complaints was closed within the 24, 48 or 72 hours of its category?
-- row: one month in which complaints were received
-- unit: %
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika Kota Jambi
-- rule: SIKESAL service clock 24/48/72 calendar hours; open past due counts as failed; rejected are left out
WITH harvested AS (
    SELECT CAST(partition AS DATE) AS day FROM lumbung.passed WHERE dataset = 'sikesal.complaints'
),
complaints AS (
    SELECT
        received_at,
        closed_at,
        received_at + to_hours(sla_hours) AS due_at,
        due_at < CAST($today AS TIMESTAMP) AT TIME ZONE 'Asia/Jakarta' AS is_due,
        date_trunc('month', CAST(received_at AT TIME ZONE 'Asia/Jakarta' AS DATE)) AS month
    FROM sikesal.complaints
    WHERE state <> 'rejected' AND CAST(received_at AT TIME ZONE 'Asia/Jakarta' AS DATE) >= (SELECT min(day) FROM harvested)
),
months AS (
    SELECT
        CAST(month AS DATE) AS month,
        count(*) FILTER (WHERE is_due) AS denominator,
        count(*) FILTER (WHERE is_due AND closed_at <= due_at) AS numerator,
        count(*) AS received,
        count(*) FILTER (WHERE closed_at IS NULL) AS open_count
    FROM complaints
    GROUP BY 1
),
complete AS (
    SELECT CAST(date_trunc('month', day) AS DATE) AS month, count(*) / day(last_day(any_value(day))) AS completeness
    FROM harvested GROUP BY date_trunc('month', day)
)
SELECT
    strftime(month, '%Y-%m') AS period,
    numerator,
    denominator,
    round(100.0 * numerator / nullif(denominator, 0), 1) AS value,
    '%' AS unit,
    coalesce(completeness, 0) AS completeness,
    CASE
        WHEN denominator = 0 THEN 'not available'
        WHEN completeness = 1 AND open_count = 0 THEN 'final'
        ELSE 'provisional'
    END AS status,
    CASE WHEN denominator = 0 THEN 'no complaint of the month is due yet' END AS reason,
    received,
    open_count,
    'SIKESAL 24/48/72 h' AS rule_version
FROM months LEFT JOIN complete USING (month)
ORDER BY period
