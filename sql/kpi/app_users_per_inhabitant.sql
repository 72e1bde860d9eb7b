-- kpi: G6
-- title_id: Pengguna Sikoja per 100.000 penduduk
-- title_en: Users of the Sikoja app per 100,000 inhabitants
-- question_id: Berapa warga yang memakai aplikasi Sikoja, per 100.000 penduduk?
-- question_en: How many residents use the Sikoja app, per 100,000 inhabitants?
-- row: one month of use, and one measure
-- key: period, measure
-- unit: /100000{people}
-- dimension: governance
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- rule_id: warga pada laman awal, sebab pengguna beberapa modul terhitung di tiap modul dan tidak boleh dijumlahkan; pegawai tidak dihitung
-- rule_en: residents on the start page, since users of several modules are in each of their counts and must not be added up; civil servants are left out
-- cells: none, the app delivers daily counts, which are public as they are
-- measure daily_users: Pengguna berbeda di halaman muka per hari, rata-rata sebulan / Different users of the start page a day, mean of the month
-- measure downloads: Unduhan baru dalam sebulan / New downloads in the month
-- measure monthly_users: Pengguna berbeda dalam sebulan / Different users in the month
-- column days: Hari yang terhitung / Days counted
WITH months AS (
    SELECT
        month_of(usage.used_on) AS month,
        CAST(sum(usage.active_users) AS BIGINT) AS user_days,
        CAST(sum(usage.downloads) AS BIGINT) AS downloads,
        count(usage.active_users) AS days_of_users,
        count(usage.downloads) AS days_of_downloads,
        count(*) AS days
    FROM sikoja.usage AS usage
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sikoja.usage' AND harvested.day = usage.used_on
    WHERE usage.module = 'beranda' AND usage.user_kind = 'masyarakat'
    GROUP BY 1
),
peopled AS (
    SELECT
        months.month,
        months.user_days,
        months.downloads,
        months.days_of_users,
        months.days_of_downloads,
        months.days,
        people.population,
        people.is_of_year,
        population_rule(people.as_of) AS vintage
    FROM months LEFT JOIN mart.population AS people ON people.year = year(months.month)
),
measured AS (
    SELECT month, 1 AS place, 'daily_users' AS measure, user_days AS numerator, days_of_users * population AS denominator FROM peopled
    UNION ALL
    SELECT month, 2, 'downloads', downloads, for_days(population, days_of_downloads, month) FROM peopled
    UNION ALL
    SELECT month, 3, 'monthly_users', NULL, population FROM peopled
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    rate(measured.numerator, measured.denominator, 100000) AS value,
    '/100000{people}' AS unit,
    harvest.completeness,
    reason_of(
        value,
        CASE WHEN measured.numerator IS NULL THEN 'not_measured' ELSE 'no_population' END,
        [harvest.gap, population_doubt(peopled.is_of_year)]
    ) AS reason,
    status_of(value, reason) AS status,
    'users of the start page' AS rule_version,
    peopled.vintage,
    peopled.days
FROM measured
INNER JOIN peopled ON peopled.month = measured.month
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'sikoja.usage' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place
