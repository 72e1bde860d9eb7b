-- kpi: M8
-- title_id: Jalan utama yang terpantau kamera
-- title_en: Major streets monitored by camera
-- question_id: Berapa simpang yang terpantau kamera, dari semua ruas jalan utama di kota?
-- question_en: How many junctions are monitored by camera, out of all major streets of the city?
-- row: the day of each camera register that is kept, and each time of which a claim is known
-- key: period, measure
-- unit: %
-- dimension: mobility
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: register kamera: simpang dengan sedikitnya satu kamera; tidak ada sumber yang mendaftar jalan utama kota
-- rule_en: camera register: junctions with at least one camera; no source lists the major streets of the city
-- cells numerator: denominator, value
-- measure registered: Menurut register / By the register
-- measure claimed_most: Menurut klaim tertinggi / By the highest claim
-- measure claimed_least: Menurut klaim terendah / By the lowest claim
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
    SELECT
        registers.period,
        1 AS place,
        'registered' AS measure,
        coalesce(monitored.junctions, 0) AS numerator,
        registers.completeness,
        'camera register' AS rule_version,
        NULL AS vintage
    FROM registers
    LEFT JOIN monitored ON monitored.period = registers.period
    UNION ALL
    SELECT claimed.period, claimed.place, claimed.measure, claimed.number, snapshot.completeness, 'claim', claimed.claim_id
    FROM mart.claimed AS claimed
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'register_kota.claims' AND snapshot.is_newest
    WHERE claimed.figure = 'junctions_with_cameras'
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
