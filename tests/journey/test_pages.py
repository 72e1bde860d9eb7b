"""Every page in both languages, by AppTest and in a real browser; downloads; nothing asked of
another host.
"""

import html
import io
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from assets.definitions import build_defs
from assets.instance import QUIET, open_instance
from pipelines.lake.lake import Lake
from pipelines.markdowntext import ESCAPED
from pipelines.settings import PROJECT
from portal.data import gate, indicators, sources
from portal.data.release import current
from portal.telling.figures import headline, status
from portal.words.locale import CLDR_UNITS
from portal.words.say import LANGUAGES, WORDS, number, unit
from portal.words.units import UNITS
from tests.conftest import Harvested

pytestmark = pytest.mark.xdist_group("city")
KPIS = sorted((PROJECT / "sql" / "kpi").glob("*.sql"))


@pytest.fixture
def lake(harvested: Harvested, monkeypatch: pytest.MonkeyPatch) -> Harvested:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    return harvested


def opened(path: str = "", **query: str) -> AppTest:
    page = AppTest.from_file(
        str(PROJECT / "portal" / "explore" / "ui" / "main.py"), default_timeout=30
    )
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    if path:
        page.switch_page(path).run()
    assert not page.exception, page.exception
    return page


def text(page: AppTest) -> str:
    return "\n".join(
        str(element.value)
        for kind in (page.title, page.header, page.markdown, page.caption, page.warning, page.info)
        for element in kind
    )


def test_home_says_what_is_synthetic_fresh_and_withheld(lake: Harvested) -> None:
    for lang, synthetic, withheld in (
        ("id", "bertanda sintetis", "cakupan kurang"),
        ("en", "marked synthetic", "coverage too low"),
    ):
        shown = text(opened(lang=lang))
        assert synthetic in shown and withheld in shown
    assert len(opened().metric) == len(KPIS)


def test_before_the_first_release_the_page_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "empty"))
    assert "lumbung run" in text(opened())


def test_a_release_made_before_any_harvest_has_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path / "lake")
    job = build_defs(PROJECT / "assets" / "contracts", lake, PROJECT / "sql").resolve_job_def(
        "release_job"
    )
    with open_instance(lake) as instance:
        assert job.execute_in_process(instance=instance, run_config=QUIET).success
    monkeypatch.setenv("LUMBUNG_LAKE", str(lake.root))
    assert "Tidak ada yang ditahan" in text(opened())
    assert len(opened().metric) == len(KPIS)


def test_words_exist_in_both_languages() -> None:
    assert all(len(both) == len(LANGUAGES) and all(both) for both in WORDS.values())
    assert (
        number(1234567, "id"),
        number(1234.5, "id"),
        number(1234.5, "en"),
        number(None, "id"),
    ) == ("1.234.567", "1.234,5", "1,234.5", "–")


def test_every_value_of_every_indicator_can_be_told_in_both_languages(lake: Harvested) -> None:
    release = current()
    assert release is not None
    every, latest = indicators.kpis(release), indicators.latest(release)
    assert len(every) == len(KPIS)
    for kpi in every:
        for lang in LANGUAGES:
            assert all(
                row["unit"] in UNITS | CLDR_UNITS.keys() or unit(row["unit"], lang) != row["unit"]
                for row in indicators.rows(release, kpi)
            ), "a unit nobody has written words for"
            assert all(headline(kpi, row, lang)[0] for row in latest.get(kpi.stem, ()))
            assert all(status(kpi, row, lang) for row in indicators.rows(release, kpi))
    assert len(indicators.not_computed(release)) == 7


