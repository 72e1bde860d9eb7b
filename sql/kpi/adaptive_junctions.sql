-- kpi: M7
-- title_id: Simpang bersinyal adaptif
-- title_en: Junctions with adaptive signals
-- question_id: Berapa simpang bersinyal adaptif, dari semua simpang bersinyal di kota?
-- question_en: How many junctions have adaptive signals, out of all signalised junctions of the city?
-- row: the day of each ATCS register that is kept, and each time of which a claim is known
-- key: period
-- unit: %
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: register ATCS: lampu yang menyesuaikan diri dengan lalu lintas; memuat simpang yang dikenal ATCS; jumlah semua simpang berlampu tidak diketahui
-- rule_en: ATCS register: signals that adapt to traffic; it holds those ATCS knows; no source says how many signalised ones there are
-- cells: none, junctions are no persons
WITH registered AS (
    SELECT _partition AS period, count(*) FILTER (WHERE is_adaptive) AS adaptive FROM atcs.intersections_history GROUP BY _partition
),
known AS (
    SELECT snapshot.period, coalesce(registered.adaptive, 0) AS numerator, snapshot.completeness, 'ATCS register' AS rule_version, NULL AS vintage
    FROM mart.harvest_periods AS snapshot
    LEFT JOIN registered ON registered.period = snapshot.period
    WHERE snapshot.dataset = 'atcs.intersections' AND snapshot.kind = 'snapshot'
    UNION ALL
    SELECT claims.as_of, CAST(claims.value AS bigint), snapshot.completeness, 'claim', claims.claim_id
    FROM register_kota.claims AS claims
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'register_kota.claims' AND snapshot.is_newest
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
    reason_of(value, 'no_total', []) AS reason,
    status_of(value, reason) AS status,
    rule_version,
    vintage
FROM known
ORDER BY period
