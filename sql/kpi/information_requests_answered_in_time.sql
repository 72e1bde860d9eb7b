-- kpi: G9
-- title_id: Permohonan informasi dijawab tepat waktu
-- title_en: Information requests answered in time
-- question_id: Berapa bagian permohonan yang dijawab dalam 10 hari kerja, atau 17 bila diperpanjang?
-- question_en: What share of requests was answered within 10 working days, or 17 when extended?
-- row: one month in which requests were received
-- key: period
-- unit: %
-- dimension: governance
-- steward: PPID Utama {city.name}
-- rule_id: UU 14/2008 Ps 22(7), 22(8): 10 hari kerja, sekali diperpanjang 7; lewat tenggat tanpa jawaban dihitung gagal; sementara bila libur masih perkiraan
-- rule_en: UU 14/2008 Ps 22(7), 22(8): 10 working days, once 7 more; unanswered past due counts as failed; provisional on estimated holidays
-- cells: none, every request is public on its own, without its requester
-- column received: Permohonan yang diterima / Requests received
WITH requests AS (
    SELECT
        request.notified_on,
        deadline.day AS due_on,
        month_of(request.received_on) AS month,
        deadline.day IS NOT NULL AS is_reached,
        coalesce(deadline.is_decreed, TRUE) AS is_decreed,
        coalesce(deadline.day <= snapshot.seen_until, FALSE) AS is_due
    FROM ppid.requests AS request
    INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'ppid.requests' AND snapshot.is_newest
    INNER JOIN reference.service_clocks AS clock ON clock.clock = 'information' AND clock.step = 'answer'
    LEFT JOIN reference.working_days AS receipt ON receipt.day = request.received_on
    LEFT JOIN reference.working_days AS deadline
        ON deadline.is_working AND deadline.nth = receipt.nth + clock.length + CASE WHEN request.extended = 'ya' THEN clock.extension ELSE 0 END
),
months AS (
    SELECT
        month,
        count(*) AS received,
        count(*) FILTER (WHERE is_due) AS denominator,
        count(*) FILTER (WHERE is_due AND notified_on <= due_on) AS numerator,
        bool_and(is_reached) AS is_reached,
        bool_and(is_decreed) AS is_decreed
    FROM requests
    GROUP BY month
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.numerator,
    months.denominator,
    percent(months.numerator, months.denominator) AS value,
    '%' AS unit,
    snapshot.completeness,
    reason_of(
        value,
        CASE WHEN months.is_reached THEN 'none_due' ELSE 'no_calendar' END,
        [
            gap_of(last_day(months.month), snapshot.seen_until, snapshot.is_complete),
            calendar_doubt(months.is_reached, months.is_decreed),
            CASE WHEN months.denominator < months.received THEN 'open_cases' END
        ]
    ) AS reason,
    status_of(value, reason) AS status,
    'UU 14/2008 Ps 22' AS rule_version,
    (SELECT any_value(calendar_version) FROM reference.working_days) AS vintage,
    months.received
FROM months
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'ppid.requests' AND snapshot.is_newest
ORDER BY period
