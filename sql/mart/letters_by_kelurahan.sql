-- title_id: Surat warga per kelurahan
-- title_en: Residents' letters by kelurahan
-- row: one month in which letters were asked for, kelurahan and kind of letter
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: month, region_code, service_type
-- cells applicants: letters, signed, median_hours
-- cells signed: median_hours
-- within: letters > signed
-- column month: Bulan diajukan / Month of application
-- column region_code: Kode Kemendagri kelurahan / Kemendagri code of the kelurahan
-- column service_type: Jenis surat / Kind of letter
-- column applicants: Jumlah pemohon / Number of applicants
-- column letters: Jumlah permohonan / Number of applications
-- column signed: Sudah ditandatangani / Signed so far
-- column median_hours: Median jam sampai ditandatangani / Median hours until signed
SELECT
    strftime(submitted_at AT TIME ZONE city_zone(), '%Y-%m') AS month,
    region_code,
    service_type,
    count(DISTINCT applicant_nik) AS applicants,
    count(*) AS letters,
    count(signed_at) AS signed,
    round(median(epoch(signed_at - submitted_at) / 3600), 1) AS median_hours
FROM sipaten.letters
WHERE submitted_at IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
