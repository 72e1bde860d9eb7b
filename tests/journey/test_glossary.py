"""The glossary holds every page, light and Streamlit, to its terms: no forbidden variant, and no
word of the other language.
"""

import re
from collections.abc import Iterable

import lxml.html
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from portal import app
from portal.data import indicators
from portal.data.release import current
from portal.explore.sections import OFFICE, SECTIONS
from portal.words.glossary import GLOSSARY
from portal.words.say import LANGUAGES, PARTS
from tests.conftest import Harvested

pytestmark = pytest.mark.xdist_group("city")
FOREIGN = {
    "id": ("the", "and", "with", "which", "rows", "withheld", "because"),
    "en": ("yang", "dengan", "adalah", "baris", "ditahan"),
}
"""Words that every text of the other language has, and no text of this one."""
MODULES = {OFFICE: "information"}
IDS = {
    "dataset": ("aqms.observations", "sikesal.complaints"),
    "kpi": ("permit_lead_time", "bus_capacity"),
}
SKIPPED = {
    "glossary": "it names the variants",
    "developers": "it shows programs",
    "conformance": "it quotes tools",
}
"""Pages whose own business is what the others must not write."""
ADDRESSES = (
    "/",
    "/catalog",
    "/kpi",
    "/kpi/permit_lead_time",
    "/d/sikesal.complaints",
    "/quality",
    "/withheld",
    "/corrections",
    "/ppid",
    "/about",
)


def forbidden(text: str, lang: str) -> list[str]:
    """Return what a text says that the glossary does not let a page in ``lang`` say, each with
    the words around it.
    """
    terms = [
        word
        for term in GLOSSARY
        for word in (term.forbidden_id if lang == "id" else term.forbidden_en)
    ]
    bare = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|/[\w./?=&%-]+|[\w-]+(?:\.[\w-]+)+", " ", text)
    found = []
    for word in (*terms, *FOREIGN[lang]):
        flags = re.IGNORECASE if word.islower() else re.NOFLAG
        found += [
            f"{word}: …{bare[max(0, match.start() - 40) : match.end() + 40]}…"
            for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", bare, flags)
        ]
    return found


def said_by_others() -> list[str]:
    """Return what pages quote and do not say themselves: agencies, grounds of exemption, names
    of columns; longest first.
    """
    release = current()
    assert release is not None
    quoted = {
        text
        for contract in release.contracts
        for dataset in contract.datasets
        for text in (contract.owner, dataset.exemption or "")
    }
    quoted |= {
        model.header.steward for model in release.manifest.models.values() if model.header.steward
    }
    quoted |= {
        f" {column.name} "
        for contract in release.contracts
        for dataset in contract.datasets
        for column in dataset.columns
    }
    quoted |= {
        str(row[name])
        for row in indicators.not_computed(release)
        for name in ("indicator", "reason")
    }  # a register the city keeps in English
    return sorted(quoted - {""}, key=len, reverse=True)


def own(text: str) -> str:
    """Return what is left of a page's text without what it quotes."""
    for phrase in said_by_others():
        text = text.replace(phrase, " ")
    return text


def streamlit_text(page: str, lang: str, asked: str = "") -> str:
    module = MODULES.get(page, page)
    script = (
        "from portal.data.release import current\nfrom portal.explore.pages import"
        f" {module}\n{module}.show(current(), {lang!r})\n"
    )
    shown = AppTest.from_string(script, default_timeout=60)
    if asked:
        shown.query_params["id"] = asked
    shown.run()
    assert not shown.exception, shown.exception
    kinds: Iterable[Iterable[object]] = (
        shown.title,
        shown.header,
        shown.subheader,
        shown.markdown,
        shown.caption,
        shown.warning,
        shown.info,
        shown.metric,
    )
    texts = [
        str(getattr(element, "label", "")) + " " + str(getattr(element, "value", ""))
        for kind in kinds
        for element in kind
    ]
    return "\n".join(re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), text) for text in texts)


@pytest.fixture
def lake(harvested: Harvested, monkeypatch: pytest.MonkeyPatch) -> Harvested:
    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    return harvested


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "page", [path for pages in SECTIONS.values() for path in pages if path not in SKIPPED]
)
def test_a_streamlit_page_holds_to_the_glossary(lake: Harvested, page: str, lang: str) -> None:
    for identifier in ("", *IDS.get(page, ())):
        assert forbidden(own(streamlit_text(page, lang, identifier)), lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_light_page_holds_to_the_glossary(lake: Harvested, address: str, lang: str) -> None:
    answer = TestClient(
        Starlette(routes=[route for page in app.LIGHT for route in page.ROUTES])
    ).get(f"{address}?lang={lang}")
    assert answer.status_code == 200
    page = lxml.html.document_fromstring(answer.text)
    for element in page.xpath(
        f"//script|//style|//code|//pre|//*[@lang and @lang!='{lang}' and not(self::html)]"
    ):
        element.drop_tree()
    assert forbidden(own(" ".join(page.xpath("//text()"))), lang) == []


def test_every_word_of_the_portal_holds_to_the_glossary() -> None:
    for part in PARTS:
        for key, both in part.WORDS.items():
            if not key.startswith(("dev.", "direct.")):
                for lang, words in zip(LANGUAGES, both, strict=True):
                    assert forbidden(words, lang) == [], key


def test_a_forbidden_variant_is_found_and_its_right_word_is_not() -> None:
    assert [
        hit.partition(":")[0]
        for hit in forbidden("Silakan download dataset ini lewat link berikut", "id")
    ] == ["dataset", "download", "link"]
    assert [hit.partition(":")[0] for hit in forbidden("data yang ditahan", "en")] == [
        "ditahan",
        "yang",
        "ditahan",
    ]
    assert (
        forbidden(
            "Unduh himpunan data ini lewat tautan berikut; `download` dan /download/x.csv bukan"
            " kata",
            "id",
        )
        == []
    )
    assert forbidden("Download the dataset", "en") == []


def test_every_term_is_whole() -> None:
    for term in GLOSSARY:
        assert term.id and term.en and term.source
        assert term.id not in term.forbidden_id and term.en not in term.forbidden_en
    assert len({term.id for term in GLOSSARY}) == len(GLOSSARY)
