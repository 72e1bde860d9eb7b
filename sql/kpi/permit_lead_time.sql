-- kpi: E2
-- title_id: Lama penerbitan izin
-- title_en: Permit lead time
-- question_id: Berapa hari kerja dari berkas lengkap sampai izin terbit, dan berapa bagian yang terbit dalam janji layanannya?
-- question_en: How many working days from a complete file to an issued permit, and what share was issued within the promised time?
-- row: one month in which permits were issued, and one measure
-- key: period, measure
-- unit: wd
-- dimension: economy
-- steward: Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kota Jambi
-- rule: working days = Monday to Friday without national holidays and cuti bersama; the day after completeness is day 1
-- cells: none, every permit is public on its own, without its applicant
-- measure in_time: Terbit dalam janji layanan / Issued within the promised time
-- measure median_days: Median / Median
-- measure p90_days: Persentil ke-90 / 90th percentile
-- measure mean_days: Rata-rata / Mean
WITH issued AS (
    SELECT
        month_of(city_date(permits.issued_at)) AS month,
        finish.nth - start.nth AS working_days,
        finish.nth - start.nth <= permits.sla_days AS in_time,
        finish.calendar_version
    FROM perizinan.permits AS permits
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'perizinan.permits' AND harvested.day = city_date(permits.issued_at)
    INNER JOIN reference.working_days AS start ON start.day = city_date(permits.complete_at)
    INNER JOIN reference.working_days AS finish ON finish.day = city_date(permits.issued_at)
    WHERE permits.status = 'issued'
),
months AS (
    SELECT
        month,
        count(*) AS permits,
        count(*) FILTER (WHERE in_time) AS in_time,
        sum(working_days) AS working_days,
        mean(working_days) AS mean_days,
        percentile(working_days, 0.5) AS median_days,
        percentile(working_days, 0.9) AS p90_days,
        any_value(calendar_version) AS rule_version
    FROM issued
    GROUP BY month
),
measured AS (
    SELECT month, 1 AS place, 'in_time' AS measure, in_time AS numerator, permits AS denominator, percent(in_time, permits) AS value, '%' AS unit FROM months
    UNION ALL
    SELECT month, 2, 'median_days', NULL, permits, median_days, 'wd' FROM months
    UNION ALL
    SELECT month, 3, 'p90_days', NULL, permits, p90_days, 'wd' FROM months
    UNION ALL
    SELECT month, 4, 'mean_days', working_days, permits, mean_days, 'wd' FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    '15.71' AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    harvest.completeness,
    status_of(measured.value, harvest.is_complete) AS status,
    CASE WHEN NOT harvest.is_complete THEN 'incomplete' END AS reason,
    months.rule_version
FROM measured
INNER JOIN months ON months.month = measured.month
INNER JOIN mart.harvest_months AS harvest ON harvest.dataset = 'perizinan.permits' AND harvest.month = measured.month
ORDER BY period, measured.place
