-- kpi: L2
-- title_id: Ketersediaan kamera simpang
-- title_en: Junction camera availability
-- question_id: Berapa bagian detak yang seharusnya datang dari kamera simpang benar-benar datang dengan gambar yang mengalir?
-- question_en: What share of the heartbeats that junction cameras should have sent came with pictures streaming?
-- row: one month of which heartbeats were harvested, all cameras that are registered
-- key: period
-- unit: %
-- dimension: living
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: detak tiap lima menit, 288 sehari, dari setiap kamera terdaftar sejak dipasang; diam dihitung mati, hari yang tidak diambil tidak dihitung
-- rule_en: a heartbeat every five minutes, 288 a day, of each registered camera since it was installed; silence counts as down, days not harvested are left out
-- cells cameras: numerator, denominator, value
-- column cameras: Kamera terdaftar / Cameras registered
-- reason register_of_now: Daftar kamera hanya ada seperti keadaan sekarang / The register of cameras is known only as it stands now
WITH expected AS (
    SELECT
        month_of(harvested.day) AS month,
        count(DISTINCT cameras.camera_id) AS cameras,
        288 * count(*) AS heartbeats
    FROM mart.harvest_days AS harvested
    INNER JOIN cctv.cameras AS cameras ON coalesce(cameras.installed_on <= harvested.day, TRUE)
    WHERE harvested.dataset = 'cctv.heartbeats'
    GROUP BY 1
),
came AS (
    SELECT
        month_of(harvested.day) AS month,
        count(*) AS heartbeats
    FROM cctv.heartbeats AS beat
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'cctv.heartbeats' AND harvested.day = city_date(beat.sent_at)
    INNER JOIN cctv.cameras AS cameras ON cameras.camera_id = beat.camera_id AND coalesce(cameras.installed_on <= harvested.day, TRUE)
    WHERE beat.status <> 'offline' AND beat.stream_ok
    GROUP BY 1
)
SELECT
    strftime(expected.month, '%Y-%m') AS period,
    city_code() AS region_code,
    coalesce(came.heartbeats, 0) AS numerator,
    expected.heartbeats AS denominator,
    percent(coalesce(came.heartbeats, 0), expected.heartbeats) AS value,
    '%' AS unit,
    least(harvest.completeness, register.completeness) AS completeness,
    status_of(value, FALSE) AS status,
    CASE WHEN harvest.is_complete AND register.completeness = 1 THEN 'register_of_now' ELSE 'incomplete' END AS reason,
    '288/d' AS rule_version,
    expected.cameras
FROM expected
LEFT JOIN came ON came.month = expected.month
INNER JOIN mart.harvest_months AS harvest ON harvest.dataset = 'cctv.heartbeats' AND harvest.month = expected.month
INNER JOIN mart.harvest_snapshots AS register ON register.dataset = 'cctv.cameras'
ORDER BY period
