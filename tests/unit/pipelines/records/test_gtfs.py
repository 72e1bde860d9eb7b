"""GTFS Schedule and GTFS-Realtime against a real server on loopback, and every field of a feed
through to its row.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from google.protobuf.message import Message
from google.transit import gtfs_realtime_pb2 as gtfs
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.connectors.contracts import read_contract
from pipelines.connectors.gtfs import fetch as connector
from pipelines.contract.model import Dataset, Source
from pipelines.errors import ContractError, SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.open import open_records
from pipelines.settings import PROJECT
from tests.sample import sample_dataset, window
from tests.unit.pipelines.connectors.test_connectors_web import City

DAY, NEXT = "2026-01-01", "2026-01-02"
STOPS = (
    b'stop_id,stop_name,stop_lat,stop_lon\r\nS1,Alam Barajo,-1.63,103.57\r\nS2,"Simpang Kawat,'
    b' timur",-1.60,103.61\r\n'
)


@pytest.fixture
def served() -> Iterator[Callable[..., City]]:
    made: list[City] = []
    yield lambda answer: made.append(City(answer)) or made[-1]
    for city in made:
        city.server.shutdown()
        city.server.server_close()


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return replace(sample_dataset(tmp_path), delivery="snapshot")


def over(dataset: Dataset, city: City, **fetch: object) -> Dataset:
    return replace(
        dataset,
        source=Source(
            "gtfs",
            {"location": city.url, "limits": {"attempts": 1, "response_bytes": 200_000}},
            fetch,
        ),
    )


def schedule(**members: bytes) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    return found.getvalue()


def message(at: int = 1_767_225_600, vehicles: int = 2) -> gtfs.FeedMessage:
    feed = gtfs.FeedMessage()
    feed.header.gtfs_realtime_version, feed.header.timestamp = "2.0", at
    for n in range(vehicles):
        entity = feed.entity.add(id=f"{at}-{n}")
        entity.vehicle.vehicle.id = f"KT-{n}"
        entity.vehicle.position.latitude, entity.vehicle.position.longitude = -1.61, 103.6
        entity.vehicle.timestamp = at + n
        entity.vehicle.current_status = gtfs.VehiclePosition.IN_TRANSIT_TO
    return feed


def rows(
    tmp_path: Path, dataset: Dataset, body: bytes, name: str = "feed.pb", **fetch: object
) -> list[dict[str, str | None]]:
    path = tmp_path / name
    path.write_bytes(body)
    con = duckdb.connect()
    read = replace(dataset, source=Source("gtfs", {}, fetch))
    open_records(con, [Landed(path, "", f"http://127.0.0.1/{name}", None)], read, tmp_path)
    found = con.execute("SELECT * EXCLUDE (_row, _file, _line, _hint) FROM delivered ORDER BY _row")
    return [
        {
            n: v
            for n, v in zip([column[0] for column in found.description], row, strict=True)
            if v is not None
        }
        for row in found.fetchall()
    ]


def test_the_zip_is_kept_as_it_came_and_its_table_read(dataset, served, tmp_path) -> None:
    body = schedule(stops=STOPS, agency=b"agency_id\n1\n")
    city = served(lambda *_: (200, {"Content-Type": "application/zip"}, body))
    (part,) = connector.fetch(
        over(dataset, city, path="/gtfs.zip", table="stops"), window(date(2026, 1, 1))
    )
    assert (part.body, part.partition, part.address) == (body, None, f"{city.url}/gtfs.zip")
    assert city.headers["Accept"] == "application/zip"
    found = rows(tmp_path, dataset, body, part.name, table="stops")
    assert [row["stop_name"] for row in found] == ["Alam Barajo", "Simpang Kawat, timur"]


def test_an_archive_is_asked_once_a_day_and_a_missing_day_fails_alone(dataset, served) -> None:
    city = served(
        lambda path, *_: (
            (404, {}, b"")
            if NEXT in path
            else (200, {"Content-Type": "application/x-protobuf"}, message().SerializeToString())
        )
    )
    asked = over(
        replace(dataset, delivery="events"),
        city,
        path="/positions/{date}.pb",
        feed="vehicle_positions",
    )
    (part,) = connector.fetch(asked, window(date(2026, 1, 1)))
    assert (part.partition, city.asked) == (DAY, 1)
    with pytest.raises(SourceError, match="404") as caught:
        list(connector.fetch(asked, window(date(2026, 1, 1), days=2)))
    assert caught.value.partition == NEXT


WRONG: dict[str, tuple[dict[str, str], bytes, dict[str, object], str]] = {
    "a page": (
        {"Content-Type": "text/html"},
        b"<html>",
        {"table": "stops"},
        "'text/html' instead of a GTFS ZIP",
    ),
    "a page that says it is a ZIP": (
        {"Content-Type": "application/zip"},
        b"<html>maintenance</html>",
        {"table": "stops"},
        "not a readable ZIP",
    ),
    "a ZIP cut off": (
        {"Content-Type": "application/zip"},
        schedule(stops=STOPS)[:-30],
        {"table": "stops"},
        "not a readable ZIP",
    ),
    "no such member": (
        {"Content-Type": "application/zip"},
        schedule(agency=b"a\n"),
        {"table": "stops"},
        "0 members are 'stops.txt'; it holds agency.txt",
    ),
    "a member that is a trap": (
        {"Content-Type": "application/zip"},
        schedule(stops=b"0" * 3_000_000),
        {"table": "stops"},
        "not to be trusted",
    ),
    "a page for a feed": (
        {"Content-Type": "text/html"},
        b"<html>",
        {"feed": "alerts"},
        "instead of GTFS-Realtime protobuf",
    ),
    "a page that says it is a feed": (
        {"Content-Type": "application/x-protobuf"},
        b"<html></html>",
        {"feed": "alerts"},
        "not GTFS-Realtime|cut off",
    ),
    "a feed cut off": (
        {"Content-Type": "application/x-protobuf"},
        message().SerializeToString()[:-3],
        {"feed": "vehicle_positions"},
        "cut off: 3 bytes",
    ),
    "an empty feed": (
        {"Content-Type": "application/x-protobuf"},
        b"",
        {"feed": "vehicle_positions"},
        "no FeedHeader in 0 bytes",
    ),
    "a feed of no kind": (
        {},
        b"",
        {"feed": "buses"},
        "one of vehicle_positions, trip_updates, alerts",
    ),
    "both": ({}, b"", {"feed": "alerts", "table": "stops"}, "either table"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_feed_is_refused(case: str, dataset, served) -> None:
    headers, body, facts, says = WRONG[case]
    with pytest.raises(SourceError, match=f"hujan.rain: .*({says})"):
        list(
            connector.fetch(
                over(dataset, served(lambda *_: (200, headers, body)), path="/x", **facts),
                window(date(2026, 1, 1)),
            )
        )


@pytest.mark.parametrize("facts", ["", ", table: stops, feed: alerts"])
def test_a_contract_names_one_table_or_one_feed(facts: str, tmp_path: Path) -> None:
    path = tmp_path / "kojatrans.odcs.yaml"
    text = (PROJECT / "assets" / "contracts" / path.name).read_text("utf-8")
    assert ", table: stops}" in text
    path.write_text(text.replace(", table: stops}", f"{facts}}}"), "utf-8")
    with pytest.raises(ContractError, match="connector gtfs needs one of table and feed, not both"):
        read_contract(path)


def test_a_feed_of_now_is_a_snapshot_and_marks_fit_the_partition(dataset, served) -> None:
    city = served(lambda *_: (200, {}, b""))
    with pytest.raises(SourceError, match="make the dataset's delivery snapshot"):
        list(
            connector.fetch(
                over(replace(dataset, delivery="events"), city, path="/now.pb", feed="alerts"),
                window(date(2026, 1, 1)),
            )
        )
    with pytest.raises(SourceError, match=r"a partition is a day; write \{date\}"):
        list(
            connector.fetch(
                over(dataset, city, path="/{month}.pb", feed="alerts"), window(date(2026, 1, 1))
            )
        )
    assert city.asked == 0


def test_every_entity_is_a_row_beside_the_header_of_its_own_message(dataset, tmp_path) -> None:
    body = (
        message(1_767_225_600).SerializeToString() + message(1_767_225_615, 1).SerializeToString()
    )
    found = rows(tmp_path, dataset, body)
    assert [row["header.timestamp"] for row in found] == ["1767225600", "1767225600", "1767225615"]
    assert found[0] == {
        "header.gtfs_realtime_version": "2.0",
        "header.timestamp": "1767225600",
        "id": "1767225600-0",
        "vehicle.vehicle.id": "KT-0",
        "vehicle.position.latitude": "-1.61",
        "vehicle.position.longitude": "103.6",
        "vehicle.timestamp": "1767225600",
        "vehicle.current_status": "IN_TRANSIT_TO",
    }
    assert rows(tmp_path, dataset, message(vehicles=0).SerializeToString()) == []


def test_repeated_messages_stay_json_and_an_entity_without_id_is_a_row(dataset, tmp_path) -> None:
    feed = message(vehicles=1)
    update = feed.entity.add(id="u").trip_update
    update.trip.trip_id = "T1"
    update.stop_time_update.add(stop_sequence=3).arrival.delay = 60
    feed.entity.add().vehicle.stop_id = "S1"
    found = rows(tmp_path, dataset, feed.SerializePartialToString())
    assert [row.get("id") for row in found] == ["1767225600-0", "u", None]
    assert (
        found[1]["trip_update.stop_time_update"]
        == '[{"stop_sequence": 3, "arrival": {"delay": 60}}]'
    )
    of_kind = rows(tmp_path, dataset, feed.SerializePartialToString(), feed="vehicle_positions")
    assert [row.get("id") for row in of_kind] == [
        "1767225600-0",
        None,
    ], "a trip update is no vehicle position"


@pytest.mark.parametrize("cut", [1, 5, 20, 40])
def test_a_cut_feed_on_the_disk_is_refused(cut: int, dataset, tmp_path) -> None:
    with pytest.raises(
        SourceError, match=r"hujan.rain: .*(cut off|not GTFS-Realtime|no FeedEntity)"
    ):
        rows(tmp_path, dataset, message().SerializeToString()[:-cut])


def test_an_entity_that_is_garbage_is_refused(dataset, tmp_path) -> None:
    garbage = message(vehicles=0).SerializeToString() + b"\x12\x03\xff\xff\xff"
    with pytest.raises(SourceError, match="no FeedEntity"):
        rows(tmp_path, dataset, garbage)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
positions = st.builds(
    lambda **fields: gtfs.VehiclePosition(
        **{name: value for name, value in fields.items() if value is not None}
    ),
    trip=st.none()
    | st.builds(
        gtfs.TripDescriptor,
        trip_id=texts,
        direction_id=st.integers(0, 2**32 - 1),
        schedule_relationship=st.sampled_from([0, 1, 3]),
    ),
    position=st.none()
    | st.builds(
        gtfs.Position,
        latitude=st.floats(width=32, allow_nan=False, allow_infinity=False),
        odometer=st.floats(allow_nan=False),
    ),
    vehicle=st.none() | st.builds(gtfs.VehicleDescriptor, id=texts, label=texts),
    timestamp=st.none() | st.integers(0, 2**64 - 1),
    occupancy_status=st.none() | st.sampled_from(gtfs.VehiclePosition.OccupancyStatus.values()),
    multi_carriage_details=st.none()
    | st.lists(st.builds(gtfs.VehiclePosition.CarriageDetails, id=texts), min_size=1, max_size=2),
)
feeds = st.lists(st.lists(st.tuples(texts, positions), max_size=4), min_size=1, max_size=3)


@settings(deadline=None)
@given(feeds)
def test_every_value_of_every_entity_comes_back(
    tmp_path_factory, written: list[list[tuple[str, gtfs.VehiclePosition]]]
) -> None:
    tmp_path = tmp_path_factory.mktemp("feed")
    body, wanted = b"", []
    for n, entities in enumerate(written):
        feed = message(n + 1, 0)
        for name, vehicle in entities:
            feed.entity.add(id=name, vehicle=vehicle)
            wanted.append((n + 1, feed.entity[-1]))
        body += feed.SerializePartialToString()
    found = rows(tmp_path, sample_dataset(tmp_path), body)
    assert len(found) == len(wanted)
    for row, (at, entity) in zip(found, wanted, strict=True):
        assert (
            row.pop("header.timestamp") == str(at)
            and row.pop("header.gtfs_realtime_version") == "2.0"
        )
        again = gtfs.FeedEntity()
        for name, text in row.items():
            put(again, name.split("."), text)
        for changed in (again, entity):
            changed.vehicle.ClearField("multi_carriage_details")
        assert again == entity


def put(target: Message, path: list[str], text: str) -> None:
    for step in path[:-1]:
        target = getattr(target, step)
        target.SetInParent()
    field = target.DESCRIPTOR.fields_by_name[path[-1]]
    if not field.is_repeated:
        number = field.enum_type.values_by_name[text].number if field.enum_type else None
        kinds = {field.CPPTYPE_STRING: str, field.CPPTYPE_FLOAT: float, field.CPPTYPE_DOUBLE: float}
        setattr(
            target, path[-1], number if number is not None else kinds.get(field.cpp_type, int)(text)
        )
