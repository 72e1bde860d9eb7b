-- kpi: G10
-- title_id: Permohonan informasi ditolak menurut dasar pengecualian
-- title_en: Information requests refused, by ground of exemption
-- question_id: Berapa bagian permohonan yang ditolak, dan berdasarkan huruf apa dari Pasal 17?
-- question_en: What share of requests was refused, and on which letter of article 17?
-- row: one month in which requests were decided, and one measure: all refusals, then those of each letter
-- key: period, measure
-- unit: %
-- dimension: governance
-- steward: PPID Utama {city.name}
-- rule_id: UU 14/2008 Ps 12, 17; dari semua permohonan yang diputus bulan itu; dikabulkan sebagian dan tidak dikuasai bukan penolakan
-- rule_en: UU 14/2008 Ps 12, 17; of all requests decided in the month; granted in part and not held are no refusals
-- cells: none, every request is public on its own, without its requester
-- measure refused: Ditolak / Refused
-- measure ground_a: Ditolak, huruf a: proses penegakan hukum / Refused, letter a: law enforcement
-- measure ground_b: Ditolak, huruf b: kekayaan intelektual dan persaingan usaha / Refused, letter b: intellectual property and competition
-- measure ground_c: Ditolak, huruf c: pertahanan dan keamanan negara / Refused, letter c: defence and security of the state
-- measure ground_d: Ditolak, huruf d: kekayaan alam / Refused, letter d: natural wealth
-- measure ground_e: Ditolak, huruf e: ketahanan ekonomi nasional / Refused, letter e: national economic resilience
-- measure ground_f: Ditolak, huruf f: hubungan luar negeri / Refused, letter f: foreign relations
-- measure ground_g: Ditolak, huruf g: akta autentik dan wasiat / Refused, letter g: authentic deeds and last wills
-- measure ground_h: Ditolak, huruf h: rahasia pribadi / Refused, letter h: personal secrets
-- measure ground_i: Ditolak, huruf i: memorandum dan surat antar-badan / Refused, letter i: memoranda and letters between bodies
-- measure ground_j: Ditolak, huruf j: undang-undang lain / Refused, letter j: another law
-- measure ground_unnamed: Ditolak tanpa menyebut huruf / Refused without naming a letter
WITH decided AS (
    SELECT
        month_of(notified_on) AS month,
        decision = 'ditolak' AS is_refused,
        coalesce(nullif(regexp_extract(lower(refusal_reason), 'huruf ([a-j])', 1), ''), 'unnamed') AS ground
    FROM ppid.requests
    WHERE notified_on IS NOT NULL AND decision IS NOT NULL
),
months AS (SELECT month, count(*) AS decided FROM decided GROUP BY month),
refusals AS (
    SELECT month, unnest(['refused', 'ground_' || ground]) AS measure FROM decided WHERE is_refused
),
counted AS (SELECT month, measure, count(*) AS refused FROM refusals GROUP BY month, measure),
measures AS (
    SELECT 0 AS place, 'refused' AS measure
    UNION ALL
    SELECT unnest(generate_series(1, 10)), 'ground_' || unnest(string_split('abcdefghij', ''))
    UNION ALL
    SELECT 11, 'ground_unnamed'
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measures.measure,
    coalesce(counted.refused, 0) AS numerator,
    months.decided AS denominator,
    percent(numerator, months.decided) AS value,
    '%' AS unit,
    snapshot.completeness,
    reason_of(value, 'no_cases', [gap_of(last_day(months.month), snapshot.seen_until, snapshot.is_complete)]) AS reason,
    status_of(value, reason) AS status,
    'UU 14/2008 Ps 17' AS rule_version
FROM months
CROSS JOIN measures
LEFT JOIN counted ON counted.month = months.month AND counted.measure = measures.measure
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'ppid.requests' AND snapshot.is_newest
ORDER BY period, measures.place
