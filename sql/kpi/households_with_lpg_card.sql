-- kpi: L5
-- title_id: Rumah tangga pemegang kartu LPG 3 kg
-- title_en: Households with a card for 3 kg LPG
-- question_id: Berapa rumah tangga yang berhak memegang kartu LPG 3 kg, dan berapa kartu yang terbit masih berlaku?
-- question_en: How many of the eligible households hold a card for 3 kg LPG, and how many of the cards issued are in force?
-- row: the day of each register of cards that is kept, and one measure
-- key: period, measure
-- unit: %
-- dimension: living
-- steward: Dinas Perindustrian dan Perdagangan {city.name}
-- rule_id: kartu keluarga dengan kartu rumah tangga yang berlaku; jumlah yang berhak tidak diketahui, dan kartu rencana 2019 adalah target, bukan jumlah itu
-- rule_en: family cards with a household card in force; no source knows how many are eligible, and the cards planned in 2019 are a target, not that number
-- cells numerator: denominator, value
-- within: denominator > numerator
-- measure households: Rumah tangga pemegang kartu, dari yang berhak / Households with a card, of those eligible
-- measure household_cards: Kartu rumah tangga yang berlaku, dari yang terbit / Household cards in force, of those issued
-- measure business_cards: Kartu usaha mikro yang berlaku, dari yang terbit / Micro-business cards in force, of those issued
WITH counted AS (
    SELECT
        _partition AS period,
        count(DISTINCT family_card_no) FILTER (WHERE kind = 'RT' AND revoked_on IS NULL) AS households,
        count(*) FILTER (WHERE kind = 'RT') AS household_cards,
        count(*) FILTER (WHERE kind = 'RT' AND revoked_on IS NULL) AS household_cards_in_force,
        count(*) FILTER (WHERE kind = 'UM') AS business_cards,
        count(*) FILTER (WHERE kind = 'UM' AND revoked_on IS NULL) AS business_cards_in_force
    FROM lpg.cards_history
    GROUP BY _partition
),
measured AS (
    SELECT period, 1 AS place, 'households' AS measure, households AS numerator, CAST(NULL AS BIGINT) AS denominator, 'no_total' AS without FROM counted
    UNION ALL
    SELECT period, 2, 'household_cards', household_cards_in_force, household_cards, 'no_cases' FROM counted
    UNION ALL
    SELECT period, 3, 'business_cards', business_cards_in_force, business_cards, 'no_cases' FROM counted
)
SELECT
    snapshot.period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    snapshot.completeness,
    reason_of(value, measured.without, [snapshot.gap]) AS reason,
    status_of(value, reason) AS status,
    'kartu LPG 3 kg' AS rule_version
FROM measured
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = 'lpg.cards' AND snapshot.kind = 'snapshot' AND snapshot.period = measured.period
ORDER BY snapshot.period, measured.place
