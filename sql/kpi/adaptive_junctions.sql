-- kpi: M7
-- title_id: Simpang bersinyal adaptif
-- title_en: Junctions with adaptive signals
-- question_id: Berapa simpang bersinyal adaptif, dari semua simpang bersinyal di kota?
-- question_en: How many junctions have adaptive signals, out of all signalised junctions of the city?
-- row: the day of the latest ATCS register, and each time of which a claim is known
-- key: period
-- unit: %
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: register ATCS: lampu yang menyesuaikan diri dengan lalu lintas; memuat simpang yang dikenal ATCS; jumlah semua simpang berlampu tidak diketahui
-- rule_en: ATCS register: signals that adapt to traffic; it holds those ATCS knows; no source says how many signalised ones there are
-- cells: none, junctions are no persons
WITH known AS (
    SELECT
        strftime(snapshot.taken_on, '%Y-%m-%d') AS period,
        (SELECT count(*) FROM atcs.intersections AS junctions WHERE junctions.is_adaptive) AS numerator,
        snapshot.completeness,
        'ATCS register' AS rule_version
    FROM mart.harvest_snapshots AS snapshot
    WHERE snapshot.dataset = 'atcs.intersections'
    UNION ALL
    SELECT claims.as_of, CAST(claims.value AS bigint), snapshot.completeness, 'claim ' || claims.claim_id
    FROM register_kota.claims AS claims
    INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'register_kota.claims'
    WHERE claims.subject = 'ATCS' AND claims.measure = 'intersections' AND claims.status = 'stated'
)
SELECT
    period,
    city_code() AS region_code,
    numerator,
    CAST(NULL AS bigint) AS denominator,
    CAST(NULL AS double) AS value,
    '%' AS unit,
    completeness,
    'not available' AS status,
    'no_total' AS reason,
    rule_version
FROM known
ORDER BY period
