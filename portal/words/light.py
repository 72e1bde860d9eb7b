"""Words of the light pages, which are made on the server, and of the feeds."""

WORDS: dict[str, tuple[str, str]] = {
    "skip": ("Langsung ke isi", "Skip to content"),
    "menu": ("Menu utama", "Main menu"),
    "more": ("Lainnya", "More"),
    "place": ("Letak halaman", "Where this page is"),
    "in.id": ("Bahasa Indonesia", "Bahasa Indonesia"),
    "in.en": ("English", "English"),
    "quality": ("Mutu", "Quality"),
    "developers": ("Pengembang", "Developers"),
    "developers_long": (
        "Untuk pengembang: berkas, API, katalog",
        "For developers: files, API, catalogues",
    ),
    "explore_long": ("Jelajahi dengan grafik dan peta", "Explore with charts and maps"),
    "explore_this": (
        "Jelajahi data ini dengan grafik, saringan, dan peta",
        "Explore this data with charts, filters and maps",
    ),
    "about_portal": ("Tentang portal ini", "About this portal"),
    "feed": ("Umpan Atom", "Atom feed"),
    "feed_all": ("Perubahan data {}", "Changes of {}'s data"),
    "feed_one": ("Umpan perubahan himpunan data ini", "Feed of this table's changes"),
    "feed_change": (
        "Diterbitkan lagi dalam rilis {}; {} baris. {}",
        "Published anew in release {}; {} rows. {}",
    ),
    "search_data": (
        "Cari himpunan data, agregat, dan indikator",
        "Search datasets, aggregates and indicators",
    ),
    "all_tables": (
        "Seluruh katalog: {} himpunan data, agregat, dan indikator",
        "The whole catalogue: {} datasets, aggregates and indicators",
    ),
    "indicators_by_dimension": (
        "Indikator menurut enam dimensi",
        "Indicators of the six dimensions",
    ),
    "withheld_note": (
        "Bagian yang belum lulus pemeriksaan, beserta alasannya",
        "Partitions that have not passed the checks, and why",
    ),
    "withheld_all": (
        "Semua yang ditahan atau dikecualikan, dan alasannya",
        "All that is withheld or exempt, and why",
    ),
    "withheld_intro": (
        (
            "Yang tidak diterbitkan, dan alasannya: bagian data yang belum lulus pemeriksaan, dan"
            " himpunan data yang dikecualikan menurut undang-undang atau belum dijelaskan"
            " pemiliknya."
        ),
        (
            "What is not published, and why: partitions that have not passed the checks, and"
            " datasets that are exempt by law or not yet described by their owners."
        ),
    ),
    "withheld_partitions": ("Bagian yang ditahan", "Partitions withheld"),
    "closed_datasets": ("Himpunan data yang tertutup", "Closed datasets"),
    "closed_note": (
        "Barisnya tidak diterbitkan; keberadaan dan kolomnya dapat diketahui umum",
        "Their rows are not published; that they exist, and their columns, is public",
    ),
    "catalogue_intro": (
        (
            "Semua himpunan data, agregat, dan indikator kota, yang terbuka maupun yang"
            " dikecualikan, dengan pencarian dan saringan."
        ),
        (
            "Every dataset, aggregate and indicator of the city, open or exempt, with search and"
            " filters."
        ),
    ),
    "filters": ("Saringan", "Filters"),
    "clear_filters": ("Hapus semua saringan", "Clear all filters"),
    "results": ("Hasil", "Results"),
    "tables_found": ("Ditemukan: {}", "Found: {}"),
    "pages": ("Halaman", "Pages"),
    "page_of": ("Halaman {} dari {}", "Page {} of {}"),
    "previous_page": ("Halaman sebelumnya", "Previous page"),
    "next_page": ("Halaman berikutnya", "Next page"),
    "files_of": ("Seluruh {} baris sebagai satu berkas", "All {} rows as one file"),
    "all_files": ("Semua berkas, juga per bagian", "All files, by partition too"),
    "files_title": ("Berkas: {}", "Files: {}"),
    "files_note": (
        "Alamat di bawah tetap: isinya rilis {} dan tidak akan berubah.",
        "These addresses stay: they hold release {} and will not change.",
    ),
    "files_list": ("{} berkas", "{} files"),
    "receipt_short": (
        "dari versi dan kontrak mana data ini dibuat",
        "from which versions and contracts this was made",
    ),
    "covers": ("Mencakup", "Covers"),
    "contract": ("Versi kontrak data", "Version of the data contract"),
    "preview_note": ("{} baris dari {}", "{} rows of {}"),
    "dictionary_note": (
        "Setiap kolom dengan jenis, satuan, dan artinya",
        "Every column with its type, unit and meaning",
    ),
    "gate_summary": (
        (
            "{} bagian diperiksa: {} lulus, {} ditahan. Baris diterima {}, lulus {}, dikarantina"
            " {}, ganda {}. Sel yang dikosongkan karena nilainya melanggar aturan: {}."
        ),
        (
            "{} partitions were checked: {} passed, {} are withheld. Rows delivered {}, passed {},"
            " quarantined {}, duplicates {}. Cells left empty because their value broke a rule:"
            " {}."
        ),
    ),
    "versions_note": (
        (
            "Rilis yang menerbitkan data ini lagi karena isi, uraian, atau tanda terimanya berubah;"
            " terbaru di atas"
        ),
        (
            "Releases that published this data anew because its rows, description or receipt"
            " changed; newest first"
        ),
    ),
    "kpis_intro": (
        (
            "Nilai terakhir yang baik dari setiap indikator, menurut dimensi kota cerdas, dengan"
            " periode dan statusnya."
        ),
        (
            "The last good value of every indicator, by smart-city dimension, with its period and"
            " status."
        ),
    ),
    "kpis_of": ("Indikator dimensi {}", "Indicators of the dimension {}"),
    "not_computed_note": (
        "Indikator yang datanya tidak dicatat sistem mana pun",
        "Indicators whose data no system records",
    ),
    "values": ("Nilai setiap periode", "Values of every period"),
    "values_note": (
        "Terbaru di atas; setiap nilai bertaut ke tanda terimanya",
        "Newest first; every value links to its receipt",
    ),
    "quality_city": ("Mutu data seluruh kota", "Data quality of the whole city"),
    "quality_intro": (
        (
            "Putusan pemeriksaan atas setiap himpunan data: berapa bagian yang lulus atau ditahan,"
            " dan ke mana setiap baris yang diterima."
        ),
        (
            "The verdicts on every dataset: how many partitions passed or are withheld, and what"
            " became of every row delivered."
        ),
    ),
    "quality_note": (
        (
            "Putusan terakhir setiap bagian. Diterima = lulus + dikarantina + ganda; baris lulus"
            " yang satu nilainya melanggar aturan kehilangan sel itu saja"
        ),
        (
            "The latest verdict of every partition. Delivered = passed + quarantined + duplicates;"
            " a passed row with a value that breaks a rule loses that cell alone"
        ),
    ),
    "partitions_passed": ("Bagian lulus", "Partitions passed"),
    "partitions_withheld": ("Bagian ditahan", "Partitions withheld"),
    "rows_delivered": ("Baris diterima", "Rows delivered"),
    "absent": ("Halaman tidak ditemukan", "Page not found"),
    "absent.help": (
        "Tidak ada halaman terbuka dengan alamat ini. Cari datanya di sini, atau telusuri katalog.",
        "There is no open page at this address. Search for the data here, or browse the catalogue.",
    ),
    "refused": ("Permintaan tidak dapat dilayani", "The request cannot be served"),
    "refused.help": ("Halaman ini hanya dapat dibaca (GET).", "This page can only be read (GET)."),
    "failed": ("Portal mengalami gangguan", "The portal failed"),
    "failed.help": (
        "Gangguan ini sudah dicatat. Coba lagi nanti.",
        "This has been recorded. Try again later.",
    ),
    "developers_intro": (
        "Semua yang ada di portal ini dapat diambil mesin, tanpa kunci dan tanpa pendaftaran.",
        "Machines can take everything this portal has, without a key and without registration.",
    ),
    "addresses": ("Alamat", "Addresses"),
    "dev.openapi": ("uraian API (OpenAPI 3.1)", "description of the API (OpenAPI 3.1)"),
    "dev.tables": ("baris dan agregat setiap tabel", "rows and aggregates of every table"),
    "dev.ckan": (
        "CKAN Action API, untuk pemanen katalog dan ckanapi",
        "CKAN Action API, for harvesters and ckanapi",
    ),
    "dev.dcat": (
        "katalog DCAT-AP 3; juga .jsonld dan .xml",
        "DCAT-AP 3 catalogue; .jsonld and .xml too",
    ),
    "dev.dcat_us": ("katalog DCAT-US", "DCAT-US catalogue"),
    "dev.atom": ("umpan Atom setiap perubahan", "Atom feed of every change"),
    "dev.sitemap": ("peta situs", "sitemap"),
    "withheld_top": (
        "Ditahan, karena tidak lulus pemeriksaan: {}. Alasannya di bawah, pada Mutu.",
        "Withheld, because the checks did not pass: {}. The reasons stand below, under Quality.",
    ),
    "dev.all": (
        "semua himpunan data dan indikator dalam satu ZIP, sebagai Parquet; ?form=csv sebagai CSV",
        "all datasets and indicators in one ZIP, as Parquet; ?form=csv as CSV",
    ),
    "dev.stable": ("Alamat yang tetap", "Addresses that stay"),
    "dev.stable_note": (
        "Berkas terbaru, berkas satu rilis yang tidak pernah berubah, dan tanda terimanya:",
        "The newest file, the file of one release that never changes, and its receipt:",
    ),
    "dev.webhooks": ("Pemberitahuan rilis (webhook)", "Release notices (webhooks)"),
    "dev.webhooks_note": (
        (
            "Setiap rilis baru dapat diberitahukan ke alamat Anda dengan tanda tangan; alamatnya"
            " didaftarkan oleh pengelola portal. Tanda tangan menurut"
        ),
        (
            "Every new release can be told to an address of yours, signed; the portal's operator"
            " registers the address. Signed after"
        ),
    ),
    "dev.examples": ("Contoh yang dapat disalin", "Examples to copy"),
    "dev.examples_note": ("Contoh tentang", "Examples about"),
    "about.how": ("Cara data terbit", "How data is published"),
    "about.how.told": (
        (
            "Setiap kiriman data diperiksa terhadap kontraknya. Yang lulus masuk ke dalam rilis,"
            " yaitu satu himpunan versi tabel yang diganti serentak; yang tidak lulus ditahan"
            " dengan alasannya. Setiap angka mempunyai tanda terima yang menyebut dari apa ia"
            " dihitung."
        ),
        (
            "Every delivery is checked against its contract. What passes is in a release, one set"
            " of table versions that is swapped as a whole; what does not is withheld with its"
            " reason. Every figure has a receipt that says what it was computed from."
        ),
    ),
    "about.licence": ("Lisensi", "Licence"),
    "about.licence.told": (
        (
            "Setiap himpunan data menyebut lisensinya. Sebutkan instansi pemilik, judul, dan"
            " rilisnya; setiap halaman memuat sitasi siap salin."
        ),
        (
            "Every dataset states its licence. Name the owner agency, the title and the release;"
            " every page has a citation to copy."
        ),
    ),
    "about.privacy": ("Privasi", "Privacy"),
    "about.privacy.told": (
        (
            "Halaman ringan tidak memakai kuki, JavaScript, atau pelacak, dan tidak memuat apa pun"
            " dari situs lain. Kolom berisi data pribadi (UU 27/2022) tidak pernah masuk ke dalam"
            " rilis, dan angka tentang 1 sampai 4 orang dikosongkan."
        ),
        (
            "The light pages use no cookies, no JavaScript and no trackers, and load nothing from"
            " other sites. Columns with personal data (UU 27/2022) are in no release, and figures"
            " about 1 to 4 persons are left empty."
        ),
    ),
    "about.accessibility": ("Aksesibilitas", "Accessibility"),
    "about.accessibility.told": (
        (
            "Halaman ringan ditujukan memenuhi WCAG 2.2 tingkat AA: dapat dipakai dengan papan"
            " ketik dan pembaca layar, diperbesar 200 %, dalam mode terang dan gelap, tanpa"
            " JavaScript. Setiap grafik dan peta di bagian Jelajahi juga ada sebagai tabel."
            " Hambatan dapat disampaikan ke PPID."
        ),
        (
            "The light pages aim at WCAG 2.2 level AA: usable by keyboard and screen reader, zoomed"
            " to 200 %, in light and dark, without JavaScript. Every chart and map under Explore is"
            " there as a table too. Barriers can be reported to the information office (PPID)."
        ),
    ),
    "about.embed": ("Menyematkan", "Embedding"),
    "about.embed.told": (
        (
            "Setiap himpunan data dan indikator mempunyai kode sematan yang menampilkan grafiknya"
            " di situs lain."
        ),
        "Every dataset and indicator has code that shows its chart on another site.",
    ),
    "about.contact": ("Bertanya dan meminta informasi", "Asking and requesting information"),
    "about.contact.told": (
        "Pertanyaan tentang isi data dan permohonan informasi ditangani PPID.",
        (
            "Questions about the data and requests for information are handled by the information"
            " office (PPID)."
        ),
    ),
}
