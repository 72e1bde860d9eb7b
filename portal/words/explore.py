"""Words of the Streamlit catalogue, dataset pages, charts and maps."""

WORDS: dict[str, tuple[str, str]] = {
    "class.berkala": ("berkala", "periodic information (UU 14/2008 Art. 9)"),
    "class.serta merta": ("serta merta", "immediate information (UU 14/2008 Art. 10)"),
    "class.setiap saat": ("setiap saat", "information available at any time (UU 14/2008 Art. 11)"),
    "class.dikecualikan": ("dikecualikan", "exempt information (UU 14/2008 Art. 17)"),
    "kind": ("Bentuk", "Kind"),
    "table.dataset": ("himpunan data", "dataset"),
    "table.mart": ("agregat", "aggregate"),
    "table.kpi": ("indikator", "indicator"),
    "has": ("Tersedia sebagai", "Available as"),
    "has.download": ("berkas unduhan", "files to download"),
    "has.region": ("peta wilayah", "a map of regions"),
    "has.point": ("peta titik", "a map of points"),
    "without_filters": ("Tanpa saringan: {}", "Without the filters: {}"),
    "near": ("Mungkin maksud Anda", "Perhaps you mean"),
    "themes": ("Tema yang sering dicari", "Themes people look for"),
    "shown_of": ("Hasil {} sampai {} dari {}", "Results {} to {} of {}"),
    "standing.fresh": ("tepat waktu", "in time"),
    "standing.late": ("terlambat", "late"),
    "standing.withheld": ("yang terbaru ditahan", "the newest is withheld"),
    "standing.never harvested": ("belum pernah diambil", "never harvested"),
    "standing.stopped": ("sistem telah berhenti", "the system has stopped"),
    "closed_rows": ("barisnya tertutup", "its rows are closed"),
    "newest_is": ("terbaru {}", "newest {}"),
    "closed.internal": ("keperluan internal", "internal use"),
    "closed.personal": ("data pribadi", "personal data"),
    "closed.specific": ("data pribadi spesifik", "specific personal data"),
    "closed.public": ("himpunan datanya tertutup", "its dataset is closed"),
    "type.string": ("teks", "text"),
    "type.integer": ("bilangan bulat", "whole number"),
    "type.number": ("bilangan", "number"),
    "type.boolean": ("ya atau tidak", "yes or no"),
    "type.date": ("tanggal", "date"),
    "type.timestamp": ("tanggal dan waktu", "date and time"),
    "type.object": ("objek", "object"),
    "type.array": ("daftar", "list"),
    "freshness": ("Kemutakhiran", "Freshness"),
    "behind": (
        "terbaru {}, tertinggal {} jam; dijanjikan paling lama {} jam: {}",
        "newest {}, {} hours behind; promised at most {} hours: {}",
    ),
    "promise_kept": ("ditepati", "kept"),
    "promise_broken": ("tidak ditepati", "not kept"),
    "strip.passed": ("lulus seluruhnya", "passed whole"),
    "strip.partly": (
        "lulus, sebagian baris atau sel ditahan",
        "passed, some rows or cells withheld",
    ),
    "strip.withheld": ("ditahan", "withheld"),
    "strip.missing": ("belum ada", "not there"),
    "strip_alt": ("{} bagian terakhir menurut putusannya", "The last {} partitions by verdict"),
    "found.rows": ("{} baris", "rows: {}"),
    "found.cells": ("{} sel dikosongkan", "cells left empty: {}"),
    "found.noted": ("dicatat saja", "noted only"),
    "found.empty": (
        "sumber tidak mengirim baris; kontrak mengizinkannya",
        "the source sent no rows; the contract allows that",
    ),
    "found.type": ("{0} tidak terbaca sebagai {1}", "{0} could not be read as a {1}"),
    "found.required": ("{0} kosong", "{0} is empty"),
    "found.minimum": ("{0} kurang dari {1}", "{0} is below {1}"),
    "found.maximum": ("{0} lebih dari {1}", "{0} is above {1}"),
    "found.exclusive_minimum": ("{0} tidak lebih dari {1}", "{0} is not above {1}"),
    "found.exclusive_maximum": ("{0} tidak kurang dari {1}", "{0} is not below {1}"),
    "found.pattern": ("{0} tidak sesuai bentuk kodenya", "{0} does not have the form of its code"),
    "found.min_length": ("{0} lebih pendek dari {1} huruf", "{0} is shorter than {1} letters"),
    "found.max_length": ("{0} lebih panjang dari {1} huruf", "{0} is longer than {1} letters"),
    "found.one_of": ("{0} bukan nilai yang terdaftar", "{0} is none of the listed values"),
    "found.unit": ("{0} dikirim dengan satuan lain", "{0} was sent in another unit"),
    "found.spellings": (
        "isian yang disatukan menjadi {0} saling berbeda",
        "fields that are read as {0} say different things",
    ),
    "found.repaired": ("{0}: {1}", "{0}: {1}"),
    "repaired.otherwise": ("teksnya diperbaiki", "its text was repaired"),
    "repaired.trim": ("spasi di tepi dibuang", "blanks around it were left out"),
    "repaired.extract": ("nilai diambil dari teksnya", "the value was taken out of its text"),
    "repaired.values": ("ditulis ulang menurut kontrak", "rewritten as the contract says"),
    "found.nothing": (
        "{} tidak memuat satu pun darinya: tertahan, kosong, atau kodenya lain",
        "{} has none of them: it is withheld itself, empty, or has other codes",
    ),
    "found.mostly": ("yang terbanyak: {}", "most often: {}"),
    "found.row": ("tidak memenuhi {1}", "does not satisfy {1}"),
    "found.reference": (
        "{0} tidak ada dalam daftar kode pada tanggalnya",
        "{0} is not in the list of codes at its date",
    ),
    "found.placed": (
        "tanggalnya kosong atau di luar yang diminta",
        "its date is missing or outside what was asked for",
    ),
    "found.shape": (
        "jumlah isiannya tidak sama dengan kepala tabel",
        "it has another number of fields than the header",
    ),
    "form": ("Bentuk berkas", "Form"),
    "size": ("Ukuran", "Size"),
    "fixed": ("Alamat tetap", "Address that stays"),
    "sha256": ("SHA-256 (awal)", "SHA-256 (start)"),
    "light_page": ("Laman ringan", "Light page"),
    "described": ("Keterangan untuk mesin", "Descriptions for machines"),
    "cite": ("Sitasi", "Citation"),
    "embed": ("Sematkan", "Embed"),
    "embed_note": (
        "Tampilan yang sedang dipilih, untuk laman lain:",
        "The view chosen at the moment, for another page:",
    ),
    "versions": ("Versi", "Versions"),
    "changed_at": ("Berubah", "Changed"),
    "compare_releases": (
        "Beda dua rilis terakhir, di mana ada danau datanya:",
        "What differs between the last two, where the lake is:",
    ),
    "explore": ("Jelajahi", "Explore"),
    "group": ("Kelompokkan menurut", "Group by"),
    "no_group": ("tidak dikelompokkan", "not grouped"),
    "columns": ("Kolom yang ditampilkan", "Columns shown"),
    "chart_form": ("Grafik", "Chart"),
    "chart.line": ("garis", "line"),
    "chart.bar": ("batang", "bars"),
    "chart.none": ("tanpa grafik", "no chart"),
    "where": ("Saring menurut", "Filter by"),
    "no_filter": ("tanpa saringan", "no filter"),
    "where.gte": ("{} dari", "{} from"),
    "where.lte": ("{} sampai", "{} to"),
    "where.contains": ("{} memuat", "{} contains"),
    "where.in": ("{} salah satu dari", "{} is one of"),
    "measure.count": ("banyaknya baris", "number of rows"),
    "measure.sum": ("jumlah {}", "sum of {}"),
    "measure.mean": ("rata-rata {}", "mean of {}"),
    "measure.median": ("median {}", "median of {}"),
    "measure.min": ("terkecil {}", "lowest {}"),
    "measure.max": ("terbesar {}", "highest {}"),
    "bad_view": (
        (
            "Tampilan ini tidak dapat ditanyakan: tulis tanggal sebagai 2026-06-01 dan bilangan"
            " dengan titik desimal, atau hapus saringannya."
        ),
        (
            "This view cannot be asked for: write dates as 2026-06-01 and numbers with a decimal"
            " point, or clear the filter."
        ),
    ),
    "view_unreadable": (
        (
            "Baris tabel ini saat ini tidak dapat dibaca; hal itu sudah dicatat. Coba lagi nanti,"
            " atau unduh berkasnya."
        ),
        (
            "The rows of this table cannot be read at the moment, which is recorded. Try again"
            " later, or download the file."
        ),
    ),
    "view_stopped": (
        (
            "Tampilan ini terlalu besar untuk dihitung sekarang. Saring lebih banyak, atau unduh"
            " berkasnya."
        ),
        "This view is too large to be computed now. Filter more, or download the file.",
    ),
    "as_api": ("Tampilan ini sebagai alamat", "This view as an address"),
    "rows_of": ("{} baris dari {}", "{} rows of {}"),
    "drawn_of": ("{} kelompok pertama dari {} digambar.", "The first {} groups of {} are drawn."),
    "map": ("Peta", "Map"),
    "level": ("Tingkat wilayah", "Level of regions"),
    "code": ("Kode", "Code"),
    "key": ("Kunci", "Key"),
    "empty_cells": ("Sel kosong", "Empty cells"),
    "map_alt": (
        "Peta wilayah: {}, {} wilayah; tabel di bawah menyebut hal yang sama",
        "Map of regions: {}, {} regions; the table below says the same",
    ),
    "map_table": ("Isi peta sebagai tabel ({})", "The map as a table ({})"),
    "tiles_note": (
        (
            "Satu kotak satu wilayah, utara di atas. Letaknya kira-kira; luas, jarak, dan batasnya"
            " tidak menurut keadaan sebenarnya. Abu-abu: tanpa angka."
        ),
        (
            "One tile is one region, north up. Positions are rough; areas, distances and borders"
            " are not true. Grey: no figure."
        ),
    ),
    "boundaries_note": (
        "Batas wilayah dari berkas pengelola portal. Abu-abu: tanpa angka.",
        "Boundaries from a file of the portal's operator. Grey: no figure.",
    ),
    "no_boundaries": (
        "Batas wilayah tidak terbaca, jadi kotak yang digambar.",
        "The boundaries could not be read, so tiles are drawn.",
    ),
    "points_alt": (
        "Peta {} titik; tabel di bawah menyebut hal yang sama",
        "Map of {} points; the table below says the same",
    ),
    "points_note": (
        (
            "{} titik di atas jaring lintang dan bujur, tanpa peta dasar; baris yang berdekatan"
            " dihitung bersama."
        ),
        (
            "{} points over a grid of latitude and longitude, without a base map; rows that are"
            " close together are counted together."
        ),
    ),
    "no_points": ("Tidak ada baris dengan koordinat.", "No row has coordinates."),
}
