"""Computes marts and KPIs again from their receipts: the kept SQL over the pinned versions of what
it read, its marts first.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import LumbungError
from pipelines.lake.lake import Lake
from pipelines.models.run import computed
from pipelines.models.sqlfile import SqlFile
from pipelines.models.workbench import open_pinned, stored_contracts, withheld_of
from pipelines.receipts.canonical import canonical
from pipelines.receipts.model_receipt import stored_model
from pipelines.receipts.receipt import Receipt, read, rows_sha256
from pipelines.sqltext import quoted
from pipelines.verify.rows import first_difference


@dataclass(frozen=True)
class Table:
    """One model's rows, rebuilt and as they are published."""

    model: SqlFile
    rebuilt: tuple[dict[str, Any], ...]
    published: tuple[dict[str, Any], ...]

    @property
    def difference(self) -> str:
        """The first difference, empty when there is none."""
        return first_difference(self.model.key, self.rebuilt, self.published)


class Models:
    """The marts and KPIs of a lake; what several of them are made of is rebuilt once."""

    def __init__(self, lake: Lake) -> None:
        """Take the lake."""
        self.lake = lake
        self._tables: dict[str, Table | str] = {}

    def table(self, name: str, digest: str, files: Sequence[str]) -> Table | str:
        """Return a table rebuilt beside what is published, or what is wrong with it."""
        if digest not in self._tables:
            try:
                self._tables[digest] = self._rebuilt(name, digest, files)
            except (LumbungError, duckdb.Error, OSError) as error:
                self._tables[digest] = str(error)
        return self._tables[digest]

    def _rebuilt(self, name: str, digest: str, files: Sequence[str]) -> Table | str:
        receipt = read(self.lake, digest)
        if receipt["kind"] != "table" or receipt["name"] != name:
            return f"its receipt is of {receipt['name']}"
        inputs = receipt["inputs"]
        for mart, pinned in ((name, inputs[name]) for name in inputs if name.startswith("mart.")):
            rebuilt = self.table(mart, pinned["receipt"], self._files(mart, pinned["version"]))
            wrong = rebuilt if isinstance(rebuilt, str) else rebuilt.difference
            if wrong:
                return f"its input {mart}: {wrong}"
        model = stored_model(self.lake, name, digest)
        rows = self._computed(receipt, model)
        published = self.rows(files)
        if rows_sha256(rows) != receipt["result_sha256"]:
            first = Table(model, _plain(rows), published).difference
            return (
                f"rebuilt, its {rows.num_rows} rows have another hash than the receipt's"
                f" {receipt['rows']}{f': {first}' if first else ''}"
            )
        return Table(model, _plain(rows), published)

    def _computed(self, receipt: Receipt, model: SqlFile) -> pa.Table:
        inputs = receipt["inputs"]
        versions = {
            name: pinned["version"]
            for name, pinned in inputs.items()
            if pinned.get("version") is not None and not name.startswith("mart.")
        }
        versions |= {
            withheld_of(name): each["withheld"]
            for name, each in inputs.items()
            if "withheld" in each
        }
        left_out = {name: each["left_out"] for name, each in inputs.items() if "left_out" in each}
        reference = {
            name.partition(".")[2]: pinned["sha256"]
            for name, pinned in inputs.items()
            if "sha256" in pinned
        }
        conventions = self.lake.stored(receipt["conventions"], "sql").read_text("utf-8")
        with TemporaryDirectory(prefix="lumbung-") as folder:
            contracts = stored_contracts(
                self.lake,
                {name: contract["sha256"] for name, contract in receipt["contracts"].items()},
                Path(folder),
            )
            with open_pinned(
                self.lake, contracts, conventions, versions, reference, left_out
            ) as workbench:
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

    def rows(self, files: Sequence[str]) -> tuple[dict[str, Any], ...]:
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
