-- title_id: Indeks kepuasan masyarakat per unit
-- title_en: Satisfaction index by unit
-- row: one month and service unit; the weight of an element is exactly 1/9, an element's mean leaves missing answers out
-- class: berkala
-- steward: Bagian Organisasi Setda {city.name}
-- key: month, unit_code
-- cells respondents: ikm, grade
-- column month: Bulan / Month
-- column unit_code: Unit layanan / Service unit
-- column respondents: Jumlah responden / Number of respondents
-- column ikm: Indeks kepuasan masyarakat, PermenPANRB 14/2017 / Satisfaction index, PermenPANRB 14/2017
-- column grade: Mutu layanan A sampai D, setelah dibulatkan dua desimal / Grade A to D, after rounding to two decimals
WITH indexed AS (
    SELECT
        strftime(answered_on, '%Y-%m') AS month,
        unit_code,
        count(*) AS respondents,
        round(25 * (avg(u1) + avg(u2) + avg(u3) + avg(u4) + avg(u5) + avg(u6) + avg(u7) + avg(u8) + avg(u9)) / 9 + 1e-9, 2) AS ikm
    FROM skm.responses
    GROUP BY 1, 2
)
SELECT
    indexed.month,
    indexed.unit_code,
    indexed.respondents,
    indexed.ikm,
    grades.grade
FROM indexed
LEFT JOIN reference.ikm_grades AS grades ON indexed.ikm >= grades.least AND coalesce(indexed.ikm < grades.below, TRUE)
ORDER BY indexed.month, indexed.unit_code
