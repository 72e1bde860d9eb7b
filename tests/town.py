"""The small house as one that may be broken: what a test breaks, and what its next run says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.report import Report
from assets.run import run
from pipelines.lake.lake import Lake
from pipelines.release.release import Release, open_release
from tests.instance import dagster_instance
from tests.sample import drop, row

THIRD = date(2026, 1, 3)


@dataclass
class Town:
    """A small house that may be broken, and what its next run says."""

    folder: Path

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    @property
    def release(self) -> Release:
        return open_release(self.lake)

    def contract(self, application: str) -> Path:
        """Return where the contract of an application lies."""
        return self.folder / "contracts" / f"{application}.odcs.yaml"

    def write(self, name: str, text: str) -> None:
        """Write a model or a view by ``layer.name``."""
        layer, _, stem = name.partition(".")
        path = self.folder / "sql" / layer / f"{stem}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def harvested(
        self, *lines: str, applications: Sequence[str] = (), whole: bool = False
    ) -> Report:
        """Harvest the third day, or all that a run without dates asks for, and release."""
        drop(self.folder / "drop", THIRD, [row(THIRD, gauge) for gauge in (1, 2)] + list(lines))
        with dagster_instance() as instance:
            return run(
                instance,
                self.folder / "contracts",
                self.lake,
                self.folder / "sql",
                applications,
                None if whole else THIRD,
                None if whole else THIRD,
                lambda *_: None,
            )

    def rows(self, table: str) -> list[Any]:
        """Return what the current release has of a table."""
        with self.release.connect() as con:
            return con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
