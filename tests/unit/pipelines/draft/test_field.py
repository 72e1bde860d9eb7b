"""What is said of one field: each kind of writing has its type, its words and its evidence."""

import duckdb
import polars as pl
import pytest

from pipelines.draft.field import Field, described

ZONE = "Asia/Jakarta"


def field(name: str, texts: list[str | None]) -> Field:
    """Describe a field of these texts, one a record."""
    values = pl.Series("text", texts, dtype=pl.String).value_counts(name="n")
    counted = values.drop_nulls("text").with_columns(pl.col("n").cast(pl.Int64))
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return described(con, name, counted, len(texts), ZONE)


@pytest.mark.parametrize(
    ("name", "texts", "kind", "formats"),
    [
        ("jumlah", ["1", "22", "-3"], "integer", ()),
        ("nilai", ["1.5", "22", "1e3"], "number", ()),
        ("aktif", ["true", "False"], "boolean", ()),
        ("tanggal", ["2026-01-14", "2026-02-01"], "date", ()),
        ("tgl", ["14/01/2026", "1/2/2026"], "date", ("%d/%m/%Y",)),
        ("date", ["01/14/2026", "02/01/2026"], "date", ("%m/%d/%Y",)),
        ("tanggal", ["5 Mei 2024", "17 Agustus 2024"], "date", ("%d %B %Y",)),
        ("periode", ["202401", "202402"], "date", ("%Y%m",)),
        ("bulan", ["Maret 2024", "April 2024"], "date", ("%B %Y",)),
        ("tgl", ["20260114", "20260115"], "date", ("%Y%m%d",)),
        ("tanggal", ["46036", "46037"], "date", ("excel-serial",)),
        ("tanggal", ["2026-01-14 00:00:00", "2026-01-15 00:00:00"], "date", ("%Y-%m-%d %H:%M:%S",)),
        ("waktu", ["2026-01-14T09:30:00+07:00", "2026-01-14T09:31:00Z"], "timestamp", ()),
        ("waktu", ["14/01/2026 09:30", "15/01/2026 10:30"], "timestamp", ("%d/%m/%Y %H:%M",)),
        ("ts", ["1768000000", "1768000060"], "timestamp", ("unix-seconds",)),
        ("ts", ["1768000000000", "1768000060000"], "timestamp", ("unix-milliseconds",)),
        ("beban", ["1768000000", "768000060"], "integer", ()),
        ("kode_wilayah", ["1571", "1572"], "string", ()),
        ("wilayah", ["0741", "1572"], "string", ()),
        ("rincian", ['{"a": 1}', "{}"], "object", ()),
        ("rincian", ["[1]", "[]"], "array", ()),
        ("uraian", ["satu", "2"], "string", ()),
        ("uraian", [None, ""], "string", ()),
    ],
)
def test_a_type_is_what_every_text_reads_as(
    name: str, texts: list[str | None], kind: str, formats: tuple[str, ...]
) -> None:
    said = field(name, texts)
    assert (said.type, said.formats) == (kind, formats)


@pytest.mark.parametrize(
    ("texts", "kind", "options"),
    [
        (["1,5", "22,75"], "number", {"decimal": ","}),
        (["1.250.000,50", "3,25"], "number", {"decimal": ",", "thousands": "."}),
        (["1.250.000", "500"], "integer", {"decimal": ",", "thousands": "."}),
        (["1,250,000.50", "3.25"], "number", {"thousands": ","}),
        (["Rp 1.250.000", "Rp500"], "integer", {"decimal": ",", "thousands": "."}),
        (["Rp. 1.250,-", "Rp. 500,-"], "integer", {"decimal": ",", "thousands": "."}),
        (["12,5 %", "3%"], "number", {"decimal": ","}),
    ],
)
def test_marks_in_numbers_are_words_of_the_contract(
    texts: list[str], kind: str, options: dict[str, str]
) -> None:
    said = field("nilai", texts)
    written = {name: value for name, value in said.options.items() if name != "extract"}
    assert (said.type, written) == (kind, options)
    assert ("extract" in said.options) == any(
        not text[-1].isdigit() or "R" in text for text in texts
    )
    assert said.unit == ("IDR" if "Rp" in texts[0] else "%" if "%" in texts[0] else None)


