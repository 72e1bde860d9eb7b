"""Rebuilds what a release published from its receipts and holds it against what is there: OK, or the first difference.

A table is computed again from its pinned inputs, its marts first; a dataset's partition from the delivery's bytes, through refinement, without the rows
its quarantine holds. Nothing of the release is trusted but its manifest, whose hash is the release's name. Nothing is written into the lake.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.bench import kept_contracts, open_pinned
from pipelines.cast import quoted
from pipelines.errors import LumbungError
from pipelines.lake import Lake
from pipelines.models import computed
from pipelines.rebuild_dataset import rebuilt_partitions
from pipelines.receipt import ENGINE, Receipt, canonical, read, rows_sha256, value_receipt
from pipelines.release import Release
from pipelines.sqlfile import SqlFile, parse

MODELS = ("mart", "kpi")


@dataclass(frozen=True)
class Outcome:
    """One thing verified: a value, a mart or a partition; ``said`` is the first difference, empty when there is none."""

    name: str
    said: str = ""

    @property
    def ok(self) -> bool:
        """Whether it could be rebuilt as it was published."""
        return not self.said


@dataclass(frozen=True)
class _Table:
    model: SqlFile
    rebuilt: tuple[dict[str, Any], ...]
    published: tuple[dict[str, Any], ...]


class Rebuild:
    """Verifies parts of one release; what several parts are made of is rebuilt once."""

    def __init__(self, lake: Lake, release: Release, sql: Path) -> None:
        """Take a release to verify; of ``sql``, today's SQL, it is only said whether it has moved on."""
        self.lake, self.release, self.sql = lake, release, sql
        self._tables: dict[str, _Table | str] = {}

    @cached_property
    def pinned(self) -> Mapping[str, Any]:
        """The release's tables."""
        return self.release.manifest["tables"]

    def names(self) -> list[str]:
        """Return every mart, KPI and dataset of the release that has a receipt."""
        return [name for name, table in self.pinned.items() if "receipt" in table]

    def parts(self, name: str) -> list[str]:
        """Return what of a table is verified one by one: the values of a KPI, the partitions of a dataset, a mart as a whole."""
        layer = name.partition(".")[0]
        if layer == "kpi":
            key = self.release.manifest["models"][name]["key"]
            return [_place(key, row) for row in self._rows(self.pinned[name]["files"])]
        return [""] if layer == "mart" else sorted(read(self.lake, self.pinned[name]["receipt"])["partitions"])

    def verify(self, name: str, only: Collection[str] = ()) -> list[Outcome]:
        """Verify a table, or some parts of it: one outcome a part, or one for the whole when nothing of it can be rebuilt."""
        try:
            if name.partition(".")[0] in MODELS:
                return self._values(name, only)
            found = rebuilt_partitions(self.lake, read(self.lake, self.pinned[name]["receipt"]), self.pinned[name]["files"], only)
            return [Outcome(f"{name} {partition}", said) for partition, said in found.items()]
        except (LumbungError, duckdb.Error, OSError) as error:
            return [Outcome(name, str(error))]

    def _values(self, name: str, only: Collection[str]) -> list[Outcome]:
        table = self._table(name, self.pinned[name]["receipt"], self.pinned[name]["files"])
        if isinstance(table, str):
            return [Outcome(name, table)]
        if table.model.layer == "mart":
            return [Outcome(name, _first(table))]
        rebuilt, published = ({_place(table.model.key, row): row for row in rows} for rows in (table.rebuilt, table.published))
        places = sorted(only or {*rebuilt, *published})
        return [Outcome(f"{name} {place}", _difference(rebuilt.get(place), published.get(place))) for place in places]

    def receipts(self, name: str) -> Iterator[Receipt]:
        """Yield the receipt of every value of a KPI of the release."""
        made_from = read(self.lake, self.pinned[name]["receipt"])
        for row in self._rows(self.pinned[name]["files"]):
            yield value_receipt(self.release, name, row, made_from)

    def receipt(self, receipt: Receipt) -> list[Outcome]:
        """Verify a receipt somebody holds: that it is this release's, and that what it speaks of can be rebuilt."""
        name = receipt["name"]
        if name not in self.names():
            return [Outcome(name, f"release {self.release.id} does not publish it")]
        if receipt["kind"] != "value":
            if receipt != read(self.lake, self.pinned[name]["receipt"]):
                return [Outcome(name, f"release {self.release.id} has another receipt for it; this one is of another version, or was changed")]
            return self.verify(name)
        place = _place(list(receipt["key"]), receipt["key"])
        mine = next((each for each in self.receipts(name) if each["key"] == receipt["key"]), None)
        if mine != receipt:
            changed = [field for field in receipt if mine is None or receipt[field] != mine[field]]
            return [Outcome(f"{name} {place}", f"release {self.release.id} gave another receipt for this value; it differs in {', '.join(changed)}")]
        return self.verify(name, (place,))

    def notes(self, name: str) -> list[str]:
        """Return what has moved on since a table was made, which changes nothing of the release: its SQL file, the engine."""
        receipt = read(self.lake, self.pinned[name]["receipt"])
        said = [] if receipt["engine"] == ENGINE else [f"made with {receipt['engine']}, rebuilt with {ENGINE}"]
        if receipt["kind"] == "table":
            path = self.sql / f"{name.replace('.', '/')}.sql"
            if not path.is_file() or path.read_bytes() != self.lake.kept(receipt["sql"], "sql").read_bytes():
                said.append(f"{path} is not the file this was made with any more")
        return said

    def _table(self, name: str, digest: str, files: Sequence[str]) -> _Table | str:
        """Return a table rebuilt beside what is published, or what is wrong with it."""
        if digest not in self._tables:
            try:
                self._tables[digest] = self._rebuilt(name, digest, files)
            except (LumbungError, duckdb.Error, OSError) as error:
                self._tables[digest] = str(error)
        return self._tables[digest]

    def _rebuilt(self, name: str, digest: str, files: Sequence[str]) -> _Table | str:
        receipt = read(self.lake, digest)
        if receipt["kind"] != "table" or receipt["name"] != name:
            return f"its receipt is of {receipt['name']}"
        inputs = receipt["inputs"]
        for mart, pinned in ((each, inputs[each]) for each in inputs if each.startswith("mart.")):
            made = self._table(mart, pinned["receipt"], self._files(mart, pinned["version"]))
            wrong = made if isinstance(made, str) else _first(made)
            if wrong:
                return f"its input {mart}: {wrong}"
        text = self.lake.kept(receipt["sql"], "sql").read_text("utf-8")
        layer, _, table = name.partition(".")
        model = parse(text, self.sql / layer / f"{table}.sql", layer, table)
        rows = self._computed(receipt, model)
        published = self._rows(files)
        if rows_sha256(rows) != receipt["result_sha256"]:
            first = _first(_Table(model, _plain(rows), published))
            return f"rebuilt, its {rows.num_rows} rows have another hash than the receipt's {receipt['rows']}{f': {first}' if first else ''}"
        return _Table(model, _plain(rows), published)

    def _computed(self, receipt: Receipt, model: SqlFile) -> pa.Table:
        inputs = receipt["inputs"]
        versions = {name: each["version"] for name, each in inputs.items() if each.get("version") is not None and not name.startswith("mart.")}
        reference = {name.partition(".")[2]: each["sha256"] for name, each in inputs.items() if "sha256" in each}
        conventions = self.lake.kept(receipt["conventions"], "sql").read_text("utf-8")
        with TemporaryDirectory(prefix="lumbung-") as folder:
            contracts = kept_contracts(self.lake, {name: each["sha256"] for name, each in receipt["contracts"].items()}, Path(folder))
            with open_pinned(self.lake, contracts, conventions, versions, reference) as bench:
                for name in (name for name in inputs if name.startswith("mart.")):
                    bench.show_mart(name.partition(".")[2], inputs[name]["version"])
                return computed(bench, model, date.fromisoformat(receipt["parameters"].get("today", "1970-01-01")))

    def _files(self, name: str, version: int) -> list[str]:
        return [str(Path(file).relative_to(self.lake.root)) for file in self.lake.files(self.lake.table(*name.split(".")), version)]

    def _rows(self, files: Sequence[str]) -> tuple[dict[str, Any], ...]:
        """Return the rows of Parquet files, named relative to the lake, as JSON writes them."""
        if not files:
            return ()
        listed = ", ".join(quoted(str(self.lake.root / file)) for file in files)
        with self.lake.connect() as con:
            return _plain(con.execute(f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)").to_arrow_table())


def _plain(rows: pa.Table) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(canonical(row)) for row in rows.to_pylist())


