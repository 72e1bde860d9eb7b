"""One open table in every form it is handed out in. Parquet is written first, in one order; every
other form is made of that file, row by row.

Types come from the contract or the model, never from a look at the values, so leading zeros stay.
``csv`` is the canonical text: UTF-8, LF, comma, times in UTC with Z, empty for no value.
``excel.csv`` and ``xlsx`` are for spreadsheets: city time, and nothing in them is a formula. What
is not said here of JSON is RFC 8259, of GeoJSON RFC 7946, of GeoParquet
https://geoparquet.org/releases/v1.1.0; ``workbook`` writes workbooks.

Beside its writer stands what machines call each form: media types
https://www.iana.org/assignments/media-types; file types
http://publications.europa.eu/resource/authority/file-type. NDJSON is in neither.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.city import municipality
from pipelines.files.table import GEOMETRY, LATITUDE, LONGITUDE, Field, Table
from pipelines.files.workbook import unfit, write_xlsx
from pipelines.sqltext import finite, identifier, quoted

Connection = duckdb.DuckDBPyConnection
PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
"""Groups small enough that a reader by HTTP ranges takes what it asks for, large enough that it
asks a few times.
"""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes a cell for a formula by (OWASP, CSV injection), also in full width."""
BOM = "\ufeff"


def write_parquet(con: Connection, table: Table, select: str, path: Path) -> int:
    """Write what ``select`` gives as the table's Parquet file and return how many rows that are.
    Its key ``lumbung`` says what the columns mean.
    """
    return int(
        con.execute(
            f"COPY ({select}) TO {quoted(str(path))} ({PARQUET}, KV_METADATA {{lumbung:"
            f" {quoted(table.metadata)}}})"
        ).fetchall()[0][0]
    )


def write(con: Connection, table: Table, rows: Path, form: str, path: Path) -> None:
    """Write ``path`` in a form of ``FORMS`` but Parquet, from the table's Parquet file
    ``rows``; ``con`` is set to UTC.
    """
    FORMS[form].write(con, table, f"read_parquet({quoted(str(rows))})", path)


def forms_of(table: Table) -> list[str]:
    """Return the forms a table is handed out in: those of maps only where its rows are places."""
    return [form for form, facts in FORMS.items() if table.is_located or not facts.is_located]


def lacking(con: Connection, table: Table, rows: Path) -> dict[str, str]:
    """Return the forms a table's rows do not fit into, each with the reason: ``rows`` or
    ``text`` (a cell's) beyond what a workbook holds.
    """
    reason = unfit(con, table, f"read_parquet({quoted(str(rows))})")
    return {"xlsx": reason} if reason else {}


def plain(column: Field) -> str:
    """Return a column as values JSON and CSV have: a time as ISO 8601 text in UTC, an object or
    a list as JSON, a number that is none as no value.
    """
    name = identifier(column.name)
    match column.type:
        case "number":
            return finite(name)
        case "timestamp":
            return f"replace(({name}::TIMESTAMPTZ AT TIME ZONE 'UTC')::VARCHAR, ' ', 'T') || 'Z'"
        case "object" | "array":
            return f"to_json({name}::JSON)"
    return name


def for_excel(column: Field) -> str:
    """Return a column as Indonesian Excel reads it: decimal comma, city time, a text that would
    be a formula behind an apostrophe.
    """
    name = identifier(column.name)
    match column.type:
        case "timestamp":
            zone = quoted(municipality().zone.key)
            return f"replace(({name}::TIMESTAMPTZ AT TIME ZONE {zone})::VARCHAR, '.', ',')"
        case "number":
            return f"replace(({finite(name)})::VARCHAR, '.', ',')"
        case "integer" | "boolean" | "date":
            return name
    starts = ", ".join(f"chr({ord(letter)})" for letter in FORMULA)
    return (
        f"CASE WHEN left({name}::VARCHAR, 1) IN ({starts}) THEN '''' || {name} ELSE"
        f" {name}::VARCHAR END"
    )


def _copy(con: Connection, select: str, path: Path, options: str) -> None:
    con.execute(f"COPY ({select}) TO {quoted(str(path))} ({options})")


def _named(table: Table, expression: Callable[[Field], str]) -> str:
    return ", ".join(f"{expression(field)} AS {identifier(field.name)}" for field in table.fields)


def _csv(con: Connection, table: Table, rows: str, path: Path) -> None:
    _copy(con, f"SELECT {_named(table, plain)} FROM {rows}", path, "FORMAT csv, HEADER")


def _excel(con: Connection, table: Table, rows: str, path: Path) -> None:
    """Write the CSV that Indonesian Excel opens by a double click; the mark it knows UTF-8 by
    stands before the first column's name.
    """
    names = [field.name for field in table.fields]
    columns = zip([BOM + names[0], *names[1:]], table.fields, strict=True)
    select = ", ".join(f"{for_excel(field)} AS {identifier(name)}" for name, field in columns)
    _copy(
        con, f"SELECT {select} FROM {rows}", path, "FORMAT csv, HEADER, DELIM ';', NEW_LINE '\r\n'"
    )


