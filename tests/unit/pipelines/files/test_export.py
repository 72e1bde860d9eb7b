"""Every value of every type comes back from every form as it went in; nothing a spreadsheet
would run leaves as a formula; the same rows are the same bytes.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import fastexcel
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipelines.contract.model import Text
from pipelines.files import workbook
from pipelines.files.export import FORMS, forms_of, lacking, write, write_parquet
from pipelines.files.table import Field, Table

TYPES = {
    "code": "string",
    "count": "integer",
    "level": "number",
    "is_open": "boolean",
    "day": "date",
    "at": "timestamp",
    "about": "object",
    "tags": "array",
}
STORED = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "object": pa.string(),
    "array": pa.string(),
}


def table(name: str, title: Text, synthetic: bool, *fields: Field) -> Table:
    return Table(
        name,
        title,
        title,
        title,
        "Dinas Contoh",
        "CC-BY-4.0",
        "berkala",
        "daily",
        synthetic,
        "1.0.0",
        fields,
    )


TABLE = table(
    "uji.segala",
    Text("Segala", "Everything"),
    True,
    *(Field(name, kind, None, Text(name, name)) for name, kind in TYPES.items()),
)
PLACES = table(
    "uji.tempat",
    Text("Tempat", "Places"),
    False,
    Field("id", "string", None, Text("a", "b")),
    *(Field(name, "number", "deg", Text(name, name)) for name in ("lat", "lon")),
)
CITY = ZoneInfo("Asia/Jakarta")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), texts)
row = st.fixed_dictionaries(
    {
        "code": (
            st.none()
            | texts
            | st.sampled_from(
                [
                    "007",
                    "=1+1",
                    "-5",
                    "+62",
                    "@x",
                    "\tx",
                    "\rx",
                    "\n=1",
                    "＝1",
                    "＋1",
                    "－1",
                    "＠x",
                    'a"b',
                    "a;b,c",
                    "a\r\nb",
                    "_x0041_",
                    " x ",
                    "null",
                ]
            )
        ),
        "count": st.none() | st.integers(-(2**63), 2**63 - 1),
        "level": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=64),
        "is_open": st.none() | st.booleans(),
        "day": st.none() | st.dates(date(1000, 1, 1), date(9999, 12, 31)),
        "at": (
            st.none()
            | st.datetimes(datetime(1900, 3, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
        ),
        "about": st.none() | st.dictionaries(texts, plain, max_size=3).map(json.dumps),
        "tags": st.none() | st.lists(plain, max_size=3).map(json.dumps),
    }
)
slow = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def written(
    con: duckdb.DuckDBPyConnection,
    rows: list[dict[str, Any]],
    form: str,
    folder: Path,
    table: Table = TABLE,
) -> Path:
    schema = pa.schema([(field.name, STORED[field.type]) for field in table.fields])
    con.register("_rows", pa.Table.from_pylist(rows, schema=schema))
    source, path = folder / "rows.parquet", folder / f"out.{form}"
    assert write_parquet(con, table, "SELECT * FROM _rows", source) == len(rows)
    write(con, table, source, form, path)
    return path


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def same_moment(text: str, moment: datetime) -> bool:
    return text.endswith("Z") and datetime.fromisoformat(text.replace("Z", "+00:00")) == moment


def check_json(found: dict[str, Any], given: dict[str, Any]) -> None:
    assert list(found) == list(TYPES)
    for name in ("code", "count", "level", "is_open"):
        assert found[name] == given[name] and (found[name] is None) == (given[name] is None)
    assert found["day"] == (given["day"].isoformat() if given["day"] else None)
    assert found["at"] is None if given["at"] is None else same_moment(found["at"], given["at"])
    for name in ("about", "tags"):
        assert found[name] == (json.loads(given[name]) if given[name] is not None else None), (
            "an object is an object, not a text"
        )


@slow
@given(st.lists(row, max_size=4))
def test_json_and_ndjson_bring_every_value_back(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    whole = json.loads(written(con, rows, "json", tmp_path).read_bytes())
    lines = [
        json.loads(line)
        for line in written(con, rows, "ndjson", tmp_path).read_text("utf-8").split("\n")
        if line
    ]
    assert whole == lines and len(whole) == len(rows)
    for read, given_ in zip(whole, rows, strict=True):
        check_json(read, given_)


@pytest.mark.parametrize("form", ["json", "ndjson", "geojson", "csv", "excel.csv"])
def test_a_number_that_is_none_is_no_value_in_text(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, form: str
) -> None:
    rows = [
        {"id": str(value), "lat": -1.6, "lon": value}
        for value in (float("nan"), float("inf"), -float("inf"))
    ]
    content = written(con, rows, form, tmp_path, PLACES).read_bytes()
    if form.endswith("csv"):
        cells = list(
            csv.reader(
                io.StringIO(content.decode("utf-8-sig"), newline=""),
                delimiter=";" if form == "excel.csv" else ",",
            )
        )[1:]
        assert [cell[2] for cell in cells] == [""] * 3
        return
    lines = content.splitlines() if form == "ndjson" else [content]
    told = [
        json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
        for line in lines
    ]
    if form == "geojson":
        assert [
            (feature["geometry"], feature["properties"]["lon"]) for feature in told[0]["features"]
        ] == [(None, None)] * 3
    else:
        assert [feature["lon"] for feature in (told[0] if form == "json" else told)] == [None] * 3


def test_a_number_that_is_none_is_an_empty_cell_of_a_workbook_and_no_point_of_a_map(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [
        {"id": str(value), "lat": -1.6, "lon": value}
        for value in (float("nan"), float("inf"), 103.6)
    ]
    assert sheet(written(con, rows, "xlsx", tmp_path, PLACES))["lon"].to_list() == [
        None,
        None,
        103.6,
    ]
    table = pq.read_table(written(con, rows, "geo.parquet", tmp_path, PLACES))
    assert [geometry is None for geometry in table.column("geometry").to_pylist()] == [
        True,
        True,
        False,
    ]
    assert json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]["bbox"] == [
        103.6,
        -1.6,
        103.6,
        -1.6,
    ]


@slow
@given(st.lists(row, max_size=4))
def test_csv_brings_every_value_back(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    content = written(con, rows, "csv", tmp_path).read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf") and content.startswith(
        b"code,count,level,is_open,day,at,about,tags\n"
    )
    read = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    assert len(read) == len(rows)
    for cells, given_ in zip(read, rows, strict=True):
        found = dict(zip(TYPES, cells, strict=True))
        assert found["code"] == (given_["code"] or "")
        assert found["count"] == ("" if given_["count"] is None else str(given_["count"]))
        assert (
            found["level"] == ""
            if given_["level"] is None
            else float(found["level"]) == given_["level"]
        )
        assert found["is_open"] == {None: "", True: "true", False: "false"}[given_["is_open"]]
        assert found["day"] == (given_["day"].isoformat() if given_["day"] else "")
        assert found["at"] == "" if given_["at"] is None else same_moment(found["at"], given_["at"])
        assert (
            found["about"] == ""
            if given_["about"] is None
            else json.loads(found["about"]) == json.loads(given_["about"])
        )


@slow
@given(st.lists(row, max_size=4))
def test_duckdb_tells_an_empty_text_from_no_value_in_csv(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    path = written(con, rows, "csv", tmp_path)
    read = con.execute(
        f"SELECT code FROM read_csv('{path}', header = true, all_varchar = true, auto_detect ="
        " false, delim = ',', quote = '\"', columns = {'code': 'VARCHAR', 'a': 'VARCHAR', 'b':"
        " 'VARCHAR', 'c': 'VARCHAR', 'd': 'VARCHAR', 'e': 'VARCHAR', 'f': 'VARCHAR', 'g':"
        " 'VARCHAR'}, allow_quoted_nulls = false, new_line = '\\n')"
    ).fetchall()
    assert [cells[0] for cells in read] == [row["code"] for row in rows]


@slow
@given(st.lists(row, max_size=4))
def test_parquet_brings_every_value_back(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    assert pl.read_parquet(written(con, rows, "parquet", tmp_path)).to_dicts() == rows


@slow
@given(st.lists(row, max_size=4))
def test_no_cell_of_text_is_a_formula_in_csv_for_excel_and_no_number_is_touched(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    content = written(con, rows, "excel.csv", tmp_path).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfcode;count;") and content.endswith(b"\r\n")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]
    assert len(read) == len(rows)
    for cells, given_ in zip(read, rows, strict=True):
        found, text = dict(zip(TYPES, cells, strict=True)), given_["code"] or ""
        starts = tuple("=+-@\t\r\n＝＋－＠")
        assert not found["code"].startswith(starts)
        assert found["code"] == ("'" + text if text.startswith(starts) else text)
        assert found["count"] == ("" if given_["count"] is None else str(given_["count"]))
        if given_["level"] is not None:
            assert (
                "." not in found["level"]
                and "'" not in found["level"]
                and float(found["level"].replace(",", ".")) == given_["level"]
            )
        if given_["at"]:
            assert (
                datetime.fromisoformat(found["at"].replace(",", ".")).replace(tzinfo=CITY)
                == given_["at"]
            )


def test_the_guard_is_needed_and_is_only_where_it_is_needed(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [dict.fromkeys(TYPES) | {"code": "=HYPERLINK(1)", "count": -7, "level": -1.5}]
    assert b"\n=HYPERLINK(1),-7,-1.5" in written(con, rows, "csv", tmp_path).read_bytes(), (
        "the canonical file is as delivered: this is what the guard is for"
    )
    assert b"\n'=HYPERLINK(1);-7;-1,5" in written(con, rows, "excel.csv", tmp_path).read_bytes()


def cells(path: Path) -> list[dict[str, tuple[str | None, str]]]:
    """The rows of the first sheet below its header: by column the kind of a cell and its text."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = etree.fromstring(zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")).iter(
        f"{name}row"
    )
    letters = dict(zip("ABCDEFGH", TYPES, strict=True))
    return [
        {letters[cell.get("r")[0]]: (cell.get("t"), "".join(cell.itertext())) for cell in row}
        for row in rows
    ][1:]


