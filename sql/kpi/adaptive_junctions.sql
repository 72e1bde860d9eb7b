-- kpi: M7
-- title_id: Simpang bersinyal adaptif
-- title_en: Junctions with adaptive signals
-- question_id: Berapa simpang bersinyal adaptif, dari semua simpang bersinyal di kota?
-- question_en: How many junctions have adaptive signals, out of all signalised junctions of the city?
-- row: the day of each ATCS register that is kept, and each time of which a claim is known
-- key: period, measure
-- unit: %
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: register ATCS: lampu yang menyesuaikan diri dengan lalu lintas; memuat simpang yang dikenal ATCS; jumlah semua simpang berlampu tidak diketahui
-- rule_en: ATCS register: signals that adapt to traffic; it holds those ATCS knows; no source says how many signalised ones there are
-- cells: none, junctions are no persons
-- measure registered: Menurut register / By the register
-- measure claimed_most: Menurut klaim tertinggi / By the highest claim
-- measure claimed_least: Menurut klaim terendah / By the lowest claim
WITH registered AS (
    SELECT _partition AS period, count(*) FILTER (WHERE is_adaptive) AS adaptive FROM atcs.intersections_history GROUP BY _partition
),
known AS (
    SELECT
        snapshot.period,
        1 AS place,
        'registered' AS measure,
        coalesce(registered.adaptive, 0) AS numerator,
        snapshot.completeness,
        'ATCS register' AS rule_version,
        NULL AS vintage
    FROM mart.harvest_periods AS snapshot
    LEFT JOIN registered ON registered.period = snapshot.period
    WHERE snapshot.dataset = 'atcs.intersections' AND snapshot.kind = 'snapshot'
    UNION ALL
    SELECT claimed.period, claimed.place, claimed.measure, claimed.number, snapshot.completeness, 'claim', claimed.claim_id
    FROM mart.claimed AS claimed
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'register_kota.claims' AND snapshot.is_newest
    WHERE claimed.figure = 'junctions'
)
SELECT
    period,
    city_code() AS region_code,
    measure,
    numerator,
    CAST(NULL AS bigint) AS denominator,
    CAST(NULL AS double) AS value,
    '%' AS unit,
    completeness,
    reason_of(value, 'no_total', []) AS reason,
    status_of(value, reason) AS status,
    rule_version,
    vintage
FROM known
ORDER BY period, place
