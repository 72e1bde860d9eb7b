"""A harvest that is killed between any two of its commits: whoever comes next ends it, so that rows
and verdict agree, and what was taken back is asked for again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assets.due import keys_to_harvest
from assets.harvest import harvest
from assets.report import Report
from assets.run import run
from pipelines.connectors.contracts import read_contract
from pipelines.lake import intents, verdicts
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from pipelines.verify.rebuild import Rebuild
from tests.instance import dagster_instance
from tests.released import DAYS, released
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
DAY = DAYS[0]
STEPS = ("intent", "quarantine", "clean", "public", "verdict", "cleared")
"""What a harvest writes when it commits, in its order."""


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Town:
    """The small house, and a second application beside it."""

    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    def redelivered(self, gauges: int) -> None:
        lines = [row(DAY, gauge) for gauge in range(gauges)]
        drop(self.folder / "drop", DAY, [*lines, row(DAY, -1)])

    def killed_before(self, step: str, run_id: str = "killed") -> None:
        """Harvest the first day of rain by a process that dies before it writes ``step``."""
        real_replace, contract = (
            Lake.replace,
            read_contract(self.folder / "contracts/hujan.odcs.yaml"),
        )

        def replace(lake: Lake, con: Any, table: Path, *more: Any) -> int:
            if table.parts[-3] == step:
                raise Killed
            return real_replace(lake, con, table, *more)

        def dies(*_: object) -> None:
            raise Killed

        with self.patch.context() as patch, pytest.raises(Killed):
            patch.setattr(Lake, "replace", replace)
            for name, module, what in (
                ("intent", intents, "intend"),
                ("verdict", verdicts, "record"),
                ("cleared", intents, "clear"),
            ):
                if step == name:
                    patch.setattr(module, what, dies)
            harvest(
                self.lake,
                self.folder / "sql",
                contract,
                contract.datasets[0],
                [str(DAY)],
                run_id,
            )

    def runs(self, *applications: str, days: bool = True) -> Report:
        places = (self.folder / "contracts", self.lake, self.folder / "sql")
        first, last = (DAY, DAY) if days else (None, DAYS[-1])
        with dagster_instance() as instance:
            report = run(instance, *places, applications, first, last, lambda *_: None)
        assert report.errors == []
        return report

    def counts(self) -> tuple[int, int, int, int]:
        """Return the first day's rows in clean, in public, in the release, and as its verdict
        has them.
        """
        rain = "hujan.rain"
        held = []
        with self.lake.connect() as con:
            for layer in ("clean", "public"):
                files = self.lake.files(self.lake.dataset_table(layer, rain))
                here = [file for file in files if f"_partition={DAY}" in file]
                query = "SELECT count(*) FROM read_parquet($1)"
                held.append(con.execute(query, [here]).fetchall()[0][0] if here else 0)
        with open_release(self.lake).connect() as con:
            query = f"SELECT count(*) FROM {rain} WHERE _partition = '{DAY}'"
            seen = con.execute(query).fetchall()[0][0]
        passed = {row["partition"]: row["passed"] for row in verdicts.passed(self.lake, rain)}
        return held[0], held[1], seen, passed.get(str(DAY), 0)

    def verified(self) -> None:
        rebuild = Rebuild(self.lake, open_release(self.lake), self.folder / "sql")
        outcomes = [outcome for name in rebuild.names() for outcome in rebuild.verify(name)]
        assert outcomes and [outcome.said for outcome in outcomes if not outcome.ok] == []


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    write_sample(tmp_path / "contracts", tmp_path / "wind", application="angin")
    drop(tmp_path / "wind", DAY, [row(DAY, 1)])
    released(tmp_path)
    yield Town(tmp_path, monkeypatch)


@pytest.mark.parametrize("step", STEPS)
def test_a_redelivery_that_was_killed_is_ended_by_another_applications_run(
    town: Town, step: str
) -> None:
    before, after = (2, 2, 2, 2), (5, 5, 5, 5)
    assert town.counts() == before
    town.redelivered(5)
    town.killed_before(step)
    drop(town.folder / "wind", DAY, [row(DAY, gauge) for gauge in range(4)])
    report = town.runs("angin")
    finished = step in ("verdict", "cleared")
    assert town.counts() == (after if finished else before)
    town.verified()
    rain = read_contract(town.folder / "contracts/hujan.odcs.yaml").datasets[0]
    asked = keys_to_harvest(town.lake, rain, None, DAYS[-1])
    if step == "intent":
        assert report.notes == [] and asked == ()
        return
    assert len(report.notes) == 1 and "run killed was cut off" in report.notes[0]
    assert [*(town.lake.root / "intents").iterdir()] == []
    if not finished:
        assert str(DAY) in asked
        (why,) = verdicts.latest(town.lake, "hujan.rain")[0]["findings"]
        assert why["kind"] == "interrupted"
    else:
        assert asked == ()
    town.runs(days=False)
    assert town.counts() == after
    town.verified()
    history = verdicts.every_sql(town.lake.files(town.lake.table("lumbung", "verdicts")))
    with town.lake.connect() as con:
        counted = f"SELECT count(*) FROM ({history}) WHERE run_id = 'killed'"
        assert con.execute(counted).fetchall() == [(1,)], "one verdict, whoever recorded it"


@pytest.mark.parametrize("step", ["quarantine", "clean", "public", "verdict"])
def test_the_next_harvest_of_the_dataset_ends_it_too(town: Town, step: str) -> None:
    town.redelivered(5)
    town.killed_before(step)
    town.redelivered(7)
    town.killed_before(step, "killed again")
    town.redelivered(6)
    town.runs("hujan")
    assert town.counts() == (6, 6, 6, 6)
    town.verified()


def test_a_run_tried_again_is_rebuilt_by_what_its_last_try_kept_back(town: Town) -> None:
    """A retry keeps the id of its run, and its source may give other rows by then."""
    town.redelivered(5)
    town.killed_before("public", "same")
    town.redelivered(6)
    contract = read_contract(town.folder / "contracts/hujan.odcs.yaml")
    harvest(town.lake, town.folder / "sql", contract, contract.datasets[0], [str(DAY)], "same")
    town.runs("angin")
    assert town.counts() == (6, 6, 6, 6)
    town.verified()


def test_of_a_first_delivery_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    write_sample(tmp_path / "contracts", tmp_path / "wind", application="angin")
    drop(tmp_path / "wind", DAY, [row(DAY, 1)])
    (tmp_path / "sql").mkdir()
    town = Town(tmp_path, monkeypatch)
    town.redelivered(5)
    town.killed_before("public")
    (tmp_path / "sql" / "conventions.sql").write_text("")
    town.runs("angin")
    assert town.counts() == (0, 0, 0, 0)
    town.runs(days=False)
    assert town.counts() == (5, 5, 5, 5)


def test_an_intent_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "hujan.rain.json").write_text("{")
    (said,) = intents.settle(Lake(tmp_path))
    assert re.search(r"hujan.rain.json: .* `lumbung run hujan` with --from", said)
    assert (tmp_path / "intents" / "hujan.rain.json").is_file()
