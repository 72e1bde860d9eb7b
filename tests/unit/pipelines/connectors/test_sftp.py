"""SFTP against a real server: the pinned key, the password or the key file, files that are not
whole, and a city read to the end.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import asyncssh
import pytest

from demo.city import City
from demo.doors import sftp as city_server
from demo.doors.drops import write
from demo.systems import epayment, permits
from demo.table import build
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.sftp import fetch as sftp
from pipelines.contract.model import Dataset, Source
from pipelines.contract.server import reachable
from pipelines.errors import ContractError, SourceError
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import window_of
from pipelines.settings import contracts_path
from tests.sample import sample_dataset, window, write_sample

DAY = window(date(2026, 1, 1))
FILES = "rain_{date}.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "city" / "sftp" / "rain"
    path.mkdir(parents=True)
    (path / "rain_2026-01-01.csv").write_text("a\n1\n")
    return path


@pytest.fixture
def served(folder: Path, tmp_path: Path, monkeypatch) -> Iterator[Callable[..., Dataset]]:
    """Serve the folder, and return what gives a dataset that reads it, one fact at a time
    changed.
    """
    monkeypatch.setenv("HUJAN_PASSWORD", "kanari")
    with city_server.serve(tmp_path / "city", "kanari") as server:
        yield lambda fetch=None, **facts: reading(tmp_path, server, fetch, **facts)


def reading(
    tmp: Path, server: city_server.Served, fetch: dict | None = None, **facts: object
) -> Dataset:
    known = {
        "url": f"{server.address}/rain",
        "host_key": server.host_key,
        "secrets": {"password": "HUJAN_PASSWORD"},
        "limits": {"attempts": 2, "timeout_seconds": 3},
        **facts,
    }
    return replace(
        sample_dataset(tmp), source=Source("sftp", known, {"files": FILES, **(fetch or {})})
    )


def test_dated_files_of_the_window_only(served, folder: Path) -> None:
    for name in (
        "rain_2026-01-02.csv",
        "rain_2026-01-01.csv.part",
        "rain_2026-01-01.tmp",
        "note.txt",
    ):
        (folder / name).write_text("x")
    (folder / "rain_2026-01-03.csv").mkdir()
    dataset = served()
    (part,) = [
        (part.name, part.partition, part.address.split("/", 3)[3], Path(part.body).read_bytes())
        for part in sftp.fetch(dataset, DAY)
    ]
    assert part == ("rain_2026-01-01.csv", "2026-01-01", "rain/rain_2026-01-01.csv", b"a\n1\n")
    assert [part.name for part in sftp.fetch(served({"files": "*.{tmp,part}"}), DAY)] == []


def test_what_lands_is_what_lay_there(served, folder: Path, tmp_path: Path) -> None:
    body = b"a\n" + b"123456789\n" * 200_000
    (folder / "rain_2026-01-01.csv").write_bytes(body)
    with zipfile.ZipFile(folder / "rain_2026-01-02.zip", "w") as archive:
        archive.writestr("in.csv", "a\n1\n")
    lake, days = Lake(tmp_path / "lake"), window(date(2026, 1, 1), 2)
    landed = lake.land(
        "hujan.rain",
        "run",
        sftp.fetch(served({"files": "rain_{date}.{csv,zip}"}), days),
        days.partitions,
    )
    assert [part.path.read_bytes() for part in landed] == [body, b"a\n1\n"]
    assert [part.partition for part in landed] == ["2026-01-01", "2026-01-02"] and landed[
        1
    ].address.endswith("/rain_2026-01-02.zip!in.csv")


def test_a_fingerprint_pins_the_server_as_its_key_does(served) -> None:
    fingerprint = asyncssh.import_public_key(served().source.server["host_key"]).get_fingerprint(
        "sha256"
    )
    assert len(list(sftp.fetch(served(host_key=fingerprint), DAY))) == 1


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_another_host_key_is_refused_before_the_password_is_sent(kind: str, served) -> None:
    other = asyncssh.generate_private_key(kind).export_public_key().decode()
    shown = asyncssh.import_public_key(served().source.server["host_key"]).get_fingerprint("sha256")
    with pytest.raises(
        SourceError, match="not the one the contract pins; nothing was sent"
    ) as caught:
        list(sftp.fetch(served(host_key=other), DAY))
    assert shown in str(caught.value) and "kanari" not in str(caught.value)


def test_a_key_file_instead_of_a_password(folder: Path, tmp_path: Path, monkeypatch) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(tmp_path / "id"), "pkcs8-pem", passphrase="kanari")
    monkeypatch.setenv("HUJAN_KEY", str(tmp_path / "id"))
    monkeypatch.setenv("HUJAN_PASSPHRASE", "kanari")
    monkeypatch.setattr(asyncssh.SSHServer, "public_key_auth_supported", lambda self: True)
    monkeypatch.setattr(
        asyncssh.SSHServer,
        "validate_public_key",
        lambda self, user, shown: shown == key.convert_to_public(),
    )
    with city_server.serve(tmp_path / "city", "unused") as server:
        assert (
            len(
                list(
                    sftp.fetch(
                        reading(
                            tmp_path,
                            server,
                            secrets={"key": "HUJAN_KEY", "passphrase": "HUJAN_PASSPHRASE"},
                        ),
                        DAY,
                    )
                )
            )
            == 1
        )
        monkeypatch.setenv("HUJAN_PASSPHRASE", "wrong")
        with pytest.raises(
            SourceError,
            match=r"HUJAN_KEY cannot be used as a key: .*; correct the path or the passphrase",
        ):
            list(
                sftp.fetch(
                    reading(
                        tmp_path,
                        server,
                        secrets={"key": "HUJAN_KEY", "passphrase": "HUJAN_PASSPHRASE"},
                    ),
                    DAY,
                )
            )
        monkeypatch.setenv("HUJAN_KEY", str(tmp_path / "none"))
        with pytest.raises(SourceError, match="HUJAN_KEY cannot be used as a key: No such file"):
            list(sftp.fetch(reading(tmp_path, server, secrets={"key": "HUJAN_KEY"}), DAY))


def test_a_wrong_password_is_said_and_not_shown(served, monkeypatch) -> None:
    monkeypatch.setenv("HUJAN_PASSWORD", "kanari wrong")
    with pytest.raises(
        SourceError, match="refuses lumbung; check the user in the url and the password"
    ) as caught:
        list(sftp.fetch(served(), DAY))
    assert "kanari" not in str(caught.value)
    monkeypatch.delenv("HUJAN_PASSWORD")
    with pytest.raises(SourceError, match=r"HUJAN_PASSWORD \(its password\) is not set"):
        list(sftp.fetch(served(), DAY))


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"url": "ftp://lumbung@127.0.0.1/x"}, "is not sftp://user@host:port/folder"),
        ({"url": "sftp://lumbung:kanari@127.0.0.1/x"}, "is not sftp://user@host:port/folder"),
        ({"url": "sftp://127.0.0.1/x"}, "is not sftp://user@host:port/folder"),
        ({"host_key": ""}, "host_key is neither a public key nor SHA256:fingerprint"),
        ({"host_key": "SHA256:abc"}, "host_key is neither a public key nor SHA256:fingerprint"),
        ({"secrets": {}}, "needs one of secrets.password and secrets.key"),
        ({"secrets": {"token": "HUJAN_PASSWORD"}}, "secret 'token' is not used by sftp"),
        (
            {"url": "sftp://lumbung@127.0.0.1:1/x"},
            r"no whole transfer \(.*\), 2 times; nothing was taken",
        ),
    ],
)
def test_a_server_that_cannot_be_read(facts: dict, says: str, served) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        list(sftp.fetch(served(**facts), DAY))
    assert "kanari" not in str(caught.value)


def test_a_folder_that_is_not_there_and_a_folder_without_files(served, folder: Path) -> None:
    (folder / "rain_2026-01-01.csv").unlink()
    dataset = served()
    assert list(sftp.fetch(dataset, DAY)) == []
    with pytest.raises(SourceError, match="there is no such folder"):
        list(sftp.fetch(served(url=str(dataset.source.server["url"]) + "/none"), DAY))


def test_a_link_out_of_the_folder_is_refused_and_one_within_is_read(served, folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("a\n1\n")
    (folder / "rain_2026-01-02.csv").symlink_to("rain_2026-01-01.csv")
    days = window(date(2026, 1, 1), 3)
    assert [part.partition for part in sftp.fetch(served(), days)] == ["2026-01-01", "2026-01-02"]
    (folder / "rain_2026-01-03.csv").symlink_to("../secret.csv")
    with pytest.raises(SourceError, match="a link that leads out of the folder") as caught:
        list(sftp.fetch(served(), days))
    assert caught.value.partition == "2026-01-03"


def test_a_pattern_does_not_leave_the_folder_and_a_file_has_a_size(served) -> None:
    with pytest.raises(SourceError, match="leads out of the folder"):
        list(sftp.fetch(served({"files": "../*"}), DAY))
    with pytest.raises(SourceError, match=r"rain_2026-01-01.csv: more than 3 bytes"):
        list(sftp.fetch(served(limits={"response_bytes": 3}), DAY))


@pytest.mark.parametrize(
    ("limits", "says", "partition"),
    [
        (
            {"files": 1},
            r"more than 1 files for one run; .* raise limits.files in the contract",
            None,
        ),
        (
            {"total_bytes": 7},
            (
                r"8 bytes for one run, at most 7 are brought; .* raise limits.total_bytes in the"
                r" contract"
            ),
            None,
        ),
        (
            {"file_seconds": 1e-9},
            (
                r"rain_2026-01-01.csv: not whole after 1e-09 s; .* raise limits.file_seconds with a"
                r" reason"
            ),
            "2026-01-01",
        ),
    ],
)
def test_a_run_has_a_size_and_a_file_a_time(
    limits: dict, says: str, partition: str | None, served, folder: Path
) -> None:
    (folder / "rain_2026-01-02.csv").write_text("a\n2\n")
    days = window(date(2026, 1, 1), 2)
    assert (
        len(
            list(
                sftp.fetch(served(limits={"files": 2, "total_bytes": 8, "file_seconds": 60}), days)
            )
        )
        == 2
    )
    with pytest.raises(SourceError, match=says) as caught:
        list(sftp.fetch(served(limits=limits), days))
    assert caught.value.partition == partition


def test_a_server_that_sends_without_end_is_not_heard_to_the_end(
    folder: Path, tmp_path: Path, monkeypatch
) -> None:
    def read(server: asyncssh.SFTPServer, file: object, offset: int, size: int) -> bytes:
        return b"x" * size

    with (
        odd(tmp_path, monkeypatch, read) as server,
        pytest.raises(
            SourceError, match=r"rain_2026-01-01.csv has 4 bytes, but \d{3,6} came, 2 times"
        ),
    ):
        list(sftp.fetch(reading(tmp_path, server), DAY))


def odd(
    tmp: Path, monkeypatch, read: Callable[[asyncssh.SFTPServer, object, int, int], bytes]
) -> city_server.Served:
    """Return a server's context whose reads ``read`` answers."""
    monkeypatch.setenv("HUJAN_PASSWORD", "kanari")
    root = bytes(tmp / "city" / "sftp")

    class Odd(asyncssh.SFTPServer):
        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            return read(self, file_obj, offset, size)

    return city_server.serve(
        tmp / "city", "kanari", files=lambda channel: Odd(channel, chroot=root)
    )  # type: ignore[return-value]


