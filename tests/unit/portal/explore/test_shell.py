"""What Streamlit's HTML says once it has gone through the shell: language, title, light page,
404; the rest of Streamlit passes as it is.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import lxml.html
import pytest
import streamlit

from pipelines.settings import PROJECT
from portal.explore.sections import SECTIONS, title_of
from portal.explore.shell import document
from tests.serving import serving

pytestmark = pytest.mark.xdist_group("shell")

INDEX = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("shell")
    with (
        serving(folder / "lake", folder / "portal.log") as served,
        httpx.Client(base_url=served.address, timeout=30) as client,
    ):
        yield client


def said(client: httpx.Client, path: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(client.get(path).content)


@pytest.mark.parametrize("page", [page for pages in SECTIONS.values() for page in pages])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_page_begins_in_its_language_with_its_title(
    client: httpx.Client, page: str, lang: str
) -> None:
    shown = said(client, f"/app/{page}?lang={lang}")
    assert shown.get("lang") == lang
    assert shown.findtext(".//title").startswith(
        title_of(page, lang) if page != "home" else "Lumbung" if lang == "id" else "Jambi"
    )
    assert shown.xpath("//meta[@name='description']/@content")[0]
    assert shown.xpath("//noscript//a/@href")[0].startswith("/")


def test_indonesian_is_what_an_address_without_a_language_or_with_an_unknown_one_speaks(
    client: httpx.Client,
) -> None:
    assert [
        said(client, f"/app/kpi{query}").get("lang") for query in ("", "?lang=fr", "?lang=en")
    ] == ["id", "id", "en"]


def test_a_page_names_the_light_page_that_says_the_same_and_nothing_else(
    client: httpx.Client,
) -> None:
    def canonical(path: str) -> list[str]:
        return [
            address.partition("//")[2].partition("/")[2]
            for address in said(client, path).xpath("//link[@rel='canonical']/@href")
        ]

    assert canonical("/app/kpi?id=permit_lead_time&lang=en") == ["kpi/permit_lead_time?lang=en"]
    assert canonical("/app/dataset?id=mart.population") == ["d/mart.population"]
    assert canonical("/app/corrections") == ["corrections"] and canonical("/app/compare") == []
    assert canonical('/app/dataset?id="><script>alert(1)</script>') == ["catalog"]


def test_an_address_that_is_no_page_is_not_found_and_still_shows_where_one_is(
    client: httpx.Client,
) -> None:
    answer = client.get("/app/nothing?lang=en")
    assert answer.status_code == 404 and b'lang="en"' in answer.content
    assert client.get("/app/catalogue").status_code == 200


def test_a_head_request_and_a_second_request_are_answered_whole(client: httpx.Client) -> None:
    whole = client.get("/app/catalogue")
    head = client.head("/app/catalogue")
    assert (head.status_code, head.content, head.headers["content-length"]) == (
        200,
        b"",
        str(len(whole.content)),
    )
    assert "etag" not in whole.headers and "last-modified" not in whole.headers
    again = client.get(
        "/app/catalogue",
        headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT", "Range": "bytes=0-9"},
    )
    assert (again.status_code, again.content) == (200, whole.content)


def test_what_is_not_html_passes_as_it_is(client: httpx.Client) -> None:
    script = next(part.partition('"')[0] for part in INDEX.split('src="./')[1:])
    passed = client.get(f"/app/{script}")
    assert (
        passed.content == (Path(streamlit.__file__).parent / "static" / script).read_bytes()
        and "etag" in passed.headers
    )


def test_streamlits_own_html_is_still_what_the_shell_rewrites() -> None:
    """A Streamlit that writes its HTML otherwise would leave the shell without effect: this
    turns red then.
    """
    shown = document(INDEX, "kpi", {"lang": ["en"]})
    assert (
        '<html lang="en">' in INDEX
        and "<title>Streamlit</title>" in INDEX
        and "enable JavaScript" in INDEX
    )
    assert (
        shown.count("<title>") == 1
        and "Streamlit</title>" not in shown
        and "You need to enable JavaScript" not in shown
    )
    assert (
        shown.count("<noscript>") == 1
        and (PROJECT / "portal" / "explore" / "shell.js").read_text("utf-8") in shown
    )
