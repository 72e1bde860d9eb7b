-- kpi: M2
-- title_id: Perjalanan bus per 1.000 penduduk
-- title_en: Bus trips per 1,000 inhabitants
-- question_id: Berapa kali warga naik bus Koja Trans dalam sebulan, per 1.000 penduduk?
-- question_en: How many times a month did people board a Koja Trans bus, per 1,000 inhabitants?
-- row: one month in which somebody paid a fare by card
-- key: period
-- unit: /1000{people}
-- dimension: mobility
-- steward: Dinas Perhubungan {city.name}
-- rule_id: penumpang naik yang membayar dengan kartu, juga tarif uji coba Rp 1; penduduk menurut register klaim, yang terakhir diketahui sampai tahun itu
-- rule_en: boardings paid by card, the trial fare of Rp 1 too; population of the register of claims, the latest known up to that year
-- cells cards: numerator, value
-- cells none: denominator
-- column cards: Jumlah kartu yang dipakai / Number of cards used
WITH months AS (
    SELECT
        month_of(harvested.day) AS month,
        count(DISTINCT taps.card_id) AS cards,
        count(*) AS boardings
    FROM kojatrans.taps AS taps
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'kojatrans.taps' AND harvested.day = city_date(taps.tapped_at)
    GROUP BY 1
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.boardings AS numerator,
    for_days(people.population, harvest.harvested, months.month) AS denominator,
    rate(months.boardings, denominator, 1000) AS value,
    '/1000{people}' AS unit,
    harvest.completeness,
    reason_of(value, 'no_population', [harvest.gap, population_doubt(people.is_of_year)]) AS reason,
    status_of(value, reason) AS status,
    'boardings by card' AS rule_version,
    population_rule(people.as_of) AS vintage,
    months.cards
FROM months
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'kojatrans.taps' AND harvest.kind = 'month' AND harvest.first_day = months.month
LEFT JOIN mart.population AS people ON people.year = year(months.month)
ORDER BY period
