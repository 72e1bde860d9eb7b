"""The words that several pages use: names of things, facts, verdicts and states. A page's own
words have a file of their own beside this one.
"""

WORDS: dict[str, tuple[str, str]] = {
    "home": ("Beranda", "Home"),
    "catalogue": ("Katalog", "Catalogue"),
    "dataset": ("Himpunan data", "Dataset"),
    "kpi": ("Indikator", "Indicators"),
    "busy": ("Portal sedang penuh", "The portal is full"),
    "busy_why": (
        (
            "Semua sesi jelajah sedang dipakai; coba lagi sebentar lagi. Halaman berikut, unduhan,"
            " dan API tetap dapat dibuka."
        ),
        (
            "All interactive sessions are in use; try again in a moment. These pages, downloads and"
            " the API can be opened all the same."
        ),
    ),
    "language": ("Bahasa", "Language"),
    "intro": (
        (
            "Data kota dari aplikasi, sensor, dan PPID, diterbitkan hanya bila kontrak, mutu, dan"
            " perlindungan data pribadinya lulus pemeriksaan. Yang belum lulus ditahan, dan"
            " alasannya tertulis di sini."
        ),
        (
            "City data from applications, sensors and the public-information office, published only"
            " when contract, quality and disclosure checks have passed. What has not passed is"
            " withheld, and the reason is written here."
        ),
    ),
    "synthetic": (
        (
            "Data sintetis: seluruh catatan ini dibuat-buat untuk peragaan, tidak ada orang atau"
            " kejadian sebenarnya."
        ),
        (
            "Synthetic data: every record here is made up for the demonstration; no real person or"
            " event is in it."
        ),
    ),
    "synthetic_mark": ("sintetis", "synthetic"),
    "no_value_day": (
        (
            "tidak ada angka pada hari ini: belum dikirim, ditahan, atau sistemnya sudah berhenti;"
            " Beranda menyebut alasannya."
        ),
        (
            "no figure on this day: not delivered yet, withheld, or the system has stopped; the"
            " home page says why."
        ),
    ),
    "demonstration": (
        (
            "Peragaan: himpunan data yang bertanda sintetis berisi catatan buatan; tidak ada orang"
            " atau kejadian sebenarnya di dalamnya."
        ),
        (
            "Demonstration: datasets marked synthetic hold made-up records; no real person or event"
            " is in them."
        ),
    ),
    "operations": ("Pusat operasi", "Operation centre"),
    "operations_intro": (
        (
            "Lalu lintas, kamera, keluhan, udara, bus, dan kejadian, per kelurahan dan jam. Sel"
            " kosong berarti tidak ada data, bukan nol."
        ),
        (
            "Traffic, cameras, complaints, air, buses and incidents, by kelurahan and hour. An"
            " empty cell means no data, not zero."
        ),
    ),
    "corrections": ("Koreksi", "Corrections"),
    "corrections_intro": (
        (
            "Angka indikator yang pernah diterbitkan sebagai final dan kemudian berubah, terbaru di"
            " atas. Perubahan angka sementara bukan koreksi dan tidak dicantumkan."
        ),
        (
            "Figures of indicators that had been published as final and were changed later, newest"
            " first. A change of a provisional figure is no correction and is not listed."
        ),
    ),
    "no_corrections": ("Belum ada koreksi.", "There are no corrections so far."),
    "correction_gone": ("dicabut; sebelumnya {}", "withdrawn; it was {}"),
    "date": ("Tanggal", "Date"),
    "indicator": ("Indikator", "Indicator"),
    "figure": ("Angka", "Figure"),
    "correction": ("Koreksi", "Correction"),
    "cause": ("Sebab", "Cause"),
    "cause.rule": ("aturan atau cara hitung berubah", "the rule or the way of counting changed"),
    "cause.contract": ("kontrak data berubah", "a data contract changed"),
    "cause.data": ("data berubah", "the data changed"),
    "cause.code": ("program berubah", "the programme changed"),
    "cause.unknown": ("tidak diketahui", "not known"),
    "day": ("Hari", "Day"),
    "hour": ("Jam", "Hour"),
    "district": ("Kecamatan", "District"),
    "kelurahan": ("Kelurahan", "Kelurahan"),
    "measure": ("Ukuran", "Measure"),
    "no_operations": (
        "Belum ada data pusat operasi dalam rilis ini.",
        "This release has no operation centre data yet.",
    ),
    "state": ("Keadaan", "State"),
    "planned": ("direncanakan", "planned"),
    "active": ("aktif", "active"),
    "degraded": ("terganggu", "degraded"),
    "retired": ("berhenti", "retired"),
    "undescribed": ("Belum dijelaskan oleh pemiliknya", "Not yet described by its owner"),
    "retired_note": (
        (
            "Sistem ini berhenti pada {}; datanya tetap dapat dilihat, dan tidak ada yang ditunggu"
            " lagi."
        ),
        "This system stopped on {}; its data stays browsable, and nothing more is expected.",
    ),
    "aggregate": ("Agregat", "Aggregate"),
    "made_of": ("Dibuat dari", "Made of"),
    "published_as": ("Agregat darinya", "Aggregates made of it"),
    "lineage": ("Asal-usul dan turunan", "Lineage"),
    "lineage_note": (
        (
            "Dari sistem sumber ke himpunan data, agregat, dan indikator; daftar di bawah menyebut"
            " hal yang sama."
        ),
        (
            "From the source system to dataset, aggregates and indicators; the list below says the"
            " same."
        ),
    ),
    "reference": ("Tabel acuan", "Reference table"),
    "suppressed": (
        (
            "Sel dengan 1 sampai 4 satuan dikosongkan (kolom suppressed), juga yang mengungkapnya,"
            " agar tidak ada orang yang dapat dikenali."
        ),
        (
            "Cells of 1 to 4 units are emptied (column suppressed), and those that would tell them,"
            " so that nobody can be recognised."
        ),
    ),
    "inventory": ("Baris inventaris", "Inventory row"),
    "no_release": (
        "Belum ada rilis. Jalankan `lumbung run` atau `lumbung demo`.",
        "There is no release yet. Run `lumbung run` or `lumbung demo`.",
    ),
    "fresh": ("Keadaan setiap sistem", "How every system is doing"),
    "system": ("Sistem", "System"),
    "datasets": ("Himpunan data", "Datasets"),
    "withheld_why": ("Yang ditahan dan alasannya", "Withheld, and why"),
    "release": ("Rilis", "Release"),
    "search": ("Cari", "Search"),
    "search_help": ("judul, isi, kolom, instansi", "title, content, column, agency"),
    "found": ("Himpunan data ditemukan", "Datasets found"),
    "nothing_found": (
        "Tidak ada yang cocok. Coba kata lain atau hapus saringan.",
        "Nothing matches. Try another word or clear the filters.",
    ),
    "dimension": ("Dimensi", "Dimension"),
    "class": ("Klasifikasi informasi", "Information class"),
    "owner": ("Instansi pemilik", "Owner agency"),
    "licence": ("Lisensi", "Licence"),
    "cadence": ("Pemutakhiran", "Cadence"),
    "rows": ("Baris", "Rows"),
    "newest": ("Terbaru", "Newest"),
    "grain": ("Satu baris", "One row"),
    "purpose": ("Kegunaan", "Purpose"),
    "limits": ("Keterbatasan", "Limits"),
    "about": ("Keterangan", "About"),
    "content": ("Isi", "Content"),
    "all": ("semua", "all"),
    "dictionary": ("Kamus data", "Data dictionary"),
    "column": ("Kolom", "Column"),
    "type": ("Jenis", "Type"),
    "unit": ("Satuan", "Unit"),
    "meaning": ("Arti", "Meaning"),
    "shown": ("Diterbitkan", "Published"),
    "yes": ("ya", "yes"),
    "closed": ("tidak: {}", "no: {}"),
    "history": ("Riwayat pemeriksaan", "Verdict history"),
    "partition": ("Bagian", "Partition"),
    "verdict": ("Putusan", "Verdict"),
    "passed": ("lulus", "passed"),
    "withheld": ("ditahan", "withheld"),
    "delivered": ("diterima", "delivered"),
    "passed_rows": ("lulus (baris)", "passed (rows)"),
    "withheld_rows": ("ditahan (baris)", "withheld (rows)"),
    "judged": ("Diperiksa", "Judged"),
    "last_good": ("versi baik terakhir tetap ditampilkan", "the last good version stays published"),
    "quarantined": ("dikarantina", "quarantined"),
    "duplicates": ("ganda", "duplicates"),
    "cells_withheld": ("sel dikosongkan", "cells withheld"),
    "reasons": ("Alasan", "Reasons"),
    "chart": ("Baris per bagian", "Rows by partition"),
    "preview": ("Cuplikan", "Preview"),
    "download": ("Unduh", "Download"),
    "not_public": (
        "Himpunan data ini dikecualikan ({}); barisnya tidak diterbitkan.",
        "This dataset is exempt from publication ({}); its rows are not published.",
    ),
    "unknown_dataset": (
        "Tidak ada himpunan data dengan alamat ini.",
        "There is no dataset at this address.",
    ),
    "choose": ("Pilih himpunan data", "Choose a dataset"),
    "period": ("Periode", "Period"),
    "value": ("Nilai", "Value"),
    "completeness": ("Kelengkapan", "Completeness"),
    "status": ("Status", "Status"),
    "part": ("Bagian", "Part"),
    "change": ("Dari periode sebelumnya", "From the period before"),
    "year_change": ("Dari tahun sebelumnya", "From the year before"),
    "target": ("Target", "Target"),
    "receipt": ("Tanda terima", "Receipt"),
    "counted": ("Pembilang / penyebut", "Numerator / denominator"),
    "receipt_note": (
        (
            "Setiap nilai bertaut ke tanda terimanya: dari tabel, versi, SQL, dan kontrak mana ia"
            " dihitung. Simpan tanda terima itu; di mana ada danau datanya, `lumbung verify BERKAS`"
            " menghitungnya kembali."
        ),
        (
            "Every value links to its receipt: from which tables, versions, SQL and contracts it"
            " was computed. Save that receipt; where the lake is, `lumbung verify FILE` computes it"
            " again."
        ),
    ),
    "completeness_note": (
        (
            "Kelengkapan: bagian dari hari periode itu, dan dari baris hari-hari itu, yang lulus"
            " pemeriksaan."
        ),
        "Completeness: the share of the period's days, and of their rows, that passed the checks.",
    ),
    "rule_version": ("Versi aturan", "Rule version"),
    "vintage": ("Data acuan", "Reference data"),
    "how_computed": ("Cara menghitung (SQL)", "How it is computed (SQL)"),
    "last_value": ("Nilai terakhir", "Last value"),
    "not_whole_yet": ("{} belum lengkap: {}", "{} is not complete: {}"),
    "not_computed": (
        "Tidak dapat dihitung dari sumber kota",
        "Not computable from the city's sources",
    ),
    "other_rule": ("aturan atau satuan berubah", "rule or unit changed"),
    "not_whole": ("periode belum lengkap", "a period is not complete"),
    "region_code": ("Wilayah", "Region"),
    "rule": ("Dasar", "Rule"),
    "final": ("final", "final"),
    "provisional": ("sementara", "provisional"),
    "not available": ("tidak tersedia", "not available"),
    "reason": ("Alasan", "Reason"),
    "steward": ("Penanggung jawab", "Steward"),
    "no_value": ("belum ada nilai", "no value yet"),
    "details": ("Rincian", "Details"),
    "all_kpis": ("Semua indikator", "All indicators"),
    "economy": ("Ekonomi", "Economy"),
    "people": ("Masyarakat", "People"),
    "governance": ("Tata kelola", "Governance"),
    "environment": ("Lingkungan", "Environment"),
    "mobility": ("Mobilitas", "Mobility"),
    "living": ("Kehidupan", "Living"),
    "hourly": ("tiap jam", "hourly"),
    "daily": ("harian", "daily"),
    "weekly": ("mingguan", "weekly"),
    "monthly": ("bulanan", "monthly"),
    "yearly": ("tahunan", "yearly"),
    "once": ("sekali", "once"),
    "irregular": ("tidak berkala", "irregular"),
    "at_least": ("paling sedikit {}", "at least {}"),
    "at_most": ("paling banyak {}", "at most {}"),
    "also": (" dan ", " and "),
    "needed": ("padahal harus {}", "where it has to be {}"),
    "kind.schema": ("kolom sumber berubah", "the source's columns changed"),
    "kind.rows": ("jumlah baris di luar batas", "row count outside its band"),
    "kind.key": ("kunci ganda", "duplicate keys"),
    "kind.quarantine_share": ("terlalu banyak baris bermasalah", "too many rows with faults"),
    "kind.coverage": ("cakupan kurang", "coverage too low"),
    "kind.reference": ("rujukan tidak ditemukan", "references not found"),
    "kind.freshness": ("data terlalu lama", "data too old"),
    "kind.shrink": (
        "jauh lebih sedikit baris daripada biasanya",
        "far fewer rows than usual",
    ),
    "kind.growth": (
        "jauh lebih banyak baris daripada biasanya",
        "far more rows than usual",
    ),
    "kind.redelivery": (
        "kiriman ulang jauh lebih sedikit daripada yang berlaku",
        "delivered again with far fewer rows than stand",
    ),
    "kind.source": ("sumber tidak dapat dibaca", "the source could not be read"),
    "kind.gate": ("pemeriksaan gagal dijalankan", "the check itself failed"),
}