def test_a_file_that_grows_while_it_is_read_fails_its_own_day(
    folder: Path, tmp_path: Path, monkeypatch
) -> None:
    (folder / "rain_2026-01-02.csv").write_text("a\n2\n")

    def read(server: asyncssh.SFTPServer, file: object, offset: int, size: int) -> bytes:
        if offset == 0:
            with (folder / "rain_2026-01-02.csv").open("a") as stream:
                stream.write("3\n")
        return asyncssh.SFTPServer.read(server, file, offset, size)  # type: ignore[return-value]

    with (
        odd(tmp_path, monkeypatch, read) as server,
        pytest.raises(SourceError, match="still being written") as caught,
    ):
        list(sftp.fetch(reading(tmp_path, server), window(date(2026, 1, 1), 2)))
    assert caught.value.partition == "2026-01-02"


def test_a_cut_transfer_lands_nothing(folder: Path, tmp_path: Path, monkeypatch) -> None:
    (folder / "rain_2026-01-02.csv").write_bytes(b"1234567890" * 100_000)
    asked = []

    def read(server: asyncssh.SFTPServer, file: object, offset: int, size: int) -> bytes:
        asked.append(offset)
        if offset > 300_000:
            server.channel.get_connection().abort()
        return asyncssh.SFTPServer.read(server, file, offset, size)  # type: ignore[return-value]

    lake, days = Lake(tmp_path / "lake"), window(date(2026, 1, 1), 2)
    with (
        odd(tmp_path, monkeypatch, read) as server,
        pytest.raises(SourceError, match=r"no whole transfer \(.*\), 2 times; nothing was taken"),
    ):
        lake.land("hujan.rain", "run", sftp.fetch(reading(tmp_path, server), days), days.partitions)
    assert not list((tmp_path / "lake").rglob("*.csv")) and not list(
        (tmp_path / "lake").rglob("receipt.json")
    )
    assert asked.count(0) == 3, "the first day's file came whole, so it is not asked for twice"


