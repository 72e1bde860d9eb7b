"""The three users, each with what they use: a data engineer in a shell and before the portal, a
citizen with a phone, an analyst with SQL and the row API.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest

from pipelines.settings import PROJECT
from portal.light.feeds import ATOM
from portal.words.say import number, say
from tests.browsing import chromium, drawn
from tests.conftest import Harvested
from tests.released import DAYS, released
from tests.sample import drop, row
from tests.serving import serving

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 3,
    "accept_downloads": True,
}
Shell = Callable[..., tuple[int, str]]


def shell_of(lake: Path, **settings: Path) -> Shell:
    """Return the command ``lumbung`` as a shell has it, over a lake: shell(*arguments) -> (exit
    code, standard output).
    """
    said = {name: str(value) for name, value in settings.items()}
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "LUMBUNG_LAKE": str(lake),
        "COLUMNS": "200",
        **said,
    }

    def shell(*arguments: object) -> tuple[int, str]:
        command = [str(Path(sys.executable).with_name("lumbung")), *map(str, arguments)]
        done = subprocess.run(
            command, env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=300
        )
        return done.returncode, done.stdout + done.stderr

    return shell


def got(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return bytes(answer.read())


def changes(address: str) -> list[str]:
    """Return the ids of what a feed tells, newest first."""
    return [
        str(entry.findtext(f"{{{ATOM}}}id"))
        for entry in ElementTree.fromstring(got(address)).iter(f"{{{ATOM}}}entry")
    ]


@pytest.mark.xdist_group("engineer")
def test_an_engineer_sees_why_a_day_is_withheld_mends_it_and_it_is_published(
    tmp_path: Path,
) -> None:
    house = released(tmp_path)
    day = DAYS[-1]
    good = [row(day, gauge, rain="1.5") for gauge in (1, 2)]
    bad = [row(day, gauge, rain="-4") for gauge in (1, 2)]
    mended = [*good, row(day, 3, rain="7.5")]
    shell = shell_of(house.lake.root, LUMBUNG_CONTRACTS=house.contracts, LUMBUNG_SQL=house.sql)
    asked = ("run", "hujan", "--from", day, "--to", day)
    pages = (
        "/",
        "/withheld",
        "/d/hujan.rain",
        "/app/",
        "/app/withheld",
        "/app/dataset?id=hujan.rain",
    )
    with chromium() as browser, serving(house.lake.root, tmp_path / "portal.log") as portal:
        feed, file = (
            f"{portal.address}/feeds/d/hujan.rain.atom",
            f"{portal.address}/download/hujan.rain.csv",
        )
        first, before = got(file), changes(feed)

        drop(tmp_path / "drop", day, bad)
        code, told = shell(*asked)
        assert code == 2 and "withheld" in told and "quarantine_share" in told, told
        status, stands = shell("status")
        assert status == 0 and f"hujan.rain {day}: quarantine_share" in stands, stands
        for path in pages:
            shown = seen(browser, portal.address + path)
            assert str(day) in shown and say("kind.quarantine_share", "id") in shown, (
                f"{path}: what is withheld, and why"
            )
            stays = say("nothing_instead", "id") if path == "/app/withheld" else None
            assert stays not in shown if stays else say("last_good", "id") in shown, (
                f"{path}: what stands instead"
            )
        assert (got(file), changes(feed)) == (
            first,
            before,
        ), "the last good release stays, and there is nothing new to tell"

        drop(tmp_path / "drop", day, mended)
        code, told = shell(*asked)
        assert code == 0, told
        for path in pages:
            shown = seen(browser, portal.address + path)
            assert say("last_good", "id") not in shown, f"{path}: nothing is withheld any more"
            assert (say("kind.quarantine_share", "id") in shown) == ("/app/dataset" in path), (
                f"{path}: the history alone remembers why it was"
            )
        assert say("nothing_withheld", "id") in seen(browser, f"{portal.address}/withheld")
        assert (
            got(file).decode().count("\n") == first.decode().count("\n") + 1
            and "7.5" in got(file).decode()
        )
        after = changes(feed)
        assert after[1:] == before and len(after) == len(before) + 1, "the feed tells of it, once"
        assert shell("verify", "hujan.rain")[0] == 0


def seen(browser: Any, address: str) -> str:
    """Return what stands on a page, light or Streamlit's, as somebody sees it who comes for the
    first time (a light page may be kept for a minute).
    """
    page = browser.new_page()
    page.goto(address)
    if "/app/" in address:
        drawn(page)
    told = str(page.locator("body").inner_text())
    page.close()
    return told


@pytest.mark.xdist_group("city")
def test_a_citizen_with_a_phone_finds_complaints_takes_the_file_and_knows_it_is_the_published_one(
    served: str, harvested: Harvested, tmp_path: Path
) -> None:
    shell = shell_of(harvested.lake.root)
    with chromium() as browser:
        page = browser.new_context(**PHONE).new_page()
        page.goto(served)
        page.get_by_role("searchbox").tap()
        page.get_by_role("searchbox").fill("aduan")
        page.get_by_role("button", name="Cari").tap()
        page.locator("ul.found").wait_for(timeout=10_000)
        page.locator("ul.found").get_by_role("link", name="Keluhan masyarakat").tap()
        page.wait_for_url("**/d/sikesal.complaints")
        rows = page.locator("#files").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
        with page.expect_download() as begun:
            page.get_by_role("link", name="CSV", exact=True).tap()
        file = tmp_path / begun.value.suggested_filename
        begun.value.save_as(file)
    held = pl.read_csv(file, infer_schema=False)
    assert (
        held.height > 0
        and number(held.height, "id") in rows
        and not {"reporter_name", "reporter_phone", "complaint_text"} & set(held.columns)
    )
    code, told = shell("verify", file)
    assert code == 0 and told.startswith("OK "), told
    file.write_text(file.read_text("utf-8").replace("open", "closed", 1), "utf-8")
    code, told = shell("verify", file)
    assert code == 1 and "closed" in told and "OK" not in told, told


@pytest.mark.xdist_group("city")
def test_an_analyst_gets_the_same_figures_by_sql_by_the_row_api_and_on_the_page(
    served: str, harvested: Harvested
) -> None:
    shell = shell_of(harvested.lake.root)
    measure = (
        "SELECT period, numerator, denominator, value FROM kpi.permit_lead_time WHERE measure ="
        " 'in_time' ORDER BY period"
    )
    counted = (
        "SELECT category, count(*) AS count FROM sikesal.complaints GROUP BY 1 ORDER BY 2 DESC, 1"
    )

    by_sql = [
        json.loads(shell("sql", query, "--format", "json")[1]) for query in (measure, counted)
    ]
    with duckdb.connect(
        str(harvested.lake.root / "releases" / "current" / "release.duckdb"), read_only=True
    ) as con:
        by_file = [con.sql(query).pl().to_dicts() for query in (measure, counted)]
    table = "/api/v1/tables"
    asked = (
        f"{table}/kpi.permit_lead_time/rows?fields=period,numerator,denominator,value&filter=measure:eq:in_time&sort=period",
        f"{table}/sikesal.complaints/aggregate?group=category&measure=count&sort={quote('-count,category')}",
    )
    by_api = [json.loads(got(served + path))["rows"] for path in asked]
    assert by_sql == by_api == by_file and all(by_sql)

    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{served}/kpi/permit_lead_time")
        lines = (
            page.locator("table")
            .filter(has_text="Terbit dalam janji layanan")
            .locator("tr", has_text="Terbit dalam janji layanan")
            .all_inner_texts()
        )
        drawn_page = browser.new_page()
        drawn_page.goto(
            f"{served}/app/dataset?id=sikesal.complaints&part=chart&group=category&measure=count"
        )
        cells = [
            line.locator("td").all_inner_texts()
            for line in drawn(drawn_page).locator("table").first.locator("tbody tr").all()
        ]
    told = {
        match[1]: match[2]
        for line in lines
        if (match := re.match(r"(\d{4}-\d\d)\s.*?([\d.,]+) %", line))
    }
    assert told == {row["period"]: number(row["value"], "id", 1) for row in by_sql[0]}
    assert dict(cells) == {row["category"]: number(row["count"], "id") for row in by_sql[1]}
