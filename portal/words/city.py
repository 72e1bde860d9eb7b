"""Words of the Streamlit pages about the whole city: home, PPID, compare, quality, what is withheld, developers, conformance."""

WORDS: dict[str, tuple[str, str]] = {
    "menu.data": ("Data", "Data"),
    "menu.figures": ("Angka", "Figures"),
    "menu.information": ("Informasi publik", "Public information"),
    "menu.trust": ("Mutu dan koreksi", "Quality and corrections"),
    "menu.use": ("Untuk pengembang", "For developers"),
    "stopped_on": ("sistem berhenti {}", "the system stopped on {}"),
    "system_stopped": (
        "Sistem {} berhenti pada {}: tidak ada angka setelah itu, dan tidak ada yang ditunggu lagi.",
        "The system {} stopped on {}: there is no figure after that, and none is expected.",
    ),
    "trend_of": ("{} sampai {}: {}", "{} to {}: {}"),
    "withheld_count": ("Ditahan: {} bagian", "Withheld: {} partitions"),
    "withheld_more": ("{} bagian lain yang ditahan", "{} more that are withheld"),
    "systems": ("Sistem", "Systems"),
    "without_scripts": ("Halaman ini memerlukan JavaScript.", "This page needs JavaScript."),
    "without_scripts_page": ("Halaman ringan yang tidak memerlukannya", "The light page that needs none"),
}
