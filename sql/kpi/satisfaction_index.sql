-- kpi: G15
-- title_id: Indeks kepuasan masyarakat (IKM) per unit layanan
-- title_en: Public satisfaction index (IKM) by service unit
-- question_id: Seberapa puas warga pada tiap unit layanan, dan apa mutu layanannya?
-- question_en: How satisfied are people with each service unit, and which grade is its service?
-- row: one month of answers and service unit; there is no figure for all units together, from which a withheld unit could be told
-- key: period, unit_code
-- unit: 1
-- dimension: governance
-- steward: Bagian Organisasi Setda {city.name}
-- rule_id: PermenPANRB 14/2017: rata-rata sembilan unsur, bobot tepat 1/9, dikali 25; jawaban kosong tidak dihitung; mutu setelah dibulatkan 2 desimal
-- rule_en: PermenPANRB 14/2017: mean of each of the nine elements, weight exactly 1/9, times 25; missing answers left out; graded after rounding to 2 decimals
-- cells denominator: numerator, value, grade
-- column unit_code: Unit layanan / Service unit
-- column grade: Mutu layanan, A sampai D / Grade of the service, A to D
-- reason unanswered: Ada unsur tanpa satu pun jawaban / An element has no answer at all
WITH units AS (
    SELECT
        month_of(harvested.day) AS month,
        answer.unit_code,
        count(*) AS respondents,
        satisfaction(answer.u1, answer.u2, answer.u3, answer.u4, answer.u5, answer.u6, answer.u7, answer.u8, answer.u9) AS ikm
    FROM skm.responses AS answer
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'skm.responses' AND harvested.day = answer.answered_on
    GROUP BY 1, 2
)
SELECT
    strftime(units.month, '%Y-%m') AS period,
    city_code() AS region_code,
    units.unit_code,
    CAST(NULL AS BIGINT) AS numerator,
    units.respondents AS denominator,
    units.ikm AS value,
    '1' AS unit,
    harvest.completeness,
    reason_of(units.ikm, 'unanswered', [harvest.gap]) AS reason,
    status_of(units.ikm, reason) AS status,
    (SELECT any_value(rule_version) FROM reference.ikm_grades) AS rule_version,
    grades.grade
FROM units
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'skm.responses' AND harvest.kind = 'month' AND harvest.first_day = units.month
LEFT JOIN reference.ikm_grades AS grades ON units.ikm >= grades.least AND coalesce(units.ikm < grades.below, TRUE)
ORDER BY period, units.unit_code
