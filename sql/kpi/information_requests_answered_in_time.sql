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
        deadline.calendar_version,
        deadline.is_decreed
    FROM ppid.requests AS request
    INNER JOIN reference.service_clocks AS clock ON clock.clock = 'information' AND clock.step = 'answer'
    INNER JOIN reference.working_days AS receipt ON receipt.day = request.received_on
    INNER JOIN reference.working_days AS deadline
        ON deadline.is_working AND deadline.nth = receipt.nth + clock.length + CASE WHEN request.extended = 'ya' THEN clock.extension ELSE 0 END
),
months AS (
    SELECT
        month,
        count(*) AS received,
        count(*) FILTER (WHERE due_on < $today) AS denominator,
        count(*) FILTER (WHERE due_on < $today AND notified_on <= due_on) AS numerator,
        bool_and(is_decreed) AS is_decreed,
        any_value(calendar_version) AS rule_version
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
    status_of(
        value,
        months.is_decreed AND months.denominator = months.received AND snapshot.completeness = 1 AND months.month < month_of(snapshot.taken_on)
    ) AS status,
    CASE
        WHEN months.denominator = 0 THEN 'none_due'
        WHEN NOT months.is_decreed THEN 'estimated_calendar'
        WHEN months.month >= month_of(snapshot.taken_on) THEN 'running'
        WHEN months.denominator < months.received THEN 'open_cases'
        WHEN snapshot.completeness < 1 THEN 'incomplete'
    END AS reason,
    months.rule_version,
    months.received
FROM months
INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'ppid.requests'
ORDER BY period
