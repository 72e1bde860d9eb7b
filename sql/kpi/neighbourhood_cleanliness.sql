-- kpi: V4
-- title_id: Nilai Bersih rata-rata Kampung Bantar
-- title_en: Mean score for clean in Kampung Bantar
-- question_id: Berapa nilai Bersih rata-rata RT yang dinilai dalam Kampung Bantar?
-- question_en: What is the mean score for clean of the neighbourhoods (RT) assessed in Kampung Bantar?
-- row: one year's latest assessment in the city or one kecamatan
-- key: period, region_code
-- unit: 1
-- dimension: environment
-- steward: Dinas Pemberdayaan Masyarakat, Perempuan dan Perlindungan Anak {city.name}
-- rule_id: rata-rata nilai 0 sampai 100 dari RT yang ikut; yang tidak ikut tidak bernilai; tim penilai berbeda di tiap kecamatan
-- rule_en: mean of the scores of 0 to 100 given to the RT that took part; those that did not have none; teams of assessors differ by kecamatan
-- cells: none, no row stands for persons
WITH latest AS (
    SELECT left(period, 4) AS year, max(period) AS period FROM kampung_bantar.assessments GROUP BY 1
),
neighbourhoods AS (
    SELECT latest.year, latest.period, assessments.region_code, CASE WHEN assessments.took_part = 'ya' THEN assessments.score_clean END AS score
    FROM kampung_bantar.assessments AS assessments
    INNER JOIN latest ON latest.period = assessments.period
),
placed AS (
    SELECT year, period, city_code() AS region_code, score FROM neighbourhoods
    UNION ALL
    SELECT year, period, kecamatan_of(region_code), score FROM neighbourhoods
),
scored AS (
    SELECT
        year,
        period,
        region_code,
        CAST(sum(CAST(score AS DECIMAL(9, 2))) AS DOUBLE) AS numerator,
        count(score) AS denominator,
        mean(score) AS value
    FROM placed
    GROUP BY year, period, region_code
)
SELECT
    scored.year AS period,
    scored.region_code,
    scored.numerator,
    scored.denominator,
    scored.value,
    '1' AS unit,
    snapshot.completeness,
    status_of(scored.value, snapshot.completeness = 1 AND scored.year < strftime($today, '%Y')) AS status,
    CASE
        WHEN scored.value IS NULL THEN 'no_cases'
        WHEN snapshot.completeness < 1 THEN 'incomplete'
        WHEN scored.year >= strftime($today, '%Y') THEN 'running'
    END AS reason,
    'penilaian ' || scored.period AS rule_version
FROM scored
INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'kampung_bantar.assessments'
ORDER BY scored.year, scored.region_code