def _place(key: Sequence[str], row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {row[name]}" for name in key)


def _first(table: _Table) -> str:
    """Return the first difference between a table rebuilt and as it is published, empty when there is none."""
    rebuilt, published = ({canonical(row): row for row in rows} for rows in (table.rebuilt, table.published))
    key = table.model.key
    more, less = (sorted(each) for each in (set(rebuilt) - set(published), set(published) - set(rebuilt)))
    if not more and not less:
        return "" if len(table.rebuilt) == len(table.published) else f"{len(table.published)} rows are published, {len(table.rebuilt)} rebuilt"
    ours, theirs = (rebuilt[more[0]] if more else None), (published[less[0]] if less else None)
    if ours and key:
        theirs = next((row for row in table.published if _place(key, row) == _place(key, ours)), None)
    place = _place(key, ours or theirs or {})
    return f"{place + ': ' if place else ''}{_difference(ours, theirs)}"


def _difference(rebuilt: Mapping[str, Any] | None, published: Mapping[str, Any] | None) -> str:
    """Return the first column in which a row differs."""
    if published is None:
        return f"is not published, and rebuilt it is {_short(rebuilt)}"
    if rebuilt is None:
        return f"is published as {_short(published)}, and rebuilt it is not there"
    for name in {**rebuilt, **published}:
        if rebuilt.get(name) != published.get(name):
            return f"{name} is {published.get(name)} published and {rebuilt.get(name)} rebuilt"
    return ""


def _short(row: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in (row or {}).items())[:200]
