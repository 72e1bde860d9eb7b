-- title_id: Kartu LPG 3 kg menurut jenis
-- title_en: 3 kg LPG cards by kind
-- row: one kind of card, household or micro-business, as the register of cards stands now
-- class: setiap saat
-- steward: Dinas Perindustrian dan Perdagangan {city.name}
-- key: kind
-- cells cards: active, revoked
-- cells active:
-- cells revoked:
-- within: cards > active
-- within: cards > revoked
-- column kind: Jenis kartu / Kind of card
-- column cards: Jumlah kartu / Number of cards
-- column active: Kartu yang berlaku / Cards in force
-- column revoked: Kartu yang dicabut / Cards revoked
SELECT
    kind,
    count(*) AS cards,
    count(*) FILTER (WHERE revoked_on IS NULL) AS active,
    count(revoked_on) AS revoked
FROM lpg.cards
GROUP BY kind
ORDER BY kind
