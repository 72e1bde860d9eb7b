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
-- rule_id: detak tiap lima menit dari kamera yang terdaftar setelah bulan itu, sejak dipasang; diam dihitung mati, hari yang tidak diambil tidak dihitung
-- rule_en: a heartbeat every five minutes of the cameras registered after the month, since installed; silence counts as down, days not harvested are left out
-- cells cameras: numerator, denominator, value
-- column cameras: Kamera terdaftar / Cameras registered
-- reason register_of_now: Belum ada daftar kamera yang diambil setelah bulan itu / No register of cameras was taken after the month yet
WITH snapshots AS (SELECT * FROM mart.harvest_periods WHERE dataset = 'cctv.cameras' AND kind = 'snapshot'),
-- The register of a month is the first that was taken after it; until there is one, the newest.
registers AS (
    SELECT
        harvest.first_day AS month,
        coalesce(min(snapshot.period) FILTER (WHERE snapshot.seen_until >= harvest.last_day), max(snapshot.period)) AS period
    FROM mart.harvest_periods AS harvest
    CROSS JOIN snapshots AS snapshot
    WHERE harvest.dataset = 'cctv.heartbeats' AND harvest.kind = 'month'
    GROUP BY harvest.first_day
),
listed AS (
    SELECT registers.month, cameras.camera_id, cameras.installed_on
    FROM registers
    INNER JOIN cctv.cameras_history AS cameras ON cameras._partition = registers.period
),
expected AS (
    SELECT
        month_of(harvested.day) AS month,
        count(DISTINCT cameras.camera_id) AS cameras,
        288 * count(*) AS heartbeats
    FROM mart.harvest_days AS harvested
    INNER JOIN listed AS cameras ON cameras.month = month_of(harvested.day) AND coalesce(cameras.installed_on <= harvested.day, TRUE)
    WHERE harvested.dataset = 'cctv.heartbeats'
    GROUP BY 1
),
came AS (
    SELECT
        month_of(harvested.day) AS month,
        count(*) AS heartbeats
    FROM cctv.heartbeats AS beat
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'cctv.heartbeats' AND harvested.day = city_date(beat.sent_at)
    INNER JOIN listed AS cameras
        ON
            cameras.month = month_of(harvested.day)
            AND cameras.camera_id = beat.camera_id
            AND coalesce(cameras.installed_on <= harvested.day, TRUE)
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
    reason_of(value, 'no_cases', [harvest.gap, register.gap, CASE WHEN register.seen_until < harvest.last_day THEN 'register_of_now' END]) AS reason,
    status_of(value, reason) AS status,
    '288/d' AS rule_version,
    expected.cameras
FROM expected
LEFT JOIN came ON came.month = expected.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'cctv.heartbeats' AND harvest.kind = 'month' AND harvest.first_day = expected.month
INNER JOIN registers ON registers.month = expected.month
INNER JOIN snapshots AS register ON register.period = registers.period
ORDER BY period
