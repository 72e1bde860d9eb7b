"""WCAG 2.2 A and AA on every Streamlit page: axe-core in both languages and colour schemes, wide
and on a phone; open menus, the keyboard, 200 % zoom.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.explore.sections import HOME, SECTIONS
from tests.browsing import chromium, drawn, violations

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.tool("axe-core")]
PAGES = (
    *(f"/app/{'' if name == HOME else name}" for names in SECTIONS.values() for name in names),
    "/app/kpi?id=permit_lead_time",
    "/app/kpi?id=complaint_resolution_time",
    "/app/dataset?id=sikesal.complaints&group=category&filter=status:in:closed",
    "/app/dataset?id=kojatrans.stops",
    "/app/dataset?id=etle.letters",
    "/app/dataset?id=mart.operations_hourly",
    "/app/catalogue?dimension=mobility&kind=dataset",
    "/app/catalogue?q=zzzz",
    "/app/nothing",
)
"""Every page of the menu, and of those that differ by address one of each kind: a dataset with a
view, with maps, closed; a mart; what is chosen, not found.
"""
CHOSEN, CITED = PAGES[-3], PAGES[-6]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}
TALL = 9000
"""Pixels in which a page stands whole: Streamlit scrolls a box within the page, and axe judges
no contrast of what is out of sight.
"""
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
STOPS = 400
"""Times the tab key is pressed before a page counts as a trap."""


@pytest.fixture
def page() -> Iterator[Any]:
    """A page of a browser that moves nothing, so that what is looked at stands still."""
    with chromium() as browser:
        yield browser.new_context(reduced_motion="reduce", viewport=WIDE).new_page()


def opened(page: Any, served: str, path: str, lang: str) -> Any:
    page.goto(f"{served}{path}{'&' if '?' in path else '?'}lang={lang}")
    return drawn(page)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_page_breaks_wcag(
    served: str, page: Any, lang: str, record_property: Callable[[str, object], None]
) -> None:
    found, seen = {}, set()
    record_property("views", 4 * len(PAGES))
    for path in PAGES:
        page.set_viewport_size(WIDE)
        opened(page, served, path, lang)
        for size in (WIDE, PHONE):
            page.set_viewport_size(size | {"height": TALL})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if broken := violations(drawn(page)):
                    found[path, size["width"], scheme] = broken
                seen.add((scheme, page.evaluate(BACKGROUND)))
    assert not found, found
    assert len(seen) == len({ground for _, ground in seen}) == 2, "both schemes were looked at"


def test_open_menus_break_nothing(served: str, page: Any) -> None:
    opened(page, served, "/app/", "id")
    page.get_by_test_id("stTopNavSection").first.click()
    page.get_by_role("menuitem", name="Katalog", exact=True).wait_for(timeout=10_000)
    assert not violations(page)
    page.set_viewport_size(PHONE)
    opened(page, served, "/app/", "id")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNavLink").first.wait_for(timeout=10_000)
    assert not violations(page)


def test_a_page_that_breaks_wcag_is_caught(served: str, page: Any) -> None:
    """Without what the shell mends, and with a field that nobody named, the same pages are not
    clean.
    """
    opened(page, served, CHOSEN, "en")
    page.emulate_media(color_scheme="dark")
    assert not violations(drawn(page))
    page.evaluate(
        "for (const each of document.querySelectorAll('head > style')) if"
        " (each.textContent.includes('stMultiSelectTagsContainer')) each.remove()"
    )
    assert "color-contrast" in " ".join(violations(page)), (
        "what is chosen keeps its contrast by the shell alone"
    )
    page.evaluate(
        "document.querySelector('[data-testid=stMain]').insertAdjacentHTML('beforeend', '<input"
        " name=q>')"
    )
    assert "label" in " ".join(violations(page))
    page.set_viewport_size(PHONE)
    opened(page, served, CITED, "en")
    page.evaluate(
        "for (const each of document.querySelectorAll('[data-testid=stCode] > pre'))"
        " each.removeAttribute('tabindex')"
    )
    assert "scrollable-region-focusable" in " ".join(violations(page))


@pytest.mark.parametrize("path", [CHOSEN, "/app/dataset?id=kojatrans.stops&group=region_code"])
def test_the_keyboard_goes_through_a_page_shows_where_it_is_and_leaves(
    served: str, page: Any, path: str
) -> None:
    opened(page, served, path, "id")
    reached: list[str] = []
    while len(reached) < STOPS:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        told = (
            "(e => { const s = getComputedStyle(e); return [s.outlineStyle + s.outlineWidth,"
            " e.tagName, e.getAttribute('aria-label') ?? e.textContent]; })"
        )
        ring, *what = page.evaluate(f"{told}(document.activeElement)")
        assert ring == "solid3px", f"{path}: focus cannot be seen at {what}"
        box = page.evaluate(
            "(r => [r.top, r.bottom])(document.activeElement.getBoundingClientRect())"
        )
        assert box[0] < WIDE["height"] and box[1] > 0, f"{path}: {what} is reached out of sight"
        reached.append(" ".join(what))
    assert 30 < len(reached) < STOPS, "the keyboard gets in, and out again"
    assert any("Data" in address for address in reached) and any(
        address.startswith("INPUT") for address in reached
    )


@pytest.mark.parametrize("width", [640, 320])
def test_at_200_percent_and_on_a_narrow_phone_no_page_scrolls_sideways(
    served: str, page: Any, width: int
) -> None:
    page.set_viewport_size(
        {"width": width, "height": 512}
    )  # 1280 px at 200 % and 400 % (WCAG 1.4.4, 1.4.10)
    for path in PAGES:
        opened(page, served, path, "id")
        wide = page.evaluate(
            "['html', '[data-testid=stMain]'].map(each => document.querySelector(each)).map(each =>"
            " each.scrollWidth - each.clientWidth)"
        )
        assert wide == [0, 0], f"{path} is too wide at {width} px: {wide}"
