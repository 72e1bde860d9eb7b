"""The house as another city: its own file, contracts and SQL, and not a line of code changed. It
harvests over its own midnight, publishes, proves, and says its own name everywhere and no other's.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import fastexcel
import pytest
from rdflib import DCAT, DCTERMS, SKOS, Graph, Literal, URIRef
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pipelines.release.release import open_release, release_as_of
from pipelines.settings import PROJECT
from pipelines.verify.rebuild import Rebuild
from portal.app import app
from portal.data.release import current
from portal.light import sitemap
from portal.metadata.descriptions import DESCRIPTIONS
from tests.cities import LOGO, write_city
from tests.journey.test_explore import opened, text
from tests.released import OBSERVER, SmallHouse, released

OTHERS = ("Jambi", "15.71", "1642858", "Asia/Jakarta", "WIB")
MACHINES = (
    "/api/3/action/package_show?id=hujan-rain",
    "/api/3/action/status_show",
    "/api/v1/tables",
    "/catalog.ttl",
    "/data.json",
    "/feeds/all.atom",
    "/feeds/all.atom?lang=id",
    "/feeds/theme/environment.atom",
    "/openapi.json",
    "/sitemap.xml",
    *(f"/d/hujan.rain{description.path}" for description in DESCRIPTIONS),
    *(f"/d/kpi.rainy_days{description.path}" for description in DESCRIPTIONS),
)
PAGES = PROJECT / "portal" / "explore" / "pages"
AFTER_MIDNIGHT = f"G3,2026-01-01T16:30:00Z,2.5,wet,{OBSERVER}"
"""Half past one of 2 January in the city; in Jambi, 1 January still."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    folder = tmp_path_factory.mktemp("bandung")
    city = {"LUMBUNG_CITY_FILE": str(write_city(folder / "city"))}
    return released(folder, city, more=[AFTER_MIDNIGHT])


@pytest.fixture
def web(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    city = house.contracts.parent / "city" / "city.yaml"
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(city))
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    return TestClient(app, base_url="http://127.0.0.1:8501", headers={"accept": "text/html"})


def test_it_harvests_over_its_own_midnight(house: SmallHouse, web: TestClient) -> None:
    assert [row["verdict"] for row in house.report.datasets["hujan.rain"]] == ["passed"] * 2
    with open_release(house.lake).connect() as con:
        rows = con.execute(
            "SELECT _partition, count(*) FROM hujan.rain GROUP BY ALL ORDER BY 1"
        ).fetchall()
        assert rows == [("2026-01-01", 2), ("2026-01-02", 3)]
        assert con.execute("SELECT day::VARCHAR, rain_mm FROM mart.rain_daily").fetchall() == [
            ("2026-01-01", 3.0),
            ("2026-01-02", 5.5),
        ]
        assert con.execute("SELECT region_code, value FROM kpi.rainy_days").fetchall() == [
            ("32.73", 2)
        ]
        assert con.execute("SELECT code, name FROM reference.regions").fetchall() == [
            ("32.73", "Kota Bandung")
        ]
        assert con.execute("SELECT current_setting('TimeZone')").fetchall() == [("Asia/Jayapura",)]


def test_a_day_of_its_releases_ends_at_its_midnight(house: SmallHouse, web: TestClient) -> None:
    made = open_release(house.lake)
    day = made.made_at.astimezone(ZoneInfo("Asia/Jayapura")).date()
    assert release_as_of(house.lake, day).id == made.id


@pytest.mark.parametrize("city", ["its own", "another"])
def test_what_it_published_is_rebuilt_whatever_city_the_file_says_later(
    house: SmallHouse, web: TestClient, monkeypatch: pytest.MonkeyPatch, city: str
) -> None:
    if city == "another":
        monkeypatch.delenv("LUMBUNG_CITY_FILE")
    rebuild = Rebuild(house.lake, open_release(house.lake), house.sql)
    names = rebuild.names()
    assert {"hujan.rain", "clean/hujan.rain", "mart.rain_daily", "kpi.rainy_days"} <= set(names)
    assert [outcome for name in names for outcome in rebuild.verify(name) if outcome.said] == []


