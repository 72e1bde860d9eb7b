-- kpi: G14
-- title_id: Indeks SPBE dan predikatnya
-- title_en: SPBE index and its grade
-- question_id: Berapa indeks pemerintahan digital kota, dan apa predikatnya?
-- question_en: What is the city's e-government index, and which grade is it?
-- row: one year and measure; years of different instruments (rule_version) are not comparable
-- key: period, measure
-- unit: 1
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: PermenPANRB 5/2018 untuk 2018 dan 2019, PermenPANRB 59/2020 sejak 2021; indeks = jumlah tingkat kali bobot dibagi 100; predikat dari indeks tepatnya
-- rule_en: PermenPANRB 5/2018 for 2018 and 2019, PermenPANRB 59/2020 since 2021; index = sum of level times weight over 100; graded by the exact index
-- cells: none, no row stands for persons
-- measure official: Penilaian KemenPANRB / Evaluation by KemenPANRB
-- measure self_assessment: Penilaian mandiri kota / The city's self-assessment
-- column predikat: Predikat / Grade
-- column indicators: Indikator yang ada nilainya / Indicators with a level
-- reason image: Angkanya hanya ada sebagai gambar, tidak terbaca mesin / The figure is an image only, not machine-readable
-- reason not_stated: Angkanya tidak ada di register kota; sebabnya tertulis di sana / The city registers hold no figure, and say why
-- reason missing_indicators: Ada indikator yang tidak bernilai, sehingga indeks tidak dapat dihitung / Some indicators have no level, so there is no index
-- reason self_assessed: Penilaian sendiri, belum dinilai KemenPANRB / The city's own assessment, not evaluated by KemenPANRB yet
WITH assessed AS (
    SELECT
        indicator.year,
        indicator.instrument,
        count(*) AS indicators,
        CAST(sum(CAST(weight.weight_percent * 100 AS BIGINT) * indicator.level) AS BIGINT) AS points,
        CAST(sum(CAST(weight.weight_percent * 100 AS BIGINT)) AS BIGINT) AS weights
    FROM spbe.indicators AS indicator
    INNER JOIN reference.spbe_weights AS weight ON weight.instrument = indicator.instrument AND weight.indicator_no = indicator.indicator_no
    WHERE indicator.level IS NOT NULL AND indicator.year >= weight.first_year AND coalesce(indicator.year <= weight.last_year, TRUE)
    GROUP BY indicator.year, indicator.instrument
),
instruments AS (SELECT instrument, count(*) AS indicators FROM reference.spbe_weights GROUP BY instrument),
measured AS (
    SELECT
        year,
        1 AS place,
        'official' AS measure,
        CAST(NULL AS DOUBLE) AS numerator,
        CAST(NULL AS DOUBLE) AS denominator,
        index_value AS value,
        index_value AS exact,
        CAST(NULL AS BIGINT) AS indicators,
        instrument AS rule_version,
        'register_kota.spbe_index' AS dataset,
        CASE WHEN contains(reason, 'image') THEN 'image' ELSE 'not_stated' END AS without,
        NULL AS doubt
    FROM register_kota.spbe_index
    UNION ALL
    SELECT
        assessed.year,
        2,
        'self_assessment',
        assessed.points / 100.0,
        assessed.weights / 100.0,
        CASE WHEN assessed.indicators = instruments.indicators THEN rate(assessed.points, assessed.weights, 1) END,
        CASE WHEN assessed.indicators = instruments.indicators THEN assessed.points / CAST(assessed.weights AS DOUBLE) END,
        assessed.indicators,
        assessed.instrument,
        'spbe.indicators',
        'missing_indicators',
        CASE WHEN official.index_value IS NULL THEN 'self_assessed' END
    FROM assessed
    INNER JOIN instruments ON instruments.instrument = assessed.instrument
    LEFT JOIN register_kota.spbe_index AS official ON official.year = assessed.year
)
SELECT
    CAST(measured.year AS VARCHAR) AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    '1' AS unit,
    snapshot.completeness,
    reason_of(measured.value, measured.without, [snapshot.gap, measured.doubt]) AS reason,
    status_of(measured.value, reason) AS status,
    measured.rule_version,
    band.predikat,
    measured.indicators
FROM measured
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = measured.dataset AND snapshot.is_newest
LEFT JOIN reference.spbe_bands AS band ON measured.exact >= band.least AND coalesce(measured.exact < band.below, TRUE)
ORDER BY period, measured.place
