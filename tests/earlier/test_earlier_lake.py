"""A lake made by earlier code opens and verifies, and takes a run and a release.

``make_lake.py`` says what the lakes hold and how another one is added.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from assets.report import Report
from assets.run import run
from pipelines.files.index import FILES
from pipelines.files.make_files import key_in, open_tables
from pipelines.lake.lake import Lake
from pipelines.release.place import settle, written_for
from pipelines.release.release import open_release
from tests.earlier.make_lake import HOME, TAKEN, alone, deliver, others, settings, unpack
from tests.instance import dagster_instance

pytestmark = [
    pytest.mark.xdist_group("earlier"),
    pytest.mark.skipif(HOME.resolve() != HOME, reason=f"{HOME} lies elsewhere on this machine"),
]
Command = Callable[..., tuple[int, str, str]]
LAKES = {"65be13b": ("20261129T223832Z-9301587c100ee718", "20261129T223849Z-abdcb6c6d6552eec")}
"""The commit that made a lake, and the ids of its two releases."""
FIRST_RAIN = """\
gauge,measured_at,rain_mm,condition
P1,2026-03-01T01:00:00Z,2.5,basah
P2,2026-03-01T01:00:00Z,0.0,kering
P3,2026-03-01T01:00:00Z,4.0,basah
P4,2026-03-01T01:00:00Z,1.5,basah
"""
COUNTS = {
    "hujan.rain": (4, 8),
    "layanan.counters": (2, 3),
    "layanan.counters_history": (4, 7),
    "layanan.requests": (5, 6),
    "layanan.requests_history": (6, 8),
    "mart.visits_daily": (7, 10),
    "kpi.daily_rain": (1, 2),
    "kpi.requests_closed": (2, 2),
    "lumbung.corrections": (0, 2),
    "lumbung.verdicts": (8, 12),
    "lumbung.verdict_history": (8, 20),
    "lumbung.kpi_latest": (3, 3),
}
"""Rows of each table in the first release and in the second."""
RAIN = (
    {"2026-03-01": (8, 4, 2)},
    {"2026-03-01": (11, 4, 2.8), "2026-03-03": (6, 4, 1.5)},
)
"""Numerator, denominator and value of the KPI ``daily_rain`` by day, in both releases."""
CLOSED = (
    {"2026-03 closed_share": (1, 5, 20), "2026-03 received": (5, 5, 5)},
    {"2026-03 closed_share": (2, 6, 33.3), "2026-03 received": (6, 6, 6)},
)
"""The same of ``requests_closed``, by month and measure."""
STATUSES = {"daily_rain": "final", "requests_closed": "provisional"}
VISITORS = {"15.71": 16, "15.71.01": 7, "15.71.02": None, "15.71.03": None}
"""Visitors of the first of March: three of one kecamatan, so a second one is emptied beside it."""
PARTS = (19, 27)
"""How many parts of each release can be rebuilt, its file of views among them."""
NEXT = {
    "hujan/rain_2026-03-02.csv": """\
pos;waktu;hujan;keadaan;pencatat
P1;2026-03-02T08:00:00+07:00;3,5;basah;Warga Sintetis 1
P2;2026-03-02T08:00:00+07:00;0,5;basah;Warga Sintetis 2
P3;2026-03-02T08:00:00+07:00;5,0;basah;Warga Sintetis 3
""",
    "hujan/rain_2026-03-04.csv": """\
pos;waktu;hujan;keadaan;pencatat
P1;2026-03-04T08:00:00+07:00;0;kering;Warga Sintetis 1
P2;2026-03-04T08:00:00+07:00;1,0;basah;Warga Sintetis 2
P3;2026-03-04T08:00:00+07:00;0,5;basah;Warga Sintetis 3
""",
    "layanan/counters_2026-03-04.json": """\
