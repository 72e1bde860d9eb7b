-- title_id: Surat warga per kelurahan
-- title_en: Residents' letters by kelurahan
-- row: one month in which letters were asked for, kelurahan and kind of letter; letters asked for on days that were harvested
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: month, region_code, service_type
-- cells applicants: letters, signed, median_hours
-- cells signed: median_hours
-- cells none: completeness
-- within: letters > signed
-- column month: Bulan diajukan / Month of application
-- column region_code: Kode Kemendagri kelurahan / Kemendagri code of the kelurahan
-- column service_type: Jenis surat / Kind of letter
-- column applicants: Jumlah pemohon / Number of applicants
-- column letters: Jumlah permohonan / Number of applications
-- column signed: Sudah ditandatangani / Signed so far
-- column median_hours: Median jam sampai ditandatangani / Median hours until signed
-- column completeness: Kelengkapan bulan itu, 0 sampai 1 / How complete the month is, 0 to 1
WITH asked AS (
    SELECT
        month_of(harvested.day) AS month,
        letter.region_code,
        letter.service_type,
        letter.applicant_nik,
        letter.signed_at,
        epoch(letter.signed_at - letter.submitted_at) / 3600 AS hours,
        letter.newer_version_withheld AS is_unknown
    FROM sipaten.letters AS letter
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sipaten.letters' AND harvested.day = city_date(letter.submitted_at)
),
known AS (SELECT month, region_code, service_type, known_share(is_unknown) AS share FROM asked GROUP BY 1, 2, 3),
counted AS (
    SELECT
        month,
        region_code,
        service_type,
        count(DISTINCT applicant_nik) AS applicants,
        count(*) AS letters,
        count(signed_at) AS signed,
        percentile(hours, 0.5) AS median_hours
    FROM asked
    WHERE NOT is_unknown
    GROUP BY 1, 2, 3
)
SELECT
    strftime(counted.month, '%Y-%m') AS month,
    counted.region_code,
    counted.service_type,
    counted.applicants,
    counted.letters,
    counted.signed,
    counted.median_hours,
    harvest.completeness * known.share AS completeness
FROM counted
INNER JOIN known ON known.month = counted.month AND known.region_code = counted.region_code AND known.service_type = counted.service_type
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sipaten.letters' AND harvest.kind = 'month' AND harvest.first_day = counted.month
ORDER BY 1, 2, 3
