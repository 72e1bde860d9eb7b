-- kpi: V4
-- title_id: Nilai Bersih rata-rata Kampung Bantar
-- title_en: Mean score for clean in Kampung Bantar
-- question_id: Berapa nilai Bersih rata-rata RT yang dinilai dalam Kampung Bantar?
-- question_en: What is the mean score for clean of the neighbourhoods (RT) assessed in Kampung Bantar?
-- row: one year in the city or one kecamatan, by the latest assessment of each neighbourhood in it
-- key: period, region_code
-- unit: 1
-- dimension: environment
-- steward: Dinas Pemberdayaan Masyarakat, Perempuan dan Perlindungan Anak {city.name}
-- rule_id: rata-rata nilai 0 sampai 100 dari RT yang ikut; yang tidak ikut tidak bernilai; tim penilai berbeda di tiap kecamatan
-- rule_en: mean of the scores of 0 to 100 given to the RT that took part; those that did not have none; teams of assessors differ by kecamatan
-- cells: none, no row stands for persons
WITH neighbourhoods AS (
    SELECT
        left(period, 4) AS year,
        rt_code,
        max(period) AS period,
        arg_max(region_code, period) AS region_code,
        arg_max_null(CASE WHEN took_part = 'ya' THEN score_clean END, period) AS score
    FROM kampung_bantar.assessments
    GROUP BY 1, 2
),
placed AS (
    SELECT year, period, city_code() AS region_code, score FROM neighbourhoods
    UNION ALL
    SELECT year, period, kecamatan_of(region_code), score FROM neighbourhoods
),
scored AS (
    SELECT
        year,
        max(period) AS period,
        region_code,
        CAST(sum(CAST(score AS DECIMAL(9, 2))) AS DOUBLE) AS numerator,
        count(score) AS denominator,
        mean(score) AS value
    FROM placed
    GROUP BY year, region_code
)
SELECT
    scored.year AS period,
    scored.region_code,
    scored.numerator,
    scored.denominator,
    scored.value,
    '1' AS unit,
    snapshot.completeness,
    reason_of(
        scored.value,
        'no_cases',
        [gap_of(make_date(CAST(scored.year AS INTEGER), 12, 31), snapshot.seen_until, snapshot.is_complete)]
    ) AS reason,
    status_of(scored.value, reason) AS status,
    'scores of 0 to 100' AS rule_version,
    'penilaian ' || scored.period AS vintage
FROM scored
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'kampung_bantar.assessments' AND snapshot.is_newest
ORDER BY scored.year, scored.region_code