def test_every_page_says_its_name_and_no_other(house: SmallHouse, web: TestClient) -> None:
    release = current()
    assert release is not None
    for path in sitemap.pages(app.routes, release):
        for lang in ("", "id", "en"):
            page = web.get(path, params={"lang": lang} if lang else {})
            assert page.status_code == 200
            assert f'<html lang="{lang or "en"}"' in page.text
            name = "Data Terbuka Kota Bandung" if lang == "id" else "Bandung Open Data"
            assert name in page.text.partition("</title>")[0]
            assert [other for other in OTHERS if other in page.text] == [], path


def test_pages_wear_its_colours_and_its_logo(web: TestClient) -> None:
    page = web.get("/").text
    style, icon = (
        next(part for part in page.split('"') if part.startswith("/assets/") and kind in part)
        for kind in (".css", ".png")
    )
    assert ":root{--city:#1d3a8a}" in web.get(style).text and "#9db8ff" in web.get(style).text
    assert web.get(icon).content == LOGO


@pytest.mark.parametrize("path", MACHINES)
def test_what_machines_read_says_no_other_city(web: TestClient, path: str) -> None:
    answer = web.get(path, headers={"accept": "*/*"})
    assert answer.status_code == 200
    assert [other for other in OTHERS if other in answer.text] == []


def test_catalogues_name_the_place_the_portal_and_the_offices(web: TestClient) -> None:
    graph = Graph().parse(data=web.get("/catalog.ttl").text, format="turtle")
    place = URIRef("https://sws.geonames.org/1650357/")
    assert (place, SKOS.prefLabel, Literal("Kota Bandung", lang="id")) in graph
    assert (place, DCTERMS.identifier, Literal("32.73")) in graph
    assert "107.5 -7.0" in str(graph.value(place, DCAT.bbox))
    assert Literal("Bandung Open Data", lang="en") in set(graph.objects(None, DCTERMS.title))
    assert "mailto:ppid@bandung.example" in web.get("/catalog.ttl").text
    assert web.get("/data.json").json()["dataset"][0]["spatial"] == "Kota Bandung"
    status = web.get("/api/3/action/status_show").json()["result"]
    assert status["site_title"] == "Data Terbuka Kota Bandung"
    feed = web.get("/feeds/all.atom").text
    assert "Changes of Bandung City's data" in feed
    assert "Bandung City's data" in web.get("/feeds/theme/environment.atom").text


def test_files_and_rows_tell_its_time(web: TestClient) -> None:
    book = fastexcel.read_excel(web.get("/download/hujan.rain.xlsx").content)
    about = str(book.load_sheet(book.sheet_names[-1], header_row=None).to_polars().rows())
    assert "Times are in Bandung's time, WIT (UTC+9)." in about
    asked = {"filter": "measured_at:lt:2026-01-02T02:00:00", "sort": "-measured_at", "limit": "1"}
    rows = web.get("/api/v1/tables/hujan.rain/rows", params=asked).json()["rows"]
    assert [row["measured_at"] for row in rows] == ["2026-01-01T16:30:00Z"]


def test_the_pages_to_explore_in_are_its_own_too(house: SmallHouse, web: TestClient) -> None:
    shell = web.get("/app/").text
    assert '<html lang="en"' in shell and "Bandung Open Data" in shell
    assert "--city-light:#1d3a8a" in shell and 'LANGUAGES = ["en", "id"]' in shell
    front = AppTest.from_file(
        str(PROJECT / "portal" / "explore" / "ui" / "main.py"), default_timeout=60
    ).run()
    assert not front.exception and "Bandung Open Data" in text(front)
    tables = {"dataset": "hujan.rain", "kpi": "rainy_days"}
    for page in sorted(path.stem for path in PAGES.glob("[a-z]*.py") if path.stem != "aggregate"):
        query = {"id": tables[page]} if page in tables else {}
        told = text(opened(page, lang="en", **query))
        assert [other for other in OTHERS if other in told] == [], page
