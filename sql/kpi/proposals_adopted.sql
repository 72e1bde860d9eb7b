-- kpi: G13
-- title_id: Usulan pembangunan yang masuk anggaran
-- title_en: Development proposals adopted in the budget
-- question_id: Berapa bagian usulan musrenbang yang diterima dalam APBD, ditolak, atau masih dibahas?
-- question_en: What share of planning proposals is adopted in the budget, refused, or still discussed?
-- row: one month in which proposals were made, and one measure; adopted ones also by kecamatan
-- key: period, measure, region_code
-- unit: %
-- dimension: governance
-- steward: Badan Perencanaan Pembangunan Daerah {city.name}
-- rule_id: usulan dihitung pada bulan dibuat di kelurahannya; diterima = disetujui pada tahap anggaran (APBD)
-- rule_en: a proposal belongs to the month in which it was made in its kelurahan; adopted = accepted at the stage of the budget (APBD)
-- cells: none, every proposal is public on its own, without its proposer
-- measure adopted: Diterima dalam APBD / Adopted in the budget
-- measure refused: Ditolak pada suatu tahap / Refused at some stage
-- measure open_share: Masih dibahas / Still discussed
WITH made AS (
    SELECT proposal_year, proposal_no, min(updated_at) AS made_at
    FROM eplanning.proposals_history
    WHERE stage = 'kelurahan'
    GROUP BY proposal_year, proposal_no
),
followed AS (
    SELECT
        month_of(harvested.day) AS month,
        proposal.newer_version_withheld AS is_unknown,
        unnest(city_and_kecamatan(proposal.region_code)) AS region_code,
        came_late(proposal.updated_at, greatest(settled_by(harvested.day), make_date(year(harvested.day), 12, 31))) AS is_late,
        proposal.stage = 'apbd' AND proposal.status = 'diterima' AND NOT is_late AS is_adopted,
        proposal.status = 'ditolak' AND NOT is_late AS is_refused
    FROM made
    INNER JOIN eplanning.proposals AS proposal ON proposal.proposal_year = made.proposal_year AND proposal.proposal_no = made.proposal_no
    INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'eplanning.proposals' AND harvested.day = city_date(made.made_at)
),
known AS (SELECT month, region_code, known_share(is_unknown) AS share, unknown_gap(is_unknown) AS gap FROM followed GROUP BY month, region_code),
months AS (
    SELECT
        month,
        region_code,
        count(*) AS proposals,
        count(*) FILTER (WHERE is_adopted) AS adopted,
        count(*) FILTER (WHERE is_refused) AS refused,
        proposals - adopted - refused AS open_count
    FROM followed
    WHERE NOT is_unknown
    GROUP BY month, region_code
),
measured AS (
    SELECT month, region_code, 1 AS place, 'adopted' AS measure, adopted AS numerator FROM months
    UNION ALL
    SELECT month, region_code, 2, 'refused', refused FROM months WHERE region_code = city_code()
    UNION ALL
    SELECT month, region_code, 3, 'open_share', open_count FROM months WHERE region_code = city_code()
)
SELECT
    strftime(measured.month, '%Y-%m') AS period,
    measured.region_code,
    measured.measure,
    measured.numerator,
    months.proposals AS denominator,
    percent(measured.numerator, months.proposals) AS value,
    '%' AS unit,
    harvest.completeness * known.share AS completeness,
    reason_of(
        value,
        'no_cases',
        [
            harvest.gap,
            known.gap,
            waits_for(months.open_count, greatest(settled_by(measured.month), make_date(year(measured.month), 12, 31)), harvest.seen_until)
        ]
    ) AS reason,
    status_of(value, reason) AS status,
    'stage APBD, status diterima' AS rule_version
FROM measured
INNER JOIN months ON months.month = measured.month AND months.region_code = measured.region_code
INNER JOIN known ON known.month = measured.month AND known.region_code = measured.region_code
INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'eplanning.proposals' AND harvest.kind = 'month' AND harvest.first_day = measured.month
ORDER BY period, measured.place, measured.region_code
