"""What becomes of an intent whose maker is dead, by how far it came."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.lake import intents, verdicts
from pipelines.lake.lake import COMMITS, Lake
from quality.words import says
from tests.sample import put

RAIN, DAY = "hujan.rain", "2026-01-01"
LAYERS = ("quarantine", "clean", "public")
COUNTS = {"delivered": 3, "passed": 3, "quarantined": 0, "duplicates": 0, "cells_withheld": 2}


def verdict(run_id: str, passed: int) -> dict[str, Any]:
    counts = {**COUNTS, "delivered": passed, "passed": passed}
    said = {"dataset": RAIN, "partition": DAY, "verdict": "passed", "findings": []}
    return {**said, **counts, "run_id": run_id, "delivery": "d"}


def commit(lake: Lake, layer: str, run_id: str, rows: int, **more: str) -> None:
    columns = {"gauge": range(rows), "_partition": [DAY] * rows}
    table = pa.table({**columns, **{name: [value] * rows for name, value in more.items()}})
    place = lake.dataset_table(layer, RAIN)
    put(lake, place, [DAY], table, {"run_id": run_id})


def harvested(lake: Lake, run_id: str, rows: int, layers: int = 3, **more: str) -> None:
    """Harvest as far as the commit of so many layers, and be gone."""
    intents.intend(lake, RAIN, run_id, LAYERS, [verdict(run_id, rows)])
    for layer in LAYERS[:layers]:
        commit(lake, layer, run_id, rows, **more)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake in which a first run came to its end."""
    lake = Lake(tmp_path)
    harvested(lake, "first", 3)
    verdicts.record(lake, [verdict("first", 3)])
    intents.clear(lake, RAIN)
    return lake


def rows(lake: Lake) -> list[int]:
    """Return the rows of each layer, and as the verdict that passed has them."""
    counted = []
    with lake.connect() as con:
        for layer in LAYERS:
            files = lake.files(lake.dataset_table(layer, RAIN))
            query = "SELECT count(*) FROM read_parquet($1)"
            counted.append(con.execute(query, [files]).fetchall()[0][0] if files else 0)
    return [*counted, *(row["passed"] for row in verdicts.passed(lake, RAIN))]


def latest(lake: Lake) -> tuple[str, str]:
    (row,) = verdicts.latest(lake, RAIN)
    return row["run_id"], row["verdict"]


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_one_that_is_not_wholly_committed_is_taken_back(lake: Lake, layers: int) -> None:
    harvested(lake, "second", 5, layers, colour="red")
    (told,) = intents.settle(lake)
    assert told.startswith(f"{RAIN}: run second was cut off between its commits")
    assert rows(lake) == [3, 3, 3, 3] and latest(lake) == ("second", "withheld")
    (row,) = verdicts.latest(lake, RAIN)
    assert {row[name] for name in COUNTS} == {0} and row["delivery"] == ""
    assert "asked for again" in says(row["findings"][0])
    assert lake.columns(lake.dataset_table("clean", RAIN)).names == ["gauge", "_partition"]
    assert intents.settle(lake) == []


def test_one_that_is_wholly_committed_has_its_verdict_recorded(lake: Lake) -> None:
    harvested(lake, "second", 5)
    assert "is done now" in intents.settle(lake)[0]
    assert rows(lake) == [5, 5, 5, 5] and latest(lake) == ("second", "passed")


def test_one_whose_verdict_is_recorded_is_cleared_alone(lake: Lake) -> None:
    harvested(lake, "second", 5)
    verdicts.record(lake, [verdict("second", 5)])
    versions = [lake.version(table) for table in lake.tables()]
    assert "when all of it was there" in intents.settle(lake)[0]
    assert [lake.version(table) for table in lake.tables()] == versions


def test_a_try_of_the_same_run_is_not_taken_for_the_one_before(lake: Lake) -> None:
    harvested(lake, "second", 5, layers=2)
    intents.settle(lake)
    harvested(lake, "second", 6, layers=1)
    intents.settle(lake)
    assert rows(lake) == [3, 3, 3, 3]
    harvested(lake, "second", 6)
    intents.settle(lake)
    assert rows(lake) == [6, 6, 6, 6]


@pytest.mark.parametrize("layers", [1, 2])
def test_a_table_that_was_not_there_becomes_empty(tmp_path: Path, layers: int) -> None:
    lake = Lake(tmp_path)
    harvested(lake, "first", 3, layers)
    intents.settle(lake)
    assert rows(lake) == [0, 0, 0] and latest(lake) == ("first", "withheld")


@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize("step", ["restore", "record", "clear"])
def test_ending_one_may_be_killed_too(
    lake: Lake, layers: int, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvested(lake, "second", 5, layers)

    class Killed(BaseException):
        pass

    def after(real: Callable[..., Any]) -> Callable[..., Any]:
        def dies(*arguments: Any) -> None:
            real(*arguments)
            raise Killed

        return dies

    owner: Any = {"restore": Lake, "record": verdicts, "clear": intents}[step]
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, after(getattr(owner, step)))
        if (step, layers) == ("restore", 3):
            intents.settle(lake)
        else:
            with pytest.raises(Killed):
                intents.settle(lake)
    intents.settle(lake)
    assert rows(lake) == ([3, 3, 3, 3] if layers == 2 else [5, 5, 5, 5])
    with lake.connect() as con:
        every = verdicts.every_sql(lake.files(lake.table("lumbung", "verdicts")))
        query = f"SELECT count(*) FROM ({every}) WHERE run_id = 'second'"
        assert con.execute(query).fetchall() == [(1,)]
    assert intents.settle(lake) == []


def test_one_of_another_dataset_is_left_to_whoever_may_end_it(lake: Lake) -> None:
    harvested(lake, "second", 5, layers=1)
    intents.settle_own(lake, "angin.wind")
    assert (lake.root / "intents" / f"{RAIN}.json").is_file()
    with lake.lock(COMMITS, shared=True):
        intents.settle_own(lake, RAIN)
    assert rows(lake) == [3, 3, 3, 3]
