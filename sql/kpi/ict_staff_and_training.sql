-- kpi: P1
-- title_id: Pegawai TIK per perangkat daerah dan jam pelatihannya
-- title_en: ICT staff per agency, and hours of training
-- question_id: Berapa pegawai TIK dimiliki tiap perangkat daerah, dan berapa jam pelatihan TIK diselenggarakan?
-- question_en: How many ICT staff has each agency, and how many hours of ICT training were held?
-- row: one month by the last list of staff in it, or one year in which trainings were held; one measure, and one agency or all
-- key: period, measure, agency_code
-- unit: {staff}
-- dimension: people
-- steward: Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah {city.name}
-- rule_id: pegawai menurut daftar, dibagi semua perangkat daerah kota, juga yang tanpa pegawai TIK; jam pelatihan, dan dikali pesertanya
-- rule_en: staff as listed, over all agencies of the city, those without ICT staff too; hours of trainings held, and times their participants
-- cells cases: numerator, value
-- cells none: denominator
-- measure staff_per_agency: Pegawai TIK per perangkat daerah / ICT staff per agency
-- measure staff: Pegawai TIK perangkat daerah / ICT staff of the agency
-- measure training_hours: Jam pelatihan / Hours of training
-- measure participant_hours: Jam pelatihan kali peserta / Hours of training times participants
-- column agency_code: Kode perangkat daerah, kosong untuk semuanya / Code of the agency, empty for all
-- column cases: Orang yang paling sedikit dapat disimpulkan dari angka ini beserta angka lain / Fewest people that can be told from the figure and the others
WITH snapshots AS (
    SELECT month_of(last_day) AS month, max(period) AS period FROM mart.harvest_periods WHERE dataset = 'sdm_tik.staff' AND kind = 'snapshot' GROUP BY 1
),
agencies AS (
    SELECT snapshots.month, snapshots.period, agency.agency_code, count(staff.agency_code) AS staff
    FROM snapshots
    CROSS JOIN mart.city_agencies AS agency
    LEFT JOIN sdm_tik.staff_history AS staff ON staff._partition = snapshots.period AND staff.agency_code = agency.agency_code
    GROUP BY snapshots.month, snapshots.period, agency.agency_code
    UNION ALL
    SELECT snapshots.month, snapshots.period, staff.agency_code, count(*)
    FROM sdm_tik.staff_history AS staff
    INNER JOIN snapshots ON snapshots.period = staff._partition
    ANTI JOIN mart.city_agencies AS agency ON agency.agency_code = staff.agency_code
    GROUP BY snapshots.month, snapshots.period, staff.agency_code
),
listed AS (
    SELECT
        month,
        period,
        1 AS place,
        'staff_per_agency' AS measure,
        '' AS agency_code,
        sum(staff) AS numerator,
        count(*) AS denominator,
        rate(sum(staff), count(*), 1) AS value,
        least(sum(staff), sum(staff) FILTER (WHERE staff BETWEEN 1 AND 4)) AS cases
    FROM agencies
    GROUP BY month, period
    UNION ALL
    SELECT month, period, 2, 'staff', agency_code, staff AS numerator, NULL, staff AS value, staff AS cases FROM agencies
),
years AS (
    SELECT year(held_on) AS year, sum(hours) AS hours, sum(hours * participants) AS participant_hours, sum(participants) AS participants
    FROM sdm_tik.trainings
    GROUP BY 1
),
trained AS (
    SELECT year, 3 AS place, 'training_hours' AS measure, hours AS numerator, participants AS cases FROM years
    UNION ALL
    SELECT year, 4, 'participant_hours', participant_hours, participants FROM years
),
measured AS (
    SELECT
        strftime(listed.month, '%Y-%m') AS period,
        listed.place,
        listed.measure,
        listed.agency_code,
        CAST(listed.numerator AS BIGINT) AS numerator,
        CAST(listed.denominator AS BIGINT) AS denominator,
        CAST(listed.value AS DOUBLE) AS value,
        '{staff}' AS unit,
        snapshot.completeness,
        gap_of(last_day(listed.month), newest.seen_until, snapshot.is_complete) AS gap,
        CAST(listed.cases AS BIGINT) AS cases
    FROM listed
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'sdm_tik.staff' AND snapshot.kind = 'snapshot' AND snapshot.period = listed.period
    INNER JOIN mart.harvest_periods AS newest ON newest.dataset = 'sdm_tik.staff' AND newest.is_newest
    UNION ALL
    SELECT
        CAST(trained.year AS VARCHAR),
        trained.place,
        trained.measure,
        '',
        CAST(trained.numerator AS BIGINT),
        NULL,
        CAST(trained.numerator AS DOUBLE),
        'h',
        snapshot.completeness,
        gap_of(make_date(trained.year, 12, 31), snapshot.seen_until, snapshot.is_complete),
        CAST(trained.cases AS BIGINT)
    FROM trained
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'sdm_tik.trainings' AND snapshot.is_newest
)
SELECT
    period,
    city_code() AS region_code,
    measure,
    agency_code,
    numerator,
    denominator,
    value,
    unit,
    completeness,
    reason_of(value, 'not_measured', [gap]) AS reason,
    status_of(value, reason) AS status,
    'staff list and trainings' AS rule_version,
    cases
FROM measured
ORDER BY period, place, agency_code
