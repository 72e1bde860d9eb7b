-- title_id: Surat dinas per unit
-- title_en: Official letters by unit
-- row: one day by the date of the letters, unit and direction; letters dated on days that were harvested
-- class: setiap saat
-- steward: Dinas Komunikasi dan Informatika {city.name}
-- key: day, unit_code, direction
-- cells letters: electronic, done
-- cells electronic:
-- cells done:
-- within: letters > electronic
-- within: letters > done
-- column day: Tanggal surat / Date of the letters
-- column unit_code: Kode unit / Code of the unit
-- column direction: Masuk atau keluar / In or out
-- column letters: Jumlah surat / Number of letters
-- column electronic: Bertanda tangan elektronik / Signed electronically
-- column done: Selesai ditindaklanjuti / Followed up
SELECT
    harvested.day,
    letter.unit_code,
    letter.direction,
    count(*) AS letters,
    count(*) FILTER (WHERE letter.is_electronic) AS electronic,
    count(letter.done_at) AS done
FROM sipadek.letters AS letter
INNER JOIN mart.harvest_days AS harvested ON harvested.dataset = 'sipadek.letters' AND harvested.day = letter.letter_date
WHERE NOT letter.newer_version_withheld
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
