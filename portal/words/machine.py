"""Words of what machine endpoints say to people: errors and their remedies, documentation."""

WORDS: dict[str, tuple[str, str]] = {
    "bulk_title": ("Seluruh data terbuka rilis {0}", "All open data of release {0}"),
    "bulk_about": (
        (
            "Satu berkas untuk tiap himpunan data dan indikator; arti kolomnya ada di {0}."
            " SHA256SUMS memuat sidik berkas, manifest.json asalnya."
        ),
        (
            "One file for each dataset and indicator; what the columns mean stands at {0}."
            " SHA256SUMS has the files' hashes, manifest.json what they are made of."
        ),
    ),
    "bulk_synthetic": (
        (
            "Yang ditandai sintetis adalah data buatan untuk peragaan; tidak ada orang atau"
            " kejadian nyata."
        ),
        "What is marked synthetic is made up for demonstration: no real person or event.",
    ),
    "one_row": ("Satu baris: {}.", "One row: {}."),
    "small_cells_emptied": (
        "Angka yang menyangkut 1 sampai 4 orang, atau yang dapat dihitung darinya, dikosongkan.",
        "Figures about 1 to 4 persons, or that tell them, are left empty.",
    ),
    "recorded_in": ("Dicatat dalam {} oleh {}.", "Recorded in {} by {}."),
    "computed_from": ("Dihitung dari {}.", "Computed from {}."),
    "rows_service": ("Baris dan agregat", "Rows and aggregates"),
    "ckan_service": ("CKAN Action API", "CKAN Action API"),
    "no_unit": ("tanpa satuan", "no unit"),
    "whole_table_as": ("Seluruh tabel sebagai berkas {}.", "The whole table as a {} file."),
    "direct.title": ("Kueri langsung ke berkas", "Query the files directly"),
    "direct.about": (
        (
            "Portal tidak menerima SQL. Setiap himpunan data terbuka adalah berkas Parquet dan CSV"
            " yang dapat dikueri dengan perangkat Anda sendiri, tanpa batas waktu dan tanpa batas"
            " jumlah permintaan. Untuk baris atau rekapitulasi yang sedikit, gunakan API baris."
        ),
        (
            "The portal takes no SQL. Every open dataset is a Parquet and a CSV file that your own"
            " tools can query, with no limit of time or requests. For a few rows or figures, use"
            " the row API."
        ),
    ),
    "direct.duckdb": ("Unduh lalu kueri dengan DuckDB", "Download, then query with DuckDB"),
    "direct.duckdb.note": ("Perlu: pip install duckdb.", "Needs: pip install duckdb."),
    "direct.duckdb_remote": ("Kueri dari jauh dengan DuckDB", "Query from afar with DuckDB"),
    "direct.duckdb_remote.note": (
        (
            "Perlu ekstensi httpfs, yang diunduh DuckDB dari situsnya sendiri; hanya kolom yang"
            " dipakai yang diambil."
        ),
        (
            "Needs the httpfs extension, which DuckDB downloads from its own site; only the columns"
            " used are fetched."
        ),
    ),
    "direct.polars": ("Kueri dari jauh dengan Polars", "Query from afar with Polars"),
    "direct.polars.note": (
        "Perlu: pip install polars; hanya kolom yang dipakai yang diambil.",
        "Needs: pip install polars; only the columns used are fetched.",
    ),
    "direct.pandas": ("Baca dengan pandas", "Read with pandas"),
    "direct.pandas.note": ("Perlu: pip install pandas.", "Needs: pip install pandas."),
    "direct.r": ("Baca dengan R", "Read with R"),
    "direct.r.note": ("Tidak perlu paket tambahan.", "Needs no package."),
    "direct.curl_file": ("Unduh berkas", "Download the file"),
    "direct.curl_file.note": ("Unduhan tidak dibatasi.", "Downloads are not limited."),
    "direct.curl_rows": ("Ambil baris terpilih", "Fetch chosen rows"),
    "direct.curl_rows.note": (
        "Semua parameter ada di /openapi.json.",
        "All parameters are in /openapi.json.",
    ),
    "direct.curl_groups": ("Ambil rekapitulasi sebagai CSV", "Fetch figures by group as CSV"),
    "direct.curl_groups.note": (
        "Ukuran: count, sum, mean, min, max, count_distinct, median.",
        "Measures: count, sum, mean, min, max, count_distinct, median.",
    ),
    "direct.pages": ("Ambil semua baris, halaman demi halaman", "Fetch all rows, page by page"),
    "direct.pages.note": (
        "Semua halaman berasal dari satu rilis, juga bila rilis baru terbit di tengah jalan.",
        "All pages are of one release, also when a new one comes meanwhile.",
    ),
}
