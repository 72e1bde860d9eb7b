"""The demo city: same seed, same bytes; volumes of the real systems; protocols as their
standards say.
"""

import json
import urllib.request
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from demo.city import City
from demo.everything import ground_truth, prepare, tables
from demo.server import serve
from demo.systems import air, complaints, permits, register, surveys
from pipelines.connectors.contracts import read_contracts
from pipelines.settings import PROJECT

TODAY = date(2026, 6, 16)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        (
            complaints.build.cache_clear(),
            permits.build.cache_clear(),
            air.build.cache_clear(),
            register.requests.cache_clear(),
        )
        city = City(today=TODAY, days=5)
        prepare(city, tmp_path / name)
        folder = tmp_path / name / "ppid"
        files.append(
            [
                {path.name: path.read_bytes() for path in folder.iterdir()},
                complaints.build(city),
                permits.build(city),
                air.build(city),
            ]
        )
    assert files[0] == files[1]
    assert (
        complaints.build(City(today=TODAY, days=5, seed=2))[0]
        != complaints.build(City(today=TODAY, days=5))[0]
    )


def test_volumes_are_the_real_systems() -> None:
    year = City(today=TODAY, days=365)
    tickets = {
        row["service_request_id"] for row in complaints.build(year)[0] if row["service_request_id"]
    }
    assert 600 <= len(tickets) * 365 / 395 <= 900
    applications = {
        row["application_no"] for row in permits.build(year)[0] if row["application_no"]
    }
    assert 10_000 <= len(applications) * 365 / 395 <= 20_000
    assert len(air.build(City(today=TODAY, days=1))[0]) // 3 in (336, 337)
    assert 30 <= len(register.requests(year)) <= 300


YEARLY = {
    ("sipaten", "letters", "no_register"): (150_000, 300_000),
    ("sipadek", "letters", "nomor_surat"): (150_000, 300_000),
    ("eparking", "payments", "rrn"): (20_000, 30_000),
    ("etle", "detections", "id_kejadian"): (120_000, 170_000),
    ("lpg", "redemptions", None): (2_500_000, 3_800_000),
    ("skm", "responses", None): (10_000, 30_000),
    ("atcs", "counts", None): (3_000_000, 3_400_000),
    ("cctv", "heartbeats", None): (4_000_000, 4_400_000),
    ("panggilan112", "calls", None): (1_000, 2_300),
    ("epayment", "settlements", None): (150_000, 260_000),
    ("kojatrans", "taps", None): (150_000, 450_000),
    ("kliping", "clippings", None): (7_000, 20_000),
}
"""Table and the field that tells one from another -> least and most a year at scale 1 (a week's
rows times 52); riders were fewer in March 2020.
"""


@pytest.mark.parametrize("name", YEARLY, ids=lambda name: f"{name[0]}.{name[1]}")
def test_a_full_week_has_the_volume_of_the_real_system(name: tuple[str, str, str | None]) -> None:
    application, dataset, field = name
    (table,) = (
        table for table in tables() if (table.application, table.dataset) == (application, dataset)
    )
    week = table.seen_by(City(today=TODAY, days=7))
    days = table.rows(week)
    rows = [row for day in week.window for row in days.get(day, ())]
    count = len({row[field] for row in rows}) if field else len(rows)
    low, high = YEARLY[name]
    assert low <= count * 52 <= high


def test_a_complaint_says_at_each_step_what_was_known_by_then() -> None:
    for row in complaints.versions(City(today=TODAY, days=60)):
        state, more = row["status_notes"], row["extended_attributes"]
        assert bool(more["verified_datetime"]) == (state not in ("received", "rejected"))
        assert (
            bool(more["forwarded_datetime"])
            == bool(more["opd_code"])
            == (state in ("forwarded", "in_progress", "answered", "closed"))
        )
        assert bool(more["outcome"]) == (state in ("closed", "rejected"))
        assert (
            bool(more["duplicate_of"]) == (more["outcome"] == "duplicate")
            and more["duplicate_of"] != row["service_request_id"]
        )


def test_the_weights_of_an_spbe_instrument_are_a_hundred_percent() -> None:
    for (instrument, _), aspects in surveys.INSTRUMENTS.items():
        assert sum(count * weight for *_, count, weight in aspects) == pytest.approx(100), (
            instrument
        )


