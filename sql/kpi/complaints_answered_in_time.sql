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
        settled_by(harvested.day) AS wait_until,
        CASE WHEN complaint.state <> 'reopened' OR came_late(complaint.updated_at, wait_until) THEN complaint.closed_at END AS closed_at,
        complaint.received_at + to_hours(complaint.sla_hours) AS due_at,
        city_date(due_at) <= harvested.seen_until AS is_due,
        month_of(city_date(complaint.received_at)) AS month,
        complaint.newer_version_withheld AS is_unknown
    FROM sikesal.complaints AS complaint
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.complaints' AND harvested.day = city_date(complaint.received_at)
    WHERE complaint.state <> 'rejected' OR came_late(complaint.updated_at, wait_until)
),
known AS (SELECT month, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM complaints GROUP BY month),
months AS (
    SELECT
        month,
        count(*) FILTER (WHERE is_due) AS denominator,
        count(*) FILTER (WHERE is_due AND closed_at <= due_at) AS numerator,
        count(*) AS received,
        count(*) FILTER (WHERE closed_at IS NULL) AS open_count
    FROM complaints
    WHERE NOT is_unknown
    GROUP BY month
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.numerator,
    months.denominator,
    percent(months.numerator, months.denominator) AS value,
    '%' AS unit,
    harvest.completeness * known.share AS completeness,
    reason_of(value, 'none_due', [harvest.gap, known.gap, waits_for(months.open_count, settled_by(months.month), harvest.seen_until)]) AS reason,
    status_of(value, reason) AS status,
    'SIKESAL 24/48/72 h' AS rule_version,
    months.received,
    months.open_count
FROM months
INNER JOIN known ON known.month = months.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sikesal.complaints' AND harvest.kind = 'month' AND harvest.first_day = months.month
ORDER BY period
