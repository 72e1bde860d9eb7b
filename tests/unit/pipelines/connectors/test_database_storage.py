"""SQLite, whose values have storage classes and whose columns have none: each value in each
affinity, classes that change after the first rows, bytes that are no text, times with offsets.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.connectors.database import fetch as database
from pipelines.connectors.database import storage
from pipelines.contract.model import Dataset, Source
from pipelines.errors import SourceError
from pipelines.harvest.refine import refine
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import window_of
from pipelines.records.open import open_records
from pipelines.settings import PROJECT
from tests.sample import sample_dataset, window

DAY = date(2026, 1, 1)
AFFINITIES = ("", "INTEGER", "REAL", "TEXT", "NUMERIC", "BLOB", "DATETIME", "BOOLEAN")
VALUES = (
    *(None, 0, 5, -(2**63), 2**53 + 1, 0.1, 5.0, 1e22, 1e15, 1e-300, float("inf"), -0.0),
    *("", "a", "7", "7.0", "007", "1e5", "é 'x", "2026-01-02 03:04:05", b"teks \xc3\xa9"),
)


def sqlite(tmp: Path, declared: str, rows: Sequence[tuple], **fetch: object) -> Dataset:
    """Make a file whose table ``t`` has these rows, and return a dataset that reads it."""
    path = tmp / "a.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as con:
        con.execute(f"CREATE TABLE t ({declared})")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            con.executemany(f"INSERT INTO t VALUES ({marks})", rows)
        con.commit()
    source = Source("database", {"url": f"sqlite:///{path}"}, {"table": "t", **fetch})
    return replace(sample_dataset(tmp), source=source)


def texts(dataset: Dataset, folder: Path, keys: Sequence[str] = (str(DAY),)) -> list[dict]:
    """Return the rows as they were delivered."""
    lake, span = Lake(folder / "lake"), window_of(dataset, list(keys))
    landed = lake.land(dataset.id, "run", database.fetch(dataset, span), keys)
    with lake.connect() as con:
        (folder / "work").mkdir(parents=True, exist_ok=True)
        open_records(con, landed, dataset, folder / "work")
        return con.execute("SELECT * FROM delivered ORDER BY _row").to_arrow_table().to_pylist()


def held(dataset: Dataset) -> list[tuple]:
    """Return what Python's own reader finds in the table."""
    file = str(dataset.source.server["url"]).removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as con:
        return con.execute("SELECT * FROM t").fetchall()


def text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode()
    return repr(value) if isinstance(value, float) else None if value is None else str(value)


@pytest.mark.parametrize("affinity", AFFINITIES)
def test_every_storage_class_in_every_affinity_alone_and_together(
    affinity: str, tmp_path: Path
) -> None:
    for values in (*((value,) for value in VALUES[:6]), VALUES, VALUES[::-1]):
        dataset = sqlite(tmp_path, f"x {affinity}", [(value,) for value in values])
        read = [row["x"] for row in texts(dataset, tmp_path)]
        assert read == [text(value) for (value,) in held(dataset)]


@pytest.mark.parametrize(
    "values",
    [
        [*[None] * 1_500, "Ani"],
        [*range(1_200), "A-1"],
        [*range(1_200), 0.1, 2**53 + 1],
        [*[0.5] * 1_200, 2**53 + 1],
        [*["a"] * 1_200, 5, b"b"],
        [*[None] * (storage.BATCH + 10), 7, "x"],
        [*range(storage.BATCH + 10), "x", 0.5, b"b"],
        [*[0.5] * (storage.BATCH + 10), "x", b"b"],
    ],
    ids=[
        "null first",
        "text later",
        "real later",
        "integer later",
        "bytes later",
        "a batch later",
        "a batch of integers",
        "of reals",
    ],
)
def test_a_class_that_comes_after_the_first_rows(values: list, tmp_path: Path) -> None:
    dataset = sqlite(tmp_path, "id INTEGER PRIMARY KEY, x", list(enumerate(values)))
    assert [row["x"] for row in texts(dataset, tmp_path)] == [text(value) for value in values]


