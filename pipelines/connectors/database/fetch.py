"""SQL databases: SQLite and PostgreSQL through ADBC, MariaDB and MySQL through ConnectorX; Arrow
all the way, only the window's rows.

The server's `url` is `sqlite:///file`, `postgresql://user@host:port/database` or
`mysql://user@host:port/database`.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.parquet as pq
import stamina

from pipelines.contract.model import Dataset
from pipelines.errors import LumbungError, SourceError
from pipelines.extras import needs
from pipelines.lake.delivery import Part, Window

NAME = r"[A-Za-z_][A-Za-z0-9_$]{0,62}"


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield the window's rows as one Parquet Part; SourceError names the database that refused
    and what it said.
    """
    url = str(dataset.source.server.get("url", ""))
    kind = urlsplit(url).scheme
    read = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}.get(kind)
    if read is None:
        raise SourceError(
            f"{dataset.id}: database address begins '{kind}'; it must be sqlite, postgresql or"
            " mysql: correct the server's url"
        )
    query = _query(dataset, window, quote="`" if kind == "mysql" else '"')
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        path = Path(folder) / "rows-00001.parquet"
        try:
            _read_with_retries(read, url, query, path, dataset.timezone)
        except (LumbungError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            message = (
                str(error).strip().splitlines()[0][:300]
                if str(error).strip()
                else type(error).__name__
            )
            raise SourceError(
                f"{dataset.id}: {_address(url)}: {message}; check that the database is up and the"
                " contract's table and columns are right"
            ) from error
        yield Part(path.name, path, f"{_address(url)}#{dataset.source.fetch['table']}")


def _query(dataset: Dataset, window: Window, quote: str) -> str:
    facts = dataset.source.fetch
    names = [
        *str(facts.get("table", "")).split("."),
        *facts.get("columns", ()),
        *([facts["time"]] if "time" in facts else []),
    ]
    for name in names:
        if not re.fullmatch(NAME, str(name)):
            raise SourceError(
                f"{dataset.id}: '{name}' is not a table or column name; names match {NAME}"
            )
    table = ".".join(f"{quote}{name}{quote}" for name in str(facts["table"]).split("."))
    columns = ", ".join(f"{quote}{name}{quote}" for name in facts.get("columns", ())) or "*"
    if "time" not in facts:
        return f"SELECT {columns} FROM {table}"
    time = f"{quote}{facts['time']}{quote}"
    start, end = (
        moment.astimezone(ZoneInfo(dataset.timezone)).date().isoformat()
        for moment in (window.start, window.end)
    )
    return (
        f"SELECT {columns} FROM {table} WHERE {time} >= '{start}' AND {time} < '{end}' ORDER BY"
        f" {time}"
    )


def _read_with_retries(
    read: Callable[[str, str, Path, str], None], url: str, query: str, path: Path, zone: str
) -> None:
    """Read with two more tries, a moment apart: a database that restarts is back soon."""
    for attempt in stamina.retry_context(
        on=lambda error: isinstance(error, Exception) and not isinstance(error, LumbungError),
        attempts=3,
        wait_initial=0.2,
        wait_max=2,
    ):
        with attempt:
            read(url, query, path, zone)


def _sqlite(url: str, query: str, path: Path, _: str) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    with (
        adbc_driver_sqlite.dbapi.connect(f"file:{file.resolve()}?mode=ro") as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query)
        _write(cursor.fetch_record_batch(), path)


def _postgresql(url: str, query: str, path: Path, zone: str) -> None:
    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SET TIME ZONE '{zone}'")
        cursor.execute(query)
        _write(cursor.fetch_record_batch(), path)


def _mysql(url: str, query: str, path: Path, _: str) -> None:
    with needs("mysql", "a source in MySQL or MariaDB"):
        import connectorx  # noqa: PLC0415  an extra
    _write(connectorx.read_sql(url, query, return_type="arrow_stream", batch_size=65536), path)


def _write(reader: pa.RecordBatchReader, path: Path) -> None:
    with pq.ParquetWriter(path, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def _address(url: str) -> str:
    """Return the address without user and password."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
