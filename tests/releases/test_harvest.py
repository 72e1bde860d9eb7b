"""A harvest ends in one state, however it was cut off, split into runs, or met by another."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from assets.due import keys_to_harvest
from assets.harvest import harvest
from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Contract
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.publication.make_release import make_release
from pipelines.settings import PROJECT
from tests.sample import HEADER, drop, row, write_sample

DAY = date(2026, 1, 1)
SQL = PROJECT / "sql"
pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return read_contract(write_sample(tmp_path / "contracts", tmp_path / "drop"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def key(n: int) -> str:
    return (DAY + timedelta(days=n)).isoformat()


def words(lake: Lake) -> dict[str, str]:
    return {verdict["partition"]: verdict["verdict"] for verdict in verdicts.latest(lake)}


def rows(lake: Lake, layer: str = "public") -> int:
    with lake.connect() as con:
        return con.execute(
            "SELECT count(*) FROM read_parquet($1)",
            [lake.files(lake.table(layer, "hujan", "rain"))],
        ).fetchall()[0][0]


def test_a_run_killed_before_its_verdict_is_recorded_is_run_again(
    contract: Contract, lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = contract.datasets[0]
    for n in range(2):
        drop(
            tmp_path / "drop",
            DAY + timedelta(days=n),
            [row(DAY + timedelta(days=n), gauge) for gauge in range(4)],
        )
    harvest(lake, SQL, contract, dataset, [key(0)], "one")
    with monkeypatch.context() as patch:
        patch.setattr(verdicts, "record", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            harvest(lake, SQL, contract, dataset, [key(1)], "two")
    assert keys_to_harvest(lake, dataset, None, DAY + timedelta(days=1)) == (key(1),)
    harvest(lake, SQL, contract, dataset, [key(1)], "three")
    assert words(lake) == {key(0): "passed", key(1): "passed"} and rows(lake) == 8


def test_one_bad_file_fails_its_own_day_and_no_other(
    contract: Contract, lake: Lake, tmp_path: Path
) -> None:
    for n in (0, 2):
        drop(tmp_path / "drop", DAY + timedelta(days=n), [row(DAY + timedelta(days=n))])
    (tmp_path / "drop" / f"rain_{key(1)}.csv").write_text("<html>down</html>")
    done = harvest(lake, SQL, contract, contract.datasets[0], [key(0), key(1), key(2)], "one")
    assert words(lake) == {key(0): "passed", key(1): "withheld", key(2): "passed"}
    assert "HTML page" in done.verdict.partitions[1].findings[0].message


@pytest.mark.parametrize("runs", [[[0, 1]], [[0], [1]], [[0, 1], [0]], [[1], [0, 1], [1]]])
def test_the_state_does_not_depend_on_how_the_days_are_split_into_runs(
    contract: Contract, lake: Lake, tmp_path: Path, runs: list[list[int]]
) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, gauge) for gauge in range(20)])
    drop(
        tmp_path / "drop",
        DAY + timedelta(days=1),
        [*[row(DAY + timedelta(days=1), gauge) for gauge in range(20)], row(DAY, 77)],
    )
    for number, days in enumerate(runs):
        harvest(lake, SQL, contract, contract.datasets[0], [key(n) for n in days], f"run{number}")
    found = {
        verdict["partition"]: (verdict["passed"], verdict["quarantined"])
        for verdict in verdicts.latest(lake)
    }
    assert found == {key(0): (20, 0), key(1): (20, 1)}


def test_harvests_of_one_dataset_at_once_take_turns(
    contract: Contract, lake: Lake, tmp_path: Path
) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, gauge) for gauge in range(30)])
    with ThreadPoolExecutor(3) as pool:
        list(
            pool.map(
                lambda run: harvest(lake, SQL, contract, contract.datasets[0], [key(0)], run), "abc"
            )
        )
    assert rows(lake) == rows(lake, "clean") == 30 and len(verdicts.latest(lake)) == 1


def test_gaps_between_harvested_days_are_asked_for_and_no_more(
    contract: Contract, lake: Lake, tmp_path: Path
) -> None:
    for n in (1, 4):
        drop(tmp_path / "drop", DAY + timedelta(days=n), [row(DAY + timedelta(days=n))])
        harvest(lake, SQL, contract, contract.datasets[0], [key(n)], f"run{n}")
    assert keys_to_harvest(lake, contract.datasets[0], None, DAY + timedelta(days=5)) == (
        key(2),
        key(3),
        key(5),
    )
    late = replace(contract.datasets[0], lookback=1)
    assert keys_to_harvest(lake, late, None, DAY + timedelta(days=5)) == (
        key(1),
        key(2),
        key(3),
        key(4),
        key(5),
    )


def test_a_condition_that_cannot_be_computed_is_named_and_its_rows_wait(
    lake: Lake, tmp_path: Path
) -> None:
    quality = (
        "{name: odd, type: custom, engine: lumbung, implementation: {row: 'CAST(observer AS"
        " INTEGER) > 0'}}"
    )
    contract = read_contract(
        write_sample(tmp_path / "contracts", tmp_path / "drop", quality=quality)
    )
    drop(tmp_path / "drop", DAY, [row(DAY, gauge) for gauge in range(3)])
    (day,) = harvest(lake, SQL, contract, contract.datasets[0], [key(0)], "one").verdict.partitions
    assert day.verdict == "withheld" and "rule 'odd'" in day.findings[-1].message
    assert (day.delivered, day.passed, day.quarantined) == (3, 0, 3) and rows(
        lake, "quarantine"
    ) == 3


def test_nothing_a_source_said_is_in_a_release(
    contract: Contract, lake: Lake, tmp_path: Path
) -> None:
    (tmp_path / "drop" / f"rain_{key(0)}.csv").write_bytes(
        HEADER.encode() + b"\nG1,\xff\xfe Rahasia Sintetis"
    )
    (tmp_path / "drop" / f"rain_{key(1)}.csv").write_text("<html>Rahasia Sintetis</html>")
    harvest(lake, SQL, contract, contract.datasets[0], [key(0), key(1)], "one")
    with make_release(lake, [contract], [], "one").connect() as con:
        shown = repr(con.execute("FROM lumbung.verdicts").fetchall()) + repr(
            con.execute("FROM lumbung.verdict_history").fetchall()
        )
    assert "Rahasia" not in shown and str(tmp_path) not in shown and "'source'" in shown
