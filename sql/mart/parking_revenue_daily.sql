-- title_id: Penerimaan parkir harian menurut kecamatan
-- title_en: Daily parking revenue by kecamatan
-- row: one day and kecamatan in which attendants handed in a deposit or somebody paid by QRIS
-- class: berkala
-- steward: Dinas Perhubungan Kota Jambi
-- dimensions: day, region_code
-- cells attendants: deposit_expected_idr, deposit_actual_idr, qris_share_percent
-- cells qris_payments: qris_idr, qris_share_percent
-- column day: Tanggal / Day
-- column region_code: Kode Kemendagri kecamatan / Kemendagri code of the kecamatan
-- column attendants: Juru parkir yang menyetor / Attendants who handed in a deposit
-- column deposit_expected_idr: Setoran yang ditetapkan, rupiah / Deposits that were set, rupiah
-- column deposit_actual_idr: Setoran yang diterima, rupiah / Deposits received, rupiah
-- column qris_payments: Pembayaran dengan QRIS / Payments by QRIS
-- column qris_idr: Penerimaan dengan QRIS, rupiah / Revenue by QRIS, rupiah
-- column qris_share_percent: Bagian QRIS dari penerimaan, persen / Share of QRIS in the revenue, percent
WITH deposited AS (
    SELECT
        deposits.deposited_on AS day,
        coalesce(left(points.region_code, 8), '15.71') AS region_code,
        count(DISTINCT deposits.attendant_id) AS attendants,
        sum(deposits.deposit_expected_idr) AS deposit_expected_idr,
        sum(deposits.deposit_actual_idr) AS deposit_actual_idr
    FROM eparking.deposits AS deposits
    LEFT JOIN eparking.points AS points ON points.point_id = deposits.point_id
    GROUP BY 1, 2
),
paid AS (
    SELECT
        CAST(payments.paid_at AT TIME ZONE 'Asia/Jakarta' AS DATE) AS day,
        coalesce(left(points.region_code, 8), '15.71') AS region_code,
        count(*) AS qris_payments,
        sum(payments.amount_idr) AS qris_idr
    FROM eparking.payments AS payments
    LEFT JOIN eparking.points AS points ON points.point_id = payments.point_id
    GROUP BY 1, 2
)
SELECT
    day,
    region_code,
    coalesce(deposited.attendants, 0) AS attendants,
    CAST(coalesce(deposited.deposit_expected_idr, 0) AS BIGINT) AS deposit_expected_idr,
    CAST(coalesce(deposited.deposit_actual_idr, 0) AS BIGINT) AS deposit_actual_idr,
    coalesce(paid.qris_payments, 0) AS qris_payments,
    CAST(coalesce(paid.qris_idr, 0) AS BIGINT) AS qris_idr,
    round(100.0 * coalesce(paid.qris_idr, 0) / nullif(coalesce(paid.qris_idr, 0) + coalesce(deposited.deposit_actual_idr, 0), 0), 1) AS qris_share_percent
FROM deposited
FULL JOIN paid USING (day, region_code)
ORDER BY day, region_code
