"""Files of a folder and rows of a database: what is taken, what is left, what is refused."""

import contextlib
import io
import os
import re
import tempfile
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.city import City
from demo.systems import permits
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.database import fetch as database
from pipelines.connectors.file import fetch as file
from pipelines.contract.model import Dataset, Source
from pipelines.contract.server import reachable
from pipelines.errors import SourceError
from pipelines.lake.partitions import window_of
from pipelines.records.archive import unpacked
from pipelines.settings import contracts_path
from tests.sample import sample_dataset, window

DAY = date(2026, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "drop"
    path.mkdir()
    return path


def reading(tmp: Path, folder: Path, files: str, **fetch: object) -> Dataset:
    return replace(
        sample_dataset(tmp), source=Source("file", {"path": str(folder)}, {"files": files, **fetch})
    )


@pytest.mark.parametrize("way", ["a link", "a pipe", "gone"])
def test_what_takes_a_files_name_after_it_was_looked_at_is_not_read(
    way: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.csv").write_text("kata sandi\n")
    path, real = folder / "rain_2026-01-01.csv", file.looked_at_again
    path.write_text("a\n1\n")

    def meanwhile(*args: object) -> object:
        path.unlink()
        if way == "a link":
            path.symlink_to(tmp_path / "secret.csv")
        elif way == "a pipe":
            os.mkfifo(path)
        return real(*args)

    monkeypatch.setattr(file, "looked_at_again", meanwhile)
    with pytest.raises(SourceError) as caught:
        [
            part.body
            for part in file.fetch(reading(tmp_path, folder, "rain_{date}.csv"), window(DAY))
        ]
    assert caught.value.partition == "2026-01-01" and "kata sandi" not in str(caught.value)


def test_a_link_put_in_while_a_file_is_read_and_taken_away_again_changes_nothing(
    tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "secret.csv").write_text("kata sandi\n")
    path = folder / "rain_2026-01-01.csv"
    path.write_text("a\n1\n")
    os.utime(path, (1e9, 1e9))
    parts = file.fetch(reading(tmp_path, folder, "rain_{date}.csv"), window(DAY))
    part = next(parts)
    path.rename(folder / "aside")
    path.symlink_to(tmp_path / "secret.csv")
    assert isinstance(part.body, Path) and part.body.read_text() == "a\n1\n"
    path.unlink()
    (folder / "aside").rename(path)
    assert list(parts) == []


def test_dated_files_of_the_window_only(tmp_path: Path, folder: Path) -> None:
    for name in (
        "rain_2026-01-01.csv",
        "rain_2026-01-01.xlsx",
        "rain_2026-01-02.csv",
        "rain_2026-01-01.csv.part",
        "note.txt",
    ):
        (folder / name).write_text("a\n1\n")
    parts = list(file.fetch(reading(tmp_path, folder, "rain_{date}.{csv,xlsx}"), window(DAY)))
    assert [(part.name, part.partition) for part in parts] == [
        ("rain_2026-01-01.csv", "2026-01-01"),
        ("rain_2026-01-01.xlsx", "2026-01-01"),
    ]


def test_an_html_table_named_xls_is_what_it_is(tmp_path: Path, folder: Path) -> None:
    (folder / "a.xls").write_bytes(b"\xef\xbb\xbf <table><tr><td>a</td></tr></table>")
    assert [part.name for part in file.fetch(reading(tmp_path, folder, "*.xls"), window(DAY))] == [
        "a.html"
    ]


def test_members_of_a_zip(tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(folder / "rain_2026-01-01.zip", "w") as archive:
        archive.writestr("in/a.csv", "a\n1\n")
        archive.writestr("b.txt", "x")
    parts = list(file.fetch(reading(tmp_path, folder, "rain_{date}.zip", zip="*.csv"), window(DAY)))
    assert [(part.name, part.partition) for part in parts] == [("000-in/a.csv", "2026-01-01")]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../x.csv", "leads out"),
        ("/etc/x.csv", "leads out"),
        ("..\\x.csv", "leads out"),
        ("C:\\x.csv", "leads out"),
    ],
)
def test_a_zip_that_leads_out(tmp_path: Path, folder: Path, name: str, says: str) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr(name, "a\n1\n")
    with pytest.raises(SourceError, match=says):
        list(file.fetch(reading(tmp_path, folder, "*.zip"), window(DAY)))


def test_a_zip_bomb_and_a_broken_zip(tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (8 << 20))
    with pytest.raises(SourceError, match="200 times"):
        list(file.fetch(reading(tmp_path, folder, "*.zip"), window(DAY)))
    (folder / "a.zip").write_bytes(b"PK no")
    with pytest.raises(SourceError, match="not a readable ZIP"):
        list(file.fetch(reading(tmp_path, folder, "*.zip"), window(DAY)))


@settings(max_examples=300, deadline=None)
@given(
    data=st.data(),
    method=st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
)
def test_a_damaged_zip_is_read_or_refused(data: st.DataObject, method: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("a.csv", bytes(range(256)) * 4)
        archive.writestr("é.csv", "x")
    content = bytearray(made.getvalue())
    for place, byte in data.draw(
        st.lists(
            st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=3
        )
    ):
        content[place] = byte
    with tempfile.TemporaryDirectory() as work, contextlib.suppress(SourceError):
        list(unpacked(io.BytesIO(content), "a.zip", "*", Path(work)))


def _forged(method: int, mark: bytes, ahead: int, forged: bytes) -> bytes:
    """A ZIP whose bytes ``ahead`` of the last ``mark`` are ``forged``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("é.csv", bytes(range(256)) * 4)
    content = bytearray(made.getvalue())
    place = content.rindex(mark) + ahead
    content[place : place + len(forged)] = forged
    return bytes(content)


FORGED = {
    "a member before the beginning": (zipfile.ZIP_STORED, b"PK\x05\x06", 16, b"\xff\xff\xff\x00"),
    "a name that is no UTF-8": (zipfile.ZIP_STORED, b"PK\x01\x02", 46, b"\xff\xff"),
    "a version nobody writes": (zipfile.ZIP_STORED, b"PK\x01\x02", 6, b"\xff"),
    "deflate that is none": (zipfile.ZIP_DEFLATED, b"PK\x03\x04", 36, b"\xff" * 20),
    "bzip2 that is none": (zipfile.ZIP_BZIP2, b"PK\x03\x04", 36, b"\xff" * 20),
    "LZMA that is none": (zipfile.ZIP_LZMA, b"PK\x03\x04", 40, b"\xff" * 20),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_zip_fails_its_own_day_only(case: str, tmp_path: Path, folder: Path) -> None:
    (folder / "rain_2026-01-02.zip").write_bytes(_forged(*FORGED[case]))
    with zipfile.ZipFile(folder / "rain_2026-01-01.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
    found = file.fetch(reading(tmp_path, folder, "rain_{date}.zip"), window(DAY, 2))
    assert next(found).partition == "2026-01-01"
    with pytest.raises(SourceError, match="ask for the file again") as caught:
        next(found)
    assert caught.value.partition == "2026-01-02"


def test_a_link_out_of_the_folder_and_a_pattern_that_leaves_it(
    tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (folder / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(SourceError, match="leads out of the folder"):
        list(file.fetch(reading(tmp_path, folder, "*.csv"), window(DAY)))
    with pytest.raises(SourceError, match="leads out of the folder"):
        list(file.fetch(reading(tmp_path, folder, "../*.csv"), window(DAY)))


def test_a_missing_folder_says_so_and_no_file_says_nothing(tmp_path: Path, folder: Path) -> None:
    assert list(file.fetch(reading(tmp_path, folder, "*.csv"), window(DAY))) == []
    with pytest.raises(SourceError, match="there is no folder"):
        list(file.fetch(reading(tmp_path, tmp_path / "none", "*.csv"), window(DAY)))


CITY = City(today=date(2026, 3, 6), days=4, scale=0.2)
URLS = {
    "mariadb": "mysql+pymysql://root@127.0.0.1:3306/test",
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:5432/test",
}


def rows_read(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    monkeypatch.setenv("LUMBUNG_CITY_FOLDER", str(folder))
    monkeypatch.setenv("LUMBUNG_SERVER_PERIZINAN", server)
    dataset = read_contract(contracts_path() / "perizinan.odcs.yaml").datasets[0]
    dataset = reachable(dataset)
    keys = [day.isoformat() for day in CITY.window][1:3]
    rows = []
    for part in database.fetch(dataset, window_of(dataset, keys)):
        table = pq.read_table(part.body).to_pylist()
        rows += [
            tuple(
                str(row[name])[:19] if name == "updated_at" else row[name] for name in sorted(row)
            )
            for row in table
        ]
    return sorted(rows, key=repr)


def expected() -> int:
    return sum(row["updated_at"].date() in CITY.window[1:3] for row in permits.build(CITY)[0])


def test_only_the_windows_rows_cross_from_sqlite(tmp_path: Path, monkeypatch) -> None:
    permits.write(CITY, tmp_path)
    assert len(rows_read(tmp_path, "sqlite", monkeypatch)) == expected() > 20


@pytest.mark.xdist_group("databases")
@pytest.mark.parametrize("server", URLS)
def test_the_same_contract_reads_a_real_server(server: str, tmp_path: Path, monkeypatch) -> None:
    try:
        permits.write(CITY, tmp_path, URLS[server])
    except sa.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no {server} on this machine, so its rows were not compared: {error.orig}")
    permits.write(CITY, tmp_path)
    try:
        assert rows_read(tmp_path, server, monkeypatch) == rows_read(
            tmp_path, "sqlite", monkeypatch
        )
    finally:
        engine = sa.create_engine(URLS[server])
        with engine.begin() as con:
            con.exec_driver_sql(f"DROP TABLE {permits.TABLE}")
        engine.dispose()


def test_a_window_is_half_open(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    table = sa.Table("t", sa.MetaData(), sa.Column("at", sa.DateTime))
    with engine.begin() as con:
        table.create(con)
        con.execute(
            table.insert(),
            [
                {"at": datetime(2026, 1, 1)},
                {"at": datetime(2026, 1, 1, 23, 59, 59)},
                {"at": datetime(2026, 1, 2)},
            ],
        )
    engine.dispose()
    dataset = replace(
        sample_dataset(tmp_path),
        source=Source("database", {"url": f"sqlite:///{path}"}, {"table": "t", "time": "at"}),
    )
    (part,) = [pq.read_table(part.body).num_rows for part in database.fetch(dataset, window(DAY))]
    assert part == 2


def test_days_written_as_dates_belong_to_their_own_day(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as con:
        con.exec_driver_sql("CREATE TABLE t (day TEXT)")
        con.exec_driver_sql(
            "INSERT INTO t VALUES ('2025-12-31'), ('2026-01-01'), ('2026-01-01T23:59:00'),"
            " ('2026-01-02')"
        )
    engine.dispose()
    dataset = replace(
        sample_dataset(tmp_path),
        source=Source("database", {"url": f"sqlite:///{path}"}, {"table": "t", "time": "day"}),
    )
    (days,) = [
        pq.read_table(part.body)["day"].to_pylist() for part in database.fetch(dataset, window(DAY))
    ]
    assert days == ["2026-01-01", "2026-01-01T23:59:00"]


SERVED = {
    "postgresql": (
        "TIMESTAMPTZ",
        ["2025-12-31 23:30:00+00", "2026-01-01 16:59:00+00", "2026-01-01 17:30:00+00"],
        2,
    ),
    "mariadb": ("DATETIME", ["2026-01-01 03:00:00", "0000-00-00 00:00:00"], 1),
    "mariadb moment": (
        "TIMESTAMP NULL",
        ["2025-12-31 16:30:00", "2025-12-31 17:30:00", "2026-01-01 16:59:00"],
        2,
    ),
}


@pytest.mark.xdist_group("databases")
@pytest.mark.parametrize("case", SERVED)
def test_days_of_a_real_server_begin_in_the_datasets_zone(case: str, tmp_path: Path) -> None:
    kind, values, rows = SERVED[case]
    server, table = case.split()[0], f"lumbung_{case.replace(' ', '_')}"
    engine = sa.create_engine(URLS[server])
    try:
        with engine.begin() as con:
            if server == "mariadb":
                con.exec_driver_sql("SET SESSION sql_mode = '', time_zone = '+00:00'")
            con.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            con.exec_driver_sql(f"CREATE TABLE {table} (moment {kind})")
            for value in values:
                con.exec_driver_sql(f"INSERT INTO {table} VALUES ('{value}')")
    except sa.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no {server} on this machine, so its days were not compared: {error.orig}")
    fetch = {"table": table, "time": "moment"}
    address = {"url": re.sub(r"\+\w+:", ":", URLS[server])}
    dataset = replace(sample_dataset(tmp_path), source=Source("database", address, fetch))
    try:
        assert [
            pq.read_table(part.body).num_rows for part in database.fetch(dataset, window(DAY))
        ] == [rows]
    finally:
        with engine.begin() as con:
            con.exec_driver_sql(f"DROP TABLE {table}")
        engine.dispose()


@pytest.mark.parametrize(
    ("server", "fetch", "says"),
    [
        ({"url": "oracle://x"}, {"table": "t"}, "must be sqlite, postgresql or mysql"),
        ({"url": "sqlite:///none.sqlite"}, {"table": "t"}, "there is no file"),
        (
            {"url": "sqlite:///none.sqlite"},
            {"table": 't"; DROP TABLE x; --'},
            "not a table or column name",
        ),
        (
            {"url": "postgresql://kanari:kanari@127.0.0.1:1/x"},
            {"table": "t"},
            "postgresql://127.0.0.1:1/x",
        ),
    ],
)
def test_a_database_that_cannot_be_read(
    server: dict, fetch: dict, says: str, tmp_path: Path
) -> None:
    dataset = replace(sample_dataset(tmp_path), source=Source("database", server, fetch))
    with pytest.raises(SourceError, match=says) as caught:
        list(database.fetch(dataset, window(DAY)))
    assert "kanari:" not in str(caught.value)
