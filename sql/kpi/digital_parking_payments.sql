-- kpi: M4
-- title_id: Pembayaran parkir digital
-- title_en: Digital parking payments
-- question_id: Berapa bagian penerimaan parkir yang dibayar dengan QRIS, dan berapa hasil satu titik parkir sehari?
-- question_en: What share of parking revenue was paid by QRIS, and what does one parking point yield a day?
-- row: one month, one measure, and the city or a kecamatan
-- key: period, region_code, measure
-- unit: %
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: pendapatan ialah yang dibayar lewat QRIS dan yang disetor juru parkir, pada hari keduanya diambil; titik dihitung pada hari ia menerima uang
-- rule_en: revenue is what was paid by QRIS and what attendants handed in, on days harvested of both; a point counts on a day on which it took money
-- cells attendants: numerator, denominator, value
-- cells qris_payments: numerator, denominator, value
-- measure qris_share: Bagian QRIS dari penerimaan / Share of QRIS in the revenue
-- measure yield: Hasil per titik dan hari / Yield per point and day
-- column attendants: Juru parkir yang menyetor / Attendants who handed in a deposit
-- column qris_payments: Pembayaran dengan QRIS / Payments by QRIS
WITH days AS (
    SELECT paid.day
    FROM mart.harvest_days AS paid
    INNER JOIN mart.harvest_days AS handed ON handed.dataset = 'eparking.deposits' AND handed.day = paid.day
    WHERE paid.dataset = 'eparking.payments'
),
money AS (
    SELECT city_date(paid_at) AS day, point_id, amount_idr, amount_idr AS qris_idr, tx_ref, NULL AS attendant_id FROM eparking.payments
    UNION ALL
    SELECT deposited_on, point_id, deposit_actual_idr, 0, NULL, attendant_id FROM eparking.deposits
),
placed AS (
    SELECT city_code() AS region_code, day, point_id, amount_idr, qris_idr, tx_ref, attendant_id FROM money
    UNION ALL
    SELECT kecamatan_of(points.region_code), money.day, money.point_id, money.amount_idr, money.qris_idr, money.tx_ref, money.attendant_id
    FROM money
    INNER JOIN eparking.points AS points ON points.point_id = money.point_id
),
months AS (
    SELECT
        month_of(placed.day) AS month,
        placed.region_code,
        CAST(sum(placed.amount_idr) AS bigint) AS revenue_idr,
        CAST(sum(placed.qris_idr) AS bigint) AS qris_idr,
        count(placed.tx_ref) AS qris_payments,
        count(DISTINCT placed.attendant_id) AS attendants,
        count(DISTINCT CASE WHEN placed.amount_idr > 0 THEN concat(placed.point_id, ' ', placed.day) END) AS point_days
    FROM placed
    INNER JOIN days ON days.day = placed.day
    GROUP BY 1, 2
),
measured AS (
    SELECT
        month,
        region_code,
        qris_payments,
        attendants,
        1 AS place,
        'qris_share' AS measure,
        qris_idr AS numerator,
        revenue_idr AS denominator,
        percent(qris_idr, revenue_idr) AS value,
        '%' AS unit
    FROM months
    UNION ALL
    SELECT month, region_code, qris_payments, attendants, 2, 'yield', revenue_idr, point_days, rate(revenue_idr, point_days, 1), 'IDR'
    FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    measured.region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    least(paid.completeness, handed.completeness, points.completeness) AS completeness,
    reason_of(measured.value, 'no_cases', [paid.gap, handed.gap, points.gap]) AS reason,
    status_of(measured.value, reason) AS status,
    'QRIS and deposits' AS rule_version,
    measured.attendants,
    measured.qris_payments
FROM measured
INNER JOIN mart.harvest_periods AS paid ON paid.dataset = 'eparking.payments' AND paid.kind = 'month' AND paid.first_day = measured.month
INNER JOIN mart.harvest_periods AS handed ON handed.dataset = 'eparking.deposits' AND handed.kind = 'month' AND handed.first_day = measured.month
INNER JOIN mart.harvest_periods AS points ON points.dataset = 'eparking.points' AND points.is_newest
ORDER BY period, measured.region_code, measured.place
