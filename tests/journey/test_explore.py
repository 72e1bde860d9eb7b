"""The catalogue and the dataset pages over the demo city: every table in both languages, the
state in the address, and in a browser links, Back and maps.
"""

import csv
import html
import json
import os
import re
import shutil
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.release.release import Release
from portal.data import places, search, tables
from portal.data.entries import entries
from portal.data.facets import FACETS, counts, listed
from portal.data.release import current
from portal.data.rows import rows_of
from portal.words.say import LANGUAGES
from tests.conftest import Harvested

pytestmark = pytest.mark.xdist_group("city")


@pytest.fixture
def release(harvested: Harvested, monkeypatch: pytest.MonkeyPatch) -> Release:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    found = current()
    assert found is not None
    return found


def opened(
    path: str, held: dict[str, str | list[str]] | None = None, **query: str | list[str]
) -> AppTest:
    """Draw one page, as the portal's navigation does, with what the address says and what the
    visit ``held`` before.
    """

    def page(path: str, lang: str) -> None:
        from importlib import import_module

        from portal.data.release import current

        import_module(f"portal.explore.pages.{path}").show(current(), lang)

    drawn = AppTest.from_function(
        page, default_timeout=60, kwargs={"path": path, "lang": query.get("lang", "id")}
    )
    for name, value in query.items():
        drawn.query_params[name] = value
    for name, value in (held or {}).items():
        drawn.session_state[name] = value
    drawn.run()
    assert not drawn.exception, (query, drawn.exception)
    return drawn


def text(page: AppTest) -> str:
    kinds = (
        page.title,
        page.header,
        page.subheader,
        page.markdown,
        page.caption,
        page.warning,
        page.info,
        page.error,
        page.text,
        page.code,
    )
    return html.unescape("\n".join(str(element.value) for kind in kinds for element in kind))


def test_everything_the_search_finds_is_listed_and_counted(release: Release) -> None:
    every = listed(release)
    assert set(every) == {hit.name for hit in search.search(release, "")}
    assert set(entries(release)) <= set(every) and len(release.datasets) < len(every)
    for facet in FACETS:
        assert sum(counts(every.values(), {}, facet).values()) == sum(
            len(series.values[facet]) for series in every.values()
        )
    closed = [name for name, series in every.items() if "download" not in series.values["has"]]
    assert (
        closed
        and not set(closed) & set(entries(release))
        and all(not every[name].is_open for name in closed)
    )


def test_the_catalogue_ranks_counts_and_helps(release: Release) -> None:
    shown = opened("catalogue", q="pengaduan")
    assert (
        "Keluhan masyarakat" in shown.subheader[0].value
        and "tepat waktu" in text(shown)
        and "CC-BY-4.0 · sintetis" in text(shown)
    )
    assert any(
        "(10)" in label or "(9)" in label
        for choice in shown.multiselect
        for label in choice.options
    )
    page = opened("catalogue", q="keluhn", lang="en")
    assert (
        "Datasets found: 0" in text(page)
        and "(/app/catalogue?q=keluhan&lang=en)" in text(page)
        and "q=complaints" in text(page)
    )
    filtered = opened("catalogue", q="parkir", owner="Bagian Humas Setda Kota Jambi")
    assert "Himpunan data ditemukan: 0" in text(filtered) and "Tanpa saringan: 8" in text(filtered)


@pytest.mark.parametrize(
    ("path", "name", "left"),
    [
        ("developers", "id", ["a", "b"]),
        ("information", "class", ["berkala"]),
        ("catalogue", "class", "berkala"),
        ("compare", "id", "aqms.weather"),
    ],
)
def test_what_another_page_of_the_visit_chose_under_the_same_name_disturbs_nothing(
    release: Release, path: str, name: str, left: str | list[str]
) -> None:
    assert opened(path, {name: left}, lang="en").title


def test_an_embedded_indicator_is_its_chart_and_the_way_to_its_page(release: Release) -> None:
    whole, alone = (
        opened("kpi", id="complaints_answered_in_time", lang="en", **more)
        for more in ({}, {"part": "chart"})
    )
    assert (
        whole.expander and whole.header and not alone.expander and not alone.header and alone.metric
    )
    assert "/app/kpi?id=complaints_answered_in_time" in text(alone)


