"""Queries over a release: one answer to standard output, or a shell."""

import difflib
import re
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import duckdb

from cli.show import CONSOLE, table
from pipelines.errors import LakeError, LumbungError
from pipelines.lake.lake import Lake
from pipelines.release.database import fetched
from pipelines.release.release import Release, open_release, release_as_of
from pipelines.settings import lake_path

FORMATS = {
    "csv": "FORMAT csv, HEADER",
    "json": "FORMAT json, ARRAY true",
    "parquet": "FORMAT parquet",
}
MOST_ROWS = 200
WRAPPED = ("describe", "show", "summarize")
"""Statements that DuckDB copies to a file only from inside a FROM."""


def chosen(lake: Path | None, release: str | None, as_of: datetime | None) -> Release:
    """Return the release that was requested: by its id, by a day, else the current one."""
    if release is not None and as_of is not None:
        raise LumbungError("--release and --as-of both choose a release; give one of them")
    target = Lake(lake_path(lake))
    return release_as_of(target, as_of.date()) if as_of else open_release(target, release)


def answer(release: Release, text: str, form: str) -> None:
    """Run one query and write its rows; LakeError repeats what DuckDB said and names the tables
    it may have meant.
    """
    if form not in ("table", *FORMATS):
        raise LumbungError(f"--format {form}: formats are table, {', '.join(FORMATS)}")
    with release.connect() as con:
        try:
            query = _single_query(con, text)
            if form == "table":
                _print(con, query)
            else:
                _copy(
                    con,
                    f"FROM ({query})" if query.split()[0].lower() in WRAPPED else query,
                    FORMATS[form],
                )
        except duckdb.Error as error:
            raise LakeError(
                f"{error}{_nearest(con, str(error))}{_closed(release, text, str(error))}"
            ) from error


def _single_query(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """Return the one query in ``text``; LumbungError for none, several, or a statement that
    answers with no rows.
    """
    statements = [
        statement
        for statement in con.extract_statements(text)
        if statement.type != duckdb.StatementType.CREATE
    ]  # PIVOT makes itself a type first
    if len(statements) != 1:
        raise LumbungError(
            f"{len(statements)} queries were given; give one, such as:"
            ' lumbung sql "SHOW ALL TABLES"'
        )
    if statements[0].expected_result_type != [duckdb.ExpectedResultType.QUERY_RESULT]:
        raise LumbungError(
            "a release is read-only: give a query that answers with rows, such as SELECT; --format"
            " csv > FILE writes them to a file"
        )
    return text.strip().rstrip(";")


def _nearest(con: duckdb.DuckDBPyConnection, error: str) -> str:
    """Return the tables whose names are like the one the error misses."""
    missed = re.search(r"Table with name (\S+) does not exist", error)
    if not missed:
        return ""
    names = tables(con)
    like = difflib.get_close_matches(missed[1], names, n=3, cutoff=0.3) + [
        name for name in names if name.endswith(f".{missed[1]}")
    ]
    near = f"tables with a like name: {', '.join(dict.fromkeys(like))}; " if like else ""
    return f'\n{near}lumbung sql "SHOW ALL TABLES" lists all {len(names)}'


def _closed(release: Release, query: str, error: str) -> str:
    """Return a hint when the query names a dataset that is closed, or the error a closed column
    of one of its tables.
    """
    for contract in release.contracts:
        for dataset in contract.datasets:
            if not dataset.is_public and re.search(rf"\b{re.escape(dataset.id)}\b", query):
                return (
                    f"\n{dataset.id} is closed ({dataset.exemption or contract.status}): a release"
                    " holds none of its rows"
                )
            for column in dataset.columns if dataset.id in query else ():
                if f'"{column.name}"' in error and column not in dataset.public_columns:
                    return (
                        f"\n{dataset.id}.{column.name} is closed ({column.classification}): a"
                        " release holds open columns only"
                    )
    return ""


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the release's tables as schema.name."""
    rows = con.execute(
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"
    ).fetchall()
    return [name for (name,) in rows]


def shell(release: Release) -> None:
    """Read queries until .quit or the end of input."""
    CONSOLE.print(f"release {release.id}; .tables lists tables, .quit leaves")
    with release.connect() as con:
        text = ""
        while True:
            try:
                line = input("lumbung> " if not text else "    ...> ")
            except EOFError:
                if not text.strip():
                    return
                line = ";"
            if line.strip() in (".quit", ".exit"):
                return
            if line.strip().startswith("."):
                CONSOLE.print(
                    "\n".join(tables(con))
                    if line.strip() == ".tables"
                    else ".tables lists tables, .quit leaves; a query ends with a semicolon"
                )
                continue
            text += line + "\n"
            if text.strip().endswith(";"):
                try:
                    _print(con, _single_query(con, text))
                except (duckdb.Error, LumbungError) as error:
                    CONSOLE.print(str(error), style="red", markup=False)
                text = ""


def _print(con: duckdb.DuckDBPyConnection, text: str) -> None:
    names, rows = fetched(con, text, most=MOST_ROWS + 1)
    table("", names, [dict(zip(names, row, strict=True)) for row in rows[:MOST_ROWS]])
    if len(rows) > MOST_ROWS:
        CONSOLE.print(f"only the first {MOST_ROWS} rows are shown; --format csv gives all of them")


def _copy(con: duckdb.DuckDBPyConnection, text: str, options: str) -> None:
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        path = Path(folder) / "answer"
        con.execute(f"COPY ({text}) TO '{path}' ({options})")
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
