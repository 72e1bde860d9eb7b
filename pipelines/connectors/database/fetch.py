"""SQL databases: SQLite and PostgreSQL through ADBC, MariaDB and MySQL through ConnectorX; Arrow
all the way, only the window's rows, in the dataset's zone.

The server's `url` is `sqlite:///file`, `postgresql://user@host:port/database` or
`mysql://user@host:port/database`. Of events the rows of each partition are counted before they are
read, so that a later look can tell whether they are others.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.parquet as pq
import stamina

from pipelines.connectors.database.query import count, query
from pipelines.contract.model import Dataset
from pipelines.errors import LumbungError, SourceError
from pipelines.extras import needs
from pipelines.lake.delivery import Fingerprint, Part, Standing, Window


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield the window's rows as one Parquet Part; SourceError names the database that refused
    and what it said.
    """
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        path = Path(folder) / "rows-00001.parquet"
        counted = _counted(dataset, window) if _is_counted(dataset) else {}
        _run(dataset, query(dataset, window), path)
        address = _address(str(dataset.source.server["url"]))
        yield Part(
            path.name,
            path,
            f"{address}#{dataset.source.fetch['table']}",
            fingerprints=counted,
        )


def look(dataset: Dataset, window: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions whose rows are more, fewer or later changed than when they were read;
    none that was read before they were counted.
    """
    if not _is_counted(dataset) or not any(standing.prints for standing in known.values()):
        return
    for key, now in _counted(dataset, window).items():
        before = known[key].prints.get(now.of) if key in known else None
        if before and before.mark and before.mark != now.mark:
            yield key


def sample(dataset: Dataset, window: Window, most: int, folder: Path) -> Part:
    """Return ``most`` rows of the window at most, in a Parquet file in ``folder``, for who wants to
    see what a table is like.
    """
    path = folder / "rows-00001.parquet"
    _run(dataset, f"{query(dataset, window)} LIMIT {most}", path)
    address = _address(str(dataset.source.server["url"]))
    return Part(path.name, path, f"{address}#{dataset.source.fetch['table']}")


def _is_counted(dataset: Dataset) -> bool:
    return dataset.keeps_past and "time" in dataset.source.fetch


def _counted(dataset: Dataset, window: Window) -> dict[str, Fingerprint]:
    """Return how many rows each partition of the window has, and when they were last changed."""
    with tempfile.TemporaryDirectory(prefix="lumbung-") as folder:
        path = Path(folder) / "counted.parquet"
        _run(dataset, count(dataset, window), path)
        found = {str(row["part"]): row for row in pq.read_table(path).to_pylist()}
    table, marks = str(dataset.source.fetch["table"]), dict.fromkeys(window.partitions, "0 rows")
    for key, row in found.items():
        newest = f", changed {row['newest']}" if row.get("newest") else ""
        if key in marks:
            marks[key] = f"{row['counted']} rows{newest}"
    return {key: Fingerprint(table, mark) for key, mark in marks.items()}


def _run(dataset: Dataset, query: str, path: Path) -> None:
    """Write what ``query`` finds to ``path``."""
    url = str(dataset.source.server["url"])
    read = DATABASES[urlsplit(url).scheme]
    try:
        _read_with_retries(read, url, query, path, dataset.timezone)
    except (LumbungError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        message = (
            str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        )
        raise SourceError(
            f"{dataset.id}: {_address(url)}: {message}; check that the database is up and the"
            " contract's table and columns are right"
        ) from error


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


def _mysql(url: str, query: str, path: Path, zone: str) -> None:
    with needs("mysql", "a source in MySQL or MariaDB"):
        import connectorx  # noqa: PLC0415  an extra
    reader = connectorx.read_sql(
        url,
        query,
        return_type="arrow_stream",
        batch_size=65536,
        pre_execution_query=f"SET time_zone = '{_offset(zone) or zone}'",
    )
    _write(reader, path)


def _offset(zone: str) -> str | None:
    """Return the offset that a zone has had since 1970, which every server knows; None where it has
    had several: then the server needs its tables of zones (``mysql_tzinfo_to_sql``).
    """
    months = (datetime(year, month, 1) for year in range(1970, 2038) for month in range(1, 13))
    first, *others = {month.replace(tzinfo=ZoneInfo(zone)).strftime("%z") for month in months}
    return None if others else f"{first[:3]}:{first[3:5]}"


DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}


def _write(reader: pa.RecordBatchReader, path: Path) -> None:
    with pq.ParquetWriter(path, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def _address(url: str) -> str:
    """Return the address without user and password."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
