"""States of a source: what the contract and the latest verdicts make of it."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.contract import Contract
from pipelines.contract_reader import read_contract
from pipelines.lifecycle import state_of
from tests.sample import write_sample


@pytest.fixture
def contract(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Contract:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    return read_contract(write_sample(tmp_path / "contracts", tmp_path / "drop"))


def rows(*verdicts: tuple[str, str]) -> dict:
    return {"hujan.rain": [{"partition": key, "verdict": verdict} for key, verdict in verdicts]}


GOOD = rows(("2026-01-08", "passed"), ("2026-01-09", "passed"))


def stopped(contract: Contract, on: date) -> Contract:
    return replace(contract, active_to=on, datasets=tuple(replace(each, active_to=on) for each in contract.datasets))


def test_what_nobody_harvested_or_described_is_planned(contract: Contract) -> None:
    assert state_of(contract, {}) == ("planned", "nothing was harvested yet")
    assert state_of(replace(contract, status="draft"), GOOD) == ("planned", "not yet described by its owner")
    assert state_of(replace(contract, active_from=date(2026, 3, 1)), GOOD)[0] == "planned"


def test_in_time_is_active_and_an_old_withheld_day_does_not_matter(contract: Contract) -> None:
    assert state_of(contract, GOOD)[0] == "active"
    assert state_of(contract, rows(("2026-01-08", "withheld"), ("2026-01-09", "passed")))[0] == "active"


def test_late_or_withheld_is_degraded_and_says_which(contract: Contract) -> None:
    assert state_of(contract, rows(("2026-01-02", "passed"))) == ("degraded", "rain late")
    assert state_of(contract, rows(("2026-01-08", "passed"), ("2026-01-09", "withheld"))) == ("degraded", "rain withheld")


def test_what_has_stopped_is_retired_however_old_its_rows(contract: Contract) -> None:
    assert state_of(stopped(contract, date(2026, 1, 3)), rows(("2026-01-02", "passed")))[0] == "retired"
    assert state_of(stopped(contract, date(2026, 1, 3)), {})[0] == "retired"
    assert state_of(stopped(contract, date(2027, 1, 3)), GOOD)[0] != "retired"
