"""The light pages over a small house: addresses, languages, heads, headers, one 404, what is
closed, feeds, sitemap; nothing a source wrote is markup.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import lxml.html
import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from pipelines.lake.lake import Lake
from portal.app import app
from portal.data.release import current
from portal.http.negotiation import preferred_to_a_page
from portal.http.security import PAGE
from portal.light import sitemap
from portal.light.page import PAGES
from portal.light.table_page import RDF
from portal.words.say import LANGUAGES, say
from tests.released import OBSERVER, SmallHouse, released

BASE = "http://127.0.0.1:8501"
ATOM = "{http://www.w3.org/2005/Atom}"
MOST = 50_000
ELSEWHERE = ("/app", "/download/all.zip")
"""Addresses of other rooms, whose own tests hold them."""
OTHERS = ("/catalog?q=hujan&kind=dataset", "/catalog?q=nothing-at-all", "/d/hujan.rain/files")


@pytest.fixture
def client(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    yield TestClient(app, base_url=BASE, headers={"accept": "text/html"}, follow_redirects=False)


def every_page() -> list[str]:
    release = current()
    assert release is not None
    return [*sitemap.pages(app.routes, release), *OTHERS]


def in_language(path: str, lang: str) -> str:
    return path if lang == "id" else f"{path}{'&' if '?' in path else '?'}lang={lang}"


def test_every_page_says_its_language_its_addresses_and_its_policy_and_is_small(
    client: TestClient,
) -> None:
    for path in every_page():
        for lang in LANGUAGES:
            answer = client.get(in_language(path, lang))
            assert answer.status_code == 200, path
            assert len(answer.content) <= MOST, path
            assert {name: answer.headers[name] for name in PAGE} == PAGE
            assert (
                answer.headers["x-content-type-options"] == "nosniff"
                and "max-age=60" in answer.headers["cache-control"]
            )
            page = lxml.html.document_fromstring(answer.text)
            assert page.get("lang") == lang
            (canonical,) = page.xpath("//link[@rel='canonical']/@href")
            assert canonical == BASE + in_language(path, lang)
            alternates = dict(
                zip(
                    page.xpath("//link[@hreflang]/@hreflang"),
                    page.xpath("//link[@hreflang]/@href"),
                    strict=True,
                )
            )
            assert alternates == {
                "id": BASE + path,
                "en": BASE + in_language(path, "en"),
                "x-default": BASE + path,
            }
            assert page.xpath("//meta[@property='og:url']/@content") == [canonical] and page.xpath(
                "//meta[@property='og:title']/@content"
            )
            assert (
                len(page.xpath("//h1")) == 1
                and page.xpath("//title")[0].text.strip()
                and page.xpath("//meta[@name='description']/@content")[0]
            )
            levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4")]
            assert levels[0] == 1 and all(
                after - before <= 1 for before, after in pairwise(levels)
            ), f"{path}: {levels}"
            assert all(
                script.get("type") == "application/ld+json" for script in page.iter("script")
            ), "no script runs"
            assert not page.xpath("//@style | //style | //@onclick") and not page.xpath("//iframe")
            assert len(page.xpath("//@id")) == len(set(page.xpath("//@id"))), (
                f"{path}: an id stands twice"
            )
            for table in page.iter("table"):
                assert table.xpath("caption") and all(
                    header.get("scope") for header in table.iter("th")
                )


def test_every_link_of_every_page_leads_somewhere(client: TestClient) -> None:
    found: dict[str, str] = {}
    for path in every_page():
        for address in lxml.html.document_fromstring(client.get(path).text).xpath(
            "//a/@href | //link[@rel!='canonical']/@href"
        ):
            if address.startswith(("/", BASE)) and not address.startswith(ELSEWHERE):
                found.setdefault(address.partition("#")[0], path)
    broken = {
        address: (path, status)
        for address, path in found.items()
        if (status := client.get(address).status_code) not in (200, 307, 308)
    }
    assert len(found) > 50 and not broken


def test_the_page_of_sql_shows_a_frame_of_polars(client: TestClient) -> None:
    assert "pl.scan_parquet(" in client.get("/sql").text


def test_a_page_is_asked_for_once_and_then_only_whether_it_changed(client: TestClient) -> None:
    first = client.get("/d/hujan.rain")
    again = client.get("/d/hujan.rain", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" not in again.headers, "the kept page keeps its own"
    assert client.get("/d/hujan.rain?lang=en").headers["etag"] != first.headers["etag"]
    assert client.head("/d/hujan.rain").status_code == 200
    style = lxml.html.document_fromstring(first.text).xpath("//link[@rel='stylesheet']/@href")[0]
    assert (
        "immutable" in client.get(style).headers["cache-control"]
        and client.get("/assets/0.css").status_code == 404
    )


def test_what_is_not_there_and_what_is_not_public_is_one_and_the_same_page(
    client: TestClient,
) -> None:
    paths = (
        "/nothing",
        "/d/nobody.nothing",
        "/d/lumbung.verdicts",
        "/d/reference.regions",
        "/d/hujan.rain_history",
        "/d/Hujan.rain",
        "/d/",
        "/kpi/nothing",
        "/d/nobody.nothing/files",
        "/d/kpi.nothing",
        "/kpi/../etc",
        "/d/lumbung.verdicts?lang=xx",
    )
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404} and len(
        {answer.content for answer in answers}
    ) == 1
    page = lxml.html.document_fromstring(answers[0].text)
    assert (
        page.xpath("//form[@action='/catalog']")
        and page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        and not page.xpath("//link[@rel='canonical']")
    )
    assert client.get("/nothing?lang=en").text.count(say("absent", "en")) == 2
    for path in ("/d/nobody.nothing", "/catalog", "/"):
        refused = client.post(path)
        assert (
            refused.status_code == 405
            and refused.headers["content-type"].startswith("text/html")
            and "GET" in refused.headers["allow"]
        )
    machine = client.get("/nothing", headers={"accept": "application/json"})
    assert (
        machine.status_code == 404 and machine.headers["content-type"] == "application/problem+json"
    )


def test_no_value_of_a_closed_column_is_on_any_page_or_feed(client: TestClient) -> None:
    everything = [
        client.get(path).text for path in [*every_page(), "/feeds/all.atom", "/sitemap.xml"]
    ]
    assert not any(OBSERVER in text for text in everything) and any(
        "G1" in text for text in everything
    )
    page = lxml.html.document_fromstring(client.get("/d/hujan.rain?lang=en").text)
    closed = page.xpath("//table[caption[@id='columns']]//tr[th/code='observer']/td/text()")
    assert closed[-1] == "no: personal data"
    assert "observer" not in page.xpath("//table[caption[@id='preview-rows']]//th/text()")


def test_a_closed_dataset_has_a_page_that_says_why_and_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.sample import SAMPLE

    closed = SAMPLE.replace(
        "value: berkala}}",
        "value: dikecualikan}}\n      - {{property: exemption, value: UU 14/2008 Ps 17 huruf h}}",
    )
    monkeypatch.setattr("tests.sample.SAMPLE", closed)
    house = released(tmp_path)
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    client = TestClient(app, base_url=BASE, headers={"accept": "text/html"})
    page = client.get("/d/hujan.rain?lang=en").text
    assert (
        "UU 14/2008 Art. 17 letter h" in page
        and "preview-rows" not in page
        and "application/ld+json" not in page
        and OBSERVER not in page
    )
    assert "UU 14/2008 Ps 17 huruf h" in client.get("/withheld").text
    assert (
        client.get("/d/hujan.rain/files").status_code == 404
        and client.get("/feeds/d/hujan.rain.atom").status_code == 404
    )


def test_before_the_first_release_every_page_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(Lake(tmp_path / "empty").root))
    client = TestClient(app, base_url=BASE, headers={"accept": "text/html"})
    for path in ("/", "/catalog", "/d/hujan.rain", "/kpi/rainy_days"):
        assert client.get(path).status_code == 503 and "lumbung run" in client.get(path).text
    assert (
        client.get("/feeds/all.atom").status_code == 404
        and client.get("/nothing").status_code == 404
    )


def test_a_table_says_itself_to_search_engines_and_to_rdf_clients(client: TestClient) -> None:
    page = lxml.html.document_fromstring(client.get("/d/hujan.rain").text)
    (told,) = [
        json.loads(script.text) for script in page.xpath("//script[@type='application/ld+json']")
    ]
    assert (
        told["@type"] == "Dataset"
        and told["url"] == f"{BASE}/d/hujan.rain"
        and len(told["distribution"]) >= 2
    )
    for accept, ending in (
        ("text/turtle", ".ttl"),
        ("application/ld+json;q=0.9, text/html;q=0.1", ".jsonld"),
        ("application/rdf+xml", ".xml"),
    ):
        answer = client.get("/d/hujan.rain", headers={"accept": accept})
        assert (answer.status_code, answer.headers["location"], answer.headers["vary"]) == (
            303,
            f"/d/hujan.rain{ending}",
            "Accept",
        )
    assert client.get("/d/kpi.rainy_days?lang=en").headers["location"] == "/kpi/rainy_days?lang=en"
    assert client.get("/d/hujan.rain", headers={"accept": "*/*"}).status_code == 200


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", None),
        ("*/*", None),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None),
        ("text/turtle", "text/turtle"),
        ("text/turtle;q=0.5,text/html;q=0.5", None),
        ("TEXT/TURTLE ; q=0.8 , text/html;q=0.2", "text/turtle"),
        ("text/turtle;q=0", None),
        ("text/turtle;q=nan, application/ld+json", "application/ld+json"),
        (";;,,q=1;text/turtle", None),
    ],
)
def test_a_page_gives_way_to_rdf_only_when_it_is_named_and_liked_better(
    accept: str, chosen: str | None
) -> None:
    assert preferred_to_a_page(Headers({"accept": accept}), RDF) == chosen


def test_the_catalogue_keeps_what_is_chosen_in_its_links(client: TestClient) -> None:
    page = lxml.html.document_fromstring(
        client.get("/catalog?q=hujan&kind=dataset&kind=bogus&lang=en").text
    )
    assert page.xpath("//input[@name='q']/@value") == ["hujan"] and page.xpath(
        "//input[@name='lang']/@value"
    ) == ["en"]
    (chosen,) = page.xpath("//section[@class='facets']//a[@aria-current]")
    assert chosen.get("href") == "/catalog?q=hujan&lang=en" and "bogus" not in page.text_content()
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex, follow"]
    assert [link.text for link in page.xpath("//ul[@class='found']//h3/a")] == ["Rainfall"]
    nothing = client.get("/catalog?q=zzzz").text
    assert say("nothing_found", "id") in nothing
    for odd in (
        "page=0",
        "page=999999999999",
        "page=%C2%B2",
        "page=-1",
        "q=" + "x" * 5000,
        "q=%00%ff",
        "lang=%3Cscript%3E",
    ):
        assert client.get(f"/catalog?{odd}").status_code == 200


def test_feeds_say_each_change_once_under_an_id_that_stays(
    client: TestClient, house: SmallHouse
) -> None:
    for path, names in (
        ("/feeds/all.atom", 3),
        ("/feeds/d/hujan.rain.atom", 1),
        ("/feeds/theme/environment.atom", 3),
        ("/feeds/theme/mobility.atom", 0),
    ):
        answer = client.get(path)
        assert (
            answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
            and answer.headers["access-control-allow-origin"] == "*"
        )
        feed = ElementTree.fromstring(answer.content)
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == names, path
        for element in (feed, *entries):
            assert [len(element.findall(ATOM + name)) for name in ("id", "title", "updated")] == [
                1,
                1,
                1,
            ]
            assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext(f"{ATOM}id") or "")
            assert re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", element.findtext(f"{ATOM}updated") or ""
            )
            assert element.find(f"{ATOM}author/{ATOM}name") is not None
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert links["self"] == BASE + path
        assert all(
            entry.findall(f"{ATOM}link[@rel='alternate']") and entry.findtext(f"{ATOM}summary")
            for entry in entries
        )
    ids = [
        entry.findtext(f"{ATOM}id")
        for entry in ElementTree.fromstring(client.get("/feeds/all.atom").content).findall(
            f"{ATOM}entry"
        )
    ]
    assert len(set(ids)) == 3 and ids == [
        entry.findtext(f"{ATOM}id")
        for entry in ElementTree.fromstring(client.get("/feeds/all.atom?lang=en").content).findall(
            f"{ATOM}entry"
        )
    ]
    assert (
        client.get("/feeds/theme/nothing.atom").status_code
        == 404
        == client.get("/feeds/d/lumbung.verdicts.atom").status_code
    )


def test_the_sitemap_lists_every_page_in_both_languages_and_robots_names_it(
    client: TestClient,
) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)
    places = [place.findtext(f"{space}loc") or "" for place in found.findall(f"{space}url")]
    assert len(places) == len(set(places)) == 2 * len(sitemap.pages(app.routes, current()))  # type: ignore[arg-type]
    assert all(client.get(place.removeprefix(BASE)).status_code == 200 for place in places)
    assert all(
        re.match(r"\d{4}-\d\d-\d\dT", place.findtext(f"{space}lastmod") or "")
        for place in found.findall(f"{space}url")
    )
    assert {"/", "/catalog", "/kpi", "/withheld", "/about", "/ppid"} <= {
        place.removeprefix(BASE) for place in places
    }
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text.splitlines()


def test_what_a_request_calls_its_host_is_on_no_page(client: TestClient) -> None:
    assert (
        "evil.example"
        not in client.get(
            "/d/hujan.rain",
            headers={"x-forwarded-host": "evil.example", "referer": "https://evil.example/"},
        ).text
    )


def test_templates_escape_everything_and_none_says_otherwise() -> None:
    assert PAGES.autoescape is True
    for name in PAGES.list_templates():
        source = (Path("portal/light/templates") / name).read_text("utf-8")
        assert (
            "|safe" not in source.replace(" ", "")
            and "autoescape" not in source
            and "Markup" not in source
        )
