"""From four sources to the page: planted errors land under their rules, no others; KPIs agree
with plain Python; a rerun changes nothing.
"""

import re
import statistics
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from demo.everything import ground_truth
from demo.systems import air, complaints, permits, register
from pipelines.connectors.contracts import read_contracts
from pipelines.connectors.registry import connectors
from pipelines.reference.working_days import deadline, is_working
from pipelines.release.manifest import WITHHELD_VERSIONS
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from tests.conftest import Harvested, run_city
from tests.journey.recomputed import broken, half_up, share

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


def kpi(harvested: Harvested, name: str) -> dict[str, dict]:
    with open_release(harvested.lake).connect() as con:
        rows = con.execute(f"FROM kpi.{name}").to_arrow_table().to_pylist()
    return {row["period"] + (row.get("measure") or ""): row for row in rows}


def test_permit_lead_time_agrees_with_plain_python(harvested: Harvested) -> None:
    bad = {key for _, key in broken(harvested.city, "perizinan", "permits")}
    latest: dict = {}
    unknown = set()
    for row in permits.build(harvested.city)[0]:
        number = row["application_no"]
        if not number or row["updated_at"].date() not in harvested.city.window:
            continue
        if f"{number} {row['updated_at']}" in bad:
            unknown.add(number)
        else:
            latest[number] = row
            unknown.discard(number)
    days, in_time, still_open = [], [], []
    for row in (row for number, row in latest.items() if number not in unknown):
        start, end = (
            row[name] and datetime.fromisoformat(row[name]).date()
            for name in ("complete_at", "issued_at")
        )
        if start in harvested.city.window and row["status"] in ("complete", "issued"):
            due = deadline(start, row["sla_days"])
            still_open.append(end is None)
            if end:
                days.append(
                    sum(
                        is_working(start + timedelta(days=n))
                        for n in range(1, (end - start).days + 1)
                    )
                )
            if due < harvested.city.today:
                in_time.append(end is not None and end <= due)
    got = {row["measure"]: row for row in kpi(harvested, "permit_lead_time").values()}
    assert {
        name: (row["numerator"], row["denominator"], float(row["value"]))
        for name, row in got.items()
    } == {
        "in_time": (sum(in_time), len(in_time), share(sum(in_time), len(in_time))),
        "median_days": (None, len(days), statistics.median(days)),
        "p90_days": (
            None,
            len(days),
            round(statistics.quantiles(days, n=10, method="inclusive")[8], 1),
        ),
        "mean_days": (sum(days), len(days), half_up(Fraction(sum(days), len(days)))),
        "open_share": (sum(still_open), len(still_open), share(sum(still_open), len(still_open))),
    }
    assert 0 < sum(in_time) < len(in_time) and 0 < sum(still_open) < len(still_open)
    assert {(row["period"], row["status"], row["reason"]) for row in got.values()} == {
        ("2026-06", "provisional", "running")
    }


def test_information_requests_agree_with_plain_python(harvested: Harvested) -> None:
    day = harvested.city.window[-1]
    rows, planted = register.snapshot(harvested.city, day)
    bad = {error.key for error in planted if error.rule != "duplicate"}
    expected: dict[str, list[bool]] = {}
    for row in {row[0]: row for row in rows if row[0] not in bad}.values():
        due = deadline(row[1], 17 if row[6] == "ya" else 10)
        if due < day:
            expected.setdefault(f"{row[1]:%Y-%m}", []).append(row[7] is not None and row[7] <= due)
    got = kpi(harvested, "information_requests_answered_in_time")
    assert {
        period: (row["numerator"], row["denominator"])
        for period, row in got.items()
        if row["denominator"]
    } == {period: (sum(value), len(value)) for period, value in expected.items()}


