"""The words of what is withheld: models that are shown as they were last made, forms that are
lacking, deliveries that were cut off.
"""

WORDS: dict[str, tuple[str, str]] = {
    "parts_missing": (
        "Sebagian halaman ini tidak dapat ditampilkan saat ini: {}.",
        "Part of this page cannot be shown at the moment: {}.",
    ),
    "withheld_models": (
        "Indikator dan tabel yang tidak dapat dihitung ulang",
        "Indicators and tables that could not be computed anew",
    ),
    "title_of_table": ("Nama", "Name"),
    "withheld_models_note": (
        "Masing-masing dengan alasannya dan yang ditampilkan sebagai gantinya",
        "Each with why, and what is shown instead",
    ),
    "systems_set_aside": (
        "Sistem yang kontrak datanya sedang tidak terbaca",
        "Systems whose data contract cannot be read now",
    ),
    "contract_set_aside": (
        (
            "Kontrak datanya sedang tidak terbaca, jadi datanya tidak diambil lagi; yang terbit"
            " tetap menurut kontrak baik yang terakhir"
        ),
        (
            "Its data contract cannot be read now, so nothing more is fetched; what is published"
            " stays as the last good contract describes it"
        ),
    ),
    "model.unreadable": (
        "Berkas perhitungannya tidak dapat dibaca",
        "The file that computes it cannot be read",
    ),
    "model.fails": (
        "Perhitungannya gagal, atau hasilnya tidak memenuhi syaratnya sendiri",
        "Its computation fails, or what it gives is not what it has to be",
    ),
    "model.damaged": (
        "Berkasnya di lumbung rusak, jadi data yang lebih baru tidak diterbitkan",
        "Its files in the lake are damaged, so nothing newer is published",
    ),
    "model.rests": (
        "Bersandar pada {}, yang ditahan",
        "It rests on {}, which is withheld",
    ),
    "kind.interrupted": (
        "proses terhenti di tengah jalan dan dibatalkan; data akan diminta lagi",
        "the run was cut off half-way and undone; the data are asked for again",
    ),
    "nothing_withheld": ("Tidak ada yang ditahan.", "Nothing is withheld."),
    "lacking_rows": (
        "Barisnya lebih banyak daripada yang dapat dimuat Excel (1.048.576)",
        "It has more rows than Excel can hold (1,048,576)",
    ),
    "lacking_text": (
        "Ada teks yang lebih panjang daripada yang dapat dimuat sel Excel (32.767)",
        "A text is longer than a cell of Excel can hold (32,767)",
    ),
    "lacking_failed": (
        "Berkas ini gagal dibuat; bentuk lainnya tersedia",
        "This file could not be made; the other forms are there",
    ),
}