def test_a_file_that_is_replaced_between_two_tries_is_read_once(
    folder: Path, tmp_path: Path, monkeypatch
) -> None:
    (folder / "rain_2026-01-02.csv").write_bytes(b"1234567890" * 100_000)
    cut = []

    def read(server: asyncssh.SFTPServer, file: object, offset: int, size: int) -> bytes:
        if offset > 300_000 and not cut:
            cut.append(offset)
            (folder / "rain_2026-01-01.csv").write_text("a\n1\n2\n")
            server.channel.get_connection().abort()
        return asyncssh.SFTPServer.read(server, file, offset, size)  # type: ignore[return-value]

    with odd(tmp_path, monkeypatch, read) as server:
        sizes = [
            Path(part.body).stat().st_size
            for part in sftp.fetch(reading(tmp_path, server), window(date(2026, 1, 1), 2))
        ]
    assert cut and sizes == [6, 1_000_000]


def test_a_file_that_ends_early_is_tried_again(folder: Path, tmp_path: Path, monkeypatch) -> None:
    (folder / "rain_2026-01-01.csv").write_bytes(b"1234567890" * 10)
    asked = []

    def read(server: asyncssh.SFTPServer, file: object, offset: int, size: int) -> bytes:
        asked.append(offset)
        found = bytes(asyncssh.SFTPServer.read(server, file, offset, size))  # type: ignore[arg-type]
        return (
            found[: 40 - offset]
            if asked.count(0) == 1 and offset < 40
            else found
            if asked.count(0) > 1
            else b""
        )

    with odd(tmp_path, monkeypatch, read) as server:
        (part,) = [
            Path(part.body).stat().st_size for part in sftp.fetch(reading(tmp_path, server), DAY)
        ]
    assert part == 100 and asked.count(0) == 2


