-- kpi: L5
-- title_id: Rumah tangga pemegang kartu LPG 3 kg
-- title_en: Households with a card for 3 kg LPG
-- question_id: Berapa rumah tangga yang berhak memegang kartu LPG 3 kg, dan berapa kartu yang terbit masih berlaku?
-- question_en: How many of the eligible households hold a card for 3 kg LPG, and how many of the cards issued are in force?
-- row: the latest register of cards, and one measure
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
        count(DISTINCT family_card_no) FILTER (WHERE kind = 'RT' AND revoked_on IS NULL) AS households,
        count(*) FILTER (WHERE kind = 'RT') AS household_cards,
        count(*) FILTER (WHERE kind = 'RT' AND revoked_on IS NULL) AS household_cards_in_force,
        count(*) FILTER (WHERE kind = 'UM') AS business_cards,
        count(*) FILTER (WHERE kind = 'UM' AND revoked_on IS NULL) AS business_cards_in_force
    FROM lpg.cards
),
measured AS (
    SELECT 1 AS place, 'households' AS measure, households AS numerator, CAST(NULL AS BIGINT) AS denominator, 'no_total' AS reason FROM counted
    UNION ALL
    SELECT 2, 'household_cards', household_cards_in_force, household_cards, 'no_cases' FROM counted
    UNION ALL
    SELECT 3, 'business_cards', business_cards_in_force, business_cards, 'no_cases' FROM counted
)
SELECT
    strftime(snapshot.taken_on, '%Y-%m-%d') AS period,
    city_code() AS region_code,
    measured.measure,
    measured.numerator,
    measured.denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    snapshot.completeness,
    status_of(value, snapshot.completeness = 1) AS status,
    CASE WHEN value IS NULL THEN measured.reason WHEN snapshot.completeness < 1 THEN 'incomplete' END AS reason,
    'kartu LPG 3 kg' AS rule_version
FROM measured
INNER JOIN mart.harvest_snapshots AS snapshot ON snapshot.dataset = 'lpg.cards'
ORDER BY measured.place
