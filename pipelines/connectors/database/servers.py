"""How a database is asked: its driver, the session's settings, more tries while it restarts, and
what is told when it refuses. What is asked is ``database.query``'s business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.parquet as pq
import stamina

from pipelines.connectors.database.query import engine_of, offset_of
from pipelines.connectors.database.storage import CONTROL
from pipelines.connectors.database.types import BYTES, Table, base_of
from pipelines.contract.model import Dataset
from pipelines.errors import LumbungError, SourceError
from pipelines.extras import needs

SETTINGS = ("DateStyle = ISO", "IntervalStyle = iso_8601", "extra_float_digits = 1")
"""What the texts that PostgreSQL writes depend on, beside the zone. Not ``lc_monetary``: it says
how many of an amount's digits are behind the point.
"""


@dataclass(frozen=True)
class Asked:
    """A SELECT of a dataset's server, the Parquet file its answer goes to, the session's zone, None
    where nothing depends on it, and the types of columns that may be bytes.
    """

    dataset: Dataset
    select: str
    path: Path
    zone: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)


def run(asked: Asked) -> None:
    """Write what is asked for to its file."""
    told(asked.dataset, lambda: DATABASES[engine_of(asked.dataset)](asked))


def told(dataset: Dataset, read: Callable[[], list[str]]) -> list[str]:
    """Return what is read; SourceError tells what the database said."""
    try:
        return _read_with_retries(read)
    except (LumbungError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        said = str(error).strip()
        message = said.splitlines()[0][:300] if said else type(error).__name__
        raise SourceError(
            f"{dataset.id}: {address_of(dataset)}: {message}; {_remedy(error)}"
        ) from error


def _remedy(error: BaseException) -> str:
    if "incorrect time zone" in str(error):
        return (
            "the server does not know the dataset's zone, which has had several offsets: its owner"
            " fills its tables of zones by mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql"
        )
    if isinstance(error, pa.ArrowException):
        return "a value is none that is read; state the `columns` to read without it"
    return "check that the database is up and the contract's table and columns are right"


def _read_with_retries(read: Callable[[], list[str]]) -> list[str]:
    """Read with two more tries, a moment apart: a database that restarts is back soon."""
    found = list[str]()
    for attempt in stamina.retry_context(
        on=lambda error: isinstance(error, Exception) and not isinstance(error, LumbungError),
        attempts=3,
        wait_initial=0.2,
        wait_max=2,
    ):
        with attempt:
            found = read()
    return found


def file_of(dataset: Dataset) -> Path:
    """Return the file of a SQLite address; FileNotFoundError where there is none."""
    file = Path(_url(dataset).removeprefix("sqlite:///"))
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    return file


def _url(dataset: Dataset) -> str:
    return str(dataset.source.server["url"])


def _sqlite(asked: Asked) -> list[str]:
    file = file_of(asked.dataset).resolve()
    with (
        adbc_driver_sqlite.dbapi.connect(f"file:{file}?mode=ro") as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(asked.select)
        return _write(cursor.fetch_record_batch(), asked)


def _postgresql(asked: Asked) -> list[str]:
    with (
        adbc_driver_postgresql.dbapi.connect(_url(asked.dataset)) as connection,
        connection.cursor() as cursor,
    ):
        for setting in (*SETTINGS, f"TimeZone = '{asked.zone or 'UTC'}'"):
            cursor.execute(f"SET {setting}")
        cursor.execute(asked.select)
        return _write(cursor.fetch_record_batch(), asked)


def _mysql(asked: Asked) -> list[str]:
    with needs("mysql", "a source in MySQL or MariaDB"):
        import connectorx  # noqa: PLC0415  an extra
    reader = connectorx.read_sql(
        _url(asked.dataset),
        asked.select,
        return_type="arrow_stream",
        batch_size=65536,
        pre_execution_query=f"SET time_zone = '{asked.zone}'" if asked.zone else None,
    )
    return _write(reader, asked)


DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}


def _write(reader: pa.RecordBatchReader, asked: Asked) -> list[str]:
    """Write an answer to its file; SourceError for a column whose bytes are no text."""
    raw = [name for name, kind in asked.kinds.items() if base_of(kind) in BYTES]
    with pq.ParquetWriter(asked.path, reader.schema) as writer:
        for batch in reader:
            for name in raw:
                if not _is_text(batch.column(name)):
                    raise SourceError(
                        f"{asked.dataset.id}: {asked.dataset.source.fetch['table']}: column"
                        f" '{name}' is of the type {asked.kinds[name]} and holds bytes that are no"
                        " UTF-8 text; state the `columns` to read without it, or read a view that"
                        " tells it as text"
                    )
            writer.write_batch(batch)
    return []


def _is_text(column: pa.Array) -> bool:
    try:
        texts = column.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return not any(CONTROL.search(text or "") for text in texts.to_pylist())


def zone_of(dataset: Dataset, table: Table) -> str | None:
    """Return the zone of a session as its server knows it; None where no column of the table
    depends on it. What a view calculates is not known.
    """
    zone = dataset.timezone
    if engine_of(dataset) != "mysql":
        return zone
    is_needed = not table.is_base or any(
        kind.startswith("timestamp") for kind in table.columns.values()
    )
    return (offset_of(zone) or zone) if is_needed else None


def address_of(dataset: Dataset) -> str:
    """Return the address of the dataset's server without user and password."""
    parts = urlsplit(_url(dataset))
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
