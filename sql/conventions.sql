-- How figures are counted and rounded, once for every model, exactly as long as a result has no more than 15 digits;
-- tests/unit/pipelines/test_conventions.py holds them to their vectors.

-- A number in whole thousandths, so that shares of fractions (6.6 of 12.4 km) are as exact as those of counts.
CREATE MACRO thousandths(number) AS CAST(number * CAST(1000 AS hugeint) AS hugeint);

-- A share in percent, one decimal, exactly half rounded up; nothing where there is no whole.
CREATE MACRO percent(part, whole) AS
((2000 * thousandths(part) + thousandths(whole)) // nullif(2 * thousandths(whole), 0)) / 10.0;

-- How many there are for each `base` (1,000 or 10,000 inhabitants, 100 requests), two decimals, exactly half rounded up.
CREATE MACRO rate(part, whole, base) AS
((200 * base * thousandths(part) + thousandths(whole)) // nullif(2 * thousandths(whole), 0)) / 100.0;

-- A percentile by linear interpolation between the two nearest cases (Hyndman and Fan type 7, as NumPy and R by default), one decimal; 0.5 is the median.
CREATE MACRO percentile(cases, share) AS round(quantile_cont(CAST(cases AS double), share) + 1e-9, 1);

-- A mean, one decimal. Here and above 1e-9 makes up for what binary fractions lose, so that half is rounded up.
CREATE MACRO mean(cases) AS round(avg(cases) + 1e-9, 1);

-- The city's date of an instant. Beside city_zone() there are city_code() and city_name(), all of them from the city's file.
CREATE MACRO city_date(instant) AS CAST(instant AT TIME ZONE city_zone() AS date);

-- The city's month of an instant as YYYY-MM, and its hour of the day, 0 to 23.
CREATE MACRO city_month(instant) AS strftime(instant AT TIME ZONE city_zone(), '%Y-%m');
CREATE MACRO city_hour(instant) AS hour(instant AT TIME ZONE city_zone());

-- The code of the kecamatan that a region's code lies in; and the two places a case of it counts in, to be unnested.
CREATE MACRO kecamatan_of(region_code) AS left(region_code, 8);
CREATE MACRO city_and_kecamatan(region_code) AS [city_code(), kecamatan_of(region_code)];

-- The satisfaction index of PermenPANRB 14/2017 over rows of answers: mean of each element without missing answers, weight exactly 1/9, times 25.
CREATE MACRO satisfaction(u1, u2, u3, u4, u5, u6, u7, u8, u9) AS
round(25 * (avg(u1) + avg(u2) + avg(u3) + avg(u4) + avg(u5) + avg(u6) + avg(u7) + avg(u8) + avg(u9)) / 9 + 1e-9, 2);

-- How a figure's rule names the population it stands on, by the time that one speaks of.
CREATE MACRO population_rule(as_of) AS coalesce('population ' || as_of, 'population not known');

-- The first day of the month of a date, as a date.
CREATE MACRO month_of(on_date) AS CAST(date_trunc('month', on_date) AS date);

-- The status of a value: it is final when nothing can change it but a correction.
CREATE MACRO status_of(value, is_final) AS
CASE WHEN value IS NULL THEN 'not available' WHEN is_final THEN 'final' ELSE 'provisional' END;
