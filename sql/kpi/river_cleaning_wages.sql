-- kpi: E5
-- title_id: Hari kerja dan upah kali bersih padat karya
-- title_en: Worker-days and wages of river cleaning
-- question_id: Berapa hari kerja warga dan upah yang dibayar PakarKasih, dan berapa bagian anggarannya yang sudah menjadi upah?
-- question_en: How many worker-days and wages has PakarKasih given, and what share of its budget has become wages?
-- row: one month in which people worked or were paid, or one year (against its budget), and one measure
-- key: period, measure
-- unit: {people}.d
-- dimension: economy
-- steward: Dinas Pekerjaan Umum dan Penataan Ruang {city.name}
-- rule_id: satu orang-hari ialah satu pekerja pada satu hari hadir; upah dihitung pada hari dibayar; anggaran setahun ialah angka yang disepakati sumber-sumber
-- rule_en: a worker-day is one worker on one day of attendance; a wage counts on the day it was paid; the budget of a year is the figure sources agree on
-- cells workers: numerator, value
-- cells none: denominator
-- measure worker_days: Hari kerja / Worker-days
-- measure wage_paid: Upah yang dibayar / Wages paid
-- measure budget_paid: Upah yang dibayar dari anggaran setahun / Wages paid of the year's budget
-- column workers: Pekerja yang bekerja atau dibayar / Workers who worked or were paid
-- reason no_budget: Anggaran tahun itu tidak diketahui, atau sumbernya berbeda / The budget of that year is not known, or sources disagree
WITH worked AS (
    SELECT month_of(worker_day.worked_on) AS month, worker_day.worker_id
    FROM pakarkasih.worker_days AS worker_day
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'pakarkasih.worker_days' AND harvested.day = worker_day.worked_on
),
paid AS (
    SELECT month_of(payment.paid_on) AS month, payment.worker_id, payment.amount_idr
    FROM pakarkasih.payments AS payment
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'pakarkasih.payments' AND harvested.day = payment.paid_on
),
budgets AS (
    SELECT CAST(left(period, 4) AS INTEGER) AS year, min(number) AS budget, min(claim_id) AS claim_id
    FROM mart.claims
    WHERE figure = 'river_budget' AND problem IS NULL
    GROUP BY 1
    HAVING min(number) = max(number)
),
months AS (
    SELECT
        month,
        1 AS place,
        'worker_days' AS measure,
        'pakarkasih.worker_days' AS dataset,
        count(*) AS value,
        '{people}.d' AS unit,
        count(DISTINCT worker_id) AS workers
    FROM worked
    GROUP BY month
    UNION ALL
    SELECT month, 2, 'wage_paid', 'pakarkasih.payments', sum(amount_idr), 'IDR', count(DISTINCT worker_id)
    FROM paid
    GROUP BY month
),
years AS (
    SELECT year(month) AS year, sum(amount_idr) AS wage_idr, count(DISTINCT worker_id) AS workers FROM paid GROUP BY 1
),
measured AS (
    SELECT
        strftime(months.month, '%Y-%m') AS period,
        months.place,
        months.measure,
        CAST(months.value AS BIGINT) AS numerator,
        CAST(NULL AS BIGINT) AS denominator,
        CAST(months.value AS DOUBLE) AS value,
        months.unit,
        harvest.completeness,
        harvest.gap,
        'attendance and payments' AS rule_version,
        NULL AS vintage,
        months.workers
    FROM months
    INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = months.dataset AND harvest.kind = 'month' AND harvest.first_day = months.month
    UNION ALL
    SELECT
        CAST(years.year AS VARCHAR),
        3,
        'budget_paid',
        CAST(years.wage_idr AS BIGINT),
        budgets.budget,
        percent(years.wage_idr, budgets.budget),
        '%',
        whole.completeness,
        whole.gap,
        'payments of the year''s budget',
        coalesce('budget ' || budgets.claim_id, 'no budget'),
        years.workers
    FROM years
    INNER JOIN mart.harvest_periods AS whole
        ON whole.dataset = 'pakarkasih.payments' AND whole.kind = 'year' AND year(whole.first_day) = years.year
    LEFT JOIN budgets ON budgets.year = years.year
)
SELECT
    period,
    city_code() AS region_code,
    measure,
    numerator,
    denominator,
    value,
    unit,
    completeness,
    reason_of(value, 'no_budget', [gap]) AS reason,
    status_of(value, reason) AS status,
    rule_version,
    vintage,
    workers
FROM measured
ORDER BY period, place
