-- kpi: G4
-- title_id: Keluhan yang dibuka kembali dan keluhan ganda
-- title_en: Complaints reopened, and duplicates
-- question_id: Berapa penutupan keluhan yang disusul pembukaan kembali, dan berapa bagian keluhan yang mengulang keluhan lain?
-- question_en: How often was a closed complaint opened again, and what share of complaints repeats another?
-- row: one month and measure: of events for the reopened, of receipt for the duplicates
-- key: period, measure
-- unit: %
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: pembukaan kembali dibagi penutupan bulan yang sama, keluhan mana pun; ganda ialah keluhan yang ditolak sebagai ganda, dari semua yang diterima
-- rule_en: reopenings over closings of the same month, whichever complaint they are of; duplicates are complaints rejected as such, over all received
-- cells: none, every complaint is public on its own, without its reporter
-- measure reopened: Dibuka kembali, terhadap penutupan pada bulan itu / Reopened, of the closings of that month
-- measure duplicates: Keluhan ganda, terhadap yang diterima / Duplicates, of those received
WITH events AS (
    SELECT
        month_of(harvested.day) AS month,
        count(*) FILTER (WHERE event.state = 'closed') AS closings,
        count(*) FILTER (WHERE event.state = 'reopened') AS reopenings
    FROM sikesal.status_events AS event
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.status_events' AND harvested.day = city_date(event.happened_at)
    GROUP BY 1
),
complaints AS (
    SELECT
        month_of(harvested.day) AS month,
        complaint.outcome = 'duplicate' AND NOT came_late(complaint.updated_at, settled_by(harvested.day)) AS is_duplicate,
        complaint.state NOT IN ('closed', 'rejected') AS is_open,
        complaint.newer_version_withheld AS is_unknown
    FROM sikesal.complaints AS complaint
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.complaints' AND harvested.day = city_date(complaint.received_at)
),
known AS (SELECT month, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM complaints GROUP BY month),
counted AS (
    SELECT month, count(*) AS received, count(*) FILTER (WHERE is_duplicate) AS duplicates, count(*) FILTER (WHERE is_open) AS open_count
    FROM complaints
    WHERE NOT is_unknown
    GROUP BY month
),
measured AS (
    SELECT
        month,
        1 AS place,
        'reopened' AS measure,
        reopenings AS numerator,
        closings AS denominator,
        0 AS open_count,
        'sikesal.status_events' AS dataset
    FROM events
    UNION ALL
    SELECT month, 2, 'duplicates', duplicates, received, open_count, 'sikesal.complaints' FROM counted
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    harvest.completeness * coalesce(known.share, 1) AS completeness,
    reason_of(value, 'no_cases', [harvest.gap, known.gap, waits_for(measured.open_count, settled_by(measured.month), harvest.seen_until)]) AS reason,
    status_of(value, reason) AS status,
    'SIKESAL states' AS rule_version
FROM measured
LEFT JOIN known ON known.month = measured.month AND measured.measure = 'duplicates'
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = measured.dataset AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
