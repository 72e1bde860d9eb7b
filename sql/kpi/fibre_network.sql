-- kpi: L6
-- title_id: Jaringan serat optik kota
-- title_en: The city's fibre network
-- question_id: Berapa kilometer serat optik terpasang, berapa lokasi tersambung, dan berapa jam jaringan terganggu?
-- question_en: How many kilometres of fibre are laid, how many sites are connected, and for how many hours was the network down?
-- row: the day of each list of segments that is kept, or one month of outages, and one measure
-- key: period, measure
-- unit: km
-- dimension: living
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: terpasang = setiap segmen terdaftar; tersambung = lokasi di ujung segmen terpakai; gangguan dihitung pada bulan mulainya, jamnya setelah selesai
-- rule_en: laid = every segment listed; connected = a site at an end of a segment in use; an outage counts in the month it began, its hours once it has ended
-- cells: none, no row stands for persons
-- measure laid_km: Serat optik terpasang / Fibre laid
-- measure in_use_km: Serat optik dipakai, dari yang terpasang / Fibre in use, of that laid
-- measure sites: Lokasi tersambung / Sites connected
-- measure downtime_hours: Jam gangguan yang sudah selesai, dijumlahkan per segmen / Hours of the outages that have ended, summed over segments
-- measure open_outages: Gangguan yang belum selesai, dari yang mulai / Outages still open, of those begun
WITH ends AS (
    SELECT _partition AS period, from_site AS site FROM fiber.segments_history WHERE status = 'aktif'
    UNION
    SELECT _partition, to_site FROM fiber.segments_history WHERE status = 'aktif'
),
connected AS (SELECT period, count(*) AS sites FROM ends GROUP BY period),
laid AS (
    SELECT
        _partition AS period,
        CAST(sum(length_m) AS BIGINT) AS metres,
        CAST(coalesce(sum(length_m) FILTER (WHERE status = 'aktif'), 0) AS BIGINT) AS metres_in_use
    FROM fiber.segments_history
    GROUP BY _partition
),
outages AS (
    SELECT
        month_of(harvested.day) AS month,
        outage.ended_at IS NULL OR came_late(outage.ended_at, settled_by(harvested.day)) AS is_open,
        CASE WHEN NOT is_open THEN greatest(date_diff('second', outage.started_at, outage.ended_at), 0) END AS seconds
    FROM fiber.outages AS outage
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'fiber.outages' AND harvested.day = city_date(outage.started_at)
),
months AS (
    SELECT
        harvest.first_day AS month,
        harvest.completeness,
        harvest.gap,
        harvest.seen_until,
        count(outages.month) AS outages,
        count(*) FILTER (WHERE outages.is_open) AS open_outages,
        coalesce(sum(outages.seconds), 0) AS seconds
    FROM mart.harvest_periods AS harvest
    LEFT JOIN outages ON outages.month = harvest.first_day
    WHERE harvest.dataset = 'fiber.outages' AND harvest.kind = 'month'
    GROUP BY harvest.first_day, harvest.completeness, harvest.gap, harvest.seen_until
),
states AS (
    SELECT
        snapshot.period,
        laid.metres,
        laid.metres_in_use,
        coalesce(connected.sites, 0) AS sites,
        snapshot.completeness,
        snapshot.gap
    FROM laid
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'fiber.segments' AND snapshot.kind = 'snapshot' AND snapshot.period = laid.period
    LEFT JOIN connected ON connected.period = laid.period
),
measured AS (
    SELECT
        1 AS place,
        period,
        'laid_km' AS measure,
        metres / 1000 AS numerator,
        CAST(NULL AS DOUBLE) AS denominator,
        metres / 1000 AS value,
        'km' AS unit,
        completeness,
        gap,
        NULL AS waits
    FROM states
    UNION ALL
    SELECT 2, period, 'in_use_km', metres_in_use / 1000, metres / 1000, percent(metres_in_use, metres), '%', completeness, gap, NULL FROM states
    UNION ALL
    SELECT 3, period, 'sites', sites AS numerator, NULL, sites AS value, '{sites}', completeness, gap, NULL FROM states
    UNION ALL
    SELECT
        4,
        strftime(month, '%Y-%m'),
        'downtime_hours',
        rate(seconds, 3600, 1),
        NULL,
        rate(seconds, 3600, 1),
        'h',
        completeness,
        gap,
        waits_for(open_outages, settled_by(month), seen_until)
    FROM months
    UNION ALL
    SELECT
        5,
        strftime(month, '%Y-%m'),
        'open_outages',
        open_outages,
        outages,
        percent(open_outages, outages),
        '%',
        completeness,
        gap,
        waits_for(open_outages, settled_by(month), seen_until)
    FROM months
)
SELECT
    measured.period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    measured.completeness,
    reason_of(measured.value, 'no_cases', [measured.gap, measured.waits]) AS reason,
    status_of(measured.value, reason) AS status,
    'serat optik kota' AS rule_version
FROM measured
ORDER BY measured.period, measured.place
