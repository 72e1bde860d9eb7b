-- kpi: P2
-- title_id: RT yang ikut Kampung Bantar
-- title_en: Neighbourhoods taking part in Kampung Bantar
-- question_id: Berapa bagian RT yang ikut penilaian Kampung Bantar?
-- question_en: What share of the neighbourhoods (RT) took part in the Kampung Bantar assessment?
-- row: one year in the city or one kecamatan, by each neighbourhood's latest assessment, or what the press claims of one time, and one measure
-- key: period, measure, region_code
-- unit: %
-- dimension: people
-- steward: Dinas Pemberdayaan Masyarakat, Perempuan dan Perlindungan Anak {city.name}
-- rule_id: RT yang ikut, dari semua RT dalam daftar; sumber yang bertentangan ditampilkan berdampingan, tidak dirata-ratakan, dari RT kota yang disebutnya
-- rule_en: RT that took part, of all RT in the list; sources that contradict each other are shown side by side, not averaged, of the RT in the city they state
-- cells: none, no row stands for persons
-- measure assessed: Menurut daftar penilaian / By the list of assessments
-- measure claimed_most: Menurut klaim tertinggi / By the highest claim
-- measure claimed_least: Menurut klaim terendah / By the lowest claim
-- reason claim: Angka yang disebut sumber dan belum diperiksa; sumber lain dapat menyebut lain / A figure a source states, unchecked; others may differ
WITH neighbourhoods AS (
    SELECT
        left(period, 4) AS year,
        rt_code,
        max(period) AS period,
        arg_max(region_code, period) AS region_code,
        arg_max(took_part, period) AS took_part
    FROM kampung_bantar.assessments
    GROUP BY 1, 2
),
placed AS (
    SELECT year, period, unnest(city_and_kecamatan(region_code)) AS region_code, took_part FROM neighbourhoods
),
assessed AS (
    SELECT
        year,
        max(period) AS period,
        region_code,
        count(*) FILTER (WHERE took_part = 'ya') AS numerator,
        count(*) AS denominator
    FROM placed
    GROUP BY year, region_code
),
measured AS (
    SELECT
        assessed.year AS period,
        1 AS place,
        'assessed' AS measure,
        assessed.region_code,
        assessed.numerator,
        assessed.denominator,
        'kampung_bantar.assessments' AS dataset,
        'list of assessments' AS rule_version,
        'penilaian ' || assessed.period AS vintage
    FROM assessed
    UNION ALL
    SELECT
        claimed.period,
        claimed.place,
        claimed.measure,
        city_code(),
        claimed.number AS numerator,
        total.number AS denominator,
        'register_kota.claims',
        'claims',
        concat_ws(' / ', claimed.claim_id, total.claim_id)
    FROM mart.claimed AS claimed
    LEFT JOIN mart.claims AS total ON total.figure = 'neighbourhoods' AND total.problem IS NULL AND total.period = claimed.period
    WHERE claimed.figure = 'neighbourhoods_assessed'
)
SELECT
    measured.period,
    measured.region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    snapshot.completeness,
    reason_of(
        value,
        CASE WHEN measured.place = 1 THEN 'no_cases' ELSE 'no_total' END,
        [
            CASE WHEN measured.place > 1 THEN 'claim' END,
            gap_of(make_date(CAST(left(measured.period, 4) AS INTEGER), 12, 31), snapshot.seen_until, snapshot.is_complete)
        ]
    ) AS reason,
    status_of(value, reason) AS status,
    measured.rule_version,
    measured.vintage
FROM measured
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = measured.dataset AND snapshot.is_newest
ORDER BY measured.place, measured.period, measured.region_code
