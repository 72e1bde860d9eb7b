-- kpi: E4
-- title_id: Kuota LPG 3 kg yang ditebus dan penebusan di atas HET
-- title_en: LPG quota redeemed, and redemptions above the ceiling price
-- question_id: Berapa bagian kuota kartu LPG 3 kg yang ditebus, dan berapa bagian penebusan yang harganya di atas HET?
-- question_en: What share of the quota of 3 kg LPG cards was redeemed, and what share of redemptions was priced above the ceiling?
-- row: one month in which cylinders were redeemed, and one measure
-- key: period, measure
-- unit: %
-- dimension: economy
-- steward: Dinas Perindustrian dan Perdagangan {city.name}
-- rule_id: kuota kartu yang berlaku, selama hari yang diambil; harga eceran tertinggi (HET) pangkalan, atau yang disebut register klaim kota
-- rule_en: quota of the cards in force, for the days harvested; ceiling price (HET) of the outlet, else the one the city's register of claims states
-- cells base_cases: denominator, value
-- cells counted_cases: numerator, value
-- cells numerator: value
-- within: base_cases > counted_cases
-- within: denominator > numerator
-- measure quota_used: Tabung yang ditebus dari kuota pada hari yang sama / Cylinders redeemed of the quota for the same days
-- measure above_ceiling: Penebusan di atas HET / Redemptions above the ceiling price
-- column base_cases: Kartu yang berlaku, atau kartu yang dipakai / Cards in force, or cards used
-- column counted_cases: Kartu yang dipakai, atau yang membayar di atas HET / Cards used, or cards that paid above the ceiling
WITH redemptions AS (
    SELECT
        month_of(city_date(redemption.redeemed_at)) AS month,
        redemption.card_no,
        redemption.cylinders,
        ceilings.claim_id,
        redemption.price_idr > coalesce(outlets.ceiling_idr, ceilings.ceiling_idr) AS is_above
    FROM lpg.redemptions AS redemption
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'lpg.redemptions' AND harvested.day = city_date(redemption.redeemed_at)
    LEFT JOIN lpg.outlets AS outlets ON outlets.outlet_id = redemption.outlet_id
    LEFT JOIN mart.lpg_ceilings AS ceilings ON city_date(redemption.redeemed_at) BETWEEN ceilings.first_day AND ceilings.last_day
),
months AS (
    SELECT
        month,
        count(is_above) AS redemptions,
        count(DISTINCT card_no) FILTER (WHERE is_above IS NOT NULL) AS cards,
        count(*) FILTER (WHERE is_above) AS above,
        count(DISTINCT card_no) FILTER (WHERE is_above) AS cards_above,
        string_agg(DISTINCT claim_id, ', ' ORDER BY claim_id) AS claim_ids
    FROM redemptions
    GROUP BY month
),
in_force AS (
    SELECT months.month, cards.card_no, cards.quota
    FROM months
    INNER JOIN lpg.cards AS cards ON cards.issued_on <= last_day(months.month) AND (cards.revoked_on IS NULL OR cards.revoked_on >= months.month)
),
quotas AS (
    SELECT
        in_force.month,
        for_days(sum(in_force.quota), any_value(harvest.harvested), in_force.month) AS quota,
        count(*) AS cards
    FROM in_force
    INNER JOIN mart.harvest_periods AS harvest
        ON harvest.dataset = 'lpg.redemptions' AND harvest.kind = 'month' AND harvest.first_day = in_force.month
    GROUP BY in_force.month
),
used AS (
    SELECT redemptions.month, sum(redemptions.cylinders) AS cylinders, count(DISTINCT redemptions.card_no) AS cards
    FROM redemptions
    INNER JOIN in_force ON in_force.month = redemptions.month AND in_force.card_no = redemptions.card_no
    GROUP BY redemptions.month
),
measured AS (
    SELECT
        quotas.month,
        1 AS place,
        'quota_used' AS measure,
        'lpg.cards' AS register,
        coalesce(used.cylinders, 0) AS numerator,
        quotas.quota AS denominator,
        quotas.cards AS base_cases,
        coalesce(used.cards, 0) AS counted_cases,
        'quota of cards in force' AS rule_version,
        NULL AS vintage
    FROM quotas
    LEFT JOIN used ON used.month = quotas.month
    UNION ALL
    SELECT
        months.month,
        2,
        'above_ceiling',
        'lpg.outlets',
        months.above,
        months.redemptions,
        months.cards,
        months.cards_above,
        'HET',
        'else ' || months.claim_ids
    FROM months
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    city_code() AS region_code,
    measured.measure,
    CAST(measured.numerator AS BIGINT) AS numerator,
    CAST(measured.denominator AS BIGINT) AS denominator,
    percent(measured.numerator, measured.denominator) AS value,
    '%' AS unit,
    least(harvest.completeness, snapshot.completeness) AS completeness,
    reason_of(value, 'no_cases', [harvest.gap, gap_of(last_day(measured.month), snapshot.seen_until, snapshot.is_complete)]) AS reason,
    status_of(value, reason) AS status,
    measured.rule_version,
    measured.vintage,
    measured.base_cases,
    measured.counted_cases
FROM measured
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'lpg.redemptions' AND harvest.kind = 'month' AND harvest.first_day = measured.month
INNER JOIN mart.harvest_periods AS snapshot ON snapshot.dataset = measured.register AND snapshot.is_newest
ORDER BY period, measured.place
