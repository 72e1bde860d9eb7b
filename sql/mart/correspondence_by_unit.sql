-- title_id: Surat dinas per unit
-- title_en: Official letters by unit
-- row: one day on which letters last changed, unit and direction
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: day, unit_code, direction
-- cells letters: electronic, done
-- cells electronic:
-- cells done:
-- within: letters > electronic
-- within: letters > done
-- column day: Hari perubahan terakhir / Day of the last change
-- column unit_code: Kode unit / Code of the unit
-- column direction: Masuk atau keluar / In or out
-- column letters: Jumlah surat / Number of letters
-- column electronic: Bertanda tangan elektronik / Signed electronically
-- column done: Selesai ditindaklanjuti / Followed up
SELECT
    city_date(updated_at) AS day,
    unit_code,
    direction,
    count(*) AS letters,
    count(*) FILTER (WHERE is_electronic) AS electronic,
    count(done_at) AS done
FROM sipadek.letters
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
