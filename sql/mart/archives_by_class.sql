-- title_id: Arsip kepegawaian per klasifikasi
-- title_en: Personnel archives by class
-- row: one month of digitisation and class code
-- class: setiap saat
-- steward: Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah {city.name}
-- key: month, class_code
-- cells employees: documents, pages
-- cells none: completeness
-- column month: Bulan alih media / Month of digitisation
-- column class_code: Kode klasifikasi / Class code
-- column employees: Jumlah pegawai / Number of employees
-- column documents: Jumlah dokumen / Number of documents
-- column pages: Jumlah halaman / Number of pages
-- column completeness: Kelengkapan bulan itu, 0 sampai 1 / How complete the month is, 0 to 1
WITH counted AS (
    SELECT
        month_of(city_date(archived_at)) AS month,
        class_code,
        count(DISTINCT employee_nip) AS employees,
        count(*) AS documents,
        CAST(sum(pages) AS BIGINT) AS pages
    FROM arsip.documents
    GROUP BY 1, 2
)
SELECT
    strftime(counted.month, '%Y-%m') AS month,
    counted.class_code,
    counted.employees,
    counted.documents,
    counted.pages,
    harvest.completeness
FROM counted
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'arsip.documents' AND harvest.kind = 'month' AND harvest.first_day = counted.month
ORDER BY 1, 2
