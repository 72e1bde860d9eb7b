-- kpi: P1
-- title_id: Pegawai TIK per perangkat daerah dan jam pelatihannya
-- title_en: ICT staff per agency, and hours of training
-- question_id: Berapa pegawai TIK dimiliki tiap perangkat daerah, dan berapa jam pelatihan TIK diselenggarakan?
-- question_en: How many ICT staff has each agency, and how many hours of ICT training were held?
-- row: the month of the latest list of staff, or one year in which trainings were held; one measure, and one agency or all
-- key: period, measure, agency_code
-- unit: {staff}
-- dimension: people
-- steward: Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah {city.name}
-- rule_id: pegawai menurut daftar, dibagi perangkat daerah dalam daftar; yang tanpa pegawai TIK tidak ada di dalamnya; jam pelatihan, dan dikali pesertanya
-- rule_en: staff as listed, over the agencies in the list; an agency without ICT staff is not in it; hours of trainings held, and times their participants
-- cells cases: numerator, value
-- cells none: denominator
-- measure staff_per_agency: Pegawai TIK per perangkat daerah dalam daftar / ICT staff per agency in the list
-- measure staff: Pegawai TIK perangkat daerah / ICT staff of the agency
-- measure training_hours: Jam pelatihan / Hours of training
-- measure participant_hours: Jam pelatihan kali peserta / Hours of training times participants
-- column agency_code: Kode perangkat daerah, kosong untuk semuanya / Code of the agency, empty for all
-- column cases: Orang yang paling sedikit dapat disimpulkan dari angka ini beserta angka lain / Fewest people that can be told from the figure and the others
WITH agencies AS (
    SELECT agency_code, count(*) AS staff FROM sdm_tik.staff GROUP BY agency_code
),
listed AS (
    SELECT
        1 AS place,
        'staff_per_agency' AS measure,
        '' AS agency_code,
        sum(staff) AS numerator,
        count(*) AS denominator,
        rate(sum(staff), count(*), 1) AS value,
        least(sum(staff), sum(staff) FILTER (WHERE staff < 5)) AS cases
    FROM agencies
    HAVING count(*) > 0
    UNION ALL
    SELECT 2, 'staff', agency_code, staff AS numerator, NULL, staff AS value, staff AS cases FROM agencies
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
        strftime(snapshot.taken_on, '%Y-%m') AS period,
        listed.place,
        listed.measure,
        listed.agency_code,
        CAST(listed.numerator AS BIGINT) AS numerator,
        CAST(listed.denominator AS BIGINT) AS denominator,
        CAST(listed.value AS DOUBLE) AS value,
        '{staff}' AS unit,
        snapshot.completeness,
        CASE WHEN month_of(snapshot.taken_on) = month_of(CAST($today AS DATE)) THEN 'running' WHEN snapshot.completeness < 1 THEN 'incomplete' END AS reason,
        CAST(listed.cases AS BIGINT) AS cases
    FROM listed
    INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'sdm_tik.staff'
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
        CASE
            WHEN trained.numerator IS NULL THEN 'not_measured'
            WHEN snapshot.taken_on < make_date(trained.year + 1, 1, 1) THEN 'running'
            WHEN snapshot.completeness < 1 THEN 'incomplete'
        END,
        CAST(trained.cases AS BIGINT)
    FROM trained
    INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'sdm_tik.trainings'
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
    status_of(value, reason IS NULL) AS status,
    reason,
    'staff list and trainings' AS rule_version,
    cases
FROM measured
ORDER BY period, place, agency_code
