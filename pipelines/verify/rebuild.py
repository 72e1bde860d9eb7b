"""Rebuilds what a release published from its receipts and holds it against what is there: OK, or
the first difference.

A table is computed again from its pinned inputs, its marts first; a dataset's partition from the
delivery's bytes, through refinement, without the rows its quarantine holds; the clean tables that
closed figures rest on too. Nothing of the release is trusted but its manifest, whose hash is the
release's name. Nothing is written into the lake.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from pipelines.errors import LakeError, LumbungError
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import text_of
from pipelines.receipts.code import code
from pipelines.receipts.receipt import ENGINE, Receipt, read
from pipelines.release.manifest import Pinned
from pipelines.release.place import VIEWS
from pipelines.release.release import Release
from pipelines.release.value_receipt import value_receipt
from pipelines.verify.datasets import changed, rebuilt_partitions
from pipelines.verify.models import Models
from pipelines.verify.rows import by_place, difference_at, place_of
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


class Rebuild:
    """Verifies parts of one release; what several parts are made of is rebuilt once."""

    def __init__(self, lake: Lake, release: Release, sql: Path) -> None:
        """Take a release to verify; of ``sql``, today's SQL, it is only said whether it has
        moved on.
        """
        self.lake, self.release, self.sql = lake, release, sql
        self._models = Models(lake)

    @cached_property
    def pinned(self) -> Mapping[str, Pinned]:
        """What the release pins: its tables, and ``clean/<dataset>`` for the clean tables its
        figures rest on.
        """
        manifest = self.release.manifest
        clean = {f"{CLEAN}{name}": table for name, table in manifest.clean.items()}
        return {**manifest.tables, **clean}

    def names(self) -> list[str]:
        """Return everything of the release that can be verified: what has a receipt, or hashes
        of its files, and the file of views.
        """
        pinned = [
            name
            for name, table in self.pinned.items()
            if table.receipt is not None or table.sha256 is not None
        ]
        return [*pinned, *([VIEWS] if self.release.manifest.views_sha256 else [])]

    def parts(self, name: str) -> list[str]:
        """Return what of a table is verified one by one: the values of a KPI, the partitions of
        a dataset, anything else as a whole.
        """
        layer = name.partition(".")[0]
        if layer == "kpi":
            return [
                place_of(self._key(name), row) for row in self._models.rows(self.pinned[name].files)
            ]
        if layer == "mart" or name not in self.pinned or not self.pinned[name].receipt:
            return [""]
        return sorted(self._receipt(name)["partitions"])

    def verify(self, name: str, only: Collection[str] = ()) -> list[Outcome]:
        """Verify a table, or some parts of it: one outcome a part, or one for the whole when
        nothing of it can be rebuilt.
        """
        try:
            if name == VIEWS:
                return [Outcome(name, views_difference(self.lake, self.release))]
            if name.partition(".")[0] in MODELS:
                return self._values(name, only)
            pinned = self.pinned[name]
            if pinned.sha256 is not None:
                return [Outcome(name, changed(self.lake, pinned.sha256))]
            files = None if name.startswith(CLEAN) else pinned.files
            differences = rebuilt_partitions(self.lake, self._receipt(name), files, only)
            return [Outcome(f"{name} {partition}", said) for partition, said in differences.items()]
        except (LumbungError, duckdb.Error, OSError) as error:
            return [Outcome(name, str(error))]

    def _key(self, name: str) -> tuple[str, ...]:
        return self.release.manifest.models[name].key

    def _receipt(self, name: str) -> Receipt:
        digest = self.pinned[name].receipt
        if digest is None:
            raise LakeError(
                f"{name}: release {self.release.id} was made before there were receipts; `lumbung"
                " run` makes one"
            )
        return read(self.lake, digest)

    def _values(self, name: str, only: Collection[str]) -> list[Outcome]:
        pinned = self.pinned[name]
        table = self._models.table(name, str(pinned.receipt), pinned.files)
        if isinstance(table, str):
            return [Outcome(name, table)]
        if table.model.layer == "mart":
            return [Outcome(name, table.difference)]
        rebuilt, published = (
            by_place(table.model.key, rows) for rows in (table.rebuilt, table.published)
        )
        return [
            Outcome(
                f"{name} {place}", difference_at(rebuilt.get(place, []), published.get(place, []))
            )
            for place in sorted(only or {*rebuilt, *published})
        ]

    def receipts(self, name: str) -> Iterator[Receipt]:
        """Yield the receipt of every value of a KPI of the release."""
        made_from = self._receipt(name)
        for row in self._models.rows(self.pinned[name].files):
            yield value_receipt(self.release, name, row, made_from)

    def receipt(self, receipt: Receipt) -> list[Outcome]:
        """Verify a receipt somebody holds: that it is this release's, and that what it speaks of
        can be rebuilt.
        """
        name = receipt["name"] if receipt.get("layer") != "clean" else f"{CLEAN}{receipt['name']}"
        if name not in self.pinned or not self.pinned[name].receipt:
            return [Outcome(name, f"release {self.release.id} does not publish it")]
        if receipt["kind"] != "value":
            if receipt != self._receipt(name):
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
        place = place_of(self._key(name), receipt["key"])
        mine = next(
            (candidate for candidate in self.receipts(name) if candidate["key"] == receipt["key"]),
            None,
        )
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
        receipt = self._receipt(name)
        said = (
            []
            if receipt["engine"] == ENGINE
            else [f"made with {receipt['engine']}, rebuilt with {ENGINE}"]
        )
        if receipt["code"]["sources_sha256"] != code()["sources_sha256"]:
            said.append(f"made by other code than this, of revision {receipt['code']['revision']}")
        if receipt["kind"] == "table":
            path = self.sql / f"{name.replace('.', '/')}.sql"
            if not path.is_file() or text_of(path) != self.lake.stored(
                receipt["sql"], "sql"
            ).read_text("utf-8"):
                said.append(f"{path} is not the file this was made with any more")
        return said
