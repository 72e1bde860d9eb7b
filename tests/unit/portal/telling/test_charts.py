"""Charts speak the page's language: separators and names of months on axes and in tooltips,
wherever a chart is drawn.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import PROJECT
from portal.telling.chart_locale import chart_locale
from portal.telling.charts import tooltip, written
from tests.browsing import chromium
from tests.released import SmallHouse
from tests.serving import serving

pytestmark = pytest.mark.xdist_group("charts")
CHARTS = "[data-testid=stVegaLiteChart]"
VIEW = "/app/dataset?id=hujan.rain&part=chart&group=gauge&measure=mean:rain_mm&lang="


def test_a_chart_is_written_in_the_pages_language_and_keeps_what_it_is_configured_with() -> None:
    assert written({"config": {"view": {"stroke": None}}}, "id")["config"]["view"] == {
        "stroke": None
    }
    assert (
        written({}, "id")["config"]["locale"]["number"]["decimal"] == ","
        and "locale" not in written({}, "en")["config"]
    )


def test_a_chart_has_the_languages_own_names_and_separators() -> None:
    locale = chart_locale("id")
    assert locale["number"] == {
        "decimal": ",",
        "thousands": ".",
        "grouping": [3],
        "currency": ["Rp", ""],
    }
    time = locale["time"]
    assert time["days"][0] == "Minggu" and time["months"][7] == "Agustus"
    assert " ".join(time["shortDays"]) == "Min Sen Sel Rab Kam Jum Sab"
    assert " ".join(time["shortMonths"]) == "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des"
    assert time["periods"] == ["AM", "PM"] and time["time"] == "%H.%M.%S"
    assert time["dateTime"] == "%A, %d %B %Y %H.%M.%S"


def test_a_tooltip_gives_figures_as_figures_and_everything_else_as_it_is() -> None:
    rows = ({"name": "A", "rows": None}, {"name": "2026", "rows": 1234.5})
    assert {
        channel["field"]: channel["type"]
        for channel in tooltip(rows, {"name": "Nama", "rows": "Baris"})
    } == {"name": "nominal", "rows": "quantitative"}


def test_every_chart_is_drawn_in_one_place() -> None:
    drawing = {
        path.name
        for path in (PROJECT / "portal").rglob("*.py")
        if "vega_lite_chart(" in path.read_text("utf-8")
    }
    assert drawing == {"blocks.py"}, (
        "draw charts by portal.blocks.chart, which gives them the page's language"
    )


@pytest.fixture(scope="module")
def address(house: SmallHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("charts")
    with serving(house.lake.root, folder / "portal.log") as served:
        yield served.address


@pytest.mark.parametrize(("lang", "axis", "tooltip"), [("id", "0,2", "1,5"), ("en", "0.2", "1.5")])
def test_axes_and_tooltips_are_written_in_the_pages_language(
    address: str, lang: str, axis: str, tooltip: str
) -> None:
    with chromium() as browser:
        page: Any = browser.new_page()
        page.goto(address + VIEW + lang)
        page.locator(f"{CHARTS} svg path[aria-roledescription=bar]").first.wait_for(timeout=60_000)
        assert axis in page.locator(f"{CHARTS} svg text").all_text_contents()
        page.locator(f"{CHARTS} svg path[aria-roledescription=bar]").first.hover()
        page.locator("#vg-tooltip-element.visible").wait_for(timeout=10_000)
        assert tooltip in page.locator("#vg-tooltip-element .value").all_text_contents()
