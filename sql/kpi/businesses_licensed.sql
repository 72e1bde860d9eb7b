-- kpi: E2
-- title_id: Pelaku usaha yang menerima izin
-- title_en: Businesses that were issued a permit
-- question_id: Berapa pelaku usaha, menurut NIB-nya, yang menerima izin dalam sebulan, dan berapa NIB yang terbit?
-- question_en: How many businesses, by their business number (NIB), were issued a permit in the month, and how many NIBs were issued?
-- row: one month of which permits were harvested, and one measure
-- key: period, measure
-- unit: {businesses}
-- dimension: economy
-- steward: Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu {city.name}
-- rule_id: NIB berbeda pada izin yang terbit bulan itu; izin perorangan tanpa NIB; NIB diterbitkan OSS nasional, dan SILANCAR tidak mencatat waktunya
-- rule_en: NIBs on permits issued in the month, each once; permits for persons carry none; the national OSS issues them, and SILANCAR does not record when
-- cells businesses: numerator, denominator, value
-- measure businesses: Pelaku usaha yang menerima izin / Businesses that were issued a permit
-- measure nib_issued: NIB yang terbit / NIBs issued
-- column businesses: NIB berbeda pada izin yang terbit / Different NIBs on permits issued
WITH permits AS (
    SELECT month_of(harvested.day) AS month, permit.nib, permit.newer_version_withheld AS is_unknown
    FROM perizinan.permits AS permit
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'perizinan.permits' AND harvested.day = city_date(permit.issued_at)
    WHERE permit.status = 'issued'
),
known AS (SELECT month, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM permits GROUP BY month),
issued AS (SELECT month, count(DISTINCT nib) AS businesses FROM permits WHERE NOT is_unknown GROUP BY month),
months AS (
    SELECT
        harvest.first_day AS month,
        coalesce(issued.businesses, 0) AS businesses,
        harvest.completeness * coalesce(known.share, 1) AS completeness,
        coalesce(harvest.gap, known.gap) AS gap
    FROM mart.harvest_periods AS harvest
    LEFT JOIN issued ON issued.month = harvest.first_day
    LEFT JOIN known ON known.month = harvest.first_day
    WHERE harvest.dataset = 'perizinan.permits' AND harvest.kind = 'month'
),
measured AS (
    SELECT month, 1 AS place, 'businesses' AS measure, businesses AS numerator, CAST(businesses AS double) AS value, '{businesses}' AS unit FROM months
    UNION ALL
    SELECT month, 2, 'nib_issued', NULL, NULL, '{NIB}' FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    CAST(NULL AS bigint) AS denominator,
    measured.value,
    measured.unit,
    months.completeness,
    reason_of(measured.value, 'not_measured', [months.gap]) AS reason,
    status_of(measured.value, reason) AS status,
    'SILANCAR NIB' AS rule_version,
    months.businesses
FROM measured
INNER JOIN months ON months.month = measured.month
ORDER BY period, measured.place
