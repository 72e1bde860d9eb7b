-- kpi: G1
-- title_id: Keluhan selesai tepat waktu
-- title_en: Complaints closed in time
-- question_id: Berapa bagian keluhan yang ditutup dalam 24, 48 atau 72 jam menurut kategorinya?
-- question_en: What share of complaints was closed within the 24, 48 or 72 hours of its category?
-- row: one month in which complaints were received
-- key: period
-- unit: %
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: jam layanan SIKESAL 24/48/72 jam kalender; terbuka lewat tenggat dihitung gagal, dibuka kembali dihitung terbuka; yang ditolak tidak dihitung
-- rule_en: SIKESAL service clock 24/48/72 calendar hours; open past due counts as failed, reopened is open; rejected are left out
-- cells: none, every complaint is public on its own, without its reporter
-- column received: Keluhan yang diterima / Complaints received
-- column open_count: Yang belum ditutup / Still open
WITH complaints AS (
    SELECT
        complaint.received_at,
        CASE WHEN complaint.state <> 'reopened' THEN complaint.closed_at END AS closed_at,
        complaint.received_at + to_hours(complaint.sla_hours) AS due_at,
        due_at < CAST($today AS TIMESTAMP) AT TIME ZONE city_zone() AS is_due,
        month_of(city_date(complaint.received_at)) AS month
    FROM sikesal.complaints AS complaint
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.complaints' AND harvested.day = city_date(complaint.received_at)
    WHERE complaint.state <> 'rejected'
),
months AS (
    SELECT
        month,
        count(*) FILTER (WHERE is_due) AS denominator,
        count(*) FILTER (WHERE is_due AND closed_at <= due_at) AS numerator,
        count(*) AS received,
        count(*) FILTER (WHERE closed_at IS NULL) AS open_count
    FROM complaints
    GROUP BY month
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.numerator,
    months.denominator,
    percent(months.numerator, months.denominator) AS value,
    '%' AS unit,
    harvest.completeness,
    status_of(value, harvest.is_complete AND months.open_count = 0) AS status,
    CASE
        WHEN months.denominator = 0 THEN 'none_due'
        WHEN NOT harvest.is_complete THEN 'incomplete'
        WHEN months.open_count > 0 THEN 'open_cases'
    END AS reason,
    'SIKESAL 24/48/72 h' AS rule_version,
    months.received,
    months.open_count
FROM months
INNER JOIN mart.harvest_months AS harvest ON harvest.dataset = 'sikesal.complaints' AND harvest.month = months.month
ORDER BY period
