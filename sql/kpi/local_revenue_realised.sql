-- kpi: E1
-- title_id: Realisasi pendapatan daerah dari parkir dan PBB
-- title_en: Local revenue realised from parking and property tax
-- question_id: Berapa bagian target parkir dan PBB yang sudah diterima, dan berapa bagian dari yang ditetapkan atau ditagih yang dibayar?
-- question_en: What share of the targets of parking and property tax has been received, and what share of what was set or billed was paid?
-- row: one year (against its target) or month, and one measure
-- key: period, measure
-- unit: %
-- dimension: economy
-- steward: Badan Pengelola Pajak dan Retribusi Daerah {city.name}
-- rule_id: rupiah diterima pada hari yang diambil; setahun terhadap target terakhir kota untuk tahun itu; tagihan dihitung pada bulan terbitnya
-- rule_en: rupiah received on harvested days; a year against the target the city set last for it; a bill counts in the month it was issued
-- cells base_cases: denominator, value
-- cells counted_cases: numerator, value
-- within: base_cases > counted_cases
-- measure parking: Parkir, setoran dan QRIS setahun terhadap target / Parking, deposits and QRIS of the year against the target
-- measure pbb: PBB, pokok dan denda yang dibayar setahun terhadap target / Property tax, tax and penalties paid in the year against the target
-- measure parking_deposits: Setoran juru parkir yang diterima dari yang ditetapkan / Attendants' deposits received of those that were set
-- measure pbb_bills: Pokok PBB yang sudah dibayar dari yang ditagih bulan itu / Property tax paid so far of what was billed in the month
-- measure without_counter: Nilai pembayaran elektronik yang tidak lewat loket bank / Value of electronic payments not made at a bank counter
-- column base_cases: Juru parkir, tagihan, atau pembayaran di balik penyebut / Attendants, bills or payments the denominator stands on
-- column counted_cases: Juru parkir, tagihan, atau pembayaran di balik pembilang / Attendants, bills or payments the numerator stands on
WITH deposits AS (
    SELECT
        month_of(deposit.deposited_on) AS month,
        deposit.attendant_id,
        deposit.deposit_expected_idr,
        deposit.deposit_actual_idr
    FROM eparking.deposits AS deposit
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'eparking.deposits' AND harvested.day = deposit.deposited_on
),
parked AS (
    SELECT month_of(city_date(payment.paid_at)) AS month, payment.amount_idr
    FROM eparking.payments AS payment
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'eparking.payments' AND harvested.day = city_date(payment.paid_at)
),
parking AS (
    SELECT year(month) AS year, attendant_id, NULL AS payment, deposit_actual_idr AS amount_idr FROM deposits
    UNION ALL
    SELECT year(month), NULL, 1, amount_idr FROM parked
),
taxed AS (
    SELECT year(city_date(bill.paid_at)) AS year, bill.amount_idr + bill.penalty_idr AS amount_idr, bill.newer_version_withheld AS is_unknown
    FROM pbb.bills AS bill
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'pbb.bills' AND harvested.day = city_date(bill.paid_at)
    WHERE bill.status = 'lunas'
),
bills AS (
    SELECT
        month_of(harvested.day) AS month,
        bill.amount_idr,
        bill.newer_version_withheld AS is_unknown,
        bill.status = 'lunas' AND NOT came_late(bill.paid_at, settled_by(harvested.day)) AS is_paid
    FROM pbb.bills AS bill
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'pbb.bills' AND harvested.day = city_date(bill.issued_at)
),
known AS (
    SELECT 'pbb' AS measure, CAST(year AS VARCHAR) AS period, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM taxed GROUP BY year
    UNION ALL
    SELECT 'pbb_bills', strftime(month, '%Y-%m'), known_share(is_unknown), unknown_gap(is_unknown) FROM bills GROUP BY month
),
settled AS (
    SELECT month_of(city_date(settlement.paid_at)) AS month, settlement.amount_idr, settlement.channel <> 'teller' AS is_elsewhere
    FROM epayment.settlements AS settlement
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'epayment.settlements' AND harvested.day = city_date(settlement.paid_at)
),
years AS (
    SELECT year, 1 AS place, 'parking' AS measure, sum(amount_idr) AS received, least(count(DISTINCT attendant_id), nullif(count(payment), 0)) AS cases
    FROM parking
    GROUP BY year
    UNION ALL
    SELECT year, 2, 'pbb', sum(amount_idr), count(*)
    FROM taxed
    WHERE NOT is_unknown
    GROUP BY year
),
months AS (
    SELECT
        month,
        3 AS place,
        'parking_deposits' AS measure,
        sum(deposit_actual_idr) AS numerator,
        sum(deposit_expected_idr) AS denominator,
        count(DISTINCT attendant_id) AS base_cases,
        count(DISTINCT attendant_id) AS counted_cases,
        0 AS open_count
    FROM deposits
    GROUP BY month
    UNION ALL
    SELECT
        month,
        4,
        'pbb_bills',
        coalesce(sum(amount_idr) FILTER (WHERE is_paid), 0),
        sum(amount_idr),
        count(*),
        count(*) FILTER (WHERE is_paid),
        count(*) FILTER (WHERE NOT is_paid)
    FROM bills
    WHERE NOT is_unknown
    GROUP BY month
    UNION ALL
    SELECT
        month,
        5,
        'without_counter',
        coalesce(sum(amount_idr) FILTER (WHERE is_elsewhere), 0),
        sum(amount_idr),
        count(*),
        count(*) FILTER (WHERE is_elsewhere),
        0
    FROM settled
    GROUP BY month
),
harvest AS (
    SELECT
        first_day AS month,
        completeness,
        gap,
        seen_until,
        CASE dataset WHEN 'eparking.deposits' THEN 'parking_deposits' WHEN 'pbb.bills' THEN 'pbb_bills' ELSE 'without_counter' END AS measure
    FROM mart.harvest_periods
    WHERE kind = 'month' AND dataset IN ('eparking.deposits', 'pbb.bills', 'epayment.settlements')
),
whole AS (
    SELECT
        year(first_day) AS year,
        CASE dataset WHEN 'pbb.bills' THEN 'pbb' ELSE 'parking' END AS measure,
        count(*) = CASE measure WHEN 'parking' THEN 2 ELSE 1 END AS is_of_all,
        CASE WHEN is_of_all THEN min(completeness) ELSE 0 END AS completeness,
        CASE WHEN is_of_all THEN gap_of(any_value(last_day), min(seen_until), bool_and(is_complete)) ELSE 'incomplete' END AS gap
    FROM mart.harvest_periods
    WHERE kind = 'year' AND dataset IN ('eparking.deposits', 'eparking.payments', 'pbb.bills')
    GROUP BY 1, 2
),
targets AS (
    SELECT measure, period, CAST(arg_max_null(value, valid_from) AS BIGINT) AS target
    FROM register_kota.targets
    WHERE kpi = 'E1' AND unit = 'IDR'
    GROUP BY measure, period
),
measured AS (
    SELECT
        CAST(years.year AS VARCHAR) AS period,
        years.place,
        years.measure,
        CAST(years.received AS BIGINT) AS numerator,
        targets.target AS denominator,
        whole.completeness,
        'no_target' AS without,
        whole.gap,
        NULL AS waits,
        years.cases AS base_cases,
        years.cases AS counted_cases
    FROM years
    INNER JOIN whole ON whole.year = years.year AND whole.measure = years.measure
    LEFT JOIN targets ON targets.measure = years.measure AND targets.period = CAST(years.year AS VARCHAR)
    UNION ALL
    SELECT
        strftime(months.month, '%Y-%m'),
        months.place,
        months.measure,
        CAST(months.numerator AS BIGINT),
        CAST(months.denominator AS BIGINT),
        harvest.completeness,
        'no_cases',
        harvest.gap,
        waits_for(months.open_count, settled_by(months.month), harvest.seen_until),
        months.base_cases,
        months.counted_cases
    FROM months
    INNER JOIN harvest ON harvest.month = months.month AND harvest.measure = months.measure
)
SELECT
    measured.period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    measured.completeness * coalesce(known.share, 1) AS completeness,
    reason_of(value, measured.without, [measured.gap, known.gap, measured.waits]) AS reason,
    status_of(value, reason) AS status,
    'rupiah received / set or billed' AS rule_version,
    measured.base_cases,
    measured.counted_cases
FROM measured
LEFT JOIN known ON known.measure = measured.measure AND known.period = measured.period
ORDER BY measured.period, measured.place
