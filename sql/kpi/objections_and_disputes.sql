-- kpi: G11
-- title_id: Keberatan dan sengketa informasi per 100 permohonan
-- title_en: Objections and disputes per 100 information requests
-- question_id: Berapa keberatan dan sengketa yang diajukan untuk setiap 100 permohonan informasi?
-- question_en: How many objections and disputes are filed for every 100 information requests?
-- row: one month in which anything was received or filed, and one measure
-- key: period, measure
-- unit: /100{requests}
-- dimension: governance
-- steward: PPID Utama {city.name}
-- rule_id: UU 14/2008 Ps 35 sampai 38; keberatan dan sengketa yang diajukan bulan itu dibagi permohonan yang diterima bulan itu, permohonan mana pun asalnya
-- rule_en: UU 14/2008 Ps 35 to 38; objections and disputes filed in the month over requests received in it, whichever request they go back to
-- cells: none, every objection and dispute is public on its own, without its applicant
-- measure objections: Keberatan / Objections
-- measure disputes: Sengketa di Komisi Informasi / Disputes at the Komisi Informasi
WITH requests AS (SELECT month_of(received_on) AS month, count(*) AS filed FROM ppid.requests GROUP BY 1),
later AS (
    SELECT 'objections' AS measure, month_of(filed_on) AS month, count(*) AS filed FROM ppid.objections GROUP BY 2
    UNION ALL
    SELECT 'disputes', month_of(filed_on), count(*) FROM ppid.disputes GROUP BY 2
),
months AS (
    SELECT month FROM requests
    UNION DISTINCT
    SELECT month FROM later
),
harvests AS (
    SELECT
        later.measure,
        later.place,
        least(register.seen_until, snapshot.seen_until) AS seen_until,
        least(register.completeness, snapshot.completeness) AS completeness,
        register.is_complete AND snapshot.is_complete AS is_complete
    FROM (VALUES ('objections', 1, 'ppid.objections'), ('disputes', 2, 'ppid.disputes')) AS later (measure, place, dataset)
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = later.dataset AND snapshot.is_newest
    INNER JOIN mart.harvest_periods AS register ON register.dataset = 'ppid.requests' AND register.is_newest
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    harvests.measure,
    coalesce(later.filed, 0) AS numerator,
    coalesce(requests.filed, 0) AS denominator,
    rate(numerator, denominator, 100) AS value,
    '/100{requests}' AS unit,
    harvests.completeness,
    reason_of(value, 'no_cases', [gap_of(last_day(months.month), harvests.seen_until, harvests.is_complete)]) AS reason,
    status_of(value, reason) AS status,
    'UU 14/2008 Ps 35-38' AS rule_version
FROM months
CROSS JOIN harvests
LEFT JOIN requests ON requests.month = months.month
LEFT JOIN later ON later.month = months.month AND later.measure = harvests.measure
ORDER BY period, harvests.place