def sheet(path: Path, name: str = "Data") -> pl.DataFrame:
    return fastexcel.read_excel(path).load_sheet(name).to_polars()


@slow
@given(st.lists(row, min_size=1, max_size=4))
def test_a_workbook_brings_every_value_back(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    path = written(con, rows, "xlsx", tmp_path)
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml and "hyperlink" not in xml, (
        "no formula and no link, whatever a cell begins with"
    )
    kept = [row for row in rows if any(value is not None for value in row.values())]
    for read, given_ in zip(cells(path), kept, strict=True):
        assert set(read) == {name for name, value in given_.items() if value is not None}
        text = given_["code"]
        if text and text.isprintable() and "_x" not in text:
            assert read["code"] == ("inlineStr", text), "a text is a text, with its zeros in front"
        if (count := given_["count"]) is not None:
            assert (
                read["count"] == ("inlineStr", str(count))
                if abs(count) >= 10**15
                else read["count"][0] is None and int(read["count"][1]) == count
            )
        if (level := given_["level"]) is not None and abs(level) < 1e307:
            assert read["level"][0] is None and float(read["level"][1]) == pytest.approx(
                level, rel=1e-15, abs=0
            )
        if given_["is_open"] is not None:
            assert read["is_open"] == ("b", str(int(given_["is_open"])))


def test_a_workbook_has_typed_cells_a_dictionary_and_says_what_it_is(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    at = datetime(2026, 1, 1, 17, 30, tzinfo=UTC)
    rows = [
        dict.fromkeys(TYPES)
        | {
            "code": "007",
            "count": 3,
            "level": -1.5,
            "is_open": True,
            "day": date(2026, 1, 2),
            "at": at,
        }
    ]
    path = written(con, rows, "xlsx", tmp_path)
    found = sheet(path).to_dicts()[0]
    assert (
        found["code"] == "007"
        and found["level"] == -1.5
        and found["is_open"] is True
        and found["day"] in (date(2026, 1, 2), datetime(2026, 1, 2))
    )
    assert found["at"] == datetime(2026, 1, 2, 0, 30), "times are the city's"
    words = sheet(path, "Kamus")
    assert words.rows()[0][:2] == ("code", "string") and words.height == len(TYPES)
    about = fastexcel.read_excel(path).load_sheet("Tentang", header_row=None).to_polars().rows()
    assert dict(about)["Title"] == "Everything" and "no real person" in dict(about)["Notice"]
    honest = replace(TABLE, synthetic=False)
    about = (
        fastexcel.read_excel(written(con, rows, "xlsx", tmp_path, honest))
        .load_sheet("Tentang", header_row=None)
        .to_polars()
        .rows()
    )
    assert "Notice" not in dict(about), "what is real is not called made up"


def test_old_days_and_long_numbers_stay_exact_as_text(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [dict.fromkeys(TYPES) | {"count": 1234567890123456789, "day": date(1899, 5, 1)}]
    found = sheet(written(con, rows, "xlsx", tmp_path)).to_dicts()[0]
    assert (found["count"], found["day"]) == ("1234567890123456789", "1899-05-01")


def test_what_excel_cannot_hold_has_no_workbook_and_a_reason(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reason(texts: list[str]) -> dict[str, str]:
        written(con, [dict.fromkeys(TYPES) | {"code": text} for text in texts], "parquet", tmp_path)
        return lacking(con, TABLE, tmp_path / "rows.parquet")

    assert reason(["x" * 32_767]) == {} and reason(["x" * 32_768]) == {"xlsx": "text"}
    monkeypatch.setattr(workbook, "ROWS", 4)
    assert reason(["x"] * 3) == {} and reason(["x"] * 4) == {"xlsx": "rows"}, (
        "the header is a row too"
    )


def test_places_become_points_and_other_tables_none(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [{"id": "01", "lat": -1.61, "lon": 103.6100001}, {"id": "02", "lat": None, "lon": 103.5}]
    found = json.loads(written(con, rows, "geojson", tmp_path, PLACES).read_bytes())
    assert found["type"] == "FeatureCollection" and found["features"][0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [103.6100001, -1.61]},
        "properties": rows[0],
    }
    assert found["features"][1]["geometry"] is None, "a place that is not known is no point"
    path = written(con, rows, "geo.parquet", tmp_path, PLACES)
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert geo["version"] == "1.1.0" and geo["columns"]["geometry"] == {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "bbox": [103.6100001, -1.61] * 2,
    }
    points = con.execute(
        f"SELECT id, ST_AsText(geometry), typeof(geometry) FROM read_parquet('{path}')"
    ).fetchall()
    assert points == [
        ("01", "POINT (103.6100001 -1.61)", "GEOMETRY('OGC:CRS84')"),
        ("02", None, "GEOMETRY('OGC:CRS84')"),
    ]
    assert set(FORMS) - set(forms_of(TABLE)) == {"geojson", "geo.parquet"} and forms_of(
        PLACES
    ) == list(FORMS)
    metres = replace(PLACES, fields=tuple(replace(field, unit="m") for field in PLACES.fields))
    assert not metres.is_located, "a number called lat that is not in degrees is no latitude"


def test_no_place_at_all_is_an_empty_map(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert json.loads(written(con, [], "geojson", tmp_path, PLACES).read_bytes())["features"] == []
    assert (
        "bbox"
        not in json.loads(
            pq.read_metadata(written(con, [], "geo.parquet", tmp_path, PLACES)).metadata[b"geo"]
        )["columns"]["geometry"]
    )


def test_the_same_rows_are_the_same_bytes_in_every_form(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        dict.fromkeys(TYPES)
        | {
            "code": f"{n:05d}",
            "count": n,
            "level": n / 7,
            "at": start + timedelta(minutes=n),
        }
        for n in range(5000)
    ]
    for form in forms_of(TABLE):
        assert (
            written(con, rows, form, tmp_path).read_bytes()
            == written(con, rows, form, tmp_path).read_bytes()
        ), form


def test_parquet_says_what_its_columns_mean(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    told = json.loads(
        pq.read_metadata(written(con, [], "parquet", tmp_path, PLACES)).metadata[b"lumbung"]
    )
    assert (
        told["title"] == {"id": "Tempat", "en": "Places"}
        and told["columns"][1]["unit"] == "deg"
        and told["synthetic"] is False
    )
