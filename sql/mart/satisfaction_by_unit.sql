-- title_id: Indeks kepuasan masyarakat per unit
-- title_en: Satisfaction index by unit
-- row: one month and service unit; the weight of an element is exactly 1/9, an element's mean leaves missing answers out
-- class: berkala
-- steward: Bagian Organisasi Setda {city.name}
-- key: month, unit_code
-- cells respondents: ikm, grade
-- cells none: completeness
-- column month: Bulan / Month
-- column unit_code: Unit layanan / Service unit
-- column respondents: Jumlah responden / Number of respondents
-- column ikm: Indeks kepuasan masyarakat, PermenPANRB 14/2017 / Satisfaction index, PermenPANRB 14/2017
-- column grade: Mutu layanan A sampai D, setelah dibulatkan dua desimal / Grade A to D, after rounding to two decimals
-- column completeness: Kelengkapan bulan itu, 0 sampai 1 / How complete the month is, 0 to 1
WITH indexed AS (
    SELECT
        month_of(answered_on) AS month,
        unit_code,
        count(*) AS respondents,
        satisfaction(u1, u2, u3, u4, u5, u6, u7, u8, u9) AS ikm
    FROM skm.responses
    GROUP BY 1, 2
)
SELECT
    strftime(indexed.month, '%Y-%m') AS month,
    indexed.unit_code,
    indexed.respondents,
    indexed.ikm,
    grades.grade,
    harvest.completeness
FROM indexed
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'skm.responses' AND harvest.kind = 'month' AND harvest.first_day = indexed.month
LEFT JOIN reference.ikm_grades AS grades ON indexed.ikm >= grades.least AND coalesce(indexed.ikm < grades.below, TRUE)
ORDER BY indexed.month, indexed.unit_code