def test_what_no_value_tells_is_left_to_a_person() -> None:
    assert "three digits" in field("nilai", ["1,234", "5,678"]).todo[0]
    assert "three digits" in field("nilai", ["1.234", "5.678"]).todo[0]
    assert "%m/%d/%Y" in field("tgl", ["01/02/2026", "03/04/2026"]).todo[0]
    assert field("nilai", ["1,25", "5,678"]).todo == ()
    mixed = field("tgl", ["2026-01-14", "14/01/2026"] * 5)
    assert mixed.formats == ("%Y-%m-%d", "%d/%m/%Y") and "several ways" in mixed.todo[0]
    late = field("tanggal", ["2026-01-14"] * 30 + ["46036.625"])
    assert late.formats == ("%Y-%m-%d", "excel-serial") and "several ways" in late.todo[0]


def test_what_does_not_read_is_counted_and_quoted() -> None:
    said = field(
        "suhu", [str(20 + n / 10) for n in range(97)] + ["rusak", "rusak", "081234567890x"]
    )
    assert said.type == "number"
    assert said.todo == ('3 of 100 are no number: "rusak"',), "what may be a person's is not quoted"
    half = field("suhu", ["20", "21", "panas", "dingin"])
    assert half.type == "string"


def test_marks_for_no_value_are_found_and_words_only_where_a_number_is_expected() -> None:
    said = field("suhu", ["20", "21", "22"] * 10 + ["-", "N/A", "#REF!", "tidak ada", " ", ""])
    assert said.type == "integer" and said.missing == ("#REF!", "-", "N/A")
    assert said.words == ("tidak ada",) and said.filled == 30
    assert field("keluhan", ["tidak ada", "bising", "-"]).words == ()
    far = field("suhu", ["20", "21"] * 10 + ["-999"] * 3)
    assert far.todo == ('"-999" came 3 times, far from all others: no value (missing)?',)
    assert field("saldo_awal", ["-1000", "-999", "-998"] * 4).todo == ()


def test_few_values_that_come_often_are_codes_and_spellings_of_one_are_told() -> None:
    said = field("status", ["Selesai", "Proses"] * 20)
    assert said.values == ("Proses", "Selesai")
    assert field("status", ["Selesai", "Proses"] * 5).values == (), "too few records to tell"
    twice = field("status", ["Selesai", "selesai", "Proses"] * 20)
    assert 'probably one value, which values can say: "Selesai", "selesai"' in twice.todo
    empty = field("kategori", ["BAIK", "TIDAK ADA DATA"] * 20)
    assert empty.todo == ('"TIDAK ADA DATA": a value, or none (missing)?',)
    padded = field("status", ["Selesai", "Selesai ", "Proses"] * 20)
    assert padded.values == ("Proses", "Selesai") and padded.options == {"trim": True}
    answers = field("aktif", ["Ya", "Tidak"] * 3)
    assert answers.type == "boolean"
    assert answers.options == {"values": {"Tidak": "false", "Ya": "true"}}


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Suhu (°C)", "Cel"),
        ("Luas [ha]", "ha"),
        ("Kelembapan (%)", "%"),
        ("harga_rp", "IDR"),
        ("Penduduk (jiwa)", "{people}"),
        ("lintang", "deg"),
        ("pm10 (µg/m3)", "ug/m3"),
        ("jarak (mil)", None),
    ],
)
def test_a_unit_in_the_header_is_the_columns(name: str, unit: str | None) -> None:
    assert field(name, ["1.5", "2.5"]).unit == unit


