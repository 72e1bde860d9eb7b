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

-- Whether enough rows passed: 95 of 100, or all but one of five or more, so that one bad row does not keep a small register open for ever.
CREATE MACRO is_enough(delivered, passed) AS
20 * passed >= 19 * delivered OR (delivered - passed = 1 AND delivered >= 5);

-- Whether what was measured stands for its period: 75 % of its hours or days, the share that PermenLHK P.14/2020 asks of a day (36 of 48 readings).
CREATE MACRO is_representative(valid, expected) AS 4 * valid >= 3 * expected;

-- What share of a period's cases is known: of the others a newer version is withheld, so they count neither as open nor as done.
CREATE MACRO known_share(is_unknown) AS 1 - count(*) FILTER (WHERE is_unknown) / count(*);

-- Why a period is not whole because of its unknown cases, nothing where enough are known.
CREATE MACRO unknown_gap(is_unknown) AS CASE WHEN NOT is_enough(count(*), count(*) FILTER (WHERE NOT is_unknown)) THEN 'incomplete' END;

-- Why a period is not whole, nothing where it is: `seen_until` is the last day that was known when the source was last read.
CREATE MACRO gap_of(on_last_day, seen_until, is_complete) AS
CASE WHEN seen_until < on_last_day THEN 'running' WHEN NOT is_complete THEN 'incomplete' END;

-- The last day on which the cases of a date's month are waited for: that of the sixth month after it, longer than any clock of the city's services.
CREATE MACRO settled_by(on_date) AS last_day(CAST(on_date + INTERVAL 6 MONTH AS date));

-- Whether what happened to a case came after the last day on which it is waited for, so that its month stays as it was then.
CREATE MACRO came_late(instant, wait_until) AS coalesce(city_date(instant) > wait_until, FALSE);

-- Why open cases keep a value provisional, nothing where none is open or none is waited for any more.
CREATE MACRO waits_for(open_count, wait_until, seen_until) AS
CASE WHEN open_count > 0 AND seen_until < wait_until THEN 'open_cases' END;

-- Why a working-day figure is in doubt: the calendar does not reach a day it needs, or its holidays are still estimates.
CREATE MACRO calendar_doubt(is_reached, is_decreed) AS
CASE WHEN NOT is_reached THEN 'no_calendar' WHEN NOT is_decreed THEN 'estimated_calendar' END;

-- Why a figure over inhabitants is in doubt: their number is that of an earlier year.
CREATE MACRO population_doubt(is_of_year) AS CASE WHEN NOT is_of_year THEN 'old_population' END;

-- What a month's whole (its inhabitants, a quota) is for so many days of it, exactly half rounded up, so that part and whole are of the same days.
CREATE MACRO for_days(whole, days, on_date) AS
CAST((2 * CAST(whole AS hugeint) * days + day(last_day(on_date))) // (2 * day(last_day(on_date))) AS bigint);

-- The reason of a value: where there is none, `without`; else the first of `doubts` that holds. A value of which no doubt holds is final.
CREATE MACRO reason_of(value, without, doubts) AS
CASE WHEN value IS NULL THEN coalesce(without, 'no_cases') ELSE list_any_value(doubts) END;

-- The status of a value, by its reason: it is final when nothing can change it but a correction.
CREATE MACRO status_of(value, reason) AS
CASE WHEN value IS NULL THEN 'not available' WHEN reason IS NULL THEN 'final' ELSE 'provisional' END;
