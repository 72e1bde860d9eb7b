-- kpi: G9
-- title_id: Permohonan informasi dijawab tepat waktu
-- title_en: Information requests answered in time
-- question_id: Berapa bagian permohonan yang dijawab dalam 10 hari kerja, atau 17 bila diperpanjang?
-- question_en: What share of requests was answered within 10 working days, or 17 when extended?
-- row: one month in which requests were received
-- unit: %
-- dimension: governance
-- steward: PPID Utama Kota Jambi
-- rule: UU 14/2008 Ps 22(7), 22(8): 10 working days, once 7 more; unanswered past due counts as failed; provisional on estimated holidays
WITH requests AS (
    SELECT
        request.notified_on,
        deadline.day AS due_on,
        date_trunc('month', request.received_on) AS month,
        deadline.calendar_version,
        deadline.is_decreed
    FROM ppid.requests AS request
    INNER JOIN reference.service_clocks AS clock ON clock.clock = 'information' AND clock.step = 'answer'
    INNER JOIN reference.working_days AS receipt ON receipt.day = request.received_on
    INNER JOIN reference.working_days AS deadline
        ON deadline.is_working AND deadline.nth = receipt.nth + clock.length + CASE WHEN request.extended = 'ya' THEN clock.extension ELSE 0 END
),
snapshot AS (
    SELECT arg_max(passed, partition) / nullif(arg_max(delivered - duplicates, partition), 0) AS completeness
    FROM lumbung.passed
    WHERE dataset = 'ppid.requests'
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
    GROUP BY 1
)
SELECT
    strftime(month, '%Y-%m') AS period,
    numerator,
    denominator,
    round(100.0 * numerator / nullif(denominator, 0), 1) AS value,
    '%' AS unit,
    snapshot.completeness,
    CASE
        WHEN denominator = 0 THEN 'not available'
        WHEN is_decreed AND denominator = received AND month < date_trunc('month', CAST($today AS DATE)) THEN 'final'
        ELSE 'provisional'
    END AS status,
    CASE WHEN denominator = 0 THEN 'no request of the month is due yet' END AS reason,
    received,
    rule_version
FROM months CROSS JOIN snapshot
ORDER BY period
