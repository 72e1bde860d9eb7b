"""WCAG 2.2 A and AA on every light page of the demo city: axe-core in both languages and colour
schemes, the keyboard, 200 % zoom, a narrow phone.
"""

from collections.abc import Callable, Iterator
from itertools import cycle, product
from typing import Any

import pytest

from portal.data.release import current
from portal.light.sitemap import pages
from tests.browsing import chromium, violations
from tests.conftest import Harvested

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.tool("axe-core")]
SCHEMES = ("light", "dark")
ONE_OF_EACH = (
    "/",
    "/catalog",
    "/catalog?q=zzzz",
    "/kpi",
    "/quality",
    "/withheld",
    "/corrections",
    "/conformance",
    "/developers",
    "/sql",
    "/about",
    "/nothing",
)
STOPS = 400
"""Times the tab key is pressed before a page counts as a trap."""


@pytest.fixture
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def every(harvested: Harvested, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the path of every light page of the demo city."""
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    release = current()
    assert release is not None
    return list(pages(release))


def kinds(paths: list[str]) -> list[str]:
    """Return the pages that stand alone and one of each other kind."""
    some = [
        next(path for path in paths if path.startswith(start))
        for start in ("/d/sikesal", "/d/etle", "/d/mart", "/kpi/", "/ppid")
    ]
    return [*ONE_OF_EACH, *some, f"{some[0]}/files"]


def opened(page: Any, served: str, path: str, lang: str) -> Any:
    page.goto(f"{served}{path}{'&' if '?' in path else '?'}lang={lang}")
    return page


def test_no_page_breaks_wcag(
    served: str,
    harvested: Harvested,
    monkeypatch: pytest.MonkeyPatch,
    browser: Any,
    record_property: Callable[[str, object], None],
) -> None:
    paths = every(harvested, monkeypatch)
    views = list(product(("id", "en"), SCHEMES))
    places = {scheme: browser.new_context(color_scheme=scheme).new_page() for scheme in SCHEMES}
    asked = [(path, *view) for path in kinds(paths) for view in views] + [
        (path, *view) for path, view in zip(paths, cycle(views), strict=False)
    ]
    found = {
        visit: broken
        for visit in dict.fromkeys(asked)
        if (broken := violations(opened(places[visit[2]], served, visit[0], visit[1])))
    }
    record_property("views", len(dict.fromkeys(asked)))
    assert not found, found
    assert len(asked) > len(paths) > 100


def test_a_page_that_breaks_wcag_is_caught(browser: Any) -> None:
    page = browser.new_page()
    for broken, rule in (
        ("<input name=q>", "label"),
        ("<p style='color:#bbb;background:#fff'>Pale</p>", "color-contrast"),
        ("<img src='data:,'>", "image-alt"),
        ("<a href=/></a>", "link-name"),
        (
            (
                "<div style='overflow:auto;height:20px;width:50px'><p"
                " style='height:200px'>Long</p></div>"
            ),
            "scrollable-region-focusable",
        ),
    ):
        page.set_content(
            f"<!doctype html><html lang=en><title>t</title><main><h1>h</h1>{broken}</main></html>"
        )
        assert rule in " ".join(violations(page)), rule
    page.set_content("<!doctype html><html><title>t</title><main><h1>h</h1></main></html>")
    assert "html-has-lang" in " ".join(violations(page))


def test_the_keyboard_reaches_everything_shows_where_it_is_and_leaves(
    served: str, harvested: Harvested, monkeypatch: pytest.MonkeyPatch, browser: Any
) -> None:
    page = browser.new_page()
    for path in kinds(every(harvested, monkeypatch)):
        opened(page, served, path, "id")
        stops = page.evaluate(
            "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary,"
            ' [tabindex="0"]\')].filter(e => e.checkVisibility()).length'
        )
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip" and page.evaluate(
            "document.activeElement.getBoundingClientRect().left >= 0"
        )
        seen = 1
        while seen < STOPS:
            page.keyboard.press("Tab")
            if page.evaluate(
                "document.activeElement === document.body || document.activeElement.className ==="
                " 'skip'"
            ):
                break
            drawn = page.evaluate(
                "(s => s.outlineStyle + s.outlineWidth)(getComputedStyle(document.activeElement))"
            )
            assert drawn == "solid3px", f"{path}: focus cannot be seen at stop {seen}"
            seen += 1
        assert seen == stops, f"{path}: {seen} of {stops} stops reached"
        opened(page, served, path, "id")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content", (
            "the skip link leads to the content"
        )


@pytest.mark.parametrize("width", [640, 320])
def test_at_200_percent_and_on_a_narrow_phone_only_tables_scroll_sideways(
    served: str, harvested: Harvested, monkeypatch: pytest.MonkeyPatch, browser: Any, width: int
) -> None:
    page = browser.new_context(
        viewport={"width": width, "height": 512}
    ).new_page()  # 1280 px at 200 % and 400 % (WCAG 1.4.4, 1.4.10)
    for path in kinds(every(harvested, monkeypatch)):
        for lang in ("id", "en"):
            opened(page, served, path, lang)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{path} ({lang}) is {wide} px too wide at {width} px"


def test_without_javascript_every_page_is_whole(served: str, browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{served}/?lang=en")
    page.get_by_role("searchbox").fill("air")
    page.get_by_role("button", name="Search").click()
    assert "/catalog?q=air" in page.url and page.locator("ul.found li").count() > 0
    page.get_by_text("Kind", exact=True).click()
    page.get_by_role("link", name="dataset (").click()
    assert "kind=dataset" in page.url and page.locator("ul.found li").count() > 0
    page.locator("ul.found a").first.click()
    assert page.locator("table caption").count() >= 3 and "/d/" in page.url
