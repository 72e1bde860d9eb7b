-- title_id: Indeks standar pencemar udara harian
-- title_en: Daily air pollution index
-- row: one day that passed the gate, with the highest index of its seven parameters and how many of them were valid
WITH daily AS (
    SELECT
        CAST(observed_at AT TIME ZONE 'Asia/Jakarta' AS DATE) AS day,
        parameter,
        avg(value) AS concentration,
        count(value) AS readings
    FROM aqms.observations
    GROUP BY 1, 2
),
indexed AS (
    SELECT
        daily.day,
        daily.parameter,
        daily.readings >= 36 AS is_valid,
        CASE
            WHEN daily.concentration > 0 THEN
                coalesce(anchor.i_low + (anchor.i_high - anchor.i_low) / (anchor.x_high - anchor.x_low) * (daily.concentration - anchor.x_low), 500)
            ELSE 0
        END AS ispu,
        anchor.rule_version
    FROM daily
    LEFT JOIN reference.ispu_anchors AS anchor
        ON anchor.parameter = daily.parameter AND daily.concentration > anchor.x_low AND daily.concentration <= anchor.x_high
    WHERE daily.day >= DATE '2020-07-14'
),
highest AS (
    SELECT
        day,
        floor(max(ispu) FILTER (WHERE is_valid) + 0.5) AS ispu,
        arg_max(parameter, ispu) FILTER (WHERE is_valid) AS critical_parameter,
        count(*) FILTER (WHERE is_valid) AS valid_parameters,
        max(rule_version) AS rule_version
    FROM indexed
    GROUP BY day
)
SELECT highest.*, category.category, category.category_en, highest.valid_parameters = 7 AS is_valid_day
FROM highest
LEFT JOIN reference.ispu_categories AS category ON highest.ispu BETWEEN category.least AND category.most
ORDER BY highest.day