def test_complaints_agree_with_plain_python(harvested: Harvested) -> None:
    zone = ZoneInfo("Asia/Jakarta")
    bad = {
        error.key
        for error in ground_truth(harvested.city)
        if error.application == "sikesal" and error.rule != "duplicate"
    }
    latest: dict = {}
    for row in complaints.build(harvested.city)[0]:
        key = f"{row['service_request_id']} {row['updated_datetime']}"
        if (
            row["_at"].date() in harvested.city.window
            and key not in bad
            and row["service_request_id"]
        ):
            latest[row["service_request_id"]] = row
    midnight = datetime.combine(harvested.city.today, datetime.min.time(), zone)
    outcome = []
    for row in latest.values():
        received = datetime.fromisoformat(row["requested_datetime"])
        closed = row["extended_attributes"]["closed_datetime"]
        due = received + timedelta(hours=row["extended_attributes"]["sla_hours"])
        if (
            row["status_notes"] != "rejected"
            and received.date() >= harvested.city.window[0]
            and due < midnight
        ):
            outcome.append(closed is not None and datetime.fromisoformat(closed) <= due)
    (row,) = kpi(harvested, "complaints_answered_in_time").values()
    assert (row["numerator"], row["denominator"]) == (sum(outcome), len(outcome))


ANCHORS = (0, 50, 100, 200, 300, 500)
CONCENTRATIONS = {
    "PM10": (0, 50, 150, 350, 420, 500),
    "PM2.5": (0, 15.5, 55.4, 150.4, 250.4, 500),
    "SO2": (0, 52, 180, 400, 800, 1200),
    "CO": (0, 4000, 8000, 15000, 30000, 45000),
    "O3": (0, 120, 235, 400, 800, 1000),
    "NO2": (0, 80, 200, 1130, 2260, 3000),
    "HC": (0, 45, 100, 215, 432, 648),
}
"""PermenLHK P.14/2020, typed once more so that the two cannot share a mistake."""


def index_of(parameter: str, concentration: float) -> float:
    x = CONCENTRATIONS[parameter]
    for n in range(5):
        if x[n] < concentration <= x[n + 1]:
            return ANCHORS[n] + (ANCHORS[n + 1] - ANCHORS[n]) / (x[n + 1] - x[n]) * (
                concentration - x[n]
            )
    return 500


def test_days_by_ispu_category_agree_with_plain_python(harvested: Harvested) -> None:
    bad = {
        error.key
        for error in ground_truth(harvested.city)
        if error.application == "aqms" and error.rule != "duplicate"
    }
    midnight = datetime.combine(harvested.city.today, datetime.min.time(), ZoneInfo("Asia/Jakarta"))
    read: dict = {}
    for row in air.build(harvested.city)[0]:
        name, day = row["Datastream"]["name"], row["_at"].date()
        if (
            row["_arrives"] <= midnight
            and f"{name} {row['phenomenonTime']}" not in bad
            and day >= harvested.city.window[0] - timedelta(days=1)
        ):
            read.setdefault(day, {}).setdefault(name, {})[row["_at"]] = row["result"]
    expected: Counter = Counter()
    for day, parameters in read.items():
        if all(len(values) >= 36 for values in parameters.values()):
            highest = max(
                index_of(name, statistics.fmean(values.values()))
                for name, values in parameters.items()
            )
            category = ("good", "moderate", "unhealthy", "very_unhealthy", "hazardous")[
                sum(int(highest + 0.5) > limit for limit in (50, 100, 200, 300))
            ]
            expected[f"{day:%Y-%m}{category}"] += 1
    shares = {
        name: row
        for name, row in kpi(harvested, "days_by_ispu_category").items()
        if row["measure"] != "valid_days"
    }
    assert len(expected) > 1, "the city's days are of more than one category"
    assert {name: row["numerator"] for name, row in shares.items() if row["numerator"]} == expected


def test_days_by_ispu_category_count_the_valid_days(harvested: Harvested) -> None:
    rows = {
        name: row
        for name, row in kpi(harvested, "days_by_ispu_category").items()
        if row["measure"] != "valid_days"
    }
    by_month = Counter(
        f"{day:%Y-%m}"
        for day in [harvested.city.window[0] - timedelta(days=1), *harvested.city.window]
    )
    by_month[f"{harvested.city.today - timedelta(days=5):%Y-%m}"] -= 1
    assert {row["period"]: row["denominator"] for row in rows.values()} == {
        month: days for month, days in by_month.items() if days
    }
    for row in rows.values():
        assert row["status"] == "provisional" and 0 < row["completeness"] < 1
        assert row["rule_version"].startswith("P.14/")


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