def test_a_server_that_says_nothing_is_given_up(folder: Path, tmp_path: Path, monkeypatch) -> None:
    import time

    with (
        odd(tmp_path, monkeypatch, lambda *_: time.sleep(1.5) or b"") as server,
        pytest.raises(SourceError, match="no whole transfer"),
    ):
        list(
            sftp.fetch(
                reading(tmp_path, server, limits={"attempts": 1, "timeout_seconds": 0.5}), DAY
            )
        )


def test_a_contract_of_an_sftp_server_says_what_it_lacks(tmp_path: Path) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path)
    text = path.read_text().replace("type: local", "type: custom").replace("    format: csv\n", "")
    path.write_text(
        text.replace(
            "connector, value: file}",
            "connector, value: sftp}\n      - {property: secrets, value: {token: A_TOKEN}}",
        )
    )
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    for says in (
        "connector sftp needs 'url'",
        "connector sftp needs 'host_key'",
        "needs one of secrets: {password",
        "sftp does not use 'token'",
    ):
        assert says in str(caught.value)


def test_every_settlement_of_the_city_is_read(tmp_path: Path, monkeypatch) -> None:
    city = City(today=date(2026, 6, 16), days=3, scale=0.2)
    (dataset,) = read_contract(contracts_path() / "epayment.odcs.yaml").datasets
    (table,) = epayment.TABLES
    write(city, table, tmp_path)
    keys = tuple(day.isoformat() for day in city.window)
    with city_server.serve(tmp_path, city_server.password_of(city)) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        bodies = [
            Path(part.body).read_text("latin-1")
            for part in sftp.fetch(reachable(dataset), window_of(dataset, keys))
        ]
    rows = build(city, table).days
    assert [body.count("\n") - 1 for body in bodies] == [len(rows[day]) for day in city.window]
    assert "José" in bodies[0]


def test_every_permit_with_a_fee_is_paid_on_the_day_it_is_issued() -> None:
    city = City(today=date(2026, 6, 16), days=5)
    (table,) = epayment.TABLES
    paid = {
        (row["NO_REFERENSI"], day)
        for day, rows in build(city, table).days.items()
        for row in rows
        if row["BILLER"] == "DPMPTSP"
    }
    issued = {
        (row["application_no"], row["updated_at"].date())
        for row in permits.build(city)[0]
        if row["status"] == "issued"
        and row["application_no"]
        and row["fee"] > 0
        and row["updated_at"].date() in city.window
    }
    assert issued and issued <= paid


def test_settlements_of_a_year_are_as_many_as_the_citys() -> None:
    city = City(today=date(2026, 6, 16), days=14)
    (table,) = epayment.TABLES
    assert 150_000 <= sum(map(len, build(city, table).days.values())) / 14 * 365 <= 200_000
