"""Words of what machine endpoints say to people: errors and their remedies, documentation."""

WORDS: dict[str, tuple[str, str]] = {
    "city": ("Kota Jambi", "Jambi City"),
    "one_row": ("Satu baris: {}.", "One row: {}."),
    "small_cells_emptied": (
        "Angka yang menyangkut 1 sampai 4 orang, atau yang dapat dihitung darinya, dikosongkan.",
        "Figures about 1 to 4 persons, or that tell them, are left empty.",
    ),
}