def _json(con: Connection, table: Table, rows: str, path: Path) -> None:
    _copy(con, f"SELECT {_named(table, plain)} FROM {rows}", path, "FORMAT json, ARRAY true")


def _ndjson(con: Connection, table: Table, rows: str, path: Path) -> None:
    _copy(con, f"SELECT {_named(table, plain)} FROM {rows}", path, "FORMAT json")


def _geojson(con: Connection, table: Table, rows: str, path: Path) -> None:
    """Write a FeatureCollection: DuckDB writes the features as an array, which is put between
    its first and last words.
    """
    point = (
        f"CASE WHEN isfinite({LONGITUDE} + {LATITUDE}) THEN {{'type': 'Point', 'coordinates':"
        f" [{LONGITUDE}, {LATITUDE}]}} END"
    )
    properties = ", ".join(f"{identifier(field.name)} := {plain(field)}" for field in table.fields)
    features = path.with_name("features.json")
    _copy(
        con,
        f"SELECT 'Feature' AS type, {point} AS geometry, struct_pack({properties}) AS properties"
        f" FROM {rows}",
        features,
        "FORMAT json, ARRAY true",
    )
    with path.open("wb") as whole, features.open("rb") as array:
        whole.write(b'{"type": "FeatureCollection", "features": ')
        shutil.copyfileobj(array, whole)
        whole.write(b"}\n")
    features.unlink()


def _geoparquet(con: Connection, table: Table, rows: str, path: Path) -> None:
    """Write GeoParquet: the rows and a column of points as WKB, which readers take for longitude
    and latitude (OGC:CRS84) when no other system is said.
    """
    ends = f"min({LONGITUDE}), min({LATITUDE}), max({LONGITUDE}), max({LATITUDE})"
    box = con.execute(
        f"SELECT {ends} FROM {rows} WHERE isfinite({LONGITUDE} + {LATITUDE})"
    ).fetchall()[0]
    column = {"encoding": "WKB", "geometry_types": ["Point"]} | (
        {"bbox": box} if None not in box else {}
    )
    geo = json.dumps(
        {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    )
    place = (
        f"CASE WHEN isfinite({LONGITUDE} + {LATITUDE}) THEN 'POINT(' || {LONGITUDE} || ' ' ||"
        f" {LATITUDE} || ')' END"
    )
    point = f"ST_AsWKB(({place})::GEOMETRY) AS {GEOMETRY}"
    _copy(
        con,
        f"SELECT *, {point} FROM {rows}",
        path,
        f"{PARQUET}, KV_METADATA {{geo: {quoted(geo)}, lumbung: {quoted(table.metadata)}}}",
    )


def _parquet(con: Connection, table: Table, rows: str, path: Path) -> None:
    write_parquet(con, table, f"SELECT * FROM {rows}", path)


@dataclass(frozen=True)
class Form:
    """One form: how it is written, its name for people, its media type, its code in the EU's file
    types, None where it has none.

    ``is_registered`` says whether IANA registers the media type, ``is_text`` that HTTP must say
    how its letters are written. Only tables of places have a form that ``is_located``; a whole
    table has a compressed copy of one that ``is_packed``.
    """

    write: Callable[[Connection, Table, str, Path], None]
    name: str
    media_type: str
    file_type: str | None
    is_registered: bool = True
    is_text: bool = False
    is_located: bool = False
    is_packed: bool = False

    @property
    def content_type(self) -> str:
        """The media type as HTTP says it; text is always UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.is_text else self.media_type


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET_TYPE = "application/vnd.apache.parquet"
FORMS = {
    "csv": Form(_csv, "CSV", "text/csv", "CSV", is_text=True, is_packed=True),
    "excel.csv": Form(_excel, "CSV (Excel)", "text/csv", "CSV", is_text=True),
    "xlsx": Form(write_xlsx, "XLSX", WORKBOOK, "XLSX"),
    "json": Form(_json, "JSON", "application/json", "JSON", is_packed=True),
    "ndjson": Form(
        _ndjson, "NDJSON", "application/x-ndjson", None, is_registered=False, is_packed=True
    ),
    "parquet": Form(_parquet, "Parquet", PARQUET_TYPE, "PARQUET"),
    "geojson": Form(
        _geojson, "GeoJSON", "application/geo+json", "GEOJSON", is_located=True, is_packed=True
    ),
    "geo.parquet": Form(_geoparquet, "GeoParquet", PARQUET_TYPE, "PARQUET", is_located=True),
}
"""Every form by the end of its files' names; a form is added here, and nowhere else."""
PACKED = tuple(form for form, facts in FORMS.items() if facts.is_packed)