[
{"counter": "L1", "name": "Loket Utara", "lat": -1.59, "lon": 103.61},
{"counter": "L2", "name": "Loket Barat", "lat": -1.65, "lon": 103.6}
]
""",
    "layanan/requests_2026-03-04.csv": """\
request_no,region_code,received_on,changed_at,status,applicant
R3,15.71.03,2026-03-01,2026-03-04T09:00:00+07:00,closed,Warga Sintetis 7
""",
    "layanan/visits_2026-03-04.csv": """\
visit_no,visited_at,counter,region_code,visitor,minutes
K0401,2026-03-04T09:00:00+07:00,L1,15.71.01,Warga Sintetis 1,10
""",
}
"""The second of March again, whole this time, and the fourth."""


@pytest.fixture(params=LAKES)
def earlier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The commit of an earlier lake, which lies at ``HOME`` as it was made, and in the settings."""
    for name in others():
        monkeypatch.delenv(name)
    for name, value in settings("2026-03-04").items():
        monkeypatch.setenv(name, value)
    with alone():
        unpack(Path(__file__).parent / f"lake-{request.param}.zip")
        yield request.param


def listed(command: Command) -> list[str]:
    code, out, err = command("release", "list", "--json")
    assert code == 0, err
    return [release["release"] for release in json.loads(out)]


def rows(command: Command, query: str, release: str = "current") -> list[dict[str, Any]]:
    code, out, err = command("sql", query, "--format", "json", "--release", release)
    assert code == 0, err
    return json.loads(out)


def figures(command: Command, kpi: str, release: str) -> dict[str, tuple[Any, ...]]:
    """Return numerator, denominator and value of a KPI, by its period and measure."""
    select = "SELECT concat_ws(' ', period, part, measure) AS place, numerator, denominator, value"
    query = f"{select} FROM lumbung.kpi_values WHERE name = '{kpi}'"
    return {row.pop("place"): tuple(row.values()) for row in rows(command, query, release)}


def answers(command: Command, releases: tuple[str, str]) -> None:
    """Hold both releases of an earlier lake against what they said when they were made."""
    for place, release in enumerate(releases):
        expected = {table: both[place] for table, both in COUNTS.items()}
        selects = [f"SELECT '{table}' AS name, count(*) AS n FROM {table}" for table in COUNTS]
        counted = rows(command, " UNION ALL ".join(selects), release)
        assert {row["name"]: row["n"] for row in counted} == expected
        assert figures(command, "daily_rain", release) == RAIN[place]
        assert figures(command, "requests_closed", release) == CLOSED[place]
        statuses = rows(command, "SELECT DISTINCT name, status FROM lumbung.kpi_values", release)
        assert {row["name"]: row["status"] for row in statuses} == STATUSES
        query = "SELECT region_code, visitors FROM mart.visits_daily WHERE day = '2026-03-01'"
        visitors = rows(command, query, release)
        assert {row["region_code"]: row["visitors"] for row in visitors} == VISITORS


def verified(command: Command, *arguments: object) -> int:
    """Return how many parts were rebuilt, every one of them as it was published."""
    code, out, err = command("verify", *arguments, "--json")
    told = json.loads(out)["verified"] if out else []
    assert code == 0 and [part for part in told if not part["ok"]] == [], err
    return len(told)


def ran(applications: Sequence[str] = ()) -> Report:
    """Let the lake go on where it stopped, by a Dagster that keeps nothing."""
    with dagster_instance() as instance:
        lake = Lake(HOME / "lake")
        places = (HOME / "contracts", lake, HOME / "sql")
        return run(instance, *places, applications, None, None, lambda *_: None)


def test_every_release_opens_and_answers_as_it_did(earlier: str, command: Command) -> None:
    assert tuple(listed(command)) == LAKES[earlier]
    answers(command, LAKES[earlier])
    code, out, _ = command("release", "show", "current")
    assert code == 0 and json.loads(out)["release"] == LAKES[earlier][1]
    code, _, err = command("sql", "SELECT * FROM layanan.visits")
    assert code == 1 and "layanan.visits is closed" in err


