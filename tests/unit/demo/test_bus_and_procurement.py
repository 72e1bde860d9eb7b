"""The retired bus and the procurement system of the demo city: their own days, real volumes, and
records that fit one another.
"""

import asyncio
import csv
import io
import zipfile
from collections import Counter
from datetime import date

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from demo.city import City
from demo.regions import kelurahan_on
from demo.systems import bus, bus_feed, bus_positions, procurement
from demo.table import build
from pipelines.records.gtfs import entities

CITY = City(today=date(2026, 6, 16), days=3)
DAY = date(2020, 3, 30)
TABLES = {table.dataset: table for table in bus.TABLES}


def get(routes: list[Route], address: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://city"
        ) as client:
            return await client.get(address)

    return asyncio.run(ask())


def test_the_buses_have_days_of_their_own_and_nothing_after_them() -> None:
    assert list(build(CITY, TABLES["taps"]).days) == [date(2020, 3, 29), DAY, date(2020, 3, 31)]
    early = build(City(today=CITY.today, days=400, scale=0.05), TABLES["taps"]).days
    assert (min(early), len(early)) == (bus.FIRST, 156)
    assert {row["fare"] for row in bus._taps_of(CITY, date(2019, 12, 1))} == {1} and {
        row["fare"] for row in bus._taps_of(CITY, date(2019, 12, 2))
    } == {5000}


def test_the_feed_is_gtfs_and_taps_belong_to_its_trips() -> None:
    clean = {name: table.rows(table.seen_by(CITY))[DAY] for name, table in TABLES.items()}
    trips = {row["trip_id"] for row in clean["trips"]}
    assert (
        {row["trip_id"] for row in clean["taps"]}
        <= trips
        == {row["trip_id"] for row in clean["stop_times"]}
    )
    assert all(
        -1.7 < row["stop_lat"] < -1.5 and 103.5 < row["stop_lon"] < 103.7 for row in clean["stops"]
    )
    assert {row["kelurahan_code"] for row in clean["stops"]} <= set(kelurahan_on(DAY))
    assert 400 <= len(clean["taps"]) <= 1200
    routes = bus_feed.routes(CITY)
    body = get(routes, "/kojatrans/gtfs/2020-03-30.zip").content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        needed = {
            "agency.txt",
            "stops.txt",
            "routes.txt",
            "trips.txt",
            "stop_times.txt",
            "calendar.txt",
        }
        assert needed <= set(archive.namelist())
        assert [
            row["price"]
            for row in csv.DictReader(io.TextIOWrapper(archive.open("fare_attributes.txt")))
        ] == ["5000"]
    bus_feed.build.cache_clear()
    assert get(routes, "/kojatrans/gtfs/2020-03-30.zip").content == body
    assert [
        get(routes, f"/kojatrans/gtfs/{day}.zip").status_code for day in ("2020-04-01", "x-y-z")
    ] == [404, 404]


def test_a_whole_day_of_positions_and_a_small_one() -> None:
    counts = [
        sum(
            1
            for _ in entities(
                bus_positions.archive(City(today=CITY.today, days=3, scale=scale), DAY), "x"
            )
        )
        for scale in (1.0, 0.05)
    ]
    assert counts[0] in (94_080, 94_081) and 4_000 <= counts[1] <= 5_000
    assert (
        get(
            bus_positions.routes(CITY), "/kojatrans/gtfs-rt/vehicle_positions_2020-03-01.pb"
        ).status_code
        == 404
    )


def test_a_year_of_procurement() -> None:
    year = City(today=CITY.today, days=365)
    releases, planted = procurement.build(year)
    tags = Counter(release["tag"][0] for release in releases if release["tag"])
    assert (
        2_000 <= tags["planning"] <= 6_000
        and 70 <= tags["tender"] <= 130
        and tags["tender"] > tags["award"] > 0 < tags["contract"]
    )
    packages = {release["ocid"] for release in releases if "rup" in release["ocid"]}
    taken = [
        link["identifier"]
        for release in releases
        if release["tag"] == ["tender"]
        for link in release["relatedProcesses"]
    ]
    assert set(taken) <= packages and len(taken) == len(set(taken)) > tags["tender"], (
        "a tender takes up several packages, a package goes to one tender"
    )
    assert {error.rule for error in planted} >= {
        rule for errors in procurement.ERRORS.values() for _, rule, _ in errors
    }


def test_release_packages_lead_from_one_to_the_next() -> None:
    routes = procurement.routes(CITY)
    first = get(routes, "/sirajakoja/ocds/1.1/releases.json?size=50").json()
    seen, page = len(first["releases"]), first
    while "links" in page:
        page = get(routes, page["links"]["next"]).json()
        seen += len(page["releases"])
    assert seen == first["total"] > 50 and first["version"] == "1.1"
