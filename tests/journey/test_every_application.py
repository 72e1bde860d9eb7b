"""Every application of the city, source to verdict: its planted errors land under their rules
and nothing else does; every inventory row has its contract.
"""

import json
import re
from collections import Counter
from datetime import date

import pytest

from demo.everything import ground_truth
from pipelines.connectors.contracts import read_contracts
from pipelines.lake.lake import Lake
from pipelines.reference.regions import kelurahan
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from tests.conftest import Harvested

pytestmark = pytest.mark.xdist_group("city")
CONTRACTS = {
    contract.application: contract for contract in read_contracts(PROJECT / "assets" / "contracts")
}
INVENTORY = [f"S{n:02d}" for n in range(1, 36)]
FACTS = {application for application, contract in CONTRACTS.items() if not contract.synthetic}
"""Registers of facts with sources: nothing is planted in them."""


NO_ROW = ("duplicate", "coverage")
"""What is planted in a partition, or is a second row as good as the first: only its number can
be compared.
"""


def counted(report: dict, application: str) -> Counter:
    """Count what the gate found in the city's own days, by dataset, partition and rule;
    duplicates and warnings of empty days apart.
    """
    counted: Counter = Counter()
    for dataset, rows in report["datasets"].items():
        owner, name = dataset.split(".")
        for row in rows if owner == application else ():
            for finding in row["findings"]:
                if finding["rule"] != "empty":
                    counted[name, row["partition"], finding["rule"]] += max(finding["rows"], 1)
            if row["duplicates"]:
                counted[name, row["partition"], "duplicate"] += row["duplicates"]
    return counted


def quarantined(lake: Lake, application: str) -> list[tuple[str, str, str, str]]:
    """Return dataset, partition, rule and values of every row of the application's quarantine,
    once a rule.
    """
    found = []
    for dataset in CONTRACTS[application].datasets:
        files = lake.files(lake.dataset_table("quarantine", dataset.id))
        with lake.connect() as con:
            sql = (
                "SELECT _partition, unnest(rules), record FROM read_parquet(?, hive_partitioning ="
                " true, hive_types_autocast = false)"
            )
            rows = con.execute(sql, [files]).fetchall() if files else []
        found += [
            (
                dataset.name,
                partition,
                rule,
                "\n".join(str(value) for value in json.loads(record).values()),
            )
            for partition, rule, record in rows
        ]
    return found


def holds(values: str, words: str) -> bool:
    """Whether every word stands among the values of a quarantined row, and not as a part of
    another.
    """
    return all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", values) for word in words.split())


@pytest.mark.parametrize("application", CONTRACTS)
def test_every_planted_error_is_found_under_its_rule_and_nothing_else(
    application: str, harvested: Harvested
) -> None:
    planted = [error for error in ground_truth(harvested.city) if error.application == application]
    left, missed = quarantined(harvested.lake, application), []
    rows, sent = [error for error in planted if error.rule not in NO_ROW], len(left)
    for refused in rows:
        place = (refused.dataset, refused.partition, refused.rule)
        found = next(
            (row for row in left if row[:3] == place and holds(row[3], refused.row or refused.key)),
            None,
        )
        left.remove(found) if found else missed.append(refused)
    hits = sent - len(left)
    print(
        f"{application}: precision {hits}/{sent} rows, recall {hits}/{len(rows)} rows;"
        f" {len(planted) - len(rows)} duplicates and partitions"
    )
    assert (missed, left) == ([], [])
    assert counted(harvested.report, application) == Counter(
        (error.dataset, error.partition, error.rule) for error in planted
    )
    assert planted or application in FACTS, "an application without a planted error proves nothing"


@pytest.mark.parametrize("row", INVENTORY)
def test_every_row_of_the_inventory_has_one_contract(row: str) -> None:
    assert len([contract for contract in CONTRACTS.values() if contract.inventory_id == row]) == 1


def test_every_dataset_was_harvested_and_has_rows(harvested: Harvested) -> None:
    assert harvested.report["errors"] == []
    for dataset, rows in harvested.report["datasets"].items():
        assert sum(row["passed"] for row in rows) > 0, f"{dataset}: nothing of it passed"


def test_what_is_closed_is_not_in_the_release_and_what_is_open_is(harvested: Harvested) -> None:
    tables = open_release(harvested.lake).manifest.tables
    for contract in CONTRACTS.values():
        for dataset in contract.datasets:
            assert (dataset.id in tables) == dataset.is_public, dataset.id


def test_a_retired_system_is_harvested_to_its_last_day_and_raises_no_alarm(
    harvested: Harvested,
) -> None:
    retired = [contract for contract in CONTRACTS.values() if contract.active_to]
    assert retired
    for contract in retired:
        for dataset in contract.datasets:
            days = [row["partition"] for row in harvested.report["datasets"][dataset.id]]
            assert max(days) <= str(contract.active_to)


def test_there_are_62_kelurahan_until_2022_and_68_since() -> None:
    assert len(kelurahan(date(2022, 12, 31))) == 62
    assert len(kelurahan(date(2023, 1, 1))) == 68


def test_an_owner_is_an_agency_of_the_register(harvested: Harvested) -> None:
    with open_release(harvested.lake).connect() as con:
        known = {
            name for (name,) in con.execute("SELECT agency FROM register_kota.agencies").fetchall()
        }
    owners = {
        contract.owner
        for contract in CONTRACTS.values()
        if contract.status not in ("proposed", "draft")
    }
    assert owners <= known, owners - known
