"""The files of a release: every open table in every form, and every partition of a dataset as CSV
and Parquet, made once.

A table's files lie in a folder of the lake under the hash of all they are made of (its version, its
contract or model), so that releases share what did not change; those of a partition under that
partition's content. ``files.json`` of a release names the folder of each table. Making them comes
last before a release is swapped in: one that is announced has its files. A folder is
``folder``'s business, how a form is written ``export``'s.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.contract.types import STORED
from pipelines.errors import LakeError
from pipelines.files.described import Described, described
from pipelines.files.export import forms_of, lacking, select_of, write, write_parquet
from pipelines.files.folder import FOLDER, File, Listed, is_there, key_of, made, read_index, sweep
from pipelines.lake.durable import sync, write_durably
from pipelines.lake.lake import Lake
from pipelines.lake.tables import by_partition
from pipelines.lake.views import rows_of
from pipelines.release.release import Release
from pipelines.sqltext import identifier

INDEX = "files.json"
PARTITION_FORMS = ("csv", "parquet")


@dataclass(frozen=True)
class Published:
    """One open table of a release: how many rows, when it was first published and last changed (ISO
    8601), its files.

    ``lacking`` are the forms it does not fit into, each with the reason: ``export.lacking`` says
    which there are.
    """

    name: str
    rows: int
    issued: str
    modified: str
    files: tuple[File, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)

    def file(self, form: str, partition: str | None = None) -> File | None:
        """Return its file in a form, None where there is none."""
        return next(
            (each for each in self.files if (each.form, each.partition) == (form, partition)), None
        )


def published(release: Release) -> dict[str, Published]:
    """Return the open tables of a release by name; LakeError when a list of its files cannot be
    read.
    """
    root, found = release.folder.resolve().parents[1], {}
    try:
        for name, each in json.loads((release.folder / INDEX).read_bytes()).items():
            listed = read_index(root, each["key"])
            found[name] = Published(
                name, listed.rows, each["issued"], each["modified"], listed.files, listed.lacking
            )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LakeError(
            f"{release.folder / INDEX}: the list of the release's files cannot be read ({error});"
            " `lumbung run` makes it again"
        ) from error
    return found


def folders_of(release: Release) -> set[str]:
    """Return the keys of the folders a release's files lie in: none where it was made before
    there were lists; LakeError for a list that is damaged.
    """
    if not (release.folder / INDEX).is_file():
        return set()
    found = set[str]()
    try:
        for each in json.loads((release.folder / INDEX).read_bytes()).values():
            found.add(each["key"])
            with suppress(
                OSError, ValueError, TypeError, KeyError
            ):  # a table whose own list is gone names no more folders
                found |= {
                    Path(file.path).parent.name
                    for file in read_index(release.folder.resolve().parents[1], each["key"]).files
                }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LakeError(
            f"{release.folder / INDEX}: cannot be read ({error}); what the release needs is not"
            " known"
        ) from error
    return found


def are_there(lake: Lake, release: Release) -> bool:
    """Whether the files of a release can be listed and lie where they should."""
    try:
        return all(
            is_there(lake, file) for table in published(release).values() for file in table.files
        )
    except LakeError:
        return False


def make_files(lake: Lake, release: Release, before: Release | None) -> None:
    """Make the files that are not there yet and the list of all; ``before`` tells since when a
    table is published.

    LakeError, and no list, when one cannot be made; the folders that were made are found again by
    the next try.
    """
    known = _known(before)
    listed, now, name = {}, release.made_at.isoformat(), ""
    try:
        sweep(lake)
        with release.connect() as con:
            con.execute(f"SET temp_directory = '{lake.work / 'spill'}'; SET TimeZone = 'UTC'")
            for name in release.manifest.tables:
                table = described(release, con, name)
                if table is not None:
                    key, last = _made(lake, release, con, table), known.get(name)
                    issued, modified = (last["issued"], last["modified"]) if last else (now, now)
                    listed[name] = {
                        "key": key,
                        "issued": issued,
                        "modified": modified if last and last["key"] == key else now,
                    }
        sync(lake.root / FOLDER)
        write_durably(release.folder / INDEX, json.dumps(listed, indent=1).encode())
    except (OSError, duckdb.Error) as error:
        told = f"the files of {name} cannot be made ({str(error).partition(chr(10))[0]})"
        raise LakeError(
            f"{lake.root / FOLDER}: {told}; is the disk full? The current release stays; `lumbung"
            " run` goes on from here"
        ) from error


def remade(
    lake: Lake, release: Release, name: str, form: str, partition: str | None, folder: Path
) -> Path | None:
    """Make one file of a release once more, in ``folder``, from the tables it pins; None when
    the release has no such file.
    """
    with release.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        table = described(release, con, name)
        files = _partitions(release, name).get(partition, []) if table and partition else []
        if (
            table is None
            or (partition and not files)
            or form not in (PARTITION_FORMS if partition else forms_of(table))
        ):
            return None
        said, select = (
            (table.of_partition, _select(lake, release, name, files))
            if partition
            else (table, str(select_of(release, name)))
        )
        rows, path = folder / f"{release.id}.parquet", folder / f"{release.id}.{form}"
        write_parquet(con, said, select, rows)
        if form != "parquet":
            write(con, said, rows, form, path)
        return path


def _made(lake: Lake, release: Release, con: duckdb.DuckDBPyConnection, table: Described) -> str:
    """Make a table's files where they are not there and return their key."""
    manifest, name = release.manifest, table.name
    origin = manifest.models.get(name) or manifest.contracts[name.partition(".")[0]]

    def make(aside: Path) -> Listed:
        partitions = [
            file
            for key, files in _partitions(release, name).items()
            for file in _partition(lake, release, con, table, key, files)
        ]
        rows = aside / f"{name}.parquet"
        count = write_parquet(con, table, str(select_of(release, name)), rows)
        unfit = lacking(con, table, rows)
        forms = [form for form in forms_of(table) if form not in unfit]
        for form in forms:
            if form != "parquet":
                write(con, table, rows, form, aside / f"{name}.{form}")
        return Listed(
            count,
            (*(File(form, None, f"{name}.{form}", 0, "", count) for form in forms), *partitions),
            unfit,
        )

    key = key_of(name, manifest.tables[name].written(), origin.written(), table.told, table.page)
    made(lake, key, make)
    return key


