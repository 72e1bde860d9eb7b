"""What each connector sees of a partition without reading it: validators of web addresses, totals
of web lists, counts of databases.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.connectors.contracts import read_contract
from pipelines.connectors.http.validators import mark_of
from pipelines.connectors.registry import connectors, fetch_of, look_of
from pipelines.contract.model import Dataset, Source
from pipelines.errors import SourceError
from pipelines.lake.delivery import Standing
from pipelines.lake.partitions import covering, window_of
from pipelines.settings import contracts_path
from tests.sample import sample_dataset
from tests.served import Answer, serve

FIRST = date(2026, 1, 1)
KEYS = tuple(str(FIRST + timedelta(days=number)) for number in range(8))
LONG_AGO = "Thu, 01 Jan 2026 00:00:00 GMT"


def reading(tmp: Path, connector: str, server: Mapping[str, object], **fetch: object) -> Dataset:
    return replace(sample_dataset(tmp), source=Source(connector, server, fetch))


def looked(dataset: Dataset, known: Mapping[str, Standing]) -> list[str]:
    look = look_of(dataset.source.connector)
    assert look
    return list(look(dataset, covering(dataset, known), known))


def read(dataset: Dataset, keys: Sequence[str] = KEYS) -> dict[str, Standing]:
    """Fetch, and return what a receipt tells of it."""
    known = {key: Standing(0, {}) for key in keys}
    for part in fetch_of(dataset.source.connector)(dataset, window_of(dataset, keys)):
        prints = dict(part.fingerprints)
        if part.fingerprint and part.partition:
            prints[part.partition] = part.fingerprint
        for key, print_of in prints.items():
            known[key] = Standing(0, {print_of.of: print_of})
    return known


class Archive:
    """GTFS archives of days, whose server says of them what ``says`` makes of their state."""

    def __init__(self, says: str, head: int = 200) -> None:
        self.says, self.head, self.states = says, head, dict.fromkeys(KEYS, 1)
        self.failing = False

    def __call__(
        self, method: str, path: str, _: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        state = self.states.get(path[1:11])
        if method == "HEAD" and self.head != 200:
            return self.head, {}, b""
        if state is None or self.failing:
            return (503 if self.failing else 404), {}, b""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("stops.txt", "stop_id\n" + "1\n" * state)
        told = {
            "etag": {"ETag": f'W/"{state}"'},
            "time": {"Last-Modified": LONG_AGO.replace("01 Jan", f"{state:02d} Jan")},
            "length": {},
            "nothing": {"Content-Length": "", "Connection": "close"},
        }[self.says]
        if told.get("ETag") and headers.get("If-None-Match") == told["ETag"]:
            return 304, told, b""
        return 200, {"Content-Type": "application/zip", **told}, made.getvalue()


def archive_of(tmp: Path, url: str) -> Dataset:
    server = {"location": url, "limits": {"attempts": 1}}
    return reading(tmp, "gtfs", server, path="/{date}.zip", table="stops")


@pytest.mark.parametrize("head", [200, 405])
@pytest.mark.parametrize("says", ["etag", "time", "length"])
def test_a_web_archive_is_asked_for_its_headers_alone(says: str, head: int, tmp_path: Path) -> None:
    archive = Archive(says, head)
    with serve(archive) as source:
        dataset = archive_of(tmp_path, source.url)
        known = read(dataset)
        source.taken()
        assert looked(dataset, known) == []
        methods = [method for method, *_ in source.taken()]
        assert methods == (["HEAD"] * 8 if head == 200 else ["HEAD", *["GET"] * 8])
        archive.states[KEYS[2]] = 20
        del archive.states[KEYS[5]]
        assert looked(dataset, known) == [KEYS[2]], "what is gone stays"


def test_a_server_that_says_nothing_is_asked_nothing(tmp_path: Path) -> None:
    with serve(Archive("nothing")) as source:
        dataset = archive_of(tmp_path, source.url)
        known = read(dataset)
        assert known == dict.fromkeys(KEYS, Standing(0, {})) and len(source.taken()) == 8
        assert looked(dataset, known) == [] and source.taken() == []


@pytest.mark.parametrize(
    ("headers", "mark"),
    [
        ({}, ""),
        ({"content-length": "0"}, ""),
        ({"content-length": "12"}, "Content-Length: 12"),
        ({"last-modified": LONG_AGO, "date": LONG_AGO, "content-length": "12"}, "Content-Length"),
        ({"last-modified": "yesterday", "date": LONG_AGO}, ""),
        ({"last-modified": LONG_AGO}, ""),
        ({"last-modified": LONG_AGO, "date": LONG_AGO.replace("01 J", "02 J")}, "Last-Modified: T"),
        ({"etag": '"a"', "content-length": "12"}, 'ETag: "a"'),
    ],
)
def test_the_header_that_tells_most_is_kept_and_a_clock_is_none(
    headers: dict[str, str], mark: str
) -> None:
    assert mark_of(headers).startswith(mark) and bool(mark_of(headers)) == bool(mark)


def test_an_archive_that_does_not_answer_is_a_look_that_failed(tmp_path: Path) -> None:
    archive = Archive("etag")
    with serve(archive) as source:
        dataset = archive_of(tmp_path, source.url)
        known = read(dataset)
        archive.failing = True
        with pytest.raises(SourceError, match="answered 503"):
            looked(dataset, known)


class Counting:
    """Web lists of a row an hour for ``rows`` of each day: REST, OCDS and SensorThings at once."""

    def __init__(self) -> None:
        self.rows, self.ends_too = dict.fromkeys(KEYS, 3), False

    def __call__(self, _: str, path: str, query: Mapping[str, str], __: object) -> Answer:
        between = re.findall(
            r"20\d\d-\d\d-\d\dT[0-9:]+(?:Z|[+]\d\d:\d\d)", " ".join(query.values())
        )
        start, end = sorted(datetime.fromisoformat(moment) for moment in between)
        zone = timedelta(hours=7)
        days = [
            key
            for key in self.rows
            if start <= datetime.fromisoformat(f"{key}T00:00:00+07:00") < end
            or (self.ends_too and key == str((end + zone).date()))
        ]
        total = sum(self.rows[key] for key in days)
        body = {"data": [{}], "total": total, "@iot.count": total, "value": [{}]}
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


PAGED = {
    "records": "data",
    "paging": {
        "style": "page",
        "parameter": "page",
        "size_parameter": "size",
        "total_field": "total",
    },
    "window": {"start": "since", "end": "until"},
}
LISTS = {"rest": PAGED, "ocds": PAGED, "sensorthings": {"records": "value"}}
STANDING = {key: Standing(3, {}) for key in KEYS}


@pytest.mark.parametrize("connector", LISTS)
def test_a_list_that_states_its_total_is_asked_once_and_by_halves_where_it_differs(
    connector: str, tmp_path: Path
) -> None:
    counting = Counting()
    with serve(counting) as source:
        server = {"location": source.url}
        dataset = reading(tmp_path, connector, server, path="/a", **LISTS[connector])
        assert looked(dataset, STANDING) == [] and len(source.taken()) == 1
        counting.rows[KEYS[4]] += 1
        assert looked(dataset, STANDING) == [KEYS[4]] and len(source.taken()) == 7
        gap = {key: standing for key, standing in STANDING.items() if key != KEYS[4]}
        assert looked(dataset, gap) == [] and len(source.taken()) == 2, "one of each unbroken span"
        for reshaping in ({"explode": "awards"}, {"unpivot": {"keep": ["a"]}}):
            fetch = {**dataset.source.fetch, **reshaping}
            other = replace(dataset, source=Source(connector, server, fetch))
            assert looked(other, STANDING) == [] and source.taken() == []


def test_totals_that_do_not_add_up_are_told_and_asked_no_further(tmp_path: Path) -> None:
    counting = Counting()
    counting.ends_too = True
    with serve(counting) as source:
        dataset = reading(tmp_path, "rest", {"location": source.url}, path="/a", **PAGED)
        known = {key: Standing(6, {}) for key in KEYS}
        known[KEYS[-1]] = Standing(3, {})
        with pytest.raises(SourceError, match="whether the end of a window is left out"):
            looked(dataset, known)
        assert len(source.taken()) <= 7


@pytest.mark.parametrize("without", ["window", "size_parameter", "total_field"])
def test_a_list_that_does_not_count_in_short_is_asked_nothing(without: str, tmp_path: Path) -> None:
    fetch = {name: value for name, value in PAGED.items() if name != without}
    fetch["paging"] = {name: value for name, value in PAGED["paging"].items() if name != without}
    nobody = {"location": "http://127.0.0.1:1"}
    assert looked(reading(tmp_path, "rest", nobody, path="/a", **fetch), STANDING) == []


URLS = {
    "sqlite": "sqlite:///{folder}/a.sqlite",
    "mariadb": "mysql+pymysql://root@127.0.0.1:3306/test",
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:5432/test",
}
KINDS = {"times": sa.DateTime, "zoned times": sa.DateTime(timezone=True), "texts": sa.String(40)}


@pytest.mark.xdist_group("databases")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("server", URLS)
def test_rows_of_a_database_that_came_went_or_were_corrected_are_seen(
    server: str, kind: str, tmp_path: Path
) -> None:
    url, name = URLS[server].format(folder=tmp_path), f"lumbung_look_{kind.split()[0]}"
    engine = sa.create_engine(url)
    columns = [sa.Column("moment", KINDS[kind]), sa.Column("edited", sa.DateTime)]
    table = sa.Table(name, sa.MetaData(), *columns, sa.Column("rain", sa.Integer))

    def row(key: str, hour: int = 8) -> dict[str, object]:
        at = datetime.fromisoformat(f"{key}T{hour:02d}:00:00")
        return {"moment": str(at) if kind == "texts" else at, "edited": at, "rain": 1}

    def do(statement: sa.sql.Executable) -> None:
        with engine.begin() as con:
            con.execute(statement)

    try:
        table.drop(engine, checkfirst=True)
        table.create(engine)
    except sa.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no {server} on this machine, so nothing was counted: {error.orig}")
    try:
        do(table.insert().values([row(key, hour) for key in KEYS[:-1] for hour in (7, 9)]))
        address = {"url": re.sub(r"\+\w+:", ":", url)}
        bare = reading(tmp_path, "database", address, table=name, time="moment")
        dataset = replace(
            bare, source=Source("database", address, {**bare.source.fetch, "changed": "edited"})
        )
        known, uncounted = read(dataset), read(bare)
        assert known[KEYS[0]].prints[name].mark.startswith("2 rows, changed 2026-01-01")
        assert looked(dataset, known) == looked(bare, uncounted) == []
        at = row(KEYS[3], 9)["moment"]
        do(table.update().where(table.c.moment == at).values(edited=datetime(2026, 4, 1)))
        assert looked(dataset, known) == [KEYS[3]], "a value was corrected in its place"
        assert looked(bare, uncounted) == [], "nothing tells that without its column"
        do(table.insert().values([row(KEYS[7])]))
        do(table.delete().where(table.c.moment == row(KEYS[1], 7)["moment"]))
        assert looked(bare, uncounted) == [KEYS[1], KEYS[7]]
        assert looked(dataset, {key: Standing(2, {}) for key in KEYS}) == [], "never counted"
    finally:
        table.drop(engine)
        engine.dispose()


def test_what_is_counted_of_months_is_a_month(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as con:
        con.exec_driver_sql("CREATE TABLE t (day TEXT)")
        con.exec_driver_sql("INSERT INTO t VALUES ('2026-01-31'), ('2026-02-01'), ('2026-02-28')")
    engine.dispose()
    facts = {"table": "t", "time": "day"}
    dataset = reading(tmp_path, "database", {"url": f"sqlite:///{path}"}, **facts)
    known = read(replace(dataset, partition="month"), ("2026-01", "2026-02", "2026-03"))
    marks = {key: standing.prints["t"].mark for key, standing in known.items()}
    assert marks == {"2026-01": "1 rows", "2026-02": "2 rows", "2026-03": "0 rows"}


def test_every_connector_says_whether_it_looks_and_has_the_function_if_so() -> None:
    blind = {name for name, connector in connectors().items() if not connector.looks_at}
    assert blind == {"ckan", "dcat", "mqtt"}
    assert all(callable(look_of(name)) for name in connectors().keys() - blind)
    kept = {
        dataset.id: dataset.keeps_past
        for contract in map(read_contract, sorted(contracts_path().glob("*.odcs.yaml")))
        for dataset in contract.datasets
    }
    assert kept["sikesal.status_events"] and kept["kojatrans.stops"]
    assert not kept["sikesal.complaints"], "a record that changes leaves its earlier day"