def test_every_part_of_every_release_is_rebuilt(earlier: str, command: Command) -> None:
    for release, parts in zip(LAKES[earlier], PARTS, strict=True):
        assert verified(command, "--release", release) == parts
    assert verified(command, "V1") == 2


def test_status_tells_what_is_withheld_and_why(earlier: str, command: Command) -> None:
    code, out, _ = command("status", "--json")
    systems = json.loads(out)["sources"]
    datasets = {row.pop("dataset"): row for system in systems for row in system["datasets"]}
    assert code == 0 and len(datasets) == 4
    assert {dataset["newest"] for dataset in datasets.values()} == {"2026-03-03"}
    assert {
        name: dataset["withheld"] for name, dataset in datasets.items() if dataset["withheld"]
    } == {
        "hujan.rain": [{"partition": "2026-03-02", "why": ["volume: 1 (>= 3 and <= 1000)"]}],
    }


@pytest.mark.parametrize(
    ("lang", "kind"),
    [("id", "jumlah baris di luar batas"), ("en", "row count outside its band")],
)
def test_the_public_reads_what_is_withheld_and_why(earlier: str, lang: str, kind: str) -> None:
    from starlette.testclient import TestClient

    from portal.app import app

    reader = TestClient(app, base_url="http://127.0.0.1:8501")
    page = reader.get(f"/withheld?lang={lang}", headers={"accept": "text/html"})
    assert page.status_code == 200
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*2026-03-02.*?</tr>", unescape(page.text), re.DOTALL)
    assert f"{kind}: 1 (>= 3 and <= 1000)" in row


def test_the_corrections_are_listed(earlier: str, command: Command) -> None:
    first, second = LAKES[earlier]
    columns = "previous_release, release, number, key, cause"
    query = f'SELECT {columns}, map(list("column"), list([old_value, new_value])) AS changed'
    told = rows(command, f"{query} FROM lumbung.corrections GROUP BY {columns}")
    assert told == [
        {
            "previous_release": first,
            "release": second,
            "number": "V1",
            "key": '{"period": "2026-03-01"}',
            "cause": "data",
            "changed": {"value": ["2", "2.8"], "numerator": ["8", "11"]},
        },
    ]


def test_the_releases_differ_as_they_did(earlier: str, command: Command) -> None:
    code, out, _ = command("release", "diff", *LAKES[earlier], "--json")
    kinds = ("added", "removed", "changed")
    tables = {table["table"]: table["rows"] for table in json.loads(out)["tables"]}
    assert code == 0
    assert {name: tuple(counts[kind] for kind in kinds) for name, counts in tables.items()} == {
        "hujan.rain": (4, 0, 1),
        "kpi.daily_rain": (1, 0, 1),
        "kpi.requests_closed": (0, 0, 2),
        "layanan.counters": (1, 0, 0),
        "layanan.requests": (1, 0, 1),
        "mart.visits_daily": (3, 0, 0),
    }


def test_what_a_reader_took_away_verifies_and_is_given_again(
    earlier: str,
    command: Command,
) -> None:
    from starlette.testclient import TestClient

    from portal.app import app

    table, receipt = (HOME / "taken" / name for name in TAKEN)
    assert table.read_text("utf-8") == FIRST_RAIN
    assert verified(command, table) == 2 and verified(command, receipt) == 1
    reader = TestClient(app, base_url="http://127.0.0.1:8501")
    of_release = f"/release/{LAKES[earlier][0]}"
    again = reader.get(f"{of_release}/hujan.rain.csv")
    assert again.content == table.read_bytes()
    again = reader.get(f"{of_release}/kpi.daily_rain.receipt.json?period=2026-03-01")
    assert again.content == receipt.read_bytes()


