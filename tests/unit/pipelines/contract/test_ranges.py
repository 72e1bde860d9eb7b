"""What a contract states within a range: both ends are taken by whatever counts with them, what
lies just beyond is refused with line, range and remedy.
"""

from pathlib import Path

import pytest

from assets.timetable import freshness_of, partitions_of
from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Dataset
from pipelines.errors import ContractError
from tests.sample import write_sample

FROM = '{property: activeFrom, value: "2026-01-01"}'
UNTIL = FROM + '\n  - {property: activeTo, value: "%s"}'
CONNECTOR = "- {property: connector, value: file}"
LIMITS = CONNECTOR + "\n      - {property: limits, value: {%s}}"
RANGES = {
    "activeFrom": (FROM, FROM.replace("2026-01-01", "%s"), ("1900-01-01",), ("1899-12-31",)),
    "activeTo": (FROM, UNTIL, ("2199-12-31",), ("2200-01-01", "9999-12-31")),
    "timeout_seconds": (
        CONNECTOR,
        LIMITS % "timeout_seconds: %s",
        ("0.001", "86400"),
        ("0", "-1", "86400.5", ".nan", ".inf"),
    ),
    "attempts": (CONNECTOR, LIMITS % "attempts: %s", ("1", "4.0"), ("0", "0.5", "1.5", ".inf")),
    "response_bytes": (CONNECTOR, LIMITS % "response_bytes: %s", ("1",), ("0.5", "0", "-1")),
    "quarantine_share": ("quarantine_share: 0.5", "quarantine_share: %s", "01", ("-0.1", "1.1")),
}


def read(folder: Path, change: tuple[str, str]) -> Dataset:
    """Return the dataset of the sample contract with a text changed."""
    path = write_sample(folder / "contracts", folder / "drop")
    text = path.read_text("utf-8")
    assert text.count(change[0]) == 1, change
    path.write_text(text.replace(*change), "utf-8")
    return read_contract(path).datasets[0]


@pytest.mark.parametrize("what", RANGES)
def test_both_ends_are_taken_and_beyond_is_refused(tmp_path: Path, what: str) -> None:
    before, after, ends, beyond = RANGES[what]
    for end in ends:
        dataset = read(tmp_path, (before, after % end))
        assert partitions_of(dataset) and (freshness_of(dataset) or dataset.active_to)
    for value in beyond:
        with pytest.raises(ContractError, match=rf"odcs\.yaml:\d+: .*{what}.*(from|above|share)"):
            read(tmp_path, (before, after % value))


@pytest.mark.parametrize("unit", ("h", "d", "m", "y"))
def test_a_promise_may_be_as_long_as_it_is_counted(tmp_path: Path, unit: str) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path / "drop")
    text = path.read_text("utf-8")
    for name in ("freshness", "retention"):
        (line,) = [line for line in text.splitlines() if f"property: {name}" in line]
        text = text.replace(line, f"  - {{property: {name}, value: 100000, unit: {unit}}}")
    path.write_text(text, "utf-8")
    dataset = read_contract(path).datasets[0]
    assert freshness_of(dataset) and dataset.retention_days > 4000
    path.write_text(text.replace("100000", "100001"), "utf-8")
    with pytest.raises(ContractError, match="needs a value above 0, 100000 at most"):
        read_contract(path)


@pytest.mark.parametrize(("lookback", "is_allowed"), ((0, 1), (400, 1), (-1, 0), (401, 0)))
def test_a_look_back_is_counted_from_none_to_a_year_and_more(
    tmp_path: Path, lookback: int, is_allowed: int
) -> None:
    anchor = "- {property: informationClass, value: berkala}"
    change = (anchor, f"{anchor}\n      - {{property: lookback, value: {lookback}}}")
    if is_allowed:
        assert read(tmp_path, change).lookback == lookback
    else:
        with pytest.raises(ContractError, match=r"lookback: .* a whole number from 0 to 400"):
            read(tmp_path, change)
