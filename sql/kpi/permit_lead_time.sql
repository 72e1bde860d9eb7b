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
        CASE WHEN permit.status = 'issued' THEN city_date(permit.issued_at) END AS issued_on,
        permit.sla_days,
        harvested.day AS complete_on
    FROM perizinan.permits AS permit
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'perizinan.permits' AND harvested.day = city_date(permit.complete_at)
    WHERE permit.status <> 'rejected'
),
-- A day that the calendar does not reach is not due and gives no working days; it keeps its month provisional.
followed AS (
    SELECT
        permits.month,
        permits.issued_on,
        deadline.day AS due_on,
        coalesce(deadline.day < $today, FALSE) AS is_due,
        finish.nth - start.nth AS working_days,
        coalesce(deadline.is_decreed AND (permits.issued_on IS NULL OR finish.is_decreed), FALSE) AS is_decreed
    FROM permits
    LEFT JOIN reference.working_days AS start ON start.day = permits.complete_on
    LEFT JOIN reference.working_days AS deadline ON deadline.is_working AND deadline.nth = start.nth + permits.sla_days
    LEFT JOIN reference.working_days AS finish ON finish.day = permits.issued_on
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
    harvest.completeness,
    status_of(measured.value, harvest.is_complete AND months.open_count = 0 AND months.is_decreed) AS status,
    CASE
        WHEN measured.value IS NULL AND measured.measure = 'in_time' THEN 'none_due'
        WHEN measured.value IS NULL THEN 'none_issued'
        WHEN NOT harvest.is_complete THEN 'incomplete'
        WHEN months.open_count > 0 THEN 'open_cases'
        WHEN NOT months.is_decreed THEN 'estimated_calendar'
    END AS reason,
    (SELECT any_value(calendar_version) FROM reference.working_days) AS rule_version
FROM measured
INNER JOIN months ON months.month = measured.month
INNER JOIN mart.harvest_months AS harvest ON harvest.dataset = 'perizinan.permits' AND harvest.month = measured.month
ORDER BY period, measured.place
