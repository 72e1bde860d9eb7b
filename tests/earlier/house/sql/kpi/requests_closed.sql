-- kpi: V2
-- title_id: Permohonan selesai
-- title_en: Requests closed
-- question_id: Berapa bagian permohonan yang selesai?
-- question_en: Which share of the requests is closed?
-- row: one month of receipt
-- key: period, measure
-- unit: %
-- dimension: governance
-- steward: Dinas Contoh
-- rule_id: selesai dibagi diterima
-- rule_en: closed of those received
-- cells: none, requests are open one by one without their applicants
-- measure closed_share: Bagian yang selesai / Share that is closed
-- measure received: Permohonan yang diterima / Requests received
WITH months AS (
    SELECT
        month_of(received_on) AS month,
        count(*) FILTER (WHERE status = 'closed') AS closed,
        count(*) AS received
    FROM layanan.requests
    GROUP BY 1
),
measures AS (
    SELECT
        month,
        'closed_share' AS measure,
        closed AS numerator,
        received AS denominator,
        percent(closed, received) AS value,
        '%' AS unit
    FROM months
    UNION ALL
    SELECT
        month,
        'received' AS measure,
        received AS numerator,
        received AS denominator,
        received AS value,
        '{requests}' AS unit
    FROM months
)
SELECT
    strftime(measures.month, '%Y-%m') AS period,
    measures.measure,
    '15.71' AS region_code,
    measures.numerator,
    measures.denominator,
    CAST(measures.value AS DOUBLE) AS value,
    measures.unit,
    harvest.completeness,
    status_of(measures.value, harvest.is_complete AND last_day(measures.month) < $today) AS status,
    CASE
        WHEN last_day(measures.month) >= $today THEN 'running'
        WHEN NOT harvest.is_complete THEN 'incomplete'
    END AS reason,
    '1' AS rule_version
FROM measures
INNER JOIN mart.harvest_months AS harvest
    ON harvest.dataset = 'layanan.requests' AND harvest.month = measures.month
ORDER BY period, measure
