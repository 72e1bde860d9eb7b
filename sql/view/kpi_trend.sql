-- row: one value of a KPI beside the period before and the year before, where the two may be compared, and the city's target for it
-- Compared are values of the same measure, place, unit and rule version, of periods that are over and whole; else the change is empty and change_reason
-- says why: no_previous, no_value, other_rule, not_whole. Values of two vintages (population, claim, calendar) may be of one rule.
-- A target is the one that was set last for the very period.
WITH periods AS (
    SELECT
        *,
        value IS NOT NULL AND coalesce(reason NOT IN ('incomplete', 'running'), TRUE) AS is_whole,
        CASE length(period)
            WHEN 4 THEN CAST(CAST(period AS INTEGER) - 1 AS VARCHAR)
            WHEN 7 THEN strftime(CAST(period || '-01' AS DATE) - INTERVAL 1 MONTH, '%Y-%m')
            ELSE strftime(CAST(period AS DATE) - INTERVAL 1 DAY, '%Y-%m-%d')
        END AS previous_period,
        CASE length(period)
            WHEN 7 THEN strftime(CAST(period || '-01' AS DATE) - INTERVAL 1 YEAR, '%Y-%m')
            WHEN 10 THEN strftime(CAST(period AS DATE) - INTERVAL 1 YEAR, '%Y-%m-%d')
        END AS year_ago_period
    FROM lumbung.kpi_values
),
targets AS (
    SELECT kpi, measure, period, arg_max_null(value, valid_from) AS target, arg_max(unit, valid_from) AS target_unit
    FROM register_kota.targets
    GROUP BY kpi, measure, period
)
SELECT
    now.kpi,
    now.name,
    now.dimension,
    now.period,
    now.measure,
    now.region_code,
    now.part,
    now.value,
    now.unit,
    now.status,
    now.reason,
    now.vintage,
    now.is_whole,
    now.previous_period,
    CASE
        WHEN now.value IS NULL THEN 'no_value'
        WHEN before.value IS NULL THEN 'no_previous'
        WHEN before.rule_version <> now.rule_version OR before.unit <> now.unit THEN 'other_rule'
        WHEN NOT now.is_whole OR NOT before.is_whole THEN 'not_whole'
    END AS change_reason,
    CASE WHEN change_reason IS NULL THEN before.value END AS previous_value,
    CASE WHEN change_reason IS NULL THEN round(now.value - before.value, 2) END AS change,
    now.year_ago_period,
    CASE
        WHEN now.value IS NULL THEN 'no_value'
        WHEN year_ago.value IS NULL THEN 'no_previous'
        WHEN year_ago.rule_version <> now.rule_version OR year_ago.unit <> now.unit THEN 'other_rule'
        WHEN NOT now.is_whole OR NOT year_ago.is_whole THEN 'not_whole'
    END AS year_change_reason,
    CASE WHEN year_change_reason IS NULL THEN year_ago.value END AS year_ago_value,
    CASE WHEN year_change_reason IS NULL THEN round(now.value - year_ago.value, 2) END AS year_change,
    targets.target,
    targets.target_unit
FROM periods AS now
LEFT JOIN periods AS before
    ON before.name = now.name AND before.period = now.previous_period AND before.region_code = now.region_code
        AND before.measure IS NOT DISTINCT FROM now.measure AND before.part IS NOT DISTINCT FROM now.part
LEFT JOIN periods AS year_ago
    ON year_ago.name = now.name AND year_ago.period = now.year_ago_period AND year_ago.region_code = now.region_code
        AND year_ago.measure IS NOT DISTINCT FROM now.measure AND year_ago.part IS NOT DISTINCT FROM now.part
LEFT JOIN targets
    ON targets.kpi = now.kpi AND targets.measure IS NOT DISTINCT FROM now.measure AND targets.period = now.period AND targets.target_unit = now.unit
