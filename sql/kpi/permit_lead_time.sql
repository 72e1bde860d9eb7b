-- kpi: E2
-- title_id: Lama penerbitan izin
-- title_en: Permit lead time
-- question_id: Berapa hari kerja rata-rata dari berkas lengkap sampai izin terbit?
-- question_en: How many working days on average from a complete file to an issued permit?
-- row: one month in which permits were issued
-- unit: wd
-- dimension: economy
-- steward: Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kota Jambi
-- rule: working days = Monday to Friday without national holidays and cuti bersama; the day after completeness is day 1
WITH harvested AS (
    SELECT CAST(partition AS DATE) AS day FROM lumbung.passed WHERE dataset = 'perizinan.permits'
),
issued AS (
    SELECT
        CAST(permits.issued_at AT TIME ZONE 'Asia/Jakarta' AS DATE) AS issued_on,
        finish.nth - start.nth AS working_days,
        finish.nth - start.nth <= permits.sla_days AS in_time,
        finish.calendar_version
    FROM perizinan.permits AS permits
    INNER JOIN reference.working_days AS start ON start.day = CAST(permits.complete_at AT TIME ZONE 'Asia/Jakarta' AS DATE)
    INNER JOIN reference.working_days AS finish ON finish.day = CAST(permits.issued_at AT TIME ZONE 'Asia/Jakarta' AS DATE)
    WHERE permits.status = 'issued'
),
complete AS (
    SELECT date_trunc('month', day) AS month, count(*) / day(last_day(any_value(day))) AS completeness FROM harvested GROUP BY 1
)
SELECT
    strftime(date_trunc('month', issued_on), '%Y-%m') AS period,
    sum(working_days) AS numerator,
    count(*) AS denominator,
    round(sum(working_days) / count(*), 1) AS value,
    'wd' AS unit,
    coalesce(any_value(completeness), 0) AS completeness,
    CASE WHEN any_value(completeness) = 1 THEN 'final' ELSE 'provisional' END AS status,
    CAST(NULL AS VARCHAR) AS reason,
    median(working_days) AS median_days,
    quantile_cont(working_days, 0.9) AS p90_days,
    round(100.0 * count(*) FILTER (WHERE in_time) / count(*), 1) AS in_time_percent,
    any_value(calendar_version) AS rule_version
FROM issued LEFT JOIN complete ON complete.month = date_trunc('month', issued.issued_on)
GROUP BY date_trunc('month', issued_on)
ORDER BY period
