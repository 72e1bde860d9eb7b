-- kpi: E3
-- title_id: Bagian nilai kontrak untuk penyedia lokal dan usaha kecil
-- title_en: Share of contract value won by local and by small suppliers
-- question_id: Berapa bagian nilai kontrak pengadaan yang diperoleh penyedia dari {city.short}, dan berapa oleh usaha kecil?
-- question_en: What share of the value of procurement contracts went to suppliers from {city.short}, and what share to small ones?
-- row: one month of which contracts were harvested, and one measure
-- key: period, measure
-- unit: %
-- dimension: economy
-- steward: Bagian Pengadaan Barang dan Jasa Setda {city.name}
-- rule_id: rupiah kontrak pada bulan diumumkan; sumber menyebut penyedia tanpa tempat dan skala usahanya, jadi bagiannya tidak diukur
-- rule_en: rupiah of contracts in the month they were published; the source names its suppliers without their place and size, so the share is not measured
-- cells: none, every contract is public on its own
-- measure local: Penyedia dari {city.short} / Suppliers from {city.short}
-- measure small: Usaha kecil / Small suppliers
-- column contracts: Kontrak yang diumumkan / Contracts published
WITH contracts AS (
    SELECT month_of(city_date(contract.published_at)) AS month, contract.contract_idr
    FROM sirajakoja.contracts AS contract
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sirajakoja.contracts' AND harvested.day = city_date(contract.published_at)
    WHERE contract.currency = 'IDR'
),
months AS (
    SELECT month, sum(contract_idr) AS contract_idr, count(*) AS contracts FROM contracts GROUP BY month
),
measures AS (
    SELECT 1 AS place, 'local' AS measure
    UNION ALL
    SELECT 2, 'small'
)
SELECT
    harvest.period,
    city_code() AS region_code,
    measures.measure,
    CAST(NULL AS BIGINT) AS numerator,
    CAST(coalesce(months.contract_idr, 0) AS BIGINT) AS denominator,
    CAST(NULL AS DOUBLE) AS value,
    '%' AS unit,
    harvest.completeness,
    reason_of(value, 'not_measured', []) AS reason,
    status_of(value, reason) AS status,
    'OCDS 1.1 contracts' AS rule_version,
    coalesce(months.contracts, 0) AS contracts
FROM mart.harvest_periods AS harvest
CROSS JOIN measures
LEFT JOIN months ON months.month = harvest.first_day
WHERE harvest.dataset = 'sirajakoja.contracts' AND harvest.kind = 'month'
ORDER BY harvest.period, measures.place
