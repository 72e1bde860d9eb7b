-- kpi: G2
-- title_id: Lama penyelesaian keluhan
-- title_en: Time to close a complaint
-- question_id: Berapa jam dari keluhan diterima sampai ditutup, dan berapa bagian yang masih terbuka?
-- question_en: How many hours from receipt of a complaint until it is closed, and what share is still open?
-- row: one month in which complaints were received, and one measure
-- key: period, measure
-- unit: h
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: jam kalender; keluhan yang ditolak tidak dihitung; survival_median adalah median Kaplan-Meier, keluhan terbuka dihitung sampai hari terakhir diambil
-- rule_en: calendar hours; rejected complaints are left out; survival_median is Kaplan-Meier's, in which open complaints count up to the last day harvested
-- cells: none, every complaint is public on its own, without its reporter
-- measure survival_median: Median sampai ditutup, yang masih terbuka ikut dihitung / Median until closed, open complaints counted in
-- measure median_hours: Median keluhan yang sudah ditutup / Median of those closed so far
-- measure p90_hours: Persentil ke-90 keluhan yang sudah ditutup / 90th percentile of those closed so far
-- measure open_share: Yang belum ditutup / Still open
-- reason none_closed: Belum ada keluhan yang ditutup / No complaint is closed yet
-- reason half_open: Sedikitnya separuh belum ditutup, sehingga mediannya belum ada / At least half are not closed, so there is no median yet
WITH received AS (
    SELECT
        complaint.received_at,
        complaint.newer_version_withheld AS is_unknown,
        month_of(harvested.day) AS month,
        settled_by(harvested.day) AS wait_until,
        CAST(least(harvested.seen_until, wait_until) + 1 AS TIMESTAMP) AT TIME ZONE city_zone() AS known_until,
        CASE
            WHEN (complaint.state = 'closed' OR came_late(complaint.updated_at, wait_until)) AND NOT came_late(complaint.closed_at, wait_until)
                THEN complaint.closed_at
        END AS ended_at
    FROM sikesal.complaints AS complaint
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikesal.complaints' AND harvested.day = city_date(complaint.received_at)
    WHERE complaint.state <> 'rejected' OR came_late(complaint.updated_at, wait_until)
),
known AS (SELECT month, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM received GROUP BY month),
followed AS (
    SELECT
        received.month,
        received.ended_at IS NOT NULL AS is_closed,
        epoch(coalesce(received.ended_at, received.known_until) - received.received_at) / 3600 AS hours
    FROM received
    WHERE NOT received.is_unknown
),
steps AS (
    SELECT
        month,
        hours,
        count(*) FILTER (WHERE is_closed) AS closed,
        sum(count(*)) OVER (PARTITION BY month ORDER BY hours DESC) AS at_risk
    FROM followed
    GROUP BY month, hours
),
curve AS (
    SELECT month, hours, product(1 - closed / at_risk) OVER (PARTITION BY month ORDER BY hours) AS still_open FROM steps
),
survival AS (
    SELECT month, round(min(hours) FILTER (WHERE still_open < 0.5 + 1e-9), 1) AS survival_median FROM curve GROUP BY month
),
months AS (
    SELECT
        month,
        count(*) AS complaints,
        count(*) FILTER (WHERE is_closed) AS closed,
        complaints - closed AS open_count,
        percentile(CASE WHEN is_closed THEN hours END, 0.5) AS median_hours,
        percentile(CASE WHEN is_closed THEN hours END, 0.9) AS p90_hours
    FROM followed
    GROUP BY month
),
measured AS (
    SELECT
        survival.month,
        1 AS place,
        'survival_median' AS measure,
        CAST(NULL AS BIGINT) AS numerator,
        months.complaints AS denominator,
        survival.survival_median AS value,
        'h' AS unit
    FROM survival INNER JOIN months ON months.month = survival.month
    UNION ALL
    SELECT month, 2, 'median_hours', NULL, closed, median_hours, 'h' FROM months
    UNION ALL
    SELECT month, 3, 'p90_hours', NULL, closed, p90_hours, 'h' FROM months
    UNION ALL
    SELECT month, 4, 'open_share', open_count, complaints, percent(open_count, complaints), '%' FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    measured.value,
    measured.unit,
    harvest.completeness * known.share AS completeness,
    reason_of(
        measured.value,
        CASE WHEN measured.measure = 'survival_median' THEN 'half_open' ELSE 'none_closed' END,
        [harvest.gap, known.gap, waits_for(months.open_count, settled_by(measured.month), harvest.seen_until)]
    ) AS reason,
    status_of(measured.value, reason) AS status,
    'SIKESAL, calendar hours' AS rule_version
FROM measured
INNER JOIN months ON months.month = measured.month
INNER JOIN known ON known.month = measured.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sikesal.complaints' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
