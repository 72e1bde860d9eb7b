"""Texts written to become script stay texts: every text of every template, in a real browser
with a tripwire and without the policy that would help it.
"""

import dataclasses
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import lxml.html
import pytest
from jinja2 import Environment
from starlette.testclient import TestClient

from portal.app import app
from portal.light import page as pages
from portal.light.page import PAGES
from tests.browsing import chromium
from tests.hostile import HOST, PAYLOADS, TRIPWIRE
from tests.released import SmallHouse, released
from tests.serving import serving
from tests.unit.portal.light.test_light import BASE, every_page

Context = dict[str, Any]


@pytest.fixture
def contexts(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> dict[str, Context]:
    """What each template was given when every page was asked for once."""
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    found: dict[str, Context] = {}

    class Told:
        """Templates that remember what they were given."""

        def get_template(self, name: str) -> Any:
            template = PAGES.get_template(name)

            class Remembering:
                def render(self, **context: Any) -> str:
                    found.setdefault(name, context)
                    return template.render(**context)

            return Remembering()

    monkeypatch.setattr(pages, "PAGES", Told())
    client = TestClient(app, base_url=BASE, headers={"accept": "text/html"})
    for path in [*every_page(), "/nothing", "/catalog?q=zzzz"]:
        client.get(path)
    assert set(found) | {"base.html", "parts.html", "no_release.html"} == set(
        PAGES.list_templates()
    )
    return found


def filled(value: Any, payload: str) -> Any:
    """Return a value in which every text is the payload; numbers stay, and what a template calls
    gives the payload.
    """
    if isinstance(value, str):
        return payload
    if isinstance(value, Mapping):
        return {key: filled(inner, payload) for key, inner in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(filled(inner, payload) for inner in value))
    if isinstance(value, list | tuple):
        return type(value)(filled(inner, payload) for inner in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [
            field.name
            for field in dataclasses.fields(value)
            if field.name not in ("contract", "dataset", "published", "folder", "covers")
        ]
        return dataclasses.replace(
            value, **{name: filled(getattr(value, name), payload) for name in names}
        )
    return (lambda *_, **__: payload) if callable(value) else value


def hostile(
    contexts: dict[str, Context], payload: str, environment: Environment = PAGES
) -> dict[str, str]:
    """Return every template with every text it was given replaced."""
    return {
        name: environment.get_template(name).render(**filled(context, payload))
        for name, context in contexts.items()
    }


def fired(page: Any, documents: list[str]) -> int:
    """Return how often the tripwire went off when the documents were opened, each in a frame of
    its own, and no policy at hand.
    """
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(f"{HOST}/**", lambda route: route.abort())
    frames = "".join(
        f'<iframe srcdoc="{html.escape(document)}"></iframe>' for document in documents
    )
    page.goto("about:blank")
    page.set_content(frames, wait_until="load")
    page.wait_for_timeout(60)
    return int(page.evaluate("window.fired || 0")) + sum(path.startswith(HOST) for path in asked)


def test_no_text_of_any_template_becomes_script_markup_or_a_request(
    contexts: dict[str, Context],
) -> None:
    clean = {
        name: shape(PAGES.get_template(name).render(**filled(context, "text")))
        for name, context in contexts.items()
    }
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(TRIPWIRE)
        for payload in PAYLOADS:
            documents = hostile(contexts, payload)
            assert {name: shape(document) for name, document in documents.items()} == clean, (
                f"{payload!r} became markup"
            )
            assert fired(page, list(documents.values())) == 0, f"{payload!r} went off"


def shape(document: str) -> list[str]:
    """Return the elements of a document with the names of their attributes: what no text may
    change.
    """
    return [
        f"{element.tag} {sorted(element.attrib)}"
        for element in lxml.html.document_fromstring(document.replace("\x00", "")).iter()
        if isinstance(element.tag, str)
    ]


def test_the_tripwire_goes_off_where_a_template_does_not_escape(
    contexts: dict[str, Context],
) -> None:
    naked = PAGES.overlay(autoescape=False)
    some = {"refusal.html": contexts["refusal.html"]}
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(TRIPWIRE)
        silent = [
            payload
            for payload in PAYLOADS
            if not fired(page, list(hostile(some, payload, naked).values()))
        ]
    assert len(silent) < len(PAYLOADS) / 4, f"these prove nothing: {silent}"


def test_one_safe_filter_is_enough_for_the_tripwire() -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(TRIPWIRE)

        def render(source: str) -> str:
            return PAGES.from_string(source).render(text=PAYLOADS[0])

        assert (
            fired(page, [render("<p>{{ text }}</p>")]) == 0
            and fired(page, [render("<p>{{ text | safe }}</p>")]) == 1
        )
        assert (
            fired(page, [render('<script type="application/ld+json">{{ text | tojson }}</script>')])
            == 0
        )


BOTH = '<script>fire(1)</script>"><img src=x onerror=fire(1)>'


def test_a_hostile_contract_and_hostile_rows_are_texts_on_every_page_and_in_every_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests import sample
    from tests.released import KPI, MART

    said = sample.SAMPLE
    for plain in (
        "Curah hujan per pos. / Rainfall by gauge.",
        "Satu pengukuran / one reading",
        "Data sintetis untuk uji. / Synthetic data for tests.",
        "Bukan data sebenarnya. / Not real data.",
        "Pencatat / Observer",
        "Waktu ukur / Time of reading",
    ):
        said = said.replace(plain, json.dumps(f"{BOTH} / {BOTH}"))
    said = said.replace(
        "{{id: Curah hujan, en: Rainfall}}",
        json.dumps({"id": BOTH, "en": BOTH}).replace("{", "{{").replace("}", "}}"),
    )
    said = said.replace(
        "{{id: Pos hujan, en: Rain gauges}}",
        json.dumps({"id": BOTH, "en": BOTH}).replace("{", "{{").replace("}", "}}"),
    )
    said = said.replace("name: Dinas Contoh", f"name: {json.dumps(BOTH)}").replace(
        "classification: personal", "classification: public"
    )
    monkeypatch.setattr(sample, "SAMPLE", said)
    monkeypatch.setattr("tests.released.OBSERVER", '"' + BOTH.replace('"', '""') + '"')
    monkeypatch.setattr(
        "tests.released.MART",
        MART.replace("Hujan harian", BOTH)
        .replace("Daily rain", BOTH)
        .replace("Hari / Day", f"{BOTH} / {BOTH}"),
    )
    house = released(
        tmp_path,
        kpi=KPI.replace("Hari hujan", BOTH)
        .replace("How many days had rain?", BOTH)
        .replace("rule: none", f"rule: {BOTH}"),
    )
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    paths = [
        *every_page(),
        f"/catalog?q={BOTH}",
        "/d/nobody.nothing",
        f"/d/{BOTH}",
        f"/kpi/{BOTH}",
        f"/catalog?owner={BOTH}",
    ]
    told: list[str] = []
    with serving(house.lake.root, tmp_path / "portal.log") as portal, chromium() as browser:
        page = browser.new_page()
        page.add_init_script(TRIPWIRE)
        page.on("dialog", lambda dialog: told.append(dialog.message) or dialog.dismiss())
        page.on(
            "console",
            lambda message: (
                told.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        seen = 0
        for path in paths:
            for lang in ("id", "en"):
                page.goto(f"{portal.address}{path}{'&' if '?' in path else '?'}lang={lang}")
                assert (
                    page.evaluate("window.fired || 0") == 0
                    and page.evaluate(
                        "document.images.length + document.querySelectorAll('[onerror]').length"
                    )
                    == 0
                )
                seen += "fire(1)" in page.inner_text("main")
        assert seen > len(paths), "the texts are there to be read"
        feed = page.request.get(f"{portal.address}/feeds/all.atom").body()
        page.goto(f"{portal.address}/feeds/all.atom")
        assert page.evaluate("window.fired || 0") == 0
    assert not told
    assert BOTH in "".join(ElementTree.fromstring(feed).itertext())
