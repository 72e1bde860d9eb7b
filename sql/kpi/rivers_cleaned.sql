-- kpi: V5
-- title_id: Sungai yang dibersihkan
-- title_en: Rivers cleaned
-- question_id: Berapa meter sungai dan saluran sudah dibersihkan, berapa bagian dari panjangnya, dan berapa sedimen diangkat?
-- question_en: How many metres of rivers and channels have been cleaned, what share of their length is that, and how much sediment was taken out?
-- row: the day of each list of sites that is kept, one measure, and the city or a kecamatan with a site
-- key: period, region_code, measure
-- unit: m
-- dimension: environment
-- steward: Dinas Pekerjaan Umum dan Penataan Ruang {city.name}
-- rule_id: daftar lokasi PakarKasih: panjang ruas, panjang yang dibersihkan, dan sedimen yang diangkat sejak kegiatan dimulai
-- rule_en: the list of PakarKasih sites: length of the reach, length cleaned and sediment taken out since the campaign began
-- cells: none, a site is no person and its lengths are open
-- measure cleaned: Panjang yang dibersihkan / Length cleaned
-- measure cleaned_share: Bagian dari panjang semua lokasi / Share of the length of all sites
-- measure sediment: Sedimen terangkat / Sediment taken out
WITH sites AS (
    SELECT _partition AS period, unnest(city_and_kecamatan(region_code)) AS region_code, length_m, cleaned_m, sediment_m3 FROM pakarkasih.sites_history
),
regions AS (
    SELECT
        period,
        region_code,
        CAST(sum(CAST(length_m AS decimal(12, 1))) AS double) AS length_m,
        CAST(sum(CAST(cleaned_m AS decimal(12, 1))) AS double) AS cleaned_m,
        CAST(sum(CAST(sediment_m3 AS decimal(12, 1))) AS double) AS sediment_m3
    FROM sites
    GROUP BY period, region_code
),
measured AS (
    SELECT period, region_code, 1 AS place, 'cleaned' AS measure, cleaned_m AS numerator, NULL AS denominator, cleaned_m AS value, 'm' AS unit FROM regions
    UNION ALL
    SELECT period, region_code, 2, 'cleaned_share', cleaned_m, length_m, percent(cleaned_m, length_m), '%' FROM regions
    UNION ALL
    SELECT period, region_code, 3, 'sediment', sediment_m3 AS numerator, NULL AS denominator, sediment_m3 AS value, 'm3' FROM regions
)
SELECT
    snapshot.period,
    measured.region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    snapshot.completeness,
    reason_of(measured.value, 'not_measured', [snapshot.gap]) AS reason,
    status_of(measured.value, reason) AS status,
    'PakarKasih' AS rule_version
FROM measured
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'pakarkasih.sites' AND snapshot.kind = 'snapshot' AND snapshot.period = measured.period
ORDER BY snapshot.period, measured.region_code, measured.place
