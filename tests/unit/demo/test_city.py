"""The demo city: same seed, same bytes; volumes of the real systems; protocols as their standards say."""

import json
import urllib.request
from datetime import date
from pathlib import Path

from demo import air, complaints, permits, register
from demo.city import City
from demo.everything import ground_truth, prepare
from demo.server import serve

TODAY = date(2026, 6, 16)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        complaints.build.cache_clear(), permits.build.cache_clear(), air.build.cache_clear(), register.requests.cache_clear()
        city = City(today=TODAY, days=5)
        prepare(city, tmp_path / name)
        folder = tmp_path / name / "ppid"
        files.append([{path.name: path.read_bytes() for path in folder.iterdir()}, complaints.build(city), permits.build(city), air.build(city)])
    assert files[0] == files[1]
    assert complaints.build(City(today=TODAY, days=5, seed=2))[0] != complaints.build(City(today=TODAY, days=5))[0]


def test_volumes_are_the_real_systems() -> None:
    year = City(today=TODAY, days=365)
    tickets = {row["service_request_id"] for row in complaints.build(year)[0] if row["service_request_id"]}
    assert 600 <= len(tickets) * 365 / 395 <= 900
    applications = {row["application_no"] for row in permits.build(year)[0] if row["application_no"]}
    assert 10_000 <= len(applications) * 365 / 395 <= 20_000
    assert len(air.build(City(today=TODAY, days=1))[0]) // 3 in (336, 337)
    assert 30 <= len(register.requests(year)) <= 300


def test_one_day_is_planted_to_be_withheld_and_errors_are_few() -> None:
    truth = ground_truth(City(today=TODAY))
    assert [each.rule for each in truth].count("coverage") == 1
    assert len({each.application for each in truth}) == 4
    assert 40 <= len(truth) <= 120


def test_the_interfaces_speak_their_standards(tmp_path: Path) -> None:
    city = City(today=TODAY, days=2)
    with serve(city, tmp_path, port=0) as address:
        with urllib.request.urlopen(f"{address}/sikesal/open311/v2/requests.json?page=1&page_size=5") as answer:
            rows = json.load(answer)
            assert len(rows) == 5 <= int(answer.headers["X-Total-Count"])
            assert {"service_request_id", "status", "service_code", "requested_datetime", "updated_datetime", "lat", "long"} <= set(rows[0])
        with urllib.request.urlopen(f"{address}/aqms/v1.1/Observations?$top=3&$count=true") as answer:
            page = json.load(answer)
        assert page["@iot.count"] > 3 == len(page["value"])
        with urllib.request.urlopen(page["@iot.nextLink"]) as answer:
            assert json.load(answer)["value"][0]["@iot.id"] != page["value"][0]["@iot.id"]