def _known(before: Release | None) -> dict[str, dict[str, str]]:
    """Return what the list of the release before says; nothing where it has none, or one that
    was damaged: publishing goes on.
    """
    with suppress(OSError, ValueError):
        said = json.loads((before.folder / INDEX).read_bytes()) if before else {}
        return (
            said
            if isinstance(said, dict)
            and all({"key", "issued", "modified"} <= set(each) for each in said.values())
            else {}
        )
    return {}


def _partition(
    lake: Lake,
    release: Release,
    con: duckdb.DuckDBPyConnection,
    whole: Described,
    partition: str,
    files: Sequence[str],
) -> tuple[File, ...]:
    """Return the files of one partition of a dataset: what was delivered for it, whatever the
    view of the whole shows of that.
    """
    table = whole.of_partition

    def make(aside: Path) -> Listed:
        stem = f"{table.name}.{partition}"
        rows = aside / f"{stem}.parquet"
        count = write_parquet(con, table, _select(lake, release, table.name, files), rows)
        for form in PARTITION_FORMS:
            if form != "parquet":
                write(con, table, rows, form, aside / f"{stem}.{form}")
        return Listed(
            count,
            tuple(
                File(form, partition, f"{stem}.{form}", 0, "", count) for form in PARTITION_FORMS
            ),
        )

    return made(lake, key_of(partition, list(files), table.told), make).files


def _partitions(release: Release, name: str) -> dict[str, list[str]]:
    """Return the pinned files of each partition of a dataset; a model has no partitions."""
    if name in release.manifest.models:
        return {}
    return by_partition(release.manifest.tables[name].files)


def _select(lake: Lake, release: Release, name: str, files: Sequence[str]) -> str:
    """Return the SELECT of the rows in some files of a dataset; a column that none of them has
    yet is NULL.
    """
    dataset = next(
        dataset
        for contract in release.contracts
        for dataset in contract.datasets
        if dataset.id == name
    )
    places = [str(lake.root / file) for file in files]
    held = {column for place in places for column in pq.read_schema(place).names}
    columns = [(each.name, STORED[each.type]) for each in dataset.public_columns]
    return (
        f"{rows_of(columns, places, held, partition=False)} ORDER BY"
        f" {', '.join(identifier(column) for column, _ in columns)}"
    )
