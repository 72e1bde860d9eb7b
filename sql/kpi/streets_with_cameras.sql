-- kpi: M8
-- title_id: Jalan utama yang terpantau kamera
-- title_en: Major streets monitored by camera
-- question_id: Berapa simpang yang terpantau kamera, dari semua ruas jalan utama di kota?
-- question_en: How many junctions are monitored by camera, out of all major streets of the city?
-- row: the day of the latest camera register, and each time of which a claim is known
-- key: period
-- unit: %
-- dimension: mobility
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: register kamera: simpang dengan sedikitnya satu kamera; tidak ada sumber yang mendaftar jalan utama kota
-- rule_en: camera register: junctions with at least one camera; no source lists the major streets of the city
-- cells numerator: denominator, value
WITH known AS (
    SELECT
        strftime(snapshot.taken_on, '%Y-%m-%d') AS period,
        (
            SELECT count(DISTINCT cameras.intersection_id)
            FROM cctv.cameras AS cameras
            WHERE coalesce(cameras.installed_on <= snapshot.taken_on, TRUE)
        ) AS numerator,
        snapshot.completeness,
        'camera register' AS rule_version
    FROM mart.harvest_snapshots AS snapshot
    WHERE snapshot.dataset = 'cctv.cameras'
    UNION ALL
    SELECT claims.as_of, CAST(claims.value AS bigint), snapshot.completeness, 'claim ' || claims.claim_id
    FROM register_kota.claims AS claims
    INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'register_kota.claims'
    WHERE claims.subject = 'CCTV' AND claims.measure = 'intersections' AND claims.status = 'stated'
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