def test_a_letter_number_starts_again_every_year_and_only_its_date_tells_two_apart() -> None:
    (table,) = (
        table for table in tables() if (table.application, table.dataset) == ("sipadek", "letters")
    )
    days = table.rows(City(today=date(2026, 6, 17), days=367))
    before, after = (
        {row["nomor_surat"]: row["tanggal_surat"] for row in days[day]}
        for day in (date(2025, 6, 16), date(2026, 6, 16))
    )
    both = before.keys() & after.keys()
    assert both and all(before[number] != after[number] for number in both)


def test_a_small_city_leaves_small_sources_whole() -> None:
    assert City(today=TODAY, scale=0.05).expected(2.3) == 2.3
    assert City(today=TODAY, scale=0.05).expected(10_000) == 500
    assert City(today=TODAY, scale=0.05).expected(100) == 12


def test_one_day_is_planted_to_be_withheld_and_every_application_has_its_errors() -> None:
    truth = ground_truth(City(today=TODAY, scale=0.05))
    assert [error.rule for error in truth].count("coverage") == 1
    contracts = read_contracts(PROJECT / "assets" / "contracts")
    assert {error.application for error in truth} == {
        contract.application for contract in contracts if contract.synthetic
    }
    assert 400 <= len(truth) <= 2000


def test_relations_hold_across_systems() -> None:
    city = City(today=TODAY, scale=0.05)
    rows = {
        f"{table.application}.{table.dataset}": [
            row for rows in table.rows(table.seen_by(city)).values() for row in rows
        ]
        for table in tables()
    }
    ended = [row for row in permits.build(city)[0] if row["status"] == "issued" and row["fee"] > 0]
    issued = {row["application_no"] for row in ended if row["updated_at"].date() in city.window}
    paid = {
        row["NO_REFERENSI"] for row in rows["epayment.settlements"] if row["BILLER"] == "DPMPTSP"
    }
    assert issued and issued - {None} <= paid, "a permit's fee shows up in e-payment"
    detections = {row["id_kejadian"] for row in rows["etle.detections"]}
    letters = {row["no_surat"] for row in rows["etle.letters"]}
    assert {row["id_kejadian"] for row in rows["etle.letters"]} - detections == set(), (
        "a letter follows a detection"
    )
    assert {row["no_surat"] for row in rows["etle.confirmations"]} <= letters, (
        "a confirmation follows a letter"
    )


def test_the_interfaces_speak_their_standards(tmp_path: Path) -> None:
    city = City(today=TODAY, days=2)
    with serve(city, tmp_path, port=0) as address:
        with urllib.request.urlopen(
            f"{address}/sikesal/open311/v2/requests.json?page=1&page_size=5"
        ) as answer:
            rows = json.load(answer)
            assert len(rows) == 5 <= int(answer.headers["X-Total-Count"])
            assert {
                "service_request_id",
                "status",
                "service_code",
                "requested_datetime",
                "updated_datetime",
                "lat",
                "long",
            } <= set(rows[0])
        with urllib.request.urlopen(
            f"{address}/aqms/v1.1/Observations?$top=3&$count=true"
        ) as answer:
            page = json.load(answer)
        assert page["@iot.count"] > 3 == len(page["value"])
        with urllib.request.urlopen(page["@iot.nextLink"]) as answer:
            assert json.load(answer)["value"][0]["@iot.id"] != page["value"][0]["@iot.id"]


def test_a_weekend_of_offices_leaves_their_tables_without_rows_and_with_all_columns(
    tmp_path: Path,
) -> None:
    monday = date(2026, 6, 15)
    for days in (2, 7):
        prepare(City(today=monday, days=days, scale=0.01), tmp_path / str(days))
    columns, counts = [], []
    for days in (2, 7):
        engine = sa.create_engine(f"sqlite:///{tmp_path / str(days) / 'arsip' / 'arsip.sqlite'}")
        with engine.connect() as con:
            columns.append([column["name"] for column in sa.inspect(con).get_columns("dokumen")])
            counts.append(con.exec_driver_sql("SELECT count(*) FROM dokumen").scalar_one())
        engine.dispose()
    assert columns[0] == columns[1] and counts[0] == 0 < counts[1]
