"""Makes the files of a release: every open table in every form, and every partition of a dataset as
CSV and Parquet, once.

A table's files lie in a folder of the lake under the hash of all they are made of (its version, its
contract or model), so that releases share what did not change; those of a partition under that
partition's content. ``files.json`` of a release names the folder of each table. Making them comes
last before a release is swapped in: one that is announced has its files. A folder is
``folder``'s business, how a form is written ``export``'s, what there is ``index``'.
"""

import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from xlsxwriter.exceptions import FileCreateError

from pipelines.contract.types import STORED
from pipelines.errors import LakeError
from pipelines.files.ahead import PROCESSES, made_ahead
from pipelines.files.described import TYPES, tables_of
from pipelines.files.export import PACKED, forms_of, lacking, write, write_parquet
from pipelines.files.folder import ensure_folder, is_there, key_of, sweep
from pipelines.files.index import FILES, FOLDER, File, Listing, published
from pipelines.files.table import Table
from pipelines.lake.durable import sync, write_durably
from pipelines.lake.lake import Lake
from pipelines.lake.tables import by_partition
from pipelines.lake.views import rows_of
from pipelines.release.manifest import WITHHELD_VERSIONS
from pipelines.release.release import Release
from pipelines.sqltext import identifier

PARTITION_FORMS = ("csv", "parquet")
SMALL = 1 << 20
"""Bytes of a table below which one thread writes it: several wait for one another for longer."""
FAILED = "failed"
"""Why a table is not there in a form whose writer failed."""
LOG = logging.getLogger(__name__)


def are_there(lake: Lake, release: Release) -> bool:
    """Whether the files of a release can be listed and lie where they should."""
    try:
        return all(
            is_there(lake, file)
            for table in published(release.folder).values()
            for file in table.files
        )
    except LakeError:
        return False


def make_files(lake: Lake, release: Release, before: Release | None) -> None:
    """Make the files that are not there yet and the list of all; ``before`` tells since when a
    table is published.

    LakeError, and no list, when one cannot be made; the folders that were made are found again by
    the next try.
    """
    known = _listed_before(before)
    listed, now, name = {}, release.made_at.isoformat(), ""
    try:
        sweep(lake)
        made_ahead(_to_make(lake, release), partial(_make_alone, lake, release))
        sweep(lake)
        with release.connect() as con:
            con.execute(f"SET temp_directory = '{lake.work / 'spill'}'; SET TimeZone = 'UTC'")
            for name, table in open_tables(release, con).items():
                key, last = _make_table(lake, release, con, table), known.get(name)
                issued, modified = (last["issued"], last["modified"]) if last else (now, now)
                listed[name] = {
                    "key": key,
                    "issued": issued,
                    "modified": modified if last and last["key"] == key else now,
                }
        sync(lake.root / FOLDER)
        write_durably(release.folder / FILES, json.dumps(listed, indent=1).encode())
    except (OSError, duckdb.Error) as error:
        problem = f"the files of {name} cannot be made ({str(error).partition(chr(10))[0]})"
        raise LakeError(
            f"{lake.root / FOLDER}: {problem}; is the disk full? The current release stays;"
            " `lumbung run` goes on from here"
        ) from error


def _to_make(lake: Lake, release: Release) -> dict[str, int]:
    """Return the open tables that have no files yet, with the bytes that are pinned of each."""
    with release.connect() as con:
        tables = open_tables(release, con)
    return {
        name: _bytes(lake, release, name)
        for name, table in tables.items()
        if not (lake.root / FOLDER / key_in(release, table)).is_dir()
    }


def _bytes(lake: Lake, release: Release, name: str) -> int:
    places = release.manifest.tables[name].places(lake.root)
    return sum(Path(place).stat().st_size for place in places)


def _make_alone(lake: Lake, release: Release, names: Sequence[str]) -> None:
    """Make the files of some tables, in a process of its own, where nobody watches."""
    with release.connect() as con:
        con.execute(f"SET temp_directory = '{lake.work / 'spill'}'; SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")
        tables = open_tables(release, con)
        for name in names:
            _make_table(lake, release, con, tables[name], PROCESSES)


def remake_file(
    lake: Lake, release: Release, name: str, form: str, partition: str | None, folder: Path
) -> Path | None:
    """Make one file of a release once more, in ``folder``, from the tables it pins; None when
    the release has no such file.
    """
    with release.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        table = open_tables(release, con).get(name)
        files = _partitions(release, table).get(partition or "", []) if table else []
        if (
            table is None
            or (partition and not files)
            or form not in (PARTITION_FORMS if partition else forms_of(table))
        ):
            return None
        said, select = (
            (table.of_partition, _part(lake, table, files)) if partition else (table, _whole(table))
        )
        rows, path = folder / f"{release.id}.parquet", folder / f"{release.id}.{form}"
        write_parquet(con, said, select, rows)
        if form != "parquet":
            write(con, said, rows, form, path)
        return path


