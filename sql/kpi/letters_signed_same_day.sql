-- kpi: G5
-- title_id: Surat warga selesai pada hari yang sama
-- title_en: Residents' letters finished on the same day
-- question_id: Berapa bagian surat warga yang ditandatangani pada hari diajukan, dan seberapa sering kelurahan melayani surat?
-- question_en: What share of residents' letters is signed on the day it is asked for, and how often do the kelurahan serve any?
-- row: one month in which letters were asked for, one measure, and the city or one kecamatan
-- key: period, measure, region_code
-- unit: %
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: surat yang belum ditandatangani sampai akhir harinya dihitung terlambat; kelurahan aktif pada hari kerja bila ada surat; yang ditolak tidak dihitung
-- rule_en: a letter not signed by the end of its day counts as late; a kelurahan is active on a working day with one letter or more; refused ones are left out
-- cells applicants: inside, numerator, denominator, value
-- cells inside: numerator, value
-- within: applicants > inside
-- measure same_day: Ditandatangani pada hari diajukan / Signed on the day of application
-- measure active_kelurahan: Hari kerja kelurahan dengan sedikitnya satu surat / Working days of kelurahan with at least one letter
-- column applicants: Jumlah pemohon / Number of applicants
-- column inside: Pemohon yang semua suratnya terhitung di pembilang / Applicants all of whose letters the numerator counts
WITH letters AS (
    SELECT
        letter.region_code AS kelurahan,
        harvested.day,
        settled_by(harvested.day) AS wait_until,
        letter.applicant_nik,
        letter.status,
        letter.newer_version_withheld AS is_unknown,
        coalesce(city_date(letter.signed_at) = harvested.day, FALSE) AS is_same_day,
        unnest(city_and_kecamatan(letter.region_code)) AS region_code
    FROM sipaten.letters AS letter
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sipaten.letters' AND harvested.day = city_date(letter.submitted_at)
    WHERE letter.status <> 'ditolak' OR came_late(letter.updated_at, wait_until)
),
known AS (SELECT month_of(day) AS month, region_code, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM letters GROUP BY 1, 2),
signed AS (
    SELECT
        month_of(day) AS month,
        region_code,
        count(*) AS letters,
        count(*) FILTER (WHERE is_same_day) AS same_day,
        count(DISTINCT applicant_nik) AS applicants,
        count(DISTINCT applicant_nik) FILTER (WHERE NOT is_same_day) AS late_applicants,
        count(*) FILTER (WHERE status NOT IN ('ditandatangani', 'diambil')) AS open_count
    FROM letters
    WHERE NOT is_unknown
    GROUP BY 1, 2
),
offices AS (
    SELECT
        month_of(harvested.day) AS month,
        harvested.day,
        place.code AS kelurahan,
        calendar.day IS NOT NULL AS is_reached,
        coalesce(calendar.is_decreed, TRUE) AS is_decreed,
        coalesce(calendar.is_working, FALSE) AS is_working,
        unnest(city_and_kecamatan(place.code)) AS region_code
    FROM mart.harvest_days AS harvested
    LEFT JOIN reference.working_days AS calendar ON calendar.day = harvested.day
    INNER JOIN reference.regions AS place
        ON
            place.level = 'kelurahan'
            AND coalesce(place.valid_from <= harvested.day, TRUE)
            AND coalesce(harvested.day < place.valid_to, TRUE)
    WHERE harvested.dataset = 'sipaten.letters'
),
active AS (SELECT DISTINCT day, kelurahan FROM letters),
served AS (
    SELECT
        offices.month,
        offices.region_code,
        count(*) FILTER (WHERE offices.is_working) AS office_days,
        count(active.day) FILTER (WHERE offices.is_working) AS active_days,
        calendar_doubt(bool_and(offices.is_reached), bool_and(offices.is_decreed)) AS doubt
    FROM offices
    LEFT JOIN active ON active.day = offices.day AND active.kelurahan = offices.kelurahan
    GROUP BY 1, 2
),
measured AS (
    SELECT
        month,
        region_code,
        1 AS place,
        'same_day' AS measure,
        same_day AS numerator,
        letters AS denominator,
        applicants,
        applicants - late_applicants AS inside,
        open_count,
        NULL AS doubt
    FROM signed
    UNION ALL
    SELECT
        served.month,
        served.region_code,
        2,
        'active_kelurahan',
        served.active_days,
        served.office_days,
        coalesce(signed.applicants, 0),
        coalesce(signed.applicants, 0),
        coalesce(signed.open_count, 0),
        served.doubt
    FROM served LEFT JOIN signed ON signed.month = served.month AND signed.region_code = served.region_code
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    measured.region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    harvest.completeness * coalesce(known.share, 1) AS completeness,
    reason_of(
        value,
        measured.doubt,
        [
            harvest.gap,
            known.gap,
            waits_for(measured.open_count, settled_by(measured.month), harvest.seen_until),
            measured.doubt
        ]
    ) AS reason,
    status_of(value, reason) AS status,
    'SIPATEN stages' AS rule_version,
    (SELECT any_value(calendar_version) FROM reference.working_days) AS vintage,
    measured.applicants,
    measured.inside
FROM measured
LEFT JOIN known ON known.month = measured.month AND known.region_code = measured.region_code AND measured.measure = 'same_day'
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sipaten.letters' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place, measured.region_code
