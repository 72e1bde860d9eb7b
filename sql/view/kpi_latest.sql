-- row: one KPI, measure and place: its last good value, that of the newest period that is over and whole; where there is none yet, the newest value there is
-- newest_period, newest_status and newest_reason tell of the newest period when that is a later one.
WITH ranked AS (
    SELECT
        *,
        value IS NOT NULL AND coalesce(reason NOT IN ('incomplete', 'running'), TRUE) AS is_good,
        max(period) OVER places AS newest_period,
        arg_max(status, period) OVER places AS newest_status,
        arg_max_null(reason, period) OVER places AS newest_reason
    FROM lumbung.kpi_values
    WINDOW places AS (PARTITION BY name, measure, region_code, part)
)
SELECT
    kpi,
    name,
    dimension,
    measure,
    region_code,
    part,
    period,
    numerator,
    denominator,
    value,
    unit,
    completeness,
    status,
    reason,
    rule_version,
    vintage,
    is_good,
    newest_period,
    newest_status,
    newest_reason
FROM ranked
QUALIFY row_number() OVER (PARTITION BY name, measure, region_code, part ORDER BY is_good DESC, value IS NOT NULL DESC, period DESC) = 1
