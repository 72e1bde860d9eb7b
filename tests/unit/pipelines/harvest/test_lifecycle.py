"""States of a source: what the contract and the latest verdicts make of it."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Contract
from pipelines.harvest.lifecycle import STATES, standing, state_of
from pipelines.lake.partitions import last_complete
from tests.sample import write_sample


@pytest.fixture
def contract(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Contract:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    return read_contract(write_sample(tmp_path / "contracts", tmp_path / "drop"))


def rows(*verdicts: tuple[str, str]) -> dict:
    return {"hujan.rain": [{"partition": key, "verdict": verdict} for key, verdict in verdicts]}


GOOD = rows(("2026-01-08", "passed"), ("2026-01-09", "passed"))


def stopped(contract: Contract, on: date) -> Contract:
    return replace(
        contract,
        active_to=on,
        datasets=tuple(replace(dataset, active_to=on) for dataset in contract.datasets),
    )


def test_what_nobody_harvested_or_described_is_planned(contract: Contract) -> None:
    assert state_of(contract, {}) == ("planned", "nothing was harvested yet")
    assert state_of(replace(contract, status="draft"), GOOD) == (
        "planned",
        "not yet described by its owner",
    )
    assert state_of(replace(contract, active_from=date(2026, 3, 1)), GOOD)[0] == "planned"


def test_in_time_is_active_and_an_old_withheld_day_does_not_matter(contract: Contract) -> None:
    assert state_of(contract, GOOD) == ("active", STATES["active"])
    assert state_of(contract, rows(("2026-01-08", "withheld"), ("2026-01-09", "passed"))) == (
        "active",
        STATES["active"],
    )


def test_late_or_withheld_is_degraded_and_says_which(contract: Contract) -> None:
    assert state_of(contract, rows(("2026-01-02", "passed"))) == ("degraded", "rain late")
    assert state_of(contract, rows(("2026-01-08", "passed"), ("2026-01-09", "withheld"))) == (
        "degraded",
        "rain withheld",
    )


def test_what_has_stopped_is_retired_however_old_its_rows(contract: Contract) -> None:
    assert (
        state_of(stopped(contract, date(2026, 1, 3)), rows(("2026-01-02", "passed")))[0]
        == "retired"
    )
    assert state_of(stopped(contract, date(2026, 1, 3)), {})[0] == "retired"


@pytest.mark.parametrize(
    "end",
    [date(2026, 1, 10), date(2026, 1, 11), date(2027, 1, 3)],
    ids=["today", "tomorrow", "next year"],
)
def test_a_known_end_that_is_still_to_come_silences_nothing(contract: Contract, end: date) -> None:
    running = stopped(contract, end)
    assert state_of(running, GOOD) == ("active", STATES["active"])
    assert state_of(running, rows(("2026-01-02", "passed"))) == ("degraded", "rain late")
    assert state_of(running, {}) == ("planned", "nothing was harvested yet")
    (dataset,) = running.datasets
    assert [standing(dataset, verdicts).state for verdicts in (GOOD["hujan.rain"], ())] == [
        "fresh",
        "never harvested",
    ]
    assert last_complete(dataset) == date(2026, 1, 9)
    assert last_complete(replace(dataset, partition="month")) == date(2025, 12, 31)


def test_a_system_has_stopped_the_day_after_its_last(contract: Contract) -> None:
    ended = stopped(contract, date(2026, 1, 9))
    (dataset,) = ended.datasets
    assert state_of(ended, rows(("2026-01-02", "passed"))) == ("retired", "stopped 2026-01-09")
    assert (standing(dataset, GOOD["hujan.rain"]).state, last_complete(dataset)) == (
        "stopped",
        date(2026, 1, 9),
    )
