"""Words of what machine endpoints say to people: errors and their remedies, documentation."""

WORDS: dict[str, tuple[str, str]] = {
    "city": ("Kota Jambi", "Jambi City"),
    "one_row": ("Satu baris: {}.", "One row: {}."),
    "small_cells_emptied": (
        "Angka yang menyangkut 1 sampai 4 orang, atau yang dapat dihitung darinya, dikosongkan.",
        "Figures about 1 to 4 persons, or that tell them, are left empty.",
    ),
    "recorded_in": ("Dicatat dalam {} oleh {}.", "Recorded in {} by {}."),
    "computed_from": ("Dihitung dari {}.", "Computed from {}."),
    "information_office": ("PPID Utama Kota Jambi", "Public information office (PPID) of Jambi City"),
    "data_steward": ("Dinas Komunikasi dan Informatika Kota Jambi", "Communication and Informatics Agency of Jambi City"),
    "rows_service": ("Baris dan agregat", "Rows and aggregates"),
    "ckan_service": ("CKAN Action API", "CKAN Action API"),
    "whole_table_as": ("Seluruh tabel sebagai berkas {}.", "The whole table as a {} file."),
}
