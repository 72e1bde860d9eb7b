-- kpi: M8
-- title_id: Jalan utama yang terpantau kamera
-- title_en: Major streets monitored by camera
-- question_id: Berapa simpang yang terpantau kamera, dari semua ruas jalan utama di kota?
-- question_en: How many junctions are monitored by camera, out of all major streets of the city?
-- row: the day of each camera register that is kept, and each time of which a claim is known
-- key: period
-- unit: %
-- dimension: mobility
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: register kamera: simpang dengan sedikitnya satu kamera; tidak ada sumber yang mendaftar jalan utama kota
-- rule_en: camera register: junctions with at least one camera; no source lists the major streets of the city
-- cells numerator: denominator, value
WITH registers AS (
    SELECT period, last_day, completeness
    FROM mart.harvest_periods
    WHERE dataset = 'cctv.cameras' AND kind = 'snapshot'
),
monitored AS (
    SELECT registers.period, count(DISTINCT cameras.intersection_id) AS junctions
    FROM registers
    INNER JOIN cctv.cameras_history AS cameras ON cameras._partition = registers.period AND coalesce(cameras.installed_on <= registers.last_day, TRUE)
    GROUP BY registers.period
),
known AS (
    SELECT registers.period, coalesce(monitored.junctions, 0) AS numerator, registers.completeness, 'camera register' AS rule_version, NULL AS vintage
    FROM registers
    LEFT JOIN monitored ON monitored.period = registers.period
    UNION ALL
    SELECT claims.as_of, CAST(claims.value AS bigint), snapshot.completeness, 'claim', claims.claim_id
    FROM register_kota.claims AS claims
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'register_kota.claims' AND snapshot.is_newest
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
    reason_of(value, 'no_total', []) AS reason,
    status_of(value, reason) AS status,
    rule_version,
    vintage
FROM known
ORDER BY period