@pytest.mark.parametrize("facet", FACETS)
def test_a_value_that_no_table_has_chooses_nothing(release: Release, facet: str) -> None:
    every, asked = (
        text(opened("catalogue", lang="en")),
        text(opened("catalogue", **{"lang": "en", facet: "zzz"})),
    )
    found = re.compile(r"Datasets found: \d+")
    assert found.search(every)[0] == found.search(asked)[0]  # type: ignore[index]


def test_what_is_chosen_and_the_page_of_results_stand_in_the_address(release: Release) -> None:
    page = opened("catalogue", lang="en", dimension=["mobility"])
    (kind,) = [choice for choice in page.multiselect if choice.label == "Kind"]
    kind.set_value(["dataset"]).run()
    assert not page.exception
    assert page.query_params["kind"] == "dataset" and page.query_params["dimension"] == "mobility"
    second = opened("catalogue", page="2")
    assert "Hasil 21 sampai 40" in text(second)


def test_every_dataset_and_aggregate_has_a_page_that_tells_no_rule_by_its_name(
    release: Release,
) -> None:
    names = [dataset.id for _, dataset in release.datasets] + [
        mart.name for mart in tables.marts(release)
    ]
    known = entries(release)
    for place, name in enumerate(names):
        page = text(opened("dataset", id=name, lang=LANGUAGES[place % 2]))
        assert ("/download/" in page) == (name in known), name
        assert not re.search(
            r"\b\w+[.](type|required|minimum|maximum|pattern|one_of|unit|reference)\b",
            page.partition("BibTeX")[0],
        ), name
        if name in known:
            assert (
                f"/release/{release.id}/{name}.csv" in page
                and "@misc{" in page
                and f"/api/v1/tables/{name}/" in page
            )


def test_a_closed_datasets_rows_are_nowhere(release: Release) -> None:
    closed = next(
        dataset for _, dataset in release.datasets if not dataset.is_public and dataset.exemption
    )
    page = opened("dataset", id=closed.id, part="chart", group=closed.columns[0].name)
    assert not {"/api/v1/", "/download/", "/release/"} & set(
        re.findall(r"/api/v1/|/download/|/release/", text(page))
    )
    assert "Himpunan data ini dikecualikan" in text(page) and not page.selectbox, (
        "no view of it can be built"
    )


def test_a_view_in_the_address_is_drawn_and_its_api_address_asks_the_same(release: Release) -> None:
    query: dict[str, Any] = {
        "id": "sikesal.complaints",
        "group": ["category"],
        "filter": ["status:in:closed"],
        "measure": "count",
    }
    page = opened("dataset", **query)
    (address,) = {
        address
        for address in re.findall(r"\]\((http[^)]+/aggregate[^)]*)\)", text(page))
        if "format=" not in address
    }
    asked = parse_qs(urlsplit(address).query)
    assert asked == {
        "group": ["category"],
        "measure": ["count"],
        "filter": ["status:in:closed"],
        "sort": ["-count"],
    }
    expected = rows_of(
        release.folder,
        "SELECT category, count(*) AS n FROM sikesal.complaints WHERE status = 'closed' GROUP BY 1"
        " ORDER BY 2 DESC",
        (),
    )
    assert expected and f"| {expected[0]['category']} | {expected[0]['n']} |" in text(page)
    assert (
        page.query_params["filter"] == "status:in:closed"
        and page.query_params["group"] == "category"
    )


def test_a_view_nobody_can_ask_is_told_in_words(release: Release) -> None:
    page = opened("dataset", id="aqms.observations", filter="value:gte:banyak", lang="en")
    assert "write dates as 2026-06-01" in text(page)
    assert "banyak" not in "".join(error.value for error in page.error)


