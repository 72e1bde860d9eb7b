"""Whether a field looks personal (UU 27/2022), by the words of its name and by what its values are
made of. A suspicion closes a column and its examples and says why; it never opens one.
"""

import re

import polars as pl

from pipelines.draft.found import slug

SHARE = 0.5
"""Share of a field's distinct values that must look so for the field to be of that kind."""
DAY = "(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])"
PROVINCE = "(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])"
NIK = rf"{PROVINCE}[0-9]{{4}}{DAY}(?:0[1-9]|1[0-2])[0-9]{{6}}"
"""Province and district, day of birth (of women 40 more), month, year, number: 16 digits."""
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
PHONE = r"(?:\+?62|0)[ -]?8[0-9]{1,2}[ -]?[0-9]{3,4}[ -]?[0-9]{2,5}"
LANDLINE = r"\(?0[0-9]{2,3}\)?[ -][0-9]{5,8}|\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}"
PLATE = r"[A-Z]{1,2} ?[1-9][0-9]{0,3} ?[A-Z]{1,3}"
NPWP = r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}\.[0-9]-[0-9]{3}\.[0-9]{3}"
TITLED = (
    r"(?:^|[^\w])(?:Bpk|Bapak|Ibu|Sdri?|H|Hj|Dra?s?|Ir)\.? [A-Z][a-z]+"
    r"|, ?(?:S|M|A)\.(?:Kom|Si|Pd|H|E|T|Sos|AP|Kes|Ked)\b"
)
SHAPES = {
    "a NIK": NIK,
    "an e-mail address": EMAIL,
    "a telephone number": f"{PHONE}|{LANDLINE}",
    "a number plate": PLATE,
    "an NPWP": NPWP,
}
INSIDE = {"a NIK": NIK, "an e-mail address": EMAIL, "a telephone number": PHONE}
"""What one value alone makes of a text: nobody writes these by chance."""
SPECIFIC = {
    *("penyakit", "diagnosa", "diagnosis", "icd", "icd10", "biometrik", "sidik", "genetik"),
    *("pidana", "gaji", "penghasilan", "rekening", "saldo", "disabilitas", "salary", "disease"),
}
"""Words of names that tell of specific personal data (Ps 4 ayat 2)."""
PERSONAL = {
    *("nik", "nokk", "kk", "ktp", "sim", "npwp", "nip", "nuptk", "nisn", "paspor", "passport"),
    *("alamat", "address", "domisili", "email", "surel", "telp", "telepon", "telpon", "hp"),
    *("handphone", "ponsel", "phone", "mobile", "wa", "whatsapp", "kontak", "contact"),
    *("lahir", "birth", "dob", "birthdate", "umur", "usia", "kelamin", "gender", "sex", "agama"),
    *("religion", "kewarganegaraan", "perkawinan", "nopol", "plat", "plate", "pelapor", "pemohon"),
    *("pemilik", "owner", "penduduk", "warga", "pasien", "petugas", "pegawai", "operator", "siswa"),
    *(
        "pic",
        "verifikator",
        "pengawas",
        "pengirim",
        "ketua",
        "kepala",
        "direktur",
        "dokter",
        "guru",
    ),
    *("staf", "user", "author", "penulis", "sopir", "driver", "pengemudi", "pengguna", "anak"),
    *("penerima", "reporter", "requester", "username", "foto", "photo", "ttd", "person"),
}
NAMES, THINGS = (
    {"nama", "name", "nm", "namalengkap", "fullname"},
    {
        *("kelurahan", "kecamatan", "desa", "kota", "kabupaten", "provinsi", "jalan", "stasiun"),
        *("halte", "sekolah", "puskesmas", "pasar", "program", "kegiatan", "paket", "dinas", "opd"),
        *("instansi", "unit", "file", "station", "street", "agency", "layanan", "barang", "jenis"),
        *("kategori", "lokasi", "tempat", "taman", "city", "borough", "service", "type", "road"),
        *("bulan", "hari", "wilayah", "location", "place", "facility", "park", "school", "route"),
        *("rute", "koridor", "parkir", "status", "group", "channel", "landmark", "bridge"),
    },
)
"""Words of names that a person or a thing may have."""


def suspicion(field: str, texts: pl.Series) -> tuple[str, str] | None:
    """Return the class of personal data and why a field looks it, None where it does not; ``texts``
    are its distinct values.
    """
    words = set(slug(field).split("_"))
    if told := words & SPECIFIC:
        return "specific", f"its name says '{min(told)}'"
    if told := words & PERSONAL:
        return "personal", f"its name says '{min(told)}'"
    if told := words & NAMES if not words & THINGS else set():
        return "personal", f"its name says '{min(told)}'"
    for kind, shape in SHAPES.items():
        count = int(texts.str.contains(f"^(?:{shape})$").sum())
        if texts.len() and count / texts.len() >= SHARE:
            return "personal", f"{count:,} of {texts.len():,} distinct values look like {kind}"
    for kind, shape in INSIDE.items():
        count = int(texts.str.contains(rf"(?:^|[^\w.]){shape}(?:[^\w]|$)").sum())
        if count:
            return "personal", f"{count:,} of {texts.len():,} distinct values hold {kind}"
    count = int(texts.str.contains(TITLED).sum())
    if count and count / texts.len() >= SHARE / 5:
        return "personal", f"{count:,} of {texts.len():,} distinct values look like persons' names"
    return None


def is_tellable(text: str) -> bool:
    """Whether one odd value may be quoted as evidence: short, and of nothing that could be a
    person's.
    """
    return (
        len(text) <= 24
        and text.isprintable()
        and not re.search(rf"[0-9]{{7}}|@|{PLATE}|{TITLED}", text)
    )
