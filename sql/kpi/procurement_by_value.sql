-- kpi: G8
-- title_id: Pengadaan menurut nilai
-- title_en: Procurement by value
-- question_id: Berapa bagian nilai pengadaan yang diumumkan, yang dipilih secara elektronik, dan yang diperlombakan terbuka?
-- question_en: What share of the value of procurement is announced, bought electronically, and put to open competition?
-- row: one month in which packages were announced, and one measure
-- key: period, measure
-- unit: %
-- dimension: governance
-- steward: Bagian Pengadaan Barang dan Jasa Setda {city.name}
-- rule_id: pagu paket yang diumumkan dalam rencana (RUP); nilai tender dan kontrak tidak dijumlahkan, sebab uangnya sama
-- rule_en: budgets of the packages announced in the plan (RUP); values of tenders and contracts are not added, for they are the same money
-- cells: none, a package is public and stands for no person
-- measure electronic: E-purchasing atau tender, terhadap pagu yang diumumkan / E-purchasing or tender, of the budgets announced
-- measure competitive: Tender terbuka, terhadap pagu yang diumumkan / Open tender, of the budgets announced
-- measure announced: Pagu yang diumumkan, terhadap seluruh belanja pengadaan / Budgets announced, of all procurement spending
-- column packages: Jumlah paket / Number of packages
WITH known AS (
    SELECT
        month_of(harvested.day) AS month,
        known_share(package.newer_version_withheld) AS share,
        unknown_gap(package.newer_version_withheld) AS gap
    FROM sirajakoja.packages AS package
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sirajakoja.packages' AND harvested.day = city_date(package.published_at)
    GROUP BY 1
),
months AS (
    SELECT
        month_of(harvested.day) AS month,
        count(*) AS packages,
        CAST(sum(package.budget_idr) AS BIGINT) AS budget,
        CAST(coalesce(sum(package.budget_idr) FILTER (WHERE package.method = 'open' OR package.method_details = 'E-Purchasing'), 0) AS BIGINT) AS electronic,
        CAST(coalesce(sum(package.budget_idr) FILTER (WHERE package.method = 'open'), 0) AS BIGINT) AS competitive
    FROM sirajakoja.packages AS package
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sirajakoja.packages' AND harvested.day = city_date(package.published_at)
    WHERE NOT package.newer_version_withheld
    GROUP BY 1
),
measured AS (
    SELECT month, 1 AS place, 'electronic' AS measure, electronic AS numerator, budget AS denominator FROM months
    UNION ALL
    SELECT month, 2, 'competitive', competitive, budget FROM months
    UNION ALL
    SELECT month, 3, 'announced', budget, NULL FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    harvest.completeness * known.share AS completeness,
    reason_of(value, CASE WHEN measured.measure = 'announced' THEN 'no_total' ELSE 'no_cases' END, [harvest.gap, known.gap]) AS reason,
    status_of(value, reason) AS status,
    'RUP methods' AS rule_version,
    months.packages
FROM measured
INNER JOIN months ON months.month = measured.month
INNER JOIN known ON known.month = measured.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sirajakoja.packages' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