def test_a_map_says_what_the_rows_say(release: Release) -> None:
    entry = entries(release)["sikesal.complaints"]
    assert places.levels(release, entry) == ["kelurahan", "kecamatan"]
    by_kecamatan = places.by_region(release, entry, "kecamatan", "count", None)
    placed = rows_of(
        release.folder,
        "SELECT count(*) AS n FROM sikesal.complaints WHERE region_code LIKE '15.71.__%'",
        (),
    )[0]["n"]
    assert sum(mark["value"] for mark in by_kecamatan) == placed > 0
    stops = entries(release)["kojatrans.stops"]
    assert sum(point["rows"] for point in places.points(release, stops)) == stops.published.rows
    positions = places.points(release, entries(release)["kojatrans.positions"])
    assert (
        len(positions) <= places.POINTS
        and sum(position["rows"] for position in positions) > places.POINTS
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine: install the package chromium")
        pytest.skip(
            "no Chromium on this machine, so no page was looked at in a browser: install the"
            " package chromium"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_links_stay_in_the_tab_back_keeps_the_filters_and_the_page_says_its_language(
    served: str, chromium: Any
) -> None:
    page = chromium.new_page()
    page.goto(served + "/app/catalogue?lang=en&dimension=mobility&q=bus")
    page.get_by_text("Datasets found").first.wait_for(timeout=60_000)
    found = page.get_by_text("Datasets found").first.inner_text()
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.get_by_role("link", name="Bus stops", exact=True).click()
    page.get_by_text("Data dictionary").first.wait_for(timeout=60_000)
    assert len(page.context.pages) == 1 and "id=kojatrans.stops" in page.url
    page.go_back()
    page.get_by_text(found).first.wait_for(timeout=60_000)
    assert "dimension=mobility" in page.url and "q=bus" in page.url
    page.goto(served + "/app/catalogue")
    page.wait_for_function("document.documentElement.lang === 'id'", timeout=60_000)
    page.close()


def test_maps_and_charts_are_drawn_without_another_host(served: str, chromium: Any) -> None:
    page = chromium.new_page()
    asked: set[str] = set()
    page.on(
        "request",
        lambda request: (
            asked.add(request.url.split("/")[2]) if request.url.startswith("http") else None
        ),
    )
    page.goto(served + "/app/dataset?id=kojatrans.stops&lang=en&group=region_code")
    page.get_by_text("Versions").first.wait_for(timeout=60_000)
    charts = page.locator("[data-testid=stVegaLiteChart]")
    page.wait_for_function(
        "document.querySelectorAll('[data-testid=stVegaLiteChart] canvas,"
        " [data-testid=stVegaLiteChart] svg').length >= 4",
        timeout=60_000,
    )
    assert charts.count() == 4, "a chart of the view, tiles, points, and the strip of verdicts"
    assert page.locator("[data-testid=stException]").count() == 0
    assert asked == {served.split("/")[2]}
    page.close()


def test_the_address_of_a_view_answers_with_what_the_page_shows(served: str, chromium: Any) -> None:
    page = chromium.new_page()
    page.goto(served + "/app/dataset?id=sikesal.complaints&lang=en&group=category&part=chart")
    page.get_by_text("This view as an address").wait_for(timeout=60_000)
    shown = [
        [cell.inner_text() for cell in line.locator("td").all()]
        for line in page.locator("table").first.locator("tbody tr").all()
    ]
    addresses = [
        page.get_by_role("link", name=name, exact=True).get_attribute("href")
        for name in ("API", "CSV")
    ]
    page.close()
    with urllib.request.urlopen(addresses[0], timeout=30) as answer:
        rows = json.load(answer)["rows"]
    assert shown == [[row["category"], str(row["count"])] for row in rows] and rows
    with urllib.request.urlopen(addresses[1], timeout=30) as answer:
        lines = list(csv.reader(answer.read().decode().splitlines()))
    assert lines == [["category", "count"], *shown]


def test_an_embedded_view_has_no_navigation_and_leads_to_its_page(
    served: str, chromium: Any
) -> None:
    page = chromium.new_page()
    for embedded, navigated in (("true", 0), ("false", 1)):
        page.goto(
            f"{served}/app/dataset?id=sikesal.complaints&lang=en&group=category&part=chart&embed={embedded}"
        )
        page.get_by_text("This view as an address").wait_for(timeout=60_000)
        page.wait_for_timeout(1_500)
        assert page.get_by_role("link", name="Home", exact=True).count() == navigated
    page.close()


def test_a_page_on_a_phone_is_no_wider_than_the_phone(served: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{served}/app/dataset?id=mart.operations_hourly")
    page.get_by_text("Sitasi").first.wait_for(timeout=60_000)
    page.wait_for_function(
        "document.querySelector('[data-testid=stMain]').scrollWidth <= 390", timeout=10_000
    )
    page.wait_for_timeout(500)
    told = "t => [getComputedStyle(t.parentElement).overflowX, t.parentElement.tabIndex]"
    wide = page.evaluate(
        f"[...document.querySelectorAll('table')].filter(t => t.scrollWidth > 390).map({told})"
    )
    assert wide and all(row == ["auto", 0] for row in wide), (
        "a wide table scrolls by itself, by keyboard too"
    )
    page.close()