@pytest.mark.parametrize(
    ("name", "texts", "why"),
    [
        ("isian", ["1571014101900001", "1571010205850002"], "look like a NIK"),
        ("isian", ["a.b@example.org", "c@example.org"], "look like an e-mail address"),
        ("isian", ["0812-3456-7890", "+6281234567890"], "look like a telephone number"),
        ("isian", ["(0741) 123456", "(0741) 654321"], "look like a telephone number"),
        ("isian", ["BH 2345 XY", "B 1 AB"], "look like a number plate"),
        ("isian", ["02.000.000.0-001.000"], "look like an NPWP"),
        ("uraian", ["lampu mati", "hubungi 081234567890 segera"], "hold a telephone number"),
        ("uraian", ["lampu mati", "NIK 1571014101900001, tolong"], "hold a NIK"),
        ("pejabat", ["Bapak Budi", "Ibu Siti"], "look like persons' names"),
        ("Nama Lengkap", ["Budi", "Siti"], "its name says 'nama'"),
        ("no_hp", ["1", "2"], "its name says 'hp'"),
        ("tgl_lahir", ["2000-01-01"], "its name says 'lahir'"),
    ],
)
def test_what_looks_personal_is_closed_and_tells_no_value(
    name: str, texts: list[str], why: str
) -> None:
    said = field(name, texts * 20)
    assert said.classification == "personal" and why in str(said.why)
    assert (said.low, said.high, said.values, said.mask) == (None, None, (), None)
    assert not any(text in str(said) for text in texts if len(text) > 2)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("nama_kelurahan", ["Kota Baru", "Telanaipura"]),
        ("order", ["1571010199999999", "9999999999999999"]),
        ("waktu", ["2026011409300012", "2026011409310012"]),
        ("jumlah_laporan", ["3", "4"]),
        ("uraian", ["jalan rusak", "lampu padam"]),
    ],
)
def test_what_is_no_persons_is_not_suspected(name: str, texts: list[str]) -> None:
    assert field(name, texts).why is None


def test_illness_and_money_of_a_person_are_specific() -> None:
    assert field("diagnosa", ["flu", "batuk"]).classification == "specific"


def test_days_and_moments_of_several_writings_are_tried_in_turn() -> None:
    texts = ["2026-11-01 12:00:00", "2026-11-02 00:00:00", "30/10/2026 10:00", "46329.5"]
    said = field("t", texts)
    assert said.type == "timestamp" and said.filled == 4
    assert said.formats == ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "excel-serial")
    padded = field("tgl", [" 2026-11-01", "01/11/2026 ", "2026-11-02"])
    assert (padded.type, padded.options) == ("date", {"trim": True})
    nearly = field("n", ["1", "2", "3", "satu", "dua"])
    assert nearly.type == "string" and nearly.todo == ("3 of 5 read as integer",)


def test_the_fields_inside_a_list_are_told_for_whoever_opens_it() -> None:
    said = field("catatan", ['[{"isi": "x", "oleh": "y"}]', '[{"isi": "z"}, 1]'])
    assert said.type == "array"
    assert said.todo[0].endswith('says which of its fields are: "isi", "oleh"')
    assert '"x"' not in said.todo[0]
    broken = field("catatan", ['[{"isi": 1}]'] * 30 + ["[cut"])
    assert broken.type == "array" and '1 of 31 is no array: "[cut"' in broken.todo


def test_a_bad_value_makes_no_number_of_a_code_and_no_figure_of_a_day() -> None:
    assert field("nik", ["1571014101900001"] * 30 + ["rusak"]).type == "string"
    days = field("tanggal", [str(46000 + n) for n in range(30)] + ["rusak"])
    assert (days.type, days.formats) == ("date", ("excel-serial",))
    assert days.todo == ('1 of 31 is no date: "rusak"',)
    assert field("nilai", [str(n) for n in range(30)] + ["1.5"]).type == "number"


def test_numbers_that_name_something_are_texts() -> None:
    assert field("nib", ["9120000000001", "9120000000002"]).type == "string"
    assert field("pagu", ["1250000000", "98000000"]).type == "integer"
    assert field("kode_klasifikasi", ["000.1", "400.2"]).type == "string"
    assert field("isian", ["+6281234567890", "081234567890"]).type == "string"