def test_the_receipt_of_a_value_is_the_one_that_is_verified(
    lake: Harvested, served: str, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    address = f"{served}/receipts/kpi.permit_lead_time.json"
    path = tmp_path / "receipt.json"
    with urllib.request.urlopen(f"{address}?period=2026-06&measure=in_time", timeout=30) as answer:
        path.write_bytes(answer.read())
    code, out, _ = command("verify", path, "--lake", lake.lake.root)
    assert (code, out.splitlines()[-1]) == (0, "1 of 1 rebuilt as published")
    for wrong in (
        f"{address}?period=2026-06",
        f"{address}?period=1999-01&measure=in_time",
        f"{served}/receipts/kpi.nothing.json",
        f"{served}/receipts/etle.letters.json",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(wrong, timeout=30)
        with refused.value as answer:
            assert answer.code == 404


PAGES = {
    "/app/": "Lumbung Data Kota Jambi",
    "/app/?lang=en": "Jambi City Data Granary",
    "/app/catalogue?state=planned&lang=en": "Datasets found: 6",
    "/app/operations?measure=incidents&lang=en": "Incidents opened",
    "/app/dataset?id=kojatrans.stops&lang=en": "This system stopped on 2020-03-31",
    "/app/dataset?id=mart.letters_by_kelurahan": "Sel dengan 1 sampai 4 satuan dikosongkan",
    "/app/dataset?id=register_kota.claims&lang=en": "nothing is averaged or picked",
    "/app/catalogue?q=papan+kota": "Himpunan data ditemukan: 1",
    "/app/dataset?id=aqms.observations": "Kamus data",
    "/app/dataset?id=aqms.observations&lang=en": "Data dictionary",
    "/app/dataset?id=nobody.nothing": "Tidak ada himpunan data",
    "/app/corrections": "Belum ada koreksi",
    "/app/corrections?lang=en": "There are no corrections",
    "/app/kpi?id=permit_lead_time": "Lama penerbitan izin",
}


def test_deep_links_in_a_real_browser(served: str) -> None:
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine: install the package chromium")
        pytest.skip(
            "no Chromium on this machine, so no page was looked at in a browser: install the"
            " package chromium"
        )
    from playwright.sync_api import sync_playwright

    asked: set[str] = set()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(served + "/app/catalogue?lang=en")
        page.get_by_text("Datasets found").first.wait_for(
            timeout=60_000
        )  # a fresh server's first visit is a deep link
        page.goto(served + "/app/?lang=en")
        page.get_by_text("Withheld, and why").first.wait_for(timeout=30_000)
        page.get_by_text("Data", exact=True).first.click()
        page.get_by_role("menuitem", name="Catalogue", exact=True).click()
        page.get_by_text("Datasets found").first.wait_for(timeout=30_000)
        page.close()
        for address, shown in PAGES.items():
            page = browser.new_page()
            page.on(
                "request",
                lambda request: (
                    asked.add(request.url.split("/")[2]) if request.url.startswith("http") else None
                ),
            )
            page.goto(served + address)
            page.get_by_text(shown).first.wait_for(timeout=30_000)
            assert page.locator("[data-testid=stException]").count() == 0
            page.close()
        page = browser.new_page()
        page.goto(served + "/app/catalogue?state=planned&lang=en")
        page.get_by_text("Datasets found: 6").first.wait_for(timeout=30_000)
        page.get_by_label("Dimension").click()
        page.get_by_text("Mobility (").first.click()
        page.get_by_text("Datasets found: 2").first.wait_for(timeout=30_000)
        assert "dimension=mobility" in page.url and "state=planned" in page.url, (
            "what is chosen stands in the address, in no language"
        )
        browser.close()
    assert asked == {served.split("/")[2]}, "the portal asks no other host"


def fetched(url: str) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers["content-type"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["content-type"]


def test_downloads_are_the_release_and_nothing_else(served: str) -> None:
    status, body, kind = fetched(f"{served}/download/sikesal.complaints.csv")
    assert status == 200 and kind.startswith("text/csv")
    lines = body.decode().splitlines()
    header = lines[0].split(",")
    assert "ticket_no" in header and not {
        "reporter_name",
        "reporter_phone",
        "complaint_text",
        "lat",
        "lon",
    } & set(header)
    rows = pl.read_parquet(io.BytesIO(fetched(f"{served}/download/sikesal.complaints.parquet")[1]))
    assert rows.height == len(lines) - 1
    missing = [
        fetched(f"{served}/download/{name}")
        for name in (
            "nobody.nothing.csv",
            "sikesal.complaints.exe",
            "lumbung.verdicts.csv",
            "..%2f..%2fetc",
        )
    ]
    assert {status for status, *_ in missing} <= {400, 404}
    assert fetched(f"{served}/download/nobody.nothing.csv") == fetched(
        f"{served}/download/lumbung.verdicts.csv"
    )


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://10.0.0.1/x.png)",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "a | b",
        "**x** `y` $z$ :smile:",
    ],
)
def test_a_text_of_a_source_is_shown_as_it_is(text: str) -> None:
    shown = text.translate(ESCAPED)
    assert html.unescape(shown) == text and not set(re.sub(r"&#[0-9]+;", "", shown)) & set(
        "![]()<>|*`$:"
    )


def one_indicator() -> None:
    from portal.data.release import current
    from portal.explore.pages import kpi

    release = current()
    assert release is not None
    kpi.show(release, "id")


def test_every_indicator_has_its_page(lake: Harvested) -> None:
    release = current()
    assert release is not None
    for kpi in indicators.kpis(release):
        page = AppTest.from_function(one_indicator, default_timeout=30)
        page.query_params["id"] = kpi.stem
        page.run()
        assert not page.exception, (kpi.name, page.exception)


def test_the_city_says_what_stopped_what_is_kept_back_and_that_every_row_is_accounted_for(
    harvested: Harvested, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    release = current()
    assert release is not None
    assert [str(day) for _, day in sources.stopped(release, "kpi.bus_capacity")] == ["2020-03-31"]
    assert sources.stopped(release, "kpi.permit_lead_time") == []
    withheld = {(row["dataset"], row["partition"]) for row in gate.withheld(release)}
    assert withheld and set(gate.kept_back(release)) == withheld
    for row in gate.counted(release):
        assert row["delivered"] == row["passed"] + row["quarantined"] + row["duplicates"]
    for series in indicators.comparable(release).values():
        assert all(row["change_reason"] is None for row in series[1:])


def test_the_home_page_shows_the_dimension_its_address_names(
    harvested: Harvested, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    shown = opened(lang="en", dimension="mobility")
    assert "the system stopped on 2020" in text(shown).replace("&#45;", "-") and shown.query_params[
        "dimension"
    ] in ("mobility", ["mobility"])
