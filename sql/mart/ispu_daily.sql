-- title_id: Indeks standar pencemar udara harian
-- title_en: Daily air pollution index
-- row: one day that passed the gate, with the highest index of its parameters by the rule in force that day, which of them it saw, and how many were valid
-- An index is a station's own, of the readings its instrument calls valid; of several stations the day is that of the highest among those with a valid day.
WITH observed AS (
    SELECT
        station,
        observed_at,
        parameter,
        CASE WHEN quality = 'valid' THEN value END AS value
    FROM aqms.observations
),
readings AS (
    SELECT
        city_date(observed_at) AS day,
        station,
        parameter,
        value,
        avg(value) OVER past_hour AS hourly,
        avg(value) OVER past_eight AS eight_hourly
    FROM observed
    WINDOW
        past_hour AS (PARTITION BY station, parameter ORDER BY observed_at RANGE BETWEEN INTERVAL 30 MINUTE PRECEDING AND CURRENT ROW),
        past_eight AS (PARTITION BY station, parameter ORDER BY observed_at RANGE BETWEEN INTERVAL 450 MINUTE PRECEDING AND CURRENT ROW)
),
daily AS (
    SELECT
        day,
        station,
        parameter,
        avg(value) AS concentration_24,
        max(eight_hourly) AS concentration_8,
        max(hourly) AS concentration_1,
        count(value) AS readings
    FROM readings
    GROUP BY 1, 2, 3
),
rules AS (
    SELECT
        parameter,
        averaging_hours,
        rule_version,
        valid_from,
        valid_to,
        min(x_low) AS lowest,
        max(i_high) AS highest,
        count(*) OVER (PARTITION BY rule_version) AS parameters
    FROM reference.ispu_anchors
    GROUP BY 1, 2, 3, 4, 5
),
ruled AS (
    SELECT
        daily.day,
        daily.station,
        daily.parameter,
        rules.rule_version,
        rules.parameters,
        rules.lowest,
        rules.highest,
        daily.readings >= 36 AS is_valid,
        CASE rules.averaging_hours WHEN 24 THEN concentration_24 WHEN 8 THEN concentration_8 ELSE concentration_1 END AS concentration
    FROM daily
    INNER JOIN rules
        ON rules.parameter = daily.parameter
            AND coalesce(daily.day >= rules.valid_from, TRUE) AND coalesce(daily.day < rules.valid_to, TRUE)
),
indexed AS (
    SELECT
        ruled.*,
        CASE
            WHEN ruled.concentration <= 0 THEN 0
            WHEN anchor.parameter IS NOT NULL
                THEN anchor.i_low + (anchor.i_high - anchor.i_low) / (anchor.x_high - anchor.x_low) * (ruled.concentration - anchor.x_low)
            WHEN ruled.concentration > ruled.lowest THEN ruled.highest
        END AS ispu
    FROM ruled
    LEFT JOIN reference.ispu_anchors AS anchor
        ON anchor.parameter = ruled.parameter AND anchor.rule_version = ruled.rule_version
            AND ruled.concentration > anchor.x_low AND ruled.concentration <= anchor.x_high
),
highest AS (
    SELECT
        day,
        station,
        floor(max(ispu) FILTER (WHERE is_valid) + 0.5) AS ispu,
        arg_max(parameter, ispu) FILTER (WHERE is_valid) AS critical_parameter,
        count(*) FILTER (WHERE is_valid) AS valid_parameters,
        string_agg(parameter, ', ' ORDER BY parameter) FILTER (WHERE is_valid) AS parameters_seen,
        any_value(parameters) AS parameters,
        any_value(rule_version) AS rule_version
    FROM indexed
    GROUP BY day, station
),
chosen AS (
    SELECT *, valid_parameters = parameters AS is_valid_day
    FROM highest
    QUALIFY row_number() OVER (PARTITION BY day ORDER BY is_valid_day DESC, valid_parameters DESC, ispu DESC NULLS LAST, station ASC) = 1
)
SELECT
    chosen.* EXCLUDE (parameters, is_valid_day),
    category.category,
    category.category_en,
    chosen.is_valid_day
FROM chosen
LEFT JOIN reference.ispu_categories AS category
    ON category.rule_version = chosen.rule_version AND chosen.ispu BETWEEN category.least AND category.most
ORDER BY chosen.day
