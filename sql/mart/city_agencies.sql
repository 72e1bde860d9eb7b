-- title_id: Perangkat daerah kota
-- title_en: Agencies of the city
-- row: one agency of the register that is the city's own; offices of the state in the city (instansi vertikal) are not
SELECT agency_code FROM register_kota.agencies WHERE role <> 'instansi vertikal' ORDER BY agency_code
