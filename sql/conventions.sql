-- How figures are counted and rounded, once for every model, exactly as long as a result has no more than 15 digits;
-- tests/unit/pipelines/test_conventions.py holds them to their vectors.

-- A share in percent of two whole numbers, one decimal, exactly half rounded up; nothing where there is no whole.
CREATE MACRO percent(part, whole) AS
((2000 * CAST(part AS hugeint) + CAST(whole AS hugeint)) // nullif(2 * CAST(whole AS hugeint), 0)) / 10.0;

-- How many of a whole number there are for each `base` (1,000 or 10,000 inhabitants, 100 requests), two decimals, exactly half rounded up.
CREATE MACRO rate(part, whole, base) AS
((200 * base * CAST(part AS hugeint) + CAST(whole AS hugeint)) // nullif(2 * CAST(whole AS hugeint), 0)) / 100.0;

-- A percentile by linear interpolation between the two nearest cases (Hyndman and Fan type 7, as NumPy and R by default), one decimal; 0.5 is the median.
CREATE MACRO percentile(cases, share) AS round(quantile_cont(CAST(cases AS double), share) + 1e-9, 1);

-- A mean, one decimal. Here and above 1e-9 makes up for what binary fractions lose, so that half is rounded up.
CREATE MACRO mean(cases) AS round(avg(cases) + 1e-9, 1);

-- The city's date of an instant. Beside city_zone() there are city_code() and city_name(), all of them from the city's file.
CREATE MACRO city_date(instant) AS CAST(instant AT TIME ZONE city_zone() AS date);

-- The first day of the month of a date, as a date.
CREATE MACRO month_of(on_date) AS CAST(date_trunc('month', on_date) AS date);

-- The status of a value: it is final when nothing can change it but a correction.
CREATE MACRO status_of(value, is_final) AS
CASE WHEN value IS NULL THEN 'not available' WHEN is_final THEN 'final' ELSE 'provisional' END;
