"""Words of what machine endpoints say to people: errors and their remedies, documentation."""

WORDS: dict[str, tuple[str, str]] = {
    "bulk_title": ("Seluruh data terbuka rilis {0}", "All open data of release {0}"),
    "bulk_about": (
        "Satu berkas untuk tiap himpunan data dan indikator; arti kolomnya ada di {0}. SHA256SUMS memuat sidik berkas, manifest.json asalnya.",
        "One file for each dataset and indicator; what the columns mean stands at {0}. SHA256SUMS has the files' hashes, manifest.json what they are made of.",
    ),
    "bulk_synthetic": (
        "Yang ditandai sintetis adalah data buatan untuk peragaan; tidak ada orang atau kejadian nyata.",
        "What is marked synthetic is made up for demonstration: no real person or event.",
    ),
    "synthetic_mark": ("(sintetis)", "(synthetic)"),
    "lacking_rows": ("Barisnya lebih banyak daripada yang dapat dimuat Excel (1.048.576)", "It has more rows than Excel can hold (1,048,576)"),
    "lacking_text": ("Ada teks yang lebih panjang daripada yang dapat dimuat sel Excel (32.767)", "A text is longer than a cell of Excel can hold (32,767)"),
}
