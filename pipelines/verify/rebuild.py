"""Rebuilds what a release published from its receipts and holds it against what is there: OK, or
the first difference.

A table is computed again from its pinned inputs, its marts first; a dataset's partition from the
delivery's bytes, through refinement, without the rows its quarantine holds; the clean tables that
closed figures rest on too. Nothing of the release is trusted but its manifest, whose hash is the
release's name. Nothing is written into the lake.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import LumbungError
from pipelines.lake.lake import Lake
from pipelines.models.run import computed
from pipelines.models.sqlfile import SqlFile, parse
from pipelines.models.workbench import kept_contracts, open_pinned
from pipelines.receipts.code import code
from pipelines.receipts.receipt import ENGINE, Receipt, canonical, read, rows_sha256
from pipelines.release.release import VIEWS, Release
from pipelines.release.value_receipt import value_receipt
from pipelines.sqltext import quoted
from pipelines.verify.datasets import changed, rebuilt_partitions
from pipelines.verify.views import views_difference

MODELS, CLEAN = ("mart", "kpi"), "clean/"


@dataclass(frozen=True)
class Outcome:
    """One thing verified: a value, a mart or a partition; ``said`` is the first difference,
    empty when there is none.
    """

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
        """Take a release to verify; of ``sql``, today's SQL, it is only said whether it has
        moved on.
        """
        self.lake, self.release, self.sql = lake, release, sql
        self._tables: dict[str, _Table | str] = {}

    @cached_property
    def pinned(self) -> Mapping[str, Any]:
        """What the release pins: its tables, and ``clean/<dataset>`` for the clean tables its
        figures rest on.
        """
        clean = self.release.manifest.get("clean", {})
        return {
            **self.release.manifest["tables"],
            **{f"{CLEAN}{name}": entry for name, entry in clean.items()},
        }

    def names(self) -> list[str]:
        """Return everything of the release that can be verified: what has a receipt, or hashes
        of its files, and the file of views.
        """
        pinned = [name for name, table in self.pinned.items() if {"receipt", "sha256"} & set(table)]
        return [*pinned, *([VIEWS] if "views_sha256" in self.release.manifest else [])]

    def parts(self, name: str) -> list[str]:
        """Return what of a table is verified one by one: the values of a KPI, the partitions of
        a dataset, anything else as a whole.
        """
        layer = name.partition(".")[0]
        if layer == "kpi":
            return [_place(self._key(name), row) for row in self._rows(self.pinned[name]["files"])]
        if layer == "mart" or "receipt" not in self.pinned.get(name, {}):
            return [""]
        return sorted(read(self.lake, self.pinned[name]["receipt"])["partitions"])

    def verify(self, name: str, only: Collection[str] = ()) -> list[Outcome]:
        """Verify a table, or some parts of it: one outcome a part, or one for the whole when
        nothing of it can be rebuilt.
        """
        try:
            if name == VIEWS:
                return [Outcome(name, views_difference(self.lake, self.release))]
            if name.partition(".")[0] in MODELS:
                return self._values(name, only)
            if "sha256" in self.pinned[name]:
                return [Outcome(name, changed(self.lake, self.pinned[name]["sha256"]))]
            receipt = read(self.lake, self.pinned[name]["receipt"])
            found = rebuilt_partitions(self.lake, receipt, self.pinned[name].get("files"), only)
            return [Outcome(f"{name} {partition}", said) for partition, said in found.items()]
        except (LumbungError, duckdb.Error, OSError) as error:
            return [Outcome(name, str(error))]

    def _key(self, name: str) -> list[str]:
        return self.release.manifest["models"][name]["key"]

    def _values(self, name: str, only: Collection[str]) -> list[Outcome]:
        table = self._table(name, self.pinned[name]["receipt"], self.pinned[name]["files"])
        if isinstance(table, str):
            return [Outcome(name, table)]
        if table.model.layer == "mart":
            return [Outcome(name, _first(table))]
        rebuilt, published = (
            _by_place(table.model.key, rows) for rows in (table.rebuilt, table.published)
        )
        return [
            Outcome(f"{name} {place}", _among(rebuilt.get(place, []), published.get(place, [])))
            for place in sorted(only or {*rebuilt, *published})
        ]

    def receipts(self, name: str) -> Iterator[Receipt]:
        """Yield the receipt of every value of a KPI of the release."""
        made_from = read(self.lake, self.pinned[name]["receipt"])
        for row in self._rows(self.pinned[name]["files"]):
            yield value_receipt(self.release, name, row, made_from)

    def receipt(self, receipt: Receipt) -> list[Outcome]:
        """Verify a receipt somebody holds: that it is this release's, and that what it speaks of
        can be rebuilt.
        """
        name = receipt["name"] if receipt.get("layer") != "clean" else f"{CLEAN}{receipt['name']}"
        if "receipt" not in self.pinned.get(name, {}):
            return [Outcome(name, f"release {self.release.id} does not publish it")]
        if receipt["kind"] != "value":
            if receipt != read(self.lake, self.pinned[name]["receipt"]):
                return [
                    Outcome(
                        name,
                        f"release {self.release.id} has another receipt for it; this one is of"
                        " another version, or was changed",
                    )
                ]
            return self.verify(name)
        if not name.startswith("kpi.") or set(receipt["key"]) != set(self._key(name)):
            return [
                Outcome(
                    name,
                    f"is no KPI of release {self.release.id} with the key"
                    f" {', '.join(receipt['key'])}",
                )
            ]
        place = _place(self._key(name), receipt["key"])
        mine = next((each for each in self.receipts(name) if each["key"] == receipt["key"]), None)
        if mine != receipt:
            changed = [field for field in receipt if mine is None or receipt[field] != mine[field]]
            return [
                Outcome(
                    f"{name} {place}",
                    f"release {self.release.id} gave another receipt for this value; it differs in"
                    f" {', '.join(changed)}",
                )
            ]
        return self.verify(name, (place,))

    def notes(self, name: str) -> list[str]:
        """Return what has moved on since a table was made, which changes nothing of the release:
        its SQL file, the engine, the code.
        """
        receipt = read(self.lake, self.pinned[name]["receipt"])
        said = (
            []
            if receipt["engine"] == ENGINE
            else [f"made with {receipt['engine']}, rebuilt with {ENGINE}"]
        )
        if receipt["code"]["sources_sha256"] != code()["sources_sha256"]:
            said.append(f"made by other code than this, of revision {receipt['code']['revision']}")
        if receipt["kind"] == "table":
            path = self.sql / f"{name.replace('.', '/')}.sql"
            if (
                not path.is_file()
                or path.read_bytes() != self.lake.kept(receipt["sql"], "sql").read_bytes()
            ):
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
            return (
                f"rebuilt, its {rows.num_rows} rows have another hash than the receipt's"
                f" {receipt['rows']}{f': {first}' if first else ''}"
            )
        return _Table(model, _plain(rows), published)

    def _computed(self, receipt: Receipt, model: SqlFile) -> pa.Table:
        inputs = receipt["inputs"]
        versions = {
            name: each["version"]
            for name, each in inputs.items()
            if each.get("version") is not None and not name.startswith("mart.")
        }
        reference = {
            name.partition(".")[2]: each["sha256"]
            for name, each in inputs.items()
            if "sha256" in each
        }
        conventions = self.lake.kept(receipt["conventions"], "sql").read_text("utf-8")
        with TemporaryDirectory(prefix="lumbung-") as folder:
            contracts = kept_contracts(
                self.lake,
                {name: each["sha256"] for name, each in receipt["contracts"].items()},
                Path(folder),
            )
            with open_pinned(self.lake, contracts, conventions, versions, reference) as workbench:
                for name in (name for name in inputs if name.startswith("mart.")):
                    workbench.show_mart(name.partition(".")[2], inputs[name]["version"])
                return computed(
                    workbench,
                    model,
                    date.fromisoformat(receipt["parameters"].get("today", "1970-01-01")),
                )

    def _files(self, name: str, version: int) -> list[str]:
        return [
            str(Path(file).relative_to(self.lake.root))
            for file in self.lake.files(self.lake.table(*name.split(".")), version)
        ]

    def _rows(self, files: Sequence[str]) -> tuple[dict[str, Any], ...]:
        """Return the rows of Parquet files, named relative to the lake, as JSON writes them."""
        if not files:
            return ()
        listed = ", ".join(quoted(str(self.lake.root / file)) for file in files)
        with self.lake.connect() as con:
            return _plain(
                con.execute(
                    f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"
                ).to_arrow_table()
            )


def _plain(rows: pa.Table) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(canonical(row)) for row in rows.to_pylist())


def _place(key: Sequence[str], row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {row[name]}" for name in key)


def _by_place(
    key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(_place(key, row), []).append(row)
    return found


def _among(rebuilt: Sequence[Mapping[str, Any]], published: Sequence[Mapping[str, Any]]) -> str:
    """Return the first difference between the rows of one place, empty when there is none."""
    if len(rebuilt) > 1 or len(published) > 1:
        same = Counter(map(canonical, rebuilt)) == Counter(map(canonical, published))
        return (
            "" if same else f"is published {len(published)} times and rebuilt {len(rebuilt)} times"
        )
    return _difference(rebuilt[0] if rebuilt else None, published[0] if published else None)


def _first(table: _Table) -> str:
    """Return the first difference between a table rebuilt and as it is published, empty when
    there is none.
    """
    key, rows = table.model.key, {canonical(row): row for row in (*table.rebuilt, *table.published)}
    rebuilt, published = (
        Counter(map(canonical, each)) for each in (table.rebuilt, table.published)
    )
    more, less = (
        sorted((one - other).elements())
        for one, other in ((rebuilt, published), (published, rebuilt))
    )
    if not more and not less:
        return ""
    ours, theirs = (rows[more[0]] if more else None), (rows[less[0]] if less else None)
    if ours and key:
        theirs = next(
            (rows[each] for each in less if _place(key, rows[each]) == _place(key, ours)), None
        )
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
