"""The command line as it is typed: what it prints, in which form, and how it ends."""

import io
import json
import socket
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from pipelines.harvest.lifecycle import STATES
from pipelines.release.release import open_release
from tests.conftest import Harvested

pytestmark = pytest.mark.xdist_group("city")


@pytest.fixture
def lake(harvested: Harvested, monkeypatch: pytest.MonkeyPatch) -> Harvested:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    monkeypatch.setenv("LUMBUNG_TODAY", harvested.city.today.isoformat())
    return harvested


def test_help_teaches(command) -> None:
    for name in (
        (),
        ("run",),
        ("check",),
        ("new",),
        ("status",),
        ("systems",),
        ("sql",),
        ("release", "list"),
        ("release", "diff"),
        ("serve",),
        ("demo",),
    ):
        code, out, _ = command(*name, "--help")
        assert code == 0 and "Usage" in out


def test_check_lists_problems_and_ends_with_one(tmp_path, command) -> None:
    bad = tmp_path / "x.odcs.yaml"
    bad.write_text("kind: DataContract\n")
    code, _, err = command("check", bad)
    assert code == 1 and f"{bad}:1:" in err
    code, out, _ = command("check", bad, "--json")
    assert code == 1 and json.loads(out)["problems"]
    model = tmp_path / "mart" / "rain.sql"
    model.parent.mkdir()
    model.write_text("SELECT 1 AS a; SELECT 2 AS b")
    code, _, err = command("check", model)
    assert code == 1 and f"{model}:1: the header lacks row, title_id, title_en" in err
    (tmp_path / "kpi").mkdir()
    assert command("check", tmp_path)[0] == 1
    code, out, _ = command("check", "--json")
    assert code == 0 and {Path(contract).suffix for contract in json.loads(out)["read"]} == {
        ".yaml",
        ".sql",
    }


def test_new_refuses_a_name_that_is_none_or_taken(tmp_path, command) -> None:
    assert command("new", "Puskesmas!", "--contracts", tmp_path)[0] == 1
    assert command("new", "puskesmas", "--contracts", tmp_path)[0] == 0
    code, _, err = command("new", "puskesmas", "--contracts", tmp_path)
    assert code == 1 and "is there already" in err


def test_status_says_what_is_fresh_and_withheld(lake: Harvested, command) -> None:
    code, out, _ = command("status", "--json")
    sources = json.loads(out)["sources"]
    rows = {row["dataset"]: row for source in sources for row in source["datasets"]}
    assert code == 0 and rows["ppid.requests"]["state"] == "fresh"
    states = {source["inventory"]: source["state"] for source in sources}
    assert set(states) >= {f"S{n:02d}" for n in range(1, 36)} and set(states.values()) <= set(
        STATES
    )
    assert (states["S01"], states["S06"], states["S11"]) == ("active", "planned", "retired")
    assert any(
        "coverage" in why
        for partition in rows["aqms.observations"]["withheld"]
        for why in partition["why"]
    )
    assert "withheld: aqms.observations" in command("status")[1]


def test_sql_in_every_form(lake: Harvested, command) -> None:
    query = "SELECT status, count(*) AS n FROM sikesal.complaints GROUP BY 1 ORDER BY 1"
    assert "closed" in command("sql", query)[1]
    assert command("sql", query, "--format", "csv")[1].splitlines()[0] == "status,n"
    assert {row["status"] for row in json.loads(command("sql", query, "--format", "json")[1])} == {
        "open",
        "closed",
    }


def test_sql_as_of_a_day_is_the_release_of_its_evening(lake: Harvested, command) -> None:
    made = open_release(lake.lake).made_at.astimezone(ZoneInfo("Asia/Jakarta")).date()
    assert command("sql", "SELECT 1 AS a", "--format", "csv", "--as-of", made)[1].split() == [
        "a",
        "1",
    ]
    assert command("sql", "SELECT 1", "--as-of", made - timedelta(days=1))[0] == 1


def test_a_pivot_is_one_query(lake: Harvested, command) -> None:
    code, out, _ = command(
        "sql",
        "PIVOT (SELECT status, category FROM sikesal.complaints) ON status USING count(*)",
        "--format",
        "csv",
    )
    assert code == 0 and "closed" in out.splitlines()[0]


def test_sql_as_parquet_goes_to_standard_output(lake: Harvested) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            "sql",
            "SELECT 1 AS a",
            "--format",
            "parquet",
        ],
        capture_output=True,
        check=True,
    )
    assert pl.read_parquet(io.BytesIO(done.stdout)).to_dicts() == [{"a": 1}]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sql", "SELECT * FROM observations"), "aqms.observations"),
        (("sql", "SELECT * FROM nobody"), 'lumbung sql "SHOW ALL TABLES" lists all '),
        (
            ("sql", "SELECT reporter_name FROM sikesal.complaints"),
            "sikesal.complaints.reporter_name is closed (personal)",
        ),
        (("sql", ""), "0 queries were given"),
        (("sql", "SELECT 1; SELECT 2"), "2 queries were given"),
        (("sql", "COPY (SELECT 1) TO '/tmp/lumbung-never.csv'"), "a release is read-only"),
        (("run", "--from", "2026-06-02", "--to", "2026-06-01"), "lies after"),
        (("run", "--to", "2999-01-01"), "is not over yet"),
        (("runn",), "Did you mean 'run'?"),
        (("serve", "--port", "99999"), "65535"),
        (("sql", "SELECT 1", "--format", "xml"), "formats are table, csv, json, parquet"),
        (("sql", "SELECT 1", "--release", "../x"), "not a release id"),
        (("sql", "SELECT 1", "--as-of", "yesterday"), "'yesterday' does not match"),
        (("sql", "SELECT 1", "--as-of", "2026-02-30"), "'2026-02-30' does not match"),
        (
            ("sql", "SELECT 1", "--as-of", "2020-01-01"),
            "no release yet at the end of 2020-01-01; the first, ",
        ),
        (
            ("shell", "--as-of", "2020-01-01", "--release", "20260101T000000Z-00000000"),
            "give one of them",
        ),
        (("run", "sikesaal"), "there is no application 'sikesaal'; "),
        (("run", "--contracts", "/nowhere"), "no such folder of contracts"),
        (("release", "show", "20260101T000000Z-00000000"), "no release 20260101T000000Z-00000000"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    arguments: tuple[str, ...], says: str, lake: Harvested, command
) -> None:
    code, _, err = command(*arguments)
    assert code == 1 and says in err and "Traceback" not in err


def test_releases_are_listed_and_shown(lake: Harvested, command) -> None:
    listed = json.loads(command("release", "list", "--json")[1])
    shown = json.loads(command("release", "show", listed[-1]["release"])[1])
    assert shown["release"] == listed[-1]["release"] and "sikesal.complaints" in shown["tables"]


def test_a_release_does_not_differ_from_itself(lake: Harvested, command) -> None:
    code, out, _ = command("release", "diff", "current", "current", "--json")
    assert code == 0 and json.loads(out)["tables"] == [] and json.loads(out)["same_tables"] > 20
    assert "0 tables differ" in command("release", "diff", "current", "current")[1]


def test_a_port_in_use_is_told_with_the_way_out(lake: Harvested, command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = command("serve", "--port", port)
        assert code == 1 and f"port {port} is in use" in err and "--port N" in err
        code, _, err = command("demo", "--no-serve", "--city-port", port)
        assert code == 1 and "--city-port N" in err
