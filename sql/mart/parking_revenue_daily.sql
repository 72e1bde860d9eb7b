-- title_id: Penerimaan parkir harian menurut kecamatan
-- title_en: Daily parking revenue by kecamatan
-- row: one day and kecamatan in which attendants handed in a deposit or somebody paid by QRIS
-- class: berkala
-- steward: Dinas Perhubungan {city.name}
-- key: day, region_code
-- cells attendants: deposit_expected_idr, deposit_actual_idr, qris_share_percent
-- cells qris_payments: qris_idr, qris_share_percent
-- column day: Tanggal / Day
-- column region_code: Kode Kemendagri kecamatan, kosong bila tidak diketahui / Kemendagri code of the kecamatan, empty where it is not known
-- column attendants: Juru parkir yang menyetor / Attendants who handed in a deposit
-- column deposit_expected_idr: Setoran yang ditetapkan, rupiah / Deposits that were set, rupiah
-- column deposit_actual_idr: Setoran yang diterima, rupiah / Deposits received, rupiah
-- column qris_payments: Pembayaran dengan QRIS / Payments by QRIS
-- column qris_idr: Penerimaan dengan QRIS, rupiah / Revenue by QRIS, rupiah
-- column qris_share_percent: Bagian QRIS dari penerimaan, persen / Share of QRIS in the revenue, percent
WITH deposited AS (
    SELECT
        deposits.deposited_on AS day,
        kecamatan_of(points.region_code) AS region_code,
        count(DISTINCT deposits.attendant_id) AS attendants,
        sum(deposits.deposit_expected_idr) AS deposit_expected_idr,
        sum(deposits.deposit_actual_idr) AS deposit_actual_idr
    FROM eparking.deposits AS deposits
    LEFT JOIN eparking.points AS points ON points.point_id = deposits.point_id
    GROUP BY 1, 2
),
paid AS (
    SELECT
        city_date(payments.paid_at) AS day,
        kecamatan_of(points.region_code) AS region_code,
        count(*) AS qris_payments,
        sum(payments.amount_idr) AS qris_idr
    FROM eparking.payments AS payments
    LEFT JOIN eparking.points AS points ON points.point_id = payments.point_id
    GROUP BY 1, 2
)
SELECT
    coalesce(deposited.day, paid.day) AS day,
    coalesce(deposited.region_code, paid.region_code) AS region_code,
    coalesce(deposited.attendants, 0) AS attendants,
    CAST(coalesce(deposited.deposit_expected_idr, 0) AS BIGINT) AS deposit_expected_idr,
    CAST(coalesce(deposited.deposit_actual_idr, 0) AS BIGINT) AS deposit_actual_idr,
    coalesce(paid.qris_payments, 0) AS qris_payments,
    CAST(coalesce(paid.qris_idr, 0) AS BIGINT) AS qris_idr,
    percent(coalesce(paid.qris_idr, 0), coalesce(paid.qris_idr, 0) + coalesce(deposited.deposit_actual_idr, 0)) AS qris_share_percent
FROM deposited
FULL JOIN paid ON paid.day = deposited.day AND paid.region_code IS NOT DISTINCT FROM deposited.region_code
ORDER BY day, region_code
