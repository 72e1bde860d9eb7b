-- kpi: E2
-- title_id: Lama penerbitan izin
-- title_en: Permit lead time
-- question_id: Berapa bagian izin terbit dalam janji layanannya, berapa hari kerja dari berkas lengkap sampai terbit, dan berapa bagian belum terbit?
-- question_en: What share of permits is issued within the promised time, after how many working days from a complete file, and what share is not issued yet?
-- row: one month in which files became complete, and one measure
-- key: period, measure
-- unit: wd
-- dimension: economy
-- steward: Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu {city.name}
-- rule_id: hari kerja: Senin sampai Jumat, tanpa libur dan cuti bersama, sejak sehari setelah lengkap; lewat tenggat = gagal; yang ditolak tidak dihitung
-- rule_en: working days: Monday to Friday, no holiday nor cuti bersama, day 1 the day after completeness; not issued past due fails; rejected are left out
-- cells: none, every permit is public on its own, without its applicant
-- measure in_time: Terbit dalam janji layanan / Issued within the promised time
-- measure median_days: Median izin yang sudah terbit / Median of those issued so far
-- measure p90_days: Persentil ke-90 izin yang sudah terbit / 90th percentile of those issued so far
-- measure mean_days: Rata-rata izin yang sudah terbit / Mean of those issued so far
-- measure open_share: Yang belum terbit / Not issued yet
-- reason none_issued: Belum ada izin yang terbit / No permit is issued yet
WITH permits AS (
    SELECT
        month_of(harvested.day) AS month,
        settled_by(harvested.day) AS wait_until,
        CASE WHEN permit.status = 'issued' AND NOT came_late(permit.issued_at, wait_until) THEN city_date(permit.issued_at) END AS issued_on,
        permit.sla_days,
        permit.newer_version_withheld AS is_unknown,
        harvested.day AS complete_on,
        harvested.seen_until
    FROM perizinan.permits AS permit
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'perizinan.permits' AND harvested.day = city_date(permit.complete_at)
    WHERE permit.status <> 'rejected' OR came_late(permit.updated_at, wait_until)
),
known AS (SELECT month, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM permits GROUP BY month),
-- A day that the calendar does not reach is not due and gives no working days; it keeps its month provisional.
followed AS (
    SELECT
        permits.month,
        permits.issued_on,
        deadline.day AS due_on,
        coalesce(deadline.day <= permits.seen_until, FALSE) AS is_due,
        finish.nth - start.nth AS working_days,
        deadline.day IS NOT NULL AND (permits.issued_on IS NULL OR finish.day IS NOT NULL) AS is_reached,
        coalesce(deadline.is_decreed, TRUE) AND coalesce(finish.is_decreed, TRUE) AS is_decreed
    FROM permits
    LEFT JOIN reference.working_days AS start ON start.day = permits.complete_on
    LEFT JOIN reference.working_days AS deadline ON deadline.is_working AND deadline.nth = start.nth + permits.sla_days
    LEFT JOIN reference.working_days AS finish ON finish.day = permits.issued_on
    WHERE NOT permits.is_unknown
),
months AS (
    SELECT
        month,
        count(*) AS permits,
        count(*) FILTER (WHERE is_due) AS due,
        count(*) FILTER (WHERE is_due AND issued_on <= due_on) AS in_time,
        count(*) FILTER (WHERE issued_on IS NULL) AS open_count,
        count(working_days) AS issued,
        sum(working_days) AS working_days,
        mean(working_days) AS mean_days,
        percentile(working_days, 0.5) AS median_days,
        percentile(working_days, 0.9) AS p90_days,
        bool_and(is_reached) AS is_reached,
        bool_and(is_decreed) AS is_decreed
    FROM followed
    GROUP BY month
),
measured AS (
    SELECT month, 1 AS place, 'in_time' AS measure, in_time AS numerator, due AS denominator, percent(in_time, due) AS value, '%' AS unit FROM months
    UNION ALL
    SELECT month, 2, 'median_days', NULL, issued, median_days, 'wd' FROM months
    UNION ALL
    SELECT month, 3, 'p90_days', NULL, issued, p90_days, 'wd' FROM months
    UNION ALL
    SELECT month, 4, 'mean_days', working_days, issued, mean_days, 'wd' FROM months
    UNION ALL
    SELECT month, 5, 'open_share', open_count, permits, percent(open_count, permits), '%' FROM months
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
        CASE WHEN NOT months.is_reached THEN 'no_calendar' WHEN measured.measure = 'in_time' THEN 'none_due' ELSE 'none_issued' END,
        [
            harvest.gap,
            known.gap,
            waits_for(months.open_count, settled_by(measured.month), harvest.seen_until),
            CASE WHEN measured.measure <> 'open_share' THEN calendar_doubt(months.is_reached, months.is_decreed) END
        ]
    ) AS reason,
    status_of(measured.value, reason) AS status,
    'SILANCAR SLA' AS rule_version,
    (SELECT any_value(calendar_version) FROM reference.working_days) AS vintage
FROM measured
INNER JOIN months ON months.month = measured.month
INNER JOIN known ON known.month = measured.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'perizinan.permits' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
