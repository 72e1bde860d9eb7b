"""What the systems of the demo city have to do with one another: haze and complaints, cameras
and letters, points and kelurahan.
"""

import math
from collections.abc import Iterator
from datetime import date
from statistics import fmean
from typing import Any

import pytest

from demo import regions
from demo.city import City
from demo.systems import air, cameras, complaints, enforcement, fibre, junctions

TODAY = date(2026, 6, 16)
HAZY = 1.5
"""Times the usual particles from which a day counts as one of haze."""


def is_hazy(city: City, day: date) -> bool:
    return air.haze(city, day) >= HAZY


def received(city: City) -> Iterator[dict[str, Any]]:
    """Yield every complaint of the city once, as it was received."""
    return (
        complaint
        for complaint in complaints.versions(city)
        if complaint["status_notes"] == "received"
    )


@pytest.mark.parametrize(
    ("days", "times"), [(14, 1.5), (30, 2.5)], ids=["a mild spell", "thick smoke before it"]
)
def test_haze_raises_the_particles(days: int, times: float) -> None:
    city = City(today=TODAY, days=days)
    readings: dict[bool, list[float]] = {True: [], False: []}
    for row in air.build(city)[0]:
        if row["Datastream"]["name"] == "PM2.5" and isinstance(row["result"], float):
            readings[is_hazy(city, row["_at"].date())].append(row["result"])
    assert fmean(readings[True]) > times * fmean(readings[False])


def test_haze_makes_people_write_about_the_air() -> None:
    city = City(today=TODAY, days=30)
    about_air: dict[bool, list[bool]] = {True: [], False: []}
    for complaint in received(city):
        about_air[is_hazy(city, complaint["_at"].date())].append(
            complaint["service_code"] == "environment"
        )
    assert min(len(complaint) for complaint in about_air.values()) >= 30
    assert fmean(about_air[True]) > 0.2 > 3 * fmean(about_air[False])


def test_detections_become_letters_and_letters_confirmations_at_the_rates_of_october_2022() -> None:
    city = City(today=TODAY, days=90)
    days = list(city.before(enforcement.HISTORY))
    detected = sum(len(enforcement.detections(city, day)) for day in days)
    letters = enforcement.letters(city)
    confirmed = [
        letter for letter in letters if any(True for _ in enforcement._confirmation(city, letter))
    ]
    assert len(letters) / detected == pytest.approx(170 / 2777, rel=0.05)
    assert len(confirmed) / len(letters) == pytest.approx(32 / 170, rel=0.1)


@pytest.mark.parametrize("today", [date(2022, 6, 16), date(2023, 1, 20), TODAY], ids=str)
def test_a_complaint_names_a_kelurahan_of_its_date_and_lies_in_it(today: date) -> None:
    found = list(received(City(today=today, days=30)))
    assert found
    for complaint in found:
        code = complaint["extended_attributes"]["kelurahan_code"]
        assert code in regions.kelurahan_on(complaint["_at"].date())
        assert nearest(complaint["lat"], complaint["long"]) == code
    new = {complaint["extended_attributes"]["kelurahan_code"] for complaint in found} - set(
        regions.kelurahan_on(date(2022, 12, 31))
    )
    assert bool(new) == (today.year > 2022), (
        "complaints come from the kelurahan of January 2023 from then on"
    )
    assert today.year != 2023 or min(complaint["_at"].year for complaint in found) == 2022


def nearest(lat: float, lon: float) -> str:
    return min(regions.KELURAHAN, key=lambda code: math.dist(regions.centre(code), (lat, lon)))


def test_what_stands_in_a_kelurahan_lies_in_it_and_a_camera_at_its_junction() -> None:
    city = City(today=TODAY, days=1)
    registers = (junctions.TABLES[0], cameras.TABLES[1], fibre.TABLES[0])
    things, seen, segments = (
        [row for rows in table.rows(city).values() for row in rows] for table in registers
    )
    at = {
        thing["name"]: (thing["properties"]["lintang"], thing["properties"]["bujur"])
        for thing in things
    }
    places = [(thing["properties"]["kelurahan"], *at[thing["name"]]) for thing in things]
    places += [(row["kelurahan"], row["lintang"], row["bujur"]) for row in seen]
    places += [
        (segment["kelurahan"], *reversed(segment["rute"]["coordinates"][0])) for segment in segments
    ]
    assert len(places) == 30 + 40 + 240
    assert all(nearest(lat, lon) == code for code, lat, lon in places)
    assert all(
        at.get(row["simpang"], here) == here
        for row in seen
        for here in [(row["lintang"], row["bujur"])]
    )


def test_every_kelurahan_has_a_middle_of_its_own_inside_the_city() -> None:
    middles = [regions.centre(code) for code in regions.KELURAHAN]
    assert len(set(middles)) == len(regions.KELURAHAN) == 68
    assert all(
        regions.SOUTH < lat < regions.NORTH and regions.WEST < lon < regions.EAST
        for lat, lon in middles
    )
