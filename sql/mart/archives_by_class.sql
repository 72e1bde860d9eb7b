-- title_id: Arsip kepegawaian per klasifikasi
-- title_en: Personnel archives by class
-- row: one month of digitisation and class code
-- class: setiap saat
-- steward: Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah {city.name}
-- key: month, class_code
-- cells employees: documents, pages
-- column month: Bulan alih media / Month of digitisation
-- column class_code: Kode klasifikasi / Class code
-- column employees: Jumlah pegawai / Number of employees
-- column documents: Jumlah dokumen / Number of documents
-- column pages: Jumlah halaman / Number of pages
SELECT
    strftime(archived_at AT TIME ZONE city_zone(), '%Y-%m') AS month,
    class_code,
    count(DISTINCT employee_nip) AS employees,
    count(*) AS documents,
    CAST(sum(pages) AS BIGINT) AS pages
FROM arsip.documents
GROUP BY 1, 2
ORDER BY 1, 2
