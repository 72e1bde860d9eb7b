-- title_id: Kali bersih padat karya menurut lokasi
-- title_en: River cleaning for wages by site
-- row: one site of the campaign, with what was worked, paid, cleaned and taken out there so far; a site whose register row is in quarantine has no place
-- class: berkala
-- steward: Dinas Pekerjaan Umum dan Penataan Ruang {city.name}
-- key: site_id, region_code, channel, state
-- cells workers: worker_days, wage_earned_idr
-- cells paid_workers: wage_paid_idr
-- cells none: length_m, cleaned_m, sediment_m3
-- within: workers > paid_workers
-- column site_id: Kode lokasi / Site code
-- column region_code: Kode Kemendagri kelurahan / Kemendagri code of the kelurahan
-- column channel: Sungai atau saluran / River or channel
-- column state: Keadaan pekerjaan / State of the work
-- column workers: Jumlah pekerja / Number of workers
-- column worker_days: Jumlah hari kerja / Number of worker-days
-- column wage_earned_idr: Upah menurut daftar hadir, rupiah / Wages by attendance, rupiah
-- column paid_workers: Pekerja yang sudah dibayar / Workers paid so far
-- column wage_paid_idr: Upah yang sudah dibayar, rupiah / Wages paid so far, rupiah
-- column length_m: Panjang ruas, meter / Length of the reach, metres
-- column cleaned_m: Panjang yang dibersihkan, meter / Length cleaned, metres
-- column sediment_m3: Sedimen terangkat, meter kubik / Sediment taken out, cubic metres
WITH worked AS (
    SELECT
        site_id,
        count(DISTINCT worker_id) AS workers,
        count(*) AS worker_days,
        sum(wage_idr) AS wage_earned_idr
    FROM pakarkasih.worker_days
    GROUP BY site_id
),
paid AS (
    SELECT site_id, count(DISTINCT worker_id) AS paid_workers, sum(amount_idr) AS wage_paid_idr FROM pakarkasih.payments GROUP BY site_id
)
SELECT
    coalesce(sites.site_id, worked.site_id) AS site_id,
    sites.region_code,
    sites.channel,
    sites.state,
    coalesce(worked.workers, 0) AS workers,
    coalesce(worked.worker_days, 0) AS worker_days,
    CAST(coalesce(worked.wage_earned_idr, 0) AS BIGINT) AS wage_earned_idr,
    coalesce(paid.paid_workers, 0) AS paid_workers,
    CAST(coalesce(paid.wage_paid_idr, 0) AS BIGINT) AS wage_paid_idr,
    sites.length_m,
    sites.cleaned_m,
    sites.sediment_m3
FROM pakarkasih.sites AS sites
FULL JOIN worked ON worked.site_id = sites.site_id
LEFT JOIN paid ON paid.site_id = coalesce(sites.site_id, worked.site_id)
ORDER BY site_id
