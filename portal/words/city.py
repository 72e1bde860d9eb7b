"""Words of the Streamlit pages about the whole city: home, PPID, compare, quality, what is withheld, developers, conformance."""

WORDS: dict[str, tuple[str, str]] = {
    "menu.data": ("Data", "Data"),
    "menu.figures": ("Angka", "Figures"),
    "menu.information": ("Informasi publik", "Public information"),
    "menu.trust": ("Mutu dan koreksi", "Quality and corrections"),
    "menu.use": ("Untuk pengembang", "For developers"),
    "without_scripts": ("Halaman ini memerlukan JavaScript.", "This page needs JavaScript."),
    "without_scripts_page": ("Halaman ringan yang tidak memerlukannya", "The light page that needs none"),
}
