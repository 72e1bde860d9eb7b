-- title_id: Klaim yang dipakai indikator
-- title_en: Claims that indicators use
-- row: one claim of the register about what an indicator needs: the period it speaks of, and why it is not used where it is not
-- Where a figure takes one claim of several for the same time, it takes the one that was entered last.
-- class: setiap saat
-- steward: Sekretariat Daerah {city.name}
-- key: claim_id
-- cells: none, a claim is a figure that a source has published
-- column claim_id: Nomor klaim / Number of the claim
-- column figure: Untuk apa klaim ini dipakai / What the claim is used for
-- column subject: Tentang apa / What it is about
-- column measure: Ukuran / Measure
-- column number: Angka yang disebut sumber / Figure the source states
-- column as_of: Waktu yang dimaksud, seteliti sumbernya / Time it speaks of, as exact as the source
-- column period: Tahun, bulan atau hari itu; kosong bila bukan salah satunya / That year, month or day; empty where it is none
-- column status: Status klaim di register / Status of the claim in the register
-- column problem: Mengapa tidak dipakai: status, no_number, no_time, no_period, later_claim; kosong bila dipakai / Why it is not used; empty where it is
WITH uses AS (
    SELECT
        declared.figure,
        declared.subject,
        declared.measure,
        declared.takes_disputed,
        declared.takes_one,
        declared.needs_period
    FROM (VALUES
        ('population', city_name(), 'population', FALSE, TRUE, TRUE),
        ('lpg_ceiling', 'LPG 3 kg', 'retail price ceiling (HET)', FALSE, TRUE, TRUE),
        ('river_budget', 'PakarKasih', 'budget', FALSE, FALSE, TRUE),
        ('bus_seats', 'Koja Trans', 'seats a vehicle', TRUE, FALSE, FALSE),
        ('junctions', 'ATCS', 'intersections', TRUE, FALSE, TRUE),
        ('junctions_with_cameras', 'CCTV', 'intersections', TRUE, FALSE, TRUE),
        ('neighbourhoods', 'Kampung Bantar', 'RT in the city', FALSE, TRUE, TRUE),
        ('neighbourhoods_assessed', 'Kampung Bantar', 'RT assessed', TRUE, FALSE, TRUE)
    ) AS declared (figure, subject, measure, takes_disputed, takes_one, needs_period)
),
stated AS (
    SELECT
        claims.claim_id,
        uses.figure,
        uses.subject,
        uses.measure,
        uses.takes_one,
        CASE WHEN claims.value >= 0 THEN TRY_CAST(claims.value AS BIGINT) END AS number,
        claims.as_of,
        CASE
            WHEN regexp_full_match(claims.as_of, '[12][0-9]{3}(-(0[1-9]|1[0-2]))?') THEN claims.as_of
            WHEN length(claims.as_of) = 10 AND try_strptime(claims.as_of, '%Y-%m-%d') IS NOT NULL THEN claims.as_of
        END AS period,
        claims.status,
        CASE
            WHEN claims.status <> 'stated' AND NOT (uses.takes_disputed AND claims.status = 'disputed') THEN 'status'
            WHEN number IS NULL THEN 'no_number'
            WHEN uses.needs_period AND coalesce(claims.as_of, '') = '' THEN 'no_time'
            WHEN uses.needs_period AND period IS NULL THEN 'no_period'
        END AS problem
    FROM register_kota.claims AS claims
    INNER JOIN uses ON uses.subject = claims.subject AND uses.measure = claims.measure
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY figure, period, problem IS NULL ORDER BY length(claim_id) DESC, claim_id DESC) AS place
    FROM stated
)
SELECT
    claim_id,
    figure,
    subject,
    measure,
    number,
    as_of,
    period,
    status,
    CASE WHEN problem IS NULL AND takes_one AND place > 1 THEN 'later_claim' ELSE problem END AS problem
FROM ranked
ORDER BY figure, claim_id
