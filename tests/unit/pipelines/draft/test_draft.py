"""What is drafted of whole sources: whatever they hold, the contract reads and tells no person's
value; files that differ are told; keys and days are found.
"""

import csv
import io
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.connectors.contracts import read_contract
from pipelines.draft.contract import flow
from pipelines.draft.draft import Draft, drafted
from pipelines.draft.profile import Profile
from pipelines.errors import ContractError, SourceError
from pipelines.yamltext import Kind, read_yaml

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)
ODD = st.sampled_from(
    [
        "",
        "-",
        "N/A",
        "1,5",
        "1.250",
        "01/02/2026",
        "2026-01-14",
        "Ya",
        "null",
        "#x",
        "a: b",
        "'",
        '"',
    ]
)
LONG_AGO = 1_700_000_000
"""A file that has lain is looked at once."""
NIKS = st.integers(1, 9999).map("1571014101{:06d}".format)


def of_files(folder: Path, files: dict[str, str]) -> Draft:
    """Draft a contract of files with these contents."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8", newline="")
        os.utime(folder / name, (LONG_AGO, LONG_AGO))
    return drafted("apa", [str(folder)], Path("apa.odcs.yaml"))


def one(draft: Draft) -> Profile:
    """Return the profile of the only dataset."""
    (profile,) = draft.profiles
    return profile


@settings(max_examples=25, deadline=None)
@given(
    header=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4),
    cells=st.lists(st.lists(TEXTS | ODD, min_size=5, max_size=5), min_size=1, max_size=6),
    niks=st.lists(NIKS, min_size=6, max_size=6),
)
def test_whatever_a_file_holds_its_contract_reads_and_tells_no_nik(
    header: list[str],
    cells: list[list[str]],
    niks: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["nik", *header])
    for row, nik in zip(cells, niks, strict=False):
        rows.writerow([nik, *row[: len(header)]])
    folder = tmp_path_factory.mktemp("any")
    try:
        draft = of_files(folder, {"apa.csv": written.getvalue()})
    except SourceError as error:
        assert "no record to draft from" in str(error)
        return
    path = folder / "apa.odcs.yaml"
    path.write_text(draft.text, "utf-8")
    assert not any(column.is_public for column in read_contract(path).datasets[0].columns)
    assert not any(nik in draft.text for nik in niks)


@settings(max_examples=200, deadline=None)
@given(value=st.recursive(TEXTS | st.integers() | st.booleans(), lambda inner: st.lists(inner)))
def test_any_value_is_one_line_of_yaml_and_says_the_same(
    value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("flow") / "value.yaml"
    path.write_text(f"said: {flow(value)}\n", "utf-8")
    assert flow(value).count("\n") == 0
    assert read_yaml(path, Kind("value", "said", "here")).document["said"] == value


def test_files_that_differ_are_told_and_spellings_are_one_column(tmp_path: Path) -> None:
    heads = ["id;Kecamatan;catatan;baru", "id;kecamatan ;catatan;lama", "id;Kecamatan;lama;x1"]
    lines = "".join(f"\nA-{n};Telanaipura;isi;{n}" for n in range(3))
    files = {f"d_2026-01-0{n}.csv": head + lines for n, head in enumerate(heads, start=1)}
    profile = one(of_files(tmp_path / "in", files))
    names = {field.field: field for field in profile.fields}
    assert set(names) == {"id", "Kecamatan", "catatan", "lama"}
    assert names["Kecamatan"].filled == 9
    assert names["Kecamatan"].options == {"spellings": ["kecamatan"]}
    assert profile.left_out == ("baru", "x1")
    assert any('"catatan" is missing in 1 of 3 files' in note for note in profile.notes)
    assert any('"baru" is in 1 file of 3 alone' in note for note in profile.notes)


def test_another_spelling_is_a_word_of_the_contract_and_other_digits_are_another_field(
    tmp_path: Path,
) -> None:
    files = {
        "d_2026-01-01.csv": "id,Kecamatan,pm10\n1,a,1\n2,b,2\n",
        "d_2026-01-02.csv": "id,Kecamatan,pm10\n1,a,1\n2,b,2\n",
        "d_2026-01-03.csv": "id,Kecamatann,pm25\n1,a,1\n2,b,2\n",
    }
    draft = of_files(tmp_path / "in", files)
    names = {field.field: field for field in one(draft).fields}
    assert names["Kecamatan"].options == {"spellings": ["Kecamatann"]}
    assert "{property: spellings, value: [Kecamatann]}" in draft.text
    assert one(draft).left_out == ("pm25",)


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (["A-1,2026-01-01,x,1", "A-2,2026-01-01,x,1"] * 2, ("kode",)),
        (["A,2026-01-01,x,1", "A,2026-01-02,x,1", "B,2026-01-01,x,1"], ("kode", "tanggal")),
        (["A,2026-01-01,x,1", "A,2026-01-01,y,1", "A,2026-01-02,x,1"], ("tanggal", "jenis")),
        (["A,2026-01-01,x,1", "A,2026-01-01,x,2"], ()),
    ],
)
def test_a_key_is_what_tells_records_apart_without_exact_repeats(
    rows: list[str], key: tuple[str, ...], tmp_path: Path
) -> None:
    content = "\n".join(["kode,tanggal,jenis,nilai_rp", *(f"{row}.5" for row in rows)])
    draft = of_files(tmp_path / "in", {"d.csv": content})
    assert one(draft).key.fields == key
    assert ("line_number" in draft.text) is (key == ())
    assert "distinct" in one(draft).key.evidence


def test_what_places_rows_is_the_day_a_files_name_states(tmp_path: Path) -> None:
    same = {f"d_2026-01-0{n}.csv": f"id,waktu\n1,2026-01-0{n}T08:00:00+07:00\n" for n in (1, 2, 3)}
    placing = one(of_files(tmp_path / "same", same)).placing
    assert (placing.delivery, placing.by, placing.cadence) == ("events", "waktu", "daily")
    assert placing.first == date(2026, 1, 1) and placing.rows == (1, 1)
    other = {name: content.replace("-01-0", "-02-0") for name, content in same.items()}
    assert one(of_files(tmp_path / "other", other)).placing.delivery == "snapshot"
    months = {f"d_2026-0{n}.csv": f"id,tanggal\n1,2026-0{n}-11\n" for n in (1, 2, 3)}
    placing = one(of_files(tmp_path / "months", months)).placing
    assert (placing.partition, placing.cadence, placing.by) == ("month", "monthly", "tanggal")
    unsaid = {f"d_2026010{n}.csv": f"id,tanggal\n{n},2026-01-0{n}\n" for n in (1, 2, 3)}
    draft = of_files(tmp_path / "unsaid", unsaid)
    assert one(draft).placing.delivery == "snapshot" and 'files: "d_*.csv"' in draft.text
    assert "'20260101') places no rows" in draft.text


def test_a_wide_table_of_figures_is_read_long(tmp_path: Path) -> None:
    names = [f"halte {n}" for n in range(50)]
    lines = [",".join(["waktu", *names])]
    lines += [",".join([f"2026-01-01T0{hour}:00:00Z", *("3" for _ in names)]) for hour in range(4)]
    draft = of_files(tmp_path / "in", {"d.csv": "\n".join(lines)})
    profile = one(draft)
    assert [field.field for field in profile.fields] == ["waktu", "item", "value"]
    assert profile.rows == 200 and profile.key.fields == ("waktu", "item")
    assert "unpivot: {keep: [waktu], name: item, value: value}" in draft.text


def test_what_of_a_folder_is_none_is_left_out_and_told(tmp_path: Path) -> None:
    draft = of_files(
        tmp_path / "in",
        {"a.csv": "id\n1\n", "kosong.csv": "x\n", "b.json": '{"releases": [{"ocid": 1}]}'},
    )
    assert [profile.found.dataset.name for profile in draft.profiles] == ["a"]
    assert len(draft.left_out) == 2 and any("OCDS" in why for why in draft.left_out)
    with pytest.raises(ContractError, match="holds no file that is read"):
        of_files(tmp_path / "none", {"a.txt": "x"})


def test_a_password_stands_in_no_contract(tmp_path: Path) -> None:
    from pipelines.draft.source import _without_password

    url = "postgresql://siap:rahasia@db.example:5432/kota"
    assert _without_password(url, "APA_PASSWORD") == (
        "postgresql://siap:${APA_PASSWORD}@db.example:5432/kota"
    )
    assert _without_password("sqlite:///a@b/c.db", "X") == "sqlite:///a@b/c.db"


def test_files_that_are_written_otherwise_than_most_are_named(tmp_path: Path) -> None:
    plain = "id;nilai\n" + "".join(f"{n};{n},5\n" for n in range(5))
    files = {f"d_2026-01-0{n}.csv": plain for n in (1, 3)}
    files["d_2026-01-02.csv"] = f"Rekap\n\n{plain}"
    draft = of_files(tmp_path / "three", files)
    assert [field.field for field in one(draft).fields] == ["id", "nilai"]
    assert any(
        "1 of 3 files are written otherwise: d_2026-01-02.csv" in n for n in one(draft).notes
    )
    assert "header_row" not in draft.text
    del files["d_2026-01-03.csv"]
    assert [field.field for field in one(of_files(tmp_path / "two", files)).fields] == [
        "id",
        "nilai",
    ]


def test_a_moment_alone_is_a_key_only_where_nothing_else_tells(tmp_path: Path) -> None:
    rows = [f"S-{n // 2},2026-01-0{n + 1}T08:00:00Z,{n}.5" for n in range(4)]
    content = "\n".join(["no_surat,diubah,nilai", *rows])
    assert one(of_files(tmp_path / "in", {"d.csv": content})).key.fields == ("no_surat", "diubah")
    bare = "\n".join(["waktu,nilai", *(row.partition(",")[2] for row in rows)])
    assert one(of_files(tmp_path / "bare", {"d.csv": bare})).key.fields == ("waktu",)


def test_names_that_are_words_of_yaml_are_names(tmp_path: Path) -> None:
    files = {"null_2026-01-01.csv": "TRUE,No,null\n2026-01-01,1,x\n2026-01-01,2,y\n"}
    draft = of_files(tmp_path / "in", files)
    path = tmp_path / "true.odcs.yaml"
    path.write_text(draft.text.replace("id: apa", 'id: "true"'), "utf-8")
    (dataset,) = read_contract(path).datasets
    assert (dataset.name, dataset.partition_by, dataset.key) == ("null", "true", ("no",))