def open_tables(release: Release, con: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """Return the open tables that the release pins, in the order of its manifest."""
    tables = tables_of(release.manifest, release.contracts, con.execute(TYPES).fetchall())
    return {
        name: tables[name]
        for name in release.manifest.tables
        if name in tables and tables[name].is_open
    }


def key_in(release: Release, table: Table) -> str:
    """Return the key of a table's files: the hash of all they are made of. A recipe that changes
    makes every file of every lake anew.
    """
    manifest, name = release.manifest, table.name
    origin = table.model or manifest.contracts[name.partition(".")[0]]
    withheld = manifest.tables.get(WITHHELD_VERSIONS + name)
    return key_of(
        name,
        manifest.tables[name].written(),
        origin.written(),
        table.metadata,
        table.address,
        *([withheld.written()] if withheld else []),
    )


def _make_table(
    lake: Lake,
    release: Release,
    con: duckdb.DuckDBPyConnection,
    table: Table,
    processes: int = 1,
) -> str:
    """Make a table's files where they are not there and return their key; so many ``processes``
    make tables at once.
    """
    name = table.name

    def make(aside: Path) -> Listing:
        is_small = _bytes(lake, release, name) < SMALL
        threads = 1 if is_small else max(1, (os.cpu_count() or 1) // processes)
        con.execute(f"SET threads = {threads}")
        partitions = [
            file
            for key, files in _partitions(release, table).items()
            for file in _partition(lake, con, table, key, files)
        ]
        rows = aside / f"{name}.parquet"
        count = write_parquet(con, table, _whole(table), rows)
        unfit = lacking(con, table, rows)
        for form in forms_of(table):
            path = aside / f"{name}.{form}"
            if form not in {"parquet", *unfit} and not _written(con, table, rows, form, path):
                unfit[form] = FAILED
        forms = [form for form in forms_of(table) if form not in unfit]
        return Listing(
            count,
            (*(File(form, None, f"{name}.{form}", 0, "", count) for form in forms), *partitions),
            unfit,
        )

    key = key_in(release, table)
    ensure_folder(lake, key, make, PACKED)
    return key


def _written(
    con: duckdb.DuckDBPyConnection, table: Table, rows: Path, form: str, path: Path
) -> bool:
    """Write one form of one table and say whether that went; a disk that fails is raised, as it
    is nothing of the form's.
    """
    try:
        write(con, table, rows, form, path)
    except (OSError, duckdb.IOException, FileCreateError):
        raise
    except Exception:
        LOG.exception("%s cannot be written as %s, and is published without", table.name, form)
        path.unlink(missing_ok=True)
        return False
    return True


def _listed_before(before: Release | None) -> dict[str, dict[str, str]]:
    """Return what the list of the release before says; nothing where it has none, or one that
    was damaged: publishing goes on.
    """
    with suppress(OSError, ValueError):
        said = json.loads((before.folder / FILES).read_bytes()) if before else {}
        return (
            said
            if isinstance(said, dict)
            and all({"key", "issued", "modified"} <= set(times) for times in said.values())
            else {}
        )
    return {}


def _partition(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    whole: Table,
    partition: str,
    files: Sequence[str],
) -> tuple[File, ...]:
    """Return the files of one partition of a dataset: what was delivered for it, whatever the
    view of the whole shows of that.
    """
    table = whole.of_partition

    def make(aside: Path) -> Listing:
        stem = f"{table.name}.{partition}"
        rows = aside / f"{stem}.parquet"
        count = write_parquet(con, table, _part(lake, table, files), rows)
        forms = [
            form
            for form in PARTITION_FORMS
            if form == "parquet" or _written(con, table, rows, form, aside / f"{stem}.{form}")
        ]
        return Listing(
            count,
            tuple(File(form, partition, f"{stem}.{form}", 0, "", count) for form in forms),
        )

    return ensure_folder(lake, key_of(partition, list(files), table.metadata), make).files


def _partitions(release: Release, table: Table) -> dict[str, list[str]]:
    """Return the pinned files of each partition of a dataset; a model has no partitions."""
    return {} if table.model else by_partition(release.manifest.tables[table.name].files)


def _whole(table: Table) -> str:
    """Return the SELECT of all rows of a table, in the order of its files."""
    view = ".".join(map(identifier, table.name.split(".")))
    if table.model:
        return f"SELECT * FROM {view} ORDER BY ALL"
    columns = ", ".join(identifier(field.name) for field in table.fields)
    return f"SELECT {columns} FROM {view} ORDER BY _partition, {columns}"


def _part(lake: Lake, table: Table, files: Sequence[str]) -> str:
    """Return the SELECT of the rows in some files of a dataset; a column that none of them has
    yet is NULL.
    """
    places = [str(lake.root / file) for file in files]
    held = {column for place in places for column in pq.read_schema(place).names}
    columns = [(field.name, STORED[field.type]) for field in table.fields]
    order = ", ".join(identifier(column) for column, _ in columns)
    return f"{rows_of(columns, places, held, partition=False)} ORDER BY {order}"
