"""One open table in every form it is handed out in. Parquet is written first, in one order; every
other form is made of that file, row by row.

Types come from the contract or the model, never from a look at the values, so leading zeros stay.
``csv`` is the canonical text: UTF-8, LF, comma, times in UTC with Z, empty for no value.
``excel.csv`` and ``xlsx`` are for spreadsheets: city time, and nothing in them is a formula. What
is not said here of JSON is RFC 8259, of GeoJSON RFC 7946, of GeoParquet
https://geoparquet.org/releases/v1.1.0; ``workbook`` writes workbooks.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.city import municipality
from pipelines.files.described import GEOMETRY, LATITUDE, LONGITUDE, Described, Shown
from pipelines.files.workbook import unfit, write_xlsx
from pipelines.release.release import Release
from pipelines.sqltext import finite, identifier, quoted

Connection = duckdb.DuckDBPyConnection
PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
"""Groups small enough that a reader by HTTP ranges takes what it asks for, large enough that it
asks a few times.
"""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell for a formula by (OWASP, CSV injection)."""
BOM = "\ufeff"


def select_of(release: Release, name: str) -> str | None:
    """Return the SELECT of an open dataset or a published mart or KPI, in the order of its
    files; None for anything else.
    """
    schema, _, table = name.partition(".")
    view = f"{identifier(schema)}.{identifier(table)}"
    if schema in ("mart", "kpi"):
        return f"SELECT * FROM {view} ORDER BY ALL" if name in release.manifest.tables else None
    for dataset in (dataset for contract in release.contracts for dataset in contract.datasets):
        if dataset.id == name and dataset.is_public:
            columns = ", ".join(identifier(each.name) for each in dataset.public_columns)
            return f"SELECT {columns} FROM {view} ORDER BY _partition, {columns}"
    return None


def write_parquet(con: Connection, table: Described, select: str, path: Path) -> int:
    """Write what ``select`` gives as the table's Parquet file and return how many rows that are.
    Its key ``lumbung`` says what the columns mean.
    """
    return int(
        con.execute(
            f"COPY ({select}) TO {quoted(str(path))} ({PARQUET}, KV_METADATA {{lumbung:"
            f" {quoted(table.told)}}})"
        ).fetchall()[0][0]
    )


def write(con: Connection, table: Described, rows: Path, form: str, path: Path) -> None:
    """Write ``path`` in a form of ``FORMATS`` but Parquet, from the table's Parquet file
    ``rows``; ``con`` is set to UTC.
    """
    FORMATS[form](con, table, f"read_parquet({quoted(str(rows))})", path)


def forms_of(table: Described) -> list[str]:
    """Return the forms a table is handed out in: those of maps only where its rows are places."""
    return [form for form in FORMATS if table.is_located or form not in LOCATED]


def lacking(con: Connection, table: Described, rows: Path) -> dict[str, str]:
    """Return the forms a table's rows do not fit into, each with the reason: ``rows`` or
    ``text`` (a cell's) beyond what a workbook holds.
    """
    reason = unfit(con, table, f"read_parquet({quoted(str(rows))})")
    return {"xlsx": reason} if reason else {}


def plain(column: Shown) -> str:
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


def for_excel(column: Shown) -> str:
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
    starts = ", ".join(f"chr({ord(each)})" for each in FORMULA)
    return (
        f"CASE WHEN left({name}::VARCHAR, 1) IN ({starts}) THEN '''' || {name} ELSE"
        f" {name}::VARCHAR END"
    )


def _copy(con: Connection, select: str, path: Path, options: str) -> None:
    con.execute(f"COPY ({select}) TO {quoted(str(path))} ({options})")


def _named(table: Described, expression: Callable[[Shown], str]) -> str:
    return ", ".join(f"{expression(each)} AS {identifier(each.name)}" for each in table.columns)


def _csv(con: Connection, table: Described, rows: str, path: Path) -> None:
    _copy(con, f"SELECT {_named(table, plain)} FROM {rows}", path, "FORMAT csv, HEADER")


def _excel(con: Connection, table: Described, rows: str, path: Path) -> None:
    """Write the CSV that Indonesian Excel opens by a double click; the mark it knows UTF-8 by
    stands before the first column's name.
    """
    names = [each.name for each in table.columns]
    columns = zip([BOM + names[0], *names[1:]], table.columns, strict=True)
    select = ", ".join(f"{for_excel(each)} AS {identifier(name)}" for name, each in columns)
    _copy(
        con, f"SELECT {select} FROM {rows}", path, "FORMAT csv, HEADER, DELIM ';', NEW_LINE '\r\n'"
    )


def _json(con: Connection, table: Described, rows: str, path: Path) -> None:
    _copy(con, f"SELECT {_named(table, plain)} FROM {rows}", path, "FORMAT json, ARRAY true")


def _ndjson(con: Connection, table: Described, rows: str, path: Path) -> None:
    _copy(con, f"SELECT {_named(table, plain)} FROM {rows}", path, "FORMAT json")


def _geojson(con: Connection, table: Described, rows: str, path: Path) -> None:
    """Write a FeatureCollection: DuckDB writes the features as an array, which is put between
    its first and last words.
    """
    point = (
        f"CASE WHEN isfinite({LONGITUDE} + {LATITUDE}) THEN {{'type': 'Point', 'coordinates':"
        f" [{LONGITUDE}, {LATITUDE}]}} END"
    )
    properties = ", ".join(f"{identifier(each.name)} := {plain(each)}" for each in table.columns)
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


def _geoparquet(con: Connection, table: Described, rows: str, path: Path) -> None:
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
        f"{PARQUET}, KV_METADATA {{geo: {quoted(geo)}, lumbung: {quoted(table.told)}}}",
    )


def _parquet(con: Connection, table: Described, rows: str, path: Path) -> None:
    write_parquet(con, table, f"SELECT * FROM {rows}", path)


FORMATS: dict[str, Callable[[Connection, Described, str, Path], None]] = {
    "csv": _csv,
    "excel.csv": _excel,
    "xlsx": write_xlsx,
    "json": _json,
    "ndjson": _ndjson,
    "parquet": _parquet,
    "geojson": _geojson,
    "geo.parquet": _geoparquet,
}
"""How each form is written, by the end of its files' names."""
LOCATED = ("geojson", "geo.parquet")
