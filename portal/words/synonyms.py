"""Words people use for the same thing in a city's administration: Indonesian ones, then English
ones; the first of each is how a theme is named.

What citizens ask for most stands first: it is offered to whoever finds nothing. Only what a stemmer
cannot know stands here (``parkiran`` is ``parkir`` to it already). A phrase counts as one word.
Whoever asks for one finds all of them.
"""

SYNONYMS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("keluhan", "aduan", "pengaduan", "komplain"), ("complaints", "grievance")),
    (("izin", "Perizinan", "lisensi usaha"), ("permits", "licence", "license", "licensing")),
    (
        ("kualitas udara", "udara", "ISPU", "polusi", "pencemaran udara"),
        ("air quality", "pollution", "AQI"),
    ),
    (("parkir", "juru parkir"), ("parking", "car park")),
    (
        ("bus", "angkutan umum", "transportasi umum", "transportasi publik"),
        ("public transport", "transit", "buses"),
    ),
    (
        ("informasi publik", "PPID", "keterbukaan informasi", "permohonan informasi"),
        ("freedom of information", "public information", "FOI"),
    ),
    (
        ("pengadaan", "tender", "lelang", "belanja barang"),
        ("procurement", "tenders", "bids", "public purchasing"),
    ),
    (("pajak", "retribusi", "pendapatan daerah", "PAD"), ("tax", "levy", "local revenue")),
    (("partikel halus", "PM2.5", "PM10", "debu"), ("fine particles", "particulates", "dust")),
    (("cuaca", "iklim"), ("weather", "climate")),
    (("kebersihan", "sampah", "limbah"), ("cleanliness", "waste", "rubbish", "garbage", "litter")),
    (("sungai", "kali", "banjir", "drainase"), ("rivers", "flood", "flooding", "drainage")),
    (("RT", "rukun tetangga", "kampung", "lingkungan warga"), ("neighbourhoods", "neighborhood")),
    (
        ("lalu lintas", "kemacetan", "macet"),
        ("traffic", "congestion", "traffic jam", "traffic jams"),
    ),
    (("tilang", "pelanggaran lalu lintas"), ("traffic violations", "traffic fines", "enforcement")),
    (
        ("simpang", "persimpangan", "lampu merah", "APILL"),
        ("junctions", "intersections", "traffic lights", "signals"),
    ),
    (("halte", "tempat henti"), ("bus stops",)),
    (("penumpang", "naik bus"), ("boardings", "passengers", "ridership")),
    (("kamera", "CCTV", "kamera pengawas"), ("cameras", "surveillance")),
    (("serat optik", "jaringan FO", "internet"), ("fibre", "Fiber", "Fiber optic")),
    (
        ("darurat", "gawat darurat", "112", "ambulans"),
        ("emergency", "emergency calls", "ambulance"),
    ),
    (("kejadian", "insiden", "kebakaran", "kecelakaan"), ("incidents", "accidents", "fire")),
    (("pajak bumi dan bangunan", "PBB", "pajak tanah"), ("property tax", "land tax")),
    (
        ("musrenbang", "usulan pembangunan", "perencanaan"),
        ("development proposals", "planning", "participatory budgeting"),
    ),
    (("elpiji", "LPG", "gas 3 kg", "gas melon"), ("cooking gas", "LPG outlets")),
    (("UMKM", "usaha kecil", "produk lokal"), ("small business", "SME", "local products")),
    (
        ("kepuasan masyarakat", "IKM", "SKM", "survei kepuasan"),
        ("satisfaction", "satisfaction survey"),
    ),
    (("keberatan", "sengketa informasi"), ("objections", "appeals", "disputes")),
    (("perangkat daerah", "OPD", "dinas", "SKPD"), ("agencies", "departments")),
    (("peraturan", "regulasi", "perda", "perwal"), ("regulations", "bylaws")),
    (("pegawai", "ASN", "SDM", "kepegawaian"), ("staff", "civil servants", "personnel")),
    (("surat", "persuratan", "naskah dinas"), ("letters", "correspondence")),
    (
        ("pelayanan publik", "mal pelayanan publik", "MPP"),
        ("public services", "public service mall"),
    ),
    (("antrean", "antrian"), ("queue", "queue tickets")),
    (("SPBE", "pemerintahan digital"), ("e-government", "digital government")),
    (("data terbuka",), ("open data",)),
    (("lampu jalan", "PJU", "penerangan jalan"), ("street lights", "street lighting")),
    (
        ("jalan rusak", "jalan berlubang", "lubang jalan"),
        ("damaged roads", "potholes", "pothole", "roads"),
    ),
    (
        ("air bersih", "PDAM", "pipa bocor", "air keruh"),
        ("water supply", "tap water", "pipe leaks", "turbid water"),
    ),
    (("kota cerdas",), ("smart city",)),
    (("penghargaan",), ("awards", "prizes")),
    (("berita", "media massa"), ("press", "news")),
)
EMPTY = frozenset(
    (
        "dan",
        "di",
        "ke",
        "dari",
        "yang",
        "untuk",
        "pada",
        "per",
        "menurut",
        "dengan",
        "atau",
        "dalam",
        "oleh",
        "berapa",
        "apa",
        "mana",
        "siapa",
        "data",
        "kota",
        "tentang",
        "adalah",
        "para",
        "the",
        "of",
        "and",
        "a",
        "an",
        "in",
        "on",
        "at",
        "by",
        "for",
        "to",
        "from",
        "with",
        "or",
        "is",
        "are",
        "how",
        "many",
        "what",
        "where",
        "who",
        "which",
        "about",
        "city",
        "dataset",
        "datasets",
    )
)
"""Words that tell nothing apart here; they are left out of what is asked unless nothing else is
asked.
"""
