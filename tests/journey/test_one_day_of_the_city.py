"""From four sources to the page: planted errors land under their rules, no others; a rerun changes
nothing.
"""

import re
from collections import Counter
from datetime import timedelta

import pytest

from demo.everything import ground_truth
from pipelines.connectors.contracts import read_contracts
from pipelines.connectors.registry import connectors
from pipelines.release.manifest import WITHHELD_VERSIONS
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from tests.conftest import Harvested, run_city

pytestmark = pytest.mark.xdist_group("city")
CONTRACTS = PROJECT / "assets" / "contracts"
APPLICATIONS = ("aqms", "perizinan", "ppid", "sikesal")


def count_findings(report: dict, application: str) -> Counter:
    """Count what the gate found in the city's own days, by partition and rule; duplicates and
    warnings of empty days apart.
    """
    counted: Counter = Counter()
    for dataset, rows in report["datasets"].items():
        if dataset.split(".")[0] == application:
            for row in rows:
                for finding in row["findings"]:
                    if finding["rule"] != "empty":
                        counted[row["partition"], finding["rule"]] += max(finding["rows"], 1)
                if row["duplicates"]:
                    counted[row["partition"], "duplicate"] += row["duplicates"]
    return counted


@pytest.mark.parametrize("application", APPLICATIONS)
def test_every_planted_error_is_found_under_its_rule_and_nothing_else(
    application: str, harvested: Harvested
) -> None:
    planted = Counter(
        (error.partition, error.rule)
        for error in ground_truth(harvested.city)
        if error.application == application
    )
    got = count_findings(harvested.report, application)
    hits = sum((planted & got).values())
    print(
        f"{application}: precision {hits}/{sum(got.values())}, recall"
        f" {hits}/{sum(planted.values())}"
    )
    assert got == planted


def test_every_row_is_accounted_for(harvested: Harvested) -> None:
    for rows in harvested.report["datasets"].values():
        for row in rows:
            assert row["delivered"] == row["passed"] + row["quarantined"] + row["duplicates"]


def test_one_day_is_withheld_and_only_that_day(harvested: Harvested) -> None:
    withheld = [
        (name, row["partition"])
        for name, rows in harvested.report["datasets"].items()
        for row in rows
        if row["verdict"] == "withheld"
    ]
    assert withheld == [
        ("aqms.observations", (harvested.city.today - timedelta(days=5)).isoformat())
    ]
    with open_release(harvested.lake).connect() as con:
        days = con.execute(
            "SELECT count(*) FROM aqms.observations WHERE _partition = ?", [withheld[0][1]]
        ).fetchall()
    assert days == [(0,)]


def test_no_personal_value_is_in_anything_published(harvested: Harvested) -> None:
    tables = open_release(harvested.lake).manifest.tables
    for table in tables.values():
        for file in table.files:
            content = (harvested.lake.root / file).read_bytes()
            for word in (
                b"Warga Sintetis",
                b"Pemohon Sintetis",
                b"+6281",
                b"157101010180",
                b"Jl. ",
            ):
                assert word not in content, f"{file} holds {word!r}"


def content(harvested_lake) -> dict[str, list]:
    """Return every row of the release and of quarantine; without times, run ids, and delivery
    hashes (pages name the server's port).
    """
    found = {}
    release = open_release(harvested_lake)
    with release.connect() as con:
        for name in release.manifest.tables:
            if name.startswith(WITHHELD_VERSIONS):  # no table of its own to readers
                continue
            columns = (
                "dataset, partition, verdict, delivered, passed, quarantined, duplicates, findings"
                if name == "lumbung.verdicts"
                else "*"
            )
            schema, table = name.split(".")
            history = con.execute(
                "SELECT count(*) FROM duckdb_views() WHERE schema_name = ? AND view_name = ?",
                [schema, table + "_history"],
            ).fetchall()[0][0]
            view = f"{name}_history" if history else name
            found[name] = sorted(map(repr, con.execute(f"SELECT {columns} FROM {view}").fetchall()))
    with harvested_lake.connect() as con:
        for table in sorted((harvested_lake.root / "quarantine").glob("*/*")):
            files = harvested_lake.files(table)
            if files:
                found[f"quarantine/{table.name}"] = sorted(
                    map(
                        repr,
                        con.execute(
                            "SELECT * EXCLUDE (delivery) FROM read_parquet($1)", [files]
                        ).fetchall(),
                    )
                )
    return found


def test_a_rerun_of_every_protocol_ends_in_the_same_state(harvested: Harvested, tmp_path) -> None:
    before = content(harvested.lake)
    by_connector = {
        dataset.source.connector: contract.application
        for contract in read_contracts(CONTRACTS)
        for dataset in contract.datasets
    }
    assert set(by_connector) == set(connectors())
    run_city(
        harvested.city,
        harvested.lake,
        harvested.folder / "source",
        applications=sorted(set(by_connector.values())),
    )
    assert content(harvested.lake) == before


def test_late_readings_arrive_with_the_next_run(harvested: Harvested) -> None:
    from demo.city import City

    last = harvested.city.window[-1].isoformat()
    rows = {row["partition"]: row for row in harvested.report["datasets"]["aqms.observations"]}
    assert rows[last]["delivered"] < 336
    tomorrow = City(today=harvested.city.today + timedelta(days=1), days=1)
    report = run_city(
        tomorrow, harvested.lake, harvested.folder / "tomorrow", applications=["aqms"]
    )
    again = {row["partition"]: row for row in report["datasets"]["aqms.observations"]}
    assert again[last]["delivered"] > rows[last]["delivered"]


def test_the_readmes_lines_for_analysts_run_as_printed(
    harvested: Harvested, tmp_path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    (block,) = re.findall(
        r"```python\n(.*?)```", (PROJECT / "README.md").read_text("utf-8"), re.DOTALL
    )
    (tmp_path / ".lumbung").mkdir()
    (tmp_path / ".lumbung" / "lake").symlink_to(harvested.lake.root)
    monkeypatch.chdir(tmp_path)
    exec(block, {})  # noqa: S102  our own README
    shown = capfd.readouterr().out
    assert "sikesal" in shown and "roads" in shown and "aqms.observations" in shown
