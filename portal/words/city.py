"""Words of the Streamlit pages about the whole city: home, PPID, compare, quality, what is
withheld, developers, conformance.
"""

WORDS: dict[str, tuple[str, str]] = {
    "menu.data": ("Data", "Data"),
    "menu.figures": ("Angka", "Figures"),
    "menu.information": ("Informasi publik", "Public information"),
    "menu.trust": ("Mutu dan koreksi", "Quality and corrections"),
    "menu.use": ("Untuk pengembang", "For developers"),
    "stopped_on": ("sistem berhenti {}", "the system stopped on {}"),
    "system_stopped": (
        (
            "Sistem {} berhenti pada {}: tidak ada angka setelah itu, dan tidak ada yang ditunggu"
            " lagi."
        ),
        "The system {} stopped on {}: there is no figure after that, and none is expected.",
    ),
    "periods_alt": (
        "Grafik {}: {} periode; tabel di bawah berisi nilai yang sama",
        "Chart of {}: {} periods; the table below has the same values",
    ),
    "periods_note": (
        (
            "Batang penuh: final; batang pudar: sementara; tanda silang: tidak tersedia atau"
            " ditahan, alasannya ada di tabel."
        ),
        (
            "Full bars: final; faint bars: provisional; a cross: not available or withheld, the"
            " table says why."
        ),
    ),
    "regions": ("Perbandingan wilayah", "Regions compared"),
    "regions_alt": (
        "Grafik {}: {} wilayah; tabel di bawah berisi nilai yang sama",
        "Chart of {}: {} regions; the table below has the same values",
    ),
    "regions_line": ("Garis putus-putus: seluruh kota", "Dashed line: the whole city"),
    "every_value": ("Semua nilai", "Every value"),
    "trend_of": ("{} sampai {}: {}", "{} to {}: {}"),
    "withheld_count": ("Ditahan: {} bagian", "Withheld: {} partitions"),
    "withheld_more": ("{} bagian lain yang ditahan", "{} more that are withheld"),
    "systems": ("Sistem", "Systems"),
    "since": ("Ditahan sejak", "Withheld since"),
    "times": ("Kali diperiksa", "Times checked"),
    "shown_instead": ("Yang tetap diterbitkan", "What stays published"),
    "good_of": ("versi baik terakhir, lulus {}", "the last good version, passed {}"),
    "nothing_instead": ("belum pernah lulus: tidak ada", "never passed: nothing"),
    "closed_intro": (
        (
            "Barisnya tidak diterbitkan menurut kelas informasinya (UU 14/2008 Ps 17); yang"
            " diterbitkan darinya, bila ada, adalah agregat."
        ),
        (
            "Their rows are not published because of their class of information (UU 14/2008 Art."
            " 17); what is published of them, if anything, are aggregates."
        ),
    ),
    "ground": ("Dasar", "Ground"),
    "share_passed": ("Bagian yang lulus", "Partitions passed"),
    "rows_passed": ("Baris lulus", "Rows passed"),
    "rows_quarantined": ("Baris dikarantina", "Rows quarantined"),
    "rows_duplicate": ("Baris ganda", "Duplicate rows"),
    "balance": (
        "Diterima {} = lulus {} + dikarantina {} + ganda {}: setiap baris terhitung.",
        "Delivered {} = passed {} + quarantined {} + duplicates {}: every row is accounted for.",
    ),
    "no_balance": (
        (
            "Diterima {} tidak sama dengan lulus {} + dikarantina {} + ganda {}: lihat himpunan"
            " data yang bertanda di bawah."
        ),
        (
            "Delivered {} is not passed {} + quarantined {} + duplicates {}: see the datasets"
            " marked below."
        ),
    ),
    "unbalanced": ("tidak seimbang", "does not balance"),
    "by_day": ("Putusan menurut sistem dan hari", "Verdicts by system and day"),
    "by_day_alt": (
        "Grafik putusan {} sistem selama {} hari terakhir; tabel di bawah berisi angkanya",
        (
            "Chart of the verdicts of {} systems over the last {} days; the table below has the"
            " figures"
        ),
    ),
    "by_day_note": (
        (
            "Satu baris satu sistem; sel selebar sebulan adalah data bulanan. Tanpa sel: tidak ada"
            " yang diperiksa untuk hari itu."
        ),
        (
            "A row is a system; a cell as wide as a month is monthly data. No cell: nothing was"
            " checked for that day."
        ),
    ),
    "by_rule": ("Pelanggaran menurut jenis aturan", "Broken rules by kind"),
    "rows_broken": ("Baris yang melanggar", "Rows that broke it"),
    "by_rule_note": (
        (
            "Baris yang melanggar dua aturan terhitung pada keduanya. Aturan pada kolom yang boleh"
            " kosong mengosongkan sel itu saja; aturan lain mengarantina barisnya."
        ),
        (
            "A row that breaks two rules is counted with both. A rule on a column that may be"
            " empty empties that cell alone; any other sends the row to quarantine."
        ),
    ),
    "no_quarantine": ("Tidak ada aturan yang dilanggar.", "No rule was broken."),
    "kind_of_rule": ("Jenis aturan", "Kind of rule"),
    "partitions": ("Bagian data", "Partitions"),
    "by_system": ("Menurut sistem", "By system"),
    "fresh_of": ("{} dari {} tepat waktu", "{} of {} in time"),
    "promise": ("tertinggal {} jam dari {} jam", "{} h behind, {} h promised"),
    "rows_kind.type": ("jenis nilai", "type of the value"),
    "rows_kind.required": ("wajib diisi", "value required"),
    "rows_kind.minimum": ("batas bawah", "minimum"),
    "rows_kind.maximum": ("batas atas", "maximum"),
    "rows_kind.exclusive_minimum": ("batas bawah, tidak termasuk", "exclusive minimum"),
    "rows_kind.exclusive_maximum": ("batas atas, tidak termasuk", "exclusive maximum"),
    "rows_kind.pattern": ("bentuk kode", "form of the code"),
    "rows_kind.min_length": ("panjang paling pendek", "shortest length"),
    "rows_kind.max_length": ("panjang paling panjang", "longest length"),
    "rows_kind.one_of": ("nilai terdaftar", "listed values"),
    "rows_kind.unit": ("satuan", "unit"),
    "rows_kind.spellings": ("satu isian, dua nilai", "one field, two values"),
    "rows_kind.repaired": ("teks yang diperbaiki", "repaired texts"),
    "rows_kind.row": ("syarat antarkolom", "condition between columns"),
    "rows_kind.reference": ("rujukan ke tabel acuan", "reference to a code list"),
    "rows_kind.placed": ("tanggal yang dapat ditempatkan", "a date that can be placed"),
    "rows_kind.shape": ("jumlah isian", "number of fields"),
    "office_list_title": ("Daftar yang disusun PPID", "The list that the PPID keeps"),
    "no_office_list": (
        "Daftar Informasi Publik PPID belum ada dalam rilis ini, atau belum terbuka.",
        "The PPID's list of public information is not in this release yet, or not open.",
    ),
    "published_list": (
        "Himpunan data dan agregat yang terbuka di sini",
        "Datasets and aggregates open here",
    ),
    "dip.number": ("No.", "No."),
    "dip.official": ("Pejabat penanggung jawab", "Responsible official"),
    "dip.made": ("Waktu", "Time"),
    "dip.form": ("Bentuk tersedia", "Form available"),
    "dip.retention": ("Retensi", "Retention"),
    "dip.days": ("{} hari", "{} days"),
    "dip.digital": ("digital: {}", "digital: {}"),
    "dip.not_said": ("belum dinyatakan", "not stated"),
    "dip.note": (
        (
            "Waktu: rentang data, atau hari pertama diterbitkan. Pejabat penanggung jawab belum"
            " dinyatakan dalam kontrak himpunan data; perangkat daerah yang menguasai adalah"
            " pemilik dalam kontrak itu."
        ),
        (
            "Time: the span of the data, or the day it was first published. Contracts of datasets"
            " do not state the responsible official yet; the agency that holds the information is"
            " the owner in the contract."
        ),
    ),
    "link": ("Tautan", "Link"),
    "deadlines": ("Tenggat yang dipenuhi", "Deadlines kept"),
    "compare": ("Bandingkan", "Compare"),
    "compare_intro": (
        (
            "Dua periode atau dua wilayah berdampingan. Yang tidak dapat dibandingkan tidak"
            " dihitung selisihnya, dan alasannya tertulis."
        ),
        (
            "Two periods or two regions beside each other. Where figures may not be compared no"
            " difference is computed, and the reason is written."
        ),
    ),
    "compare_choose": ("Pilih satu atau beberapa indikator.", "Choose one or several indicators."),
    "compare_by": ("Bandingkan antara", "Compare between"),
    "compare_by.period": ("dua periode", "two periods"),
    "compare_by.region": ("dua wilayah", "two regions"),
    "compare_first": ("Yang pertama", "The first"),
    "compare_second": ("Yang kedua", "The second"),
    "compare_change": ("Selisih (kedua dikurangi pertama)", "Difference (second minus first)"),
    "compare_note": (
        (
            "Dapat dibandingkan: ukuran, satuan, dan versi aturan yang sama, tanpa perubahan aturan"
            " di antaranya, dan periode yang sudah lengkap."
        ),
        (
            "May be compared: the same measure, unit and rule version, no change of rule between"
            " them, and periods that are whole."
        ),
    ),
    "no_pair": ("salah satu nilainya tidak ada", "one of the values is not there"),
    "other_span": ("periodenya tidak sama panjang", "the periods are not of the same length"),
    "conformance": ("Kesesuaian standar", "Conformance"),
    "conformance_intro": (
        (
            "Hasil terakhir pemeriksaan portal ini oleh alat pihak lain: pemeriksa format,"
            " pemeriksa aksesibilitas, dan hitung ulang dari tanda terima."
        ),
        (
            "The last results of checking this portal with others' tools: validators of formats, of"
            " accessibility, and figures computed again from receipts."
        ),
    ),
    "conformance_none": (
        (
            "Rilis {} belum diperiksa: pemeriksaannya belum dijalankan. Pengelola menjalankannya"
            " dengan `make conformance`."
        ),
        (
            "Release {} has not been checked: the checks were not run. The operator runs them with"
            " `make conformance`."
        ),
    ),
    "conformance_older": (
        "Rilis {} sendiri belum diperiksa. Di bawah ini hasil rilis {}, yang lebih lama.",
        (
            "Release {} itself has not been checked. Below are the results of release {}, an older"
            " one."
        ),
    ),
    "conformance_sum": (
        "{} lulus, {} gagal, {} belum dijalankan; rilis {}.",
        "{} ok, {} failed, {} not run; release {}.",
    ),
    "conformance.validator": ("Pemeriksa format dan klien", "Validators and clients"),
    "conformance.accessibility": ("Aksesibilitas", "Accessibility"),
    "conformance.verify": ("Hitung ulang dari tanda terima", "Computed again from receipts"),
    "check": ("Pemeriksaan", "Check"),
    "result": ("Hasil", "Result"),
    "result.ok": ("lulus", "ok"),
    "result.failed": ("gagal", "failed"),
    "result.not run": ("belum dijalankan", "not run"),
    "tool": ("Alat", "Tool"),
    "checked_at": ("Waktu", "Time"),
    "detail": ("Keterangan", "Detail"),
    "glossary": ("Glosarium", "Glossary"),
    "glossary_intro": (
        "Istilah yang dipakai portal ini, menurut peraturan dan KBBI, beserta padanan Inggrisnya.",
        (
            "The terms this portal uses, by regulation and dictionary, with their Indonesian"
            " counterparts."
        ),
    ),
    "language.id": ("Bahasa Indonesia", "Indonesian"),
    "language.en": ("Bahasa Inggris", "English"),
    "not_written": ("Tidak ditulis", "Not written"),
    "source": ("Sumber", "Source"),
    "address": ("Alamat", "Address"),
    "dev.rows": (
        "Baris dengan saringan, urutan, dan halaman",
        "Rows with filters, order and pages",
    ),
    "dev.frictionless": ("Frictionless Data Package", "Frictionless Data Package"),
    "dev.croissant": ("Croissant, untuk pembelajaran mesin", "Croissant, for machine learning"),
    "dev.csvw": ("CSV on the Web", "CSV on the Web"),
    "dev.dcat_one": ("DCAT-AP sebagai Turtle", "DCAT-AP as Turtle"),
    "dev.atom_one": ("Kabar perubahan (Atom)", "News of changes (Atom)"),
    "dev.receipt": ("Tanda terima untuk menghitungnya kembali", "The receipt to compute it again"),
    "every_measure": ("Semua ukuran menurut kelurahan", "Every measure by kelurahan"),
    "operations_alt": (
        "Peta panas {} tanggal {} menurut jam dan kelurahan; jumlah sehari ada di tabel",
        "Heat map of {} on {} by hour and kelurahan; the day's figures are in the table",
    ),
    "without_scripts": ("Halaman ini memerlukan JavaScript.", "This page needs JavaScript."),
    "without_scripts_page": (
        "Halaman ringan yang tidak memerlukannya",
        "The light page that needs none",
    ),
}
