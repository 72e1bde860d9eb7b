-- title_id: Pembayaran elektronik bulanan menurut penagih dan kanal
-- title_en: Monthly electronic payments by biller and channel
-- row: one month, biller and channel of payment
-- class: berkala
-- steward: Badan Pengelola Pajak dan Retribusi Daerah {city.name}
-- key: month, biller, channel
-- cells payments: amount_idr, fee_idr
-- cells none: completeness
-- column month: Bulan dibayar / Month of payment
-- column biller: Penagih / Biller
-- column channel: Kanal pembayaran / Channel of payment
-- column payments: Jumlah pembayaran / Number of payments
-- column amount_idr: Jumlah dibayar, rupiah / Amount paid, rupiah
-- column fee_idr: Biaya kanal, rupiah / Fees of the channel, rupiah
-- column completeness: Kelengkapan bulan itu, 0 sampai 1 / How complete the month is, 0 to 1
WITH counted AS (
    SELECT
        month_of(city_date(paid_at)) AS month,
        biller,
        channel,
        count(*) AS payments,
        CAST(sum(amount_idr) AS BIGINT) AS amount_idr,
        CAST(coalesce(sum(fee_idr), 0) AS BIGINT) AS fee_idr
    FROM epayment.settlements
    GROUP BY 1, 2, 3
)
SELECT
    strftime(counted.month, '%Y-%m') AS month,
    counted.biller,
    counted.channel,
    counted.payments,
    counted.amount_idr,
    counted.fee_idr,
    harvest.completeness
FROM counted
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'epayment.settlements' AND harvest.kind = 'month' AND harvest.first_day = counted.month
ORDER BY 1, 2, 3
