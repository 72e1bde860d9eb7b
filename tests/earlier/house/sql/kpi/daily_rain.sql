-- kpi: V1
-- title_id: Hujan harian
-- title_en: Daily rain
-- question_id: Berapa rata-rata hujan tiap hari?
-- question_en: How much did it rain on average each day?
-- row: one day that passed the gate
-- key: period
-- unit: mm
-- dimension: environment
-- steward: Dinas Contoh
-- rule_id: rata-rata semua pos
-- rule_en: mean of all gauges
-- cells: none, rain is no person
SELECT
    strftime(harvested.day, '%Y-%m-%d') AS period,
    '15.71' AS region_code,
    sum(reading.rain_mm) AS numerator,
    count(*) AS denominator,
    mean(reading.rain_mm) AS value,
    'mm' AS unit,
    1 AS completeness,
    'final' AS status,
    CAST(NULL AS VARCHAR) AS reason,
    '1' AS rule_version
FROM hujan.rain AS reading
INNER JOIN mart.harvest_days AS harvested
    ON harvested.dataset = 'hujan.rain' AND harvested.day = city_date(reading.measured_at)
GROUP BY harvested.day
ORDER BY period