def test_its_files_are_known_by_the_keys_they_were_made_under(earlier: str) -> None:
    lake = Lake(HOME / "lake")
    for release in (open_release(lake, name) for name in LAKES[earlier]):
        listed = json.loads((release.folder / FILES).read_bytes())
        with release.connect() as con:
            tables = open_tables(release, con)
        assert {name: key_in(release, table) for name, table in tables.items()} == {
            name: entry["key"] for name, entry in listed.items()
        }


def test_it_is_read_verified_and_settled_where_it_was_moved_to(
    earlier: str, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lake = Lake(shutil.move(HOME / "lake", tmp_path / "moved"))
    monkeypatch.setenv("LUMBUNG_LAKE", str(lake.root))
    for release, parts in zip(LAKES[earlier], PARTS, strict=True):
        assert verified(command, "--release", release) == parts
    answers(command, LAKES[earlier])
    code, _, err = command("release", "diff", *LAKES[earlier], "--json")
    assert code == 0, err
    settle(lake.root)
    for release, parts in zip(LAKES[earlier], PARTS, strict=True):
        assert written_for(open_release(lake, release).folder) == lake.root
        assert verified(command, "--release", release) == parts
    answers(command, LAKES[earlier])


def test_one_release_states_what_newer_code_pins_and_a_run_without_news_none(
    earlier: str, command: Command
) -> None:
    """Of this application every day has passed, so the models alone run, and give what they gave.

    Code since lake-65be13b gives SQL the city's code, name and zone by its file, and a receipt
    keeps them: the first run says so in one release, of the same figures and no correction.
    """
    report = ran(["layanan"])
    assert report.errors == [] and not any(report.datasets.values())
    *before, newest = listed(command)
    assert tuple(before) == LAKES[earlier] and report.release == newest
    for kpi in ("daily_rain", "requests_closed"):
        assert figures(command, kpi, newest) == figures(command, kpi, LAKES[earlier][1])
    code, out, _ = command(
        "sql", "SELECT count(*) AS n FROM lumbung.corrections", "--format", "csv"
    )
    assert (code, out.split()) == (0, ["n", "2"])
    again = ran(["layanan"])
    assert again.errors == [] and again.release == newest


def test_it_takes_a_run_and_a_release(
    earlier: str,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-03-05")
    deliver(NEXT)
    report = ran()
    days = {name: [row["partition"] for row in state] for name, state in report.datasets.items()}
    assert report.errors == [] and not report.withheld
    assert days == {
        "hujan.rain": ["2026-03-02", "2026-03-04"],
        "layanan.counters": ["2026-03-04"],
        "layanan.requests": ["2026-03-04"],
        "layanan.visits": ["2026-03-04"],
    }, "it asks for the days that have not passed"
    *before, third = listed(command)
    assert tuple(before) == LAKES[earlier] and report.release == third
    rain = RAIN[1] | {"2026-03-02": (9, 3, 3), "2026-03-04": (1.5, 3, 0.5)}
    assert figures(command, "daily_rain", third) == rain
    assert figures(command, "requests_closed", third) == {
        "2026-03 closed_share": (3, 6, 50),
        "2026-03 received": (6, 6, 6),
    }
    names = rows(command, "SELECT name FROM layanan.counters ORDER BY counter")
    assert [row["name"] for row in names] == ["Loket Utara", "Loket Barat"]
    count = rows(command, "SELECT count(*) AS n FROM lumbung.corrections")
    assert count == [{"n": 2}], "a day that was withheld had no figure to correct"
    answers(command, LAKES[earlier])
    query = "SELECT count(*) AS n, count(sequence) AS given FROM lumbung.verdict_history"
    assert rows(command, query) == [{"n": 25, "given": 5}], "verdicts before have no sequence"
    for release, parts in zip((*LAKES[earlier], third), (*PARTS, 39), strict=True):
        assert verified(command, "--release", release) == parts
