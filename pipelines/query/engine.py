"""Runs what ``rows`` wrote: two DuckDBs in memory for the whole process, one of them of one thread,
a cursor a request, its answers as Arrow or as a file.

They read the lake's files and write into one temporary folder; every other door is shut before the
first question. A question has its seconds and all of a database share ``MEMORY``; one that needs
more is stopped, and told so.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
from pyarrow import ipc

from pipelines.city import municipality
from pipelines.errors import QueryError, UnreadableError, ValueQueryError
from pipelines.query.deadline import Deadlines
from pipelines.query.query import Query
from pipelines.query.sql import Statement, as_line, as_stored, as_text, count, keys_of, rows
from pipelines.sqltext import quoted

LOG = logging.getLogger("pipelines.rows")
SECONDS, EXPORT_SECONDS = 10.0, 60.0
"""How long a page, and a whole answer as a file, may take."""
MEMORY = "1GB"
THREADS = 2
"""Threads of what reads a whole table. A page in the file's order stops early and is read by one:
handing over to a second costs a fifth of it.
"""
FORMS = {
    "csv": "FORMAT csv, HEADER",
    "tsv": "FORMAT csv, HEADER, DELIMITER '\\t'",
    "ndjson": "FORMAT json",
    "parquet": "FORMAT parquet",
}
"""How DuckDB writes each form; an Arrow stream is written by Arrow."""
LINES = ("json", "ndjson")
"""Forms of which a page is made of lines; through Arrow a list or object would come back as
text.
"""
ARROW = "arrow"
_BATCH = 10_000
DEADLINES = Deadlines()


@dataclass(frozen=True)
class Page:
    """A page: its rows as Arrow, whether there are no more after it, where the next one begins
    (None when there is no saying), and how many rows there are on all pages, where that was seen.
    """

    table: pa.Table
    ended: bool
    last: tuple[str | None, ...] | None
    total: int | None

    def lines(self, between: str) -> bytes:
        """Return its rows as JSON objects with ``between`` between them; of a page asked for as
        lines.
        """
        return between.join(self.table.column("line").to_pylist()).encode()


def page_of(root: Path, query: Query, form: str, ahead: int = 0) -> Page:
    """Return a page of at most ``query.limit`` rows; as lines of JSON when the form is ``json``
    or ``ndjson``. QueryError when it was stopped.

    It looks ``ahead`` so many rows more: where they are the last ones, the total is seen without
    a question of its own.
    """
    listed = as_line if form in LINES else as_text if form == "csv" else as_stored
    limit = query.limit or 0
    asked = limit + 1 + ahead
    more = rows(_limited(query, asked), listed)
    threads = THREADS if query.sort or query.is_grouped else 1
    with _cursor(root, SECONDS, threads) as cursor:
        table = _run(cursor, more).to_arrow_table()
    count, keys = table.num_rows, keys_of(query)
    is_first = query.after is None and not query.offset
    last = (
        tuple(table.column(key)[limit - 1].as_py() for key in keys)
        if keys and limit and count > limit
        else None
    )
    return Page(
        table.drop_columns(keys).slice(0, limit),
        count <= limit,
        last,
        count if is_first and count < asked else None,
    )


def total_of(root: Path, query: Query) -> int:
    """Return how many rows, or groups, there are on all pages. QueryError when it was stopped."""
    with _cursor(root, SECONDS) as cursor:
        return int(_run(cursor, count(query)).fetchall()[0][0])


def export(root: Path, source: Query | pa.Table, form: str) -> BinaryIO:
    """Return all rows of a query, or those of a page, as an open file in a form of ``FORMS`` or
    ``ARROW``, which goes when it is closed.
    """
    with (
        tempfile.TemporaryDirectory(dir=_folder().name, prefix="rows-") as folder,
        _cursor(root, EXPORT_SECONDS) as cursor,
    ):
        path = Path(folder) / "rows"
        if isinstance(source, pa.Table):
            cursor.register("page", source)
            statement = Statement("SELECT * FROM page", ())
        else:
            statement = rows(source, as_stored if form in ("parquet", ARROW) else as_text)
        if form == ARROW:
            with (
                _run(cursor, statement).to_arrow_reader(_BATCH) as reader,
                ipc.new_stream(path, reader.schema) as writer,
            ):
                for batch in reader:
                    writer.write_batch(batch)
        else:
            _run(
                cursor,
                Statement(
                    f"COPY ({statement.sql}) TO {quoted(str(path))} ({FORMS[form]})",
                    statement.values,
                ),
            )
        return path.open("rb")


def _limited(query: Query, limit: int) -> Query:
    return replace(query, limit=limit)


def _run(cursor: duckdb.DuckDBPyConnection, statement: Statement) -> duckdb.DuckDBPyConnection:
    return cursor.execute(statement.sql, list(statement.values))


@contextmanager
def _cursor(
    root: Path, seconds: float, threads: int = THREADS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a cursor that is interrupted after ``seconds``; an error of the engine becomes a
    QueryError without its words, which hold paths and SQL.
    """
    cursor = _database(root, threads).cursor()
    try:
        with DEADLINES.within(seconds, cursor.interrupt):
            yield cursor
    except duckdb.InterruptException as error:
        raise QueryError(f"the answer took longer than {seconds:g} seconds") from error
    except duckdb.OutOfMemoryException as error:
        raise QueryError(f"the answer needed more than {MEMORY} of memory") from error
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise ValueQueryError(
            "a value is none of its column's type, or beyond what that holds; compare each column"
            " with values of its own type"
        ) from error
    except duckdb.Error as error:
        LOG.exception("published rows cannot be read")
        raise UnreadableError(
            "the rows of this table cannot be read now, which is recorded; try again later, or take"
            " one of its files"
        ) from error
    finally:
        cursor.close()


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="lumbung-rows-")


@lru_cache(maxsize=8)
def _database(root: Path, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(
        ":memory:", config={"threads": threads, "memory_limit": MEMORY, "temp_directory": ""}
    )
    doors: Sequence[str] = (str(root / "files") + "/", _folder().name + "/")
    for setting in (
        f"TimeZone = {quoted(municipality().zone.key)}",
        "parquet_metadata_cache = true",
        "python_enable_replacements = false",
        "disabled_optimizers = 'late_materialization'",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_directories = [{', '.join(map(quoted, doors))}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        con.execute(f"SET GLOBAL {setting}")
    return con