def test_bytes_that_are_no_text_cost_their_row(tmp_path: Path) -> None:
    rows = [
        ("G1", "2026-01-01 08:00:00", 1.5, "wet", "Warga Sintetis 1"),
        ("G2", "2026-01-01 08:00:00", 1.5, "wet", b"\x01\x02"),
        ("G3", "2026-01-01 08:00:00", 1.5, "wet", b"\xff\xd8\xff"),
        ("G4", "2026-01-01 08:00:00", 1.5, "wet", "Warga Sintetis 4"),
    ]
    columns = "gauge TEXT, measured_at TEXT, rain_mm REAL, kind TEXT, observer"
    dataset = sqlite(tmp_path, columns, rows, time="measured_at")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as con:
        con.execute("UPDATE t SET kind = CAST(x'77e974' AS TEXT) WHERE gauge = 'G4'")
        con.commit()
    lake = Lake(tmp_path / "lake")
    landed = lake.land(dataset.id, "run", database.fetch(dataset, window(DAY)), [str(DAY)])
    with lake.connect() as con:
        batch = refine(con, landed, dataset, window(DAY), tmp_path / "w", {}, PROJECT / "sql")
        refused = con.execute("SELECT gauge, _refused FROM typed ORDER BY _row").fetchall()
        told = con.execute("SELECT _shape FROM delivered WHERE _shape IS NOT NULL").fetchall()
    assert refused == [("G1", None), *[(None, ["shape"])] * 3]
    assert batch.delivered == {str(DAY): 4}
    assert [json.loads(shape).rpartition(" | ")[2] for (shape,) in told[:2]] == [
        r"observer: \x01\x02 (2 bytes that are no UTF-8 text)",
        r"observer: \xff\xd8\xff (3 bytes that are no UTF-8 text)",
    ]
    assert r"kind: w\xe9t (3 bytes that are no UTF-8 text)" in json.loads(told[2][0])


def test_a_column_that_the_table_has_not_is_told_by_name(tmp_path: Path) -> None:
    dataset = sqlite(tmp_path, "gauge TEXT", [("a",)], columns=["guage"])
    with pytest.raises(SourceError, match="t has no column 'guage'; did you mean 'gauge'"):
        texts(dataset, tmp_path)


ZONED = [
    ("2025-12-31T17:00:00Z", "2026-01-01"),
    ("2025-12-31 16:59:59.9+00:00", "2025-12-31"),
    ("2026-01-01 20:00:00+0000", "2026-01-02"),
    ("2026-01-01 20:00 +00", "2026-01-02"),
    ("2026-01-01 23:59:59+07:00", "2026-01-01"),
    ("2026-01-01 12:00:00+14:00", "2026-01-01"),
    ("2026-01-01 13:59:59+14:00", "2026-01-01"),
    ("2026-01-01 03:00:00+14:00", "2025-12-31"),
    ("2026-01-02 04:00:00+14:00", "2026-01-01"),
    ("2025-12-31 23:00:00-12:00", "2026-01-01"),
    ("2026-01-01", "2026-01-01"),
    ("2026-01-01 23:59:59.999", "2026-01-01"),
    ("2026-01-01T25:00:00+00:00", "2026-01-01"),
]
DAYS = ("2025-12-31", "2026-01-01", "2026-01-02")


def test_a_time_with_an_offset_belongs_to_one_day_of_the_datasets_zone(tmp_path: Path) -> None:
    rows = [(number, at) for number, (at, _) in enumerate(ZONED)]
    dataset = sqlite(tmp_path, "id INTEGER, at TEXT", rows, time="at")
    for day in DAYS:
        wanted = {str(number) for number, (_, of) in enumerate(ZONED) if of == day}
        assert {row["id"] for row in texts(dataset, tmp_path, [day])} == wanted
    (part,) = database.fetch(dataset, window_of(dataset, list(DAYS)))
    assert {key: print_of.mark for key, print_of in part.fingerprints.items()} == {
        day: f"{sum(of == day for _, of in ZONED)} rows" for day in DAYS
    }


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31)),
            st.sampled_from(("", "Z", "+07:00", "-09:30", "+14:00", "-12:00")),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(("Asia/Jakarta", "Europe/Amsterdam", "Pacific/Kiritimati")),
)
def test_days_are_those_that_python_tells_in_any_zone(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[datetime, str]], zone: str
) -> None:
    tmp = tmp_path_factory.mktemp("zoned")
    rows = [(number, f"{at}{offset}") for number, (at, offset) in enumerate(written)]
    dataset = replace(sqlite(tmp, "id INTEGER, at TEXT", rows, time="at"), timezone=zone)
    keys = [str(date(2026, 3, 25) + timedelta(days=n)) for n in range(9)]
    wanted: dict[str, set[str]] = {key: set() for key in keys}
    for number, at in rows:
        moment = datetime.fromisoformat(at)
        local = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
        wanted[str(local.date())].add(str(number))
    for key in keys:
        assert {row["id"] for row in texts(dataset, tmp, [key])} == wanted[key]
    (part,) = database.fetch(dataset, window_of(dataset, keys))
    assert {key: print_of.mark for key, print_of in part.fingerprints.items()} == {
        key: f"{len(wanted[key])} rows" for key in keys
    }


ANY = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=9), st.sampled_from(AFFINITIES))
def test_values_are_those_that_another_client_reads(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple], affinity: str
) -> None:
    tmp = tmp_path_factory.mktemp("any")
    dataset = sqlite(tmp, f"x {affinity}, y REAL", rows)
    read = [(row["x"], row["y"]) for row in texts(dataset, tmp)]
    assert read == [tuple(map(text, row)) for row in held(dataset)]
