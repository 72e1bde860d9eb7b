"""The glossary: one table of terms as Indonesian administration and as English writes them, with
the source of each and what is not written instead.

Every page shows its terms from here or holds to them: a test renders them all and fails on a
forbidden variant, or on a word of the other language.
"""

from dataclasses import dataclass

KIP, SDI, SLIP, SPBE, PDP = (
    "UU 14/2008",
    "Perpres 39/2019",
    "PERKI 1/2021",
    "Perpres 95/2018",
    "UU 27/2022",
)


@dataclass(frozen=True)
class Term:
    """One term: ``forbidden_id`` and ``forbidden_en`` are variants that a page in that language
    does not write; ``source`` is the law or usage it is from.
    """

    id: str
    en: str
    source: str
    forbidden_id: tuple[str, ...] = ()
    forbidden_en: tuple[str, ...] = ()


USAGE = "KBBI"
GLOSSARY = (
    Term(
        "himpunan data",
        "dataset",
        "Satu Data Indonesia (SDI), " + SDI,
        ("dataset", "datasets", "set data"),
        ("himpunan data",),
    ),
    Term("indikator", "indicator", SDI, ("KPI", "KPIs"), ("KPI", "KPIs", "indikator")),
    Term("perangkat daerah", "agency", "UU 23/2014", ("OPD", "SKPD"), ("OPD", "SKPD")),
    Term(
        "permohonan informasi",
        "information request",
        KIP + " Ps 22",
        ("permintaan informasi",),
        ("FOI request",),
    ),
    Term("keberatan", "objection", KIP + " Ps 35", ("komplain",), ("keberatan",)),
    Term(
        "sengketa informasi",
        "information dispute",
        KIP + " Ps 37",
        ("perselisihan informasi",),
        ("sengketa",),
    ),
    Term("dikecualikan", "exempt", KIP + " Ps 17", ("classified",), ("dikecualikan",)),
    Term("informasi berkala", "periodic information", KIP + " Ps 9", ("informasi periodik",)),
    Term("informasi serta merta", "immediate information", KIP + " Ps 10", ("informasi segera",)),
    Term(
        "informasi setiap saat",
        "information available at any time",
        KIP + " Ps 11",
        ("informasi kapan saja",),
    ),
    Term("uji konsekuensi", "consequence test", KIP + " Ps 19; " + SLIP),
    Term(
        "Daftar Informasi Publik (DIP)",
        "list of public information (DIP)",
        KIP + " Ps 11; " + SLIP,
        ("daftar info publik",),
    ),
    Term(
        "Pejabat Pengelola Informasi dan Dokumentasi (PPID)",
        "information office (PPID)",
        KIP + " Ps 13; " + SLIP,
    ),
    Term("penanggung jawab", "steward", SLIP, ("steward", "data steward")),
    Term("katalog", "catalogue", SDI, ("catalog", "catalogue"), ("katalog",)),
    Term("kamus data", "data dictionary", SDI, ("data dictionary",), ("kamus data",)),
    Term("asal-usul data", "lineage", USAGE, ("lineage",), ("asal-usul",)),
    Term(
        "unduh",
        "download",
        USAGE,
        ("download", "downloads", "mendownload", "didownload"),
        ("unduh",),
    ),
    Term("unggah", "upload", USAGE, ("upload", "mengupload"), ("unggah",)),
    Term("tautan", "link", USAGE, ("link", "links", "hyperlink"), ("tautan",)),
    Term("laman", "page", USAGE, ("webpage", "homepage"), ("laman",)),
    Term("surel", "e-mail", USAGE, ("email", "e-mail"), ("surel",)),
    Term("tenggat", "deadline", USAGE, ("deadline", "deadlines"), ("tenggat",)),
    Term("pemutakhiran", "update", SDI, ("update", "updates", "diupdate"), ("pemutakhiran",)),
    Term("mutu", "quality", SDI, ("quality",), ("mutu",)),
    Term("ditahan", "withheld", "Lumbung", ("withheld", "di-hold"), ("ditahan",)),
    Term("rilis", "release", USAGE, ("release", "releases"), ("rilis",)),
    Term("tanda terima", "receipt", USAGE, ("receipt", "resi"), ("tanda terima",)),
    Term("sementara", "provisional", "BPS", ("provisional", "preliminary"), ("sementara",)),
    Term("saringan", "filter", USAGE, ("filter", "filters"), ("saringan",)),
    Term("data pribadi", "personal data", PDP, ("data personal",), ("data pribadi",)),
    Term("pemerintahan berbasis elektronik (SPBE)", "e-government (SPBE)", SPBE, ("e-government",)),
)
