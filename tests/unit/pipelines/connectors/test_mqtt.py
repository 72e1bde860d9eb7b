"""MQTT: what is acknowledged is on the disk, what is on the disk becomes rows, and every message
is accounted for whatever happens between.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.harvest import harvest
from demo.alive import alive
from demo.city import City
from demo.doors import broker as demo_broker
from demo.doors.devices import feed, publish
from demo.systems import cameras
from demo.table import build
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.mqtt import fetch as mqtt
from pipelines.connectors.mqtt.broker import broker_of
from pipelines.connectors.mqtt.placing import Placing
from pipelines.connectors.mqtt.spool import MOST_OPEN, Spool, batches, line
from pipelines.connectors.mqtt.subscriber import subscribe
from pipelines.contract.model import Contract, Dataset, Source
from pipelines.errors import ContractError, SourceError
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import window_of
from pipelines.settings import PROJECT, contracts_path
from quality.verdict import PartitionVerdict

pytestmark = pytest.mark.xdist_group("mqtt")
MOSQUITTO = ("127.0.0.1", 1883)
NOW = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)
DAY = "2026-06-15"
CONTRACT = read_contract(contracts_path() / "cctv.odcs.yaml")


def heard(address: str, topic: str = "cctv/+/heartbeat", **fetch: Any) -> Dataset:
    dataset = next(dataset for dataset in CONTRACT.datasets if dataset.name == "heartbeats")
    facts = {**dataset.source.fetch, "topic": topic, **fetch}
    return replace(
        dataset,
        source=Source(
            "mqtt", {"connector": "mqtt", "url": address, "limits": {"timeout_seconds": 5}}, facts
        ),
    )


def beat(number: int, day: str = DAY, **changes: Any) -> bytes:
    at = f"{day}T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}+07:00"
    said = {
        "camera_id": f"CCTV-{number % 40 + 1:02d}",
        "ts": at,
        "status": "online",
        "latency_ms": 36.5,
        "stream_ok": True,
        "uptime_s": 7,
    }
    return json.dumps({**said, **changes}).encode()


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMBUNG_SPOOL", str(tmp_path / "spool"))
    return tmp_path / "spool"


@pytest.fixture
def mosquitto() -> Iterator[tuple[str, str]]:
    """The address of a real broker, and a topic filter that no other test uses."""
    try:
        socket.create_connection(MOSQUITTO, 2).close()
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(
            f"no MQTT broker at {MOSQUITTO[0]}:{MOSQUITTO[1]}, so nothing was tried against a real"
            f" one: {error}"
        )
    yield f"mqtt://{MOSQUITTO[0]}:{MOSQUITTO[1]}", f"lumbung-test/{uuid.uuid4().hex}/+"


def under(topic: str, name: object = "a") -> str:
    return topic.replace("+", str(name))


@contextmanager
def listening(
    dataset: Dataset, root: Path, clock: Callable[[], datetime] = lambda: NOW
) -> Iterator[tuple[Counter[str], list[str]]]:
    landed, told, stop, ready = Counter[str](), list[str](), threading.Event(), threading.Event()
    thread = threading.Thread(
        target=subscribe, args=([dataset], root, stop, told.append, landed, clock, ready)
    )
    thread.start()
    assert ready.wait(20)
    try:
        yield landed, told
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(done: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def lines(root: Path, day: str = DAY) -> list[bytes]:
    return list(batches(root / "cctv.heartbeats" / day))


def payloads(found: list[bytes]) -> list[Any]:
    return [json.loads(value)["payload"] for value in found]


def forget(root: Path, address: str) -> None:
    """End the session at the broker, so that it keeps nothing after the test."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    host, _, port = address.removeprefix("mqtt://").partition(":")
    client = Client(
        CallbackAPIVersion.VERSION2,
        f"lumbung-cctv-{(root / '.name').read_text()}",
        clean_session=True,
    )
    client.connect(host, int(port))
    client.loop_start()
    until(client.is_connected)
    client.disconnect()
    client.loop_stop()


def judged(
    lake: Lake, contract: Contract, dataset: Dataset, *days: str
) -> tuple[PartitionVerdict, ...]:
    served = replace(
        dataset, source=Source("mqtt", {"main": dataset.source.server}, dataset.source.fetch)
    )
    return harvest(lake, PROJECT / "sql", contract, served, days, "t").verdict.partitions


HOSTILE = [
    b"",
    b"null",
    b"42",
    b'"text"',
    b"[]",
    b"[1, 2]",
    b"{}",
    b'{"camera_id": "CCTV-01", "ts": "2026-',
    b"\xff\xfe\x00",
    b"\x00",
    b'{"a": "\\u0000"}',
    b'{"a": "\\ud800"}',
    b"[" * 5000,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b"\xef\xbb\xbf{}",
    b"NaN",
    b'{"a": NaN}',
    b'{"a": 1, "a": 2}',
    b'{"a\\nb": "\\n"}',
    b'{\r\n "a": 1}\n',
    b'{"a": ' + b"9" * 5000 + b"}",
    '{"a": "\u2028"}'.encode(),
    b'{"topic": "x", "payload": {}}',
    b'{"": {"": 1}}',
]


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_a_message_is_one_line_whatever_it_holds(payload: bytes) -> None:
    made = line("t/é", payload)
    assert made.count(b"\n") == 1 and made.endswith(b"\n") and b"\r" not in made
    value = json.loads(made, parse_int=str)
    assert value["topic"] == "t/é" if isinstance(value, dict) else value[0] == "t/é"


def test_every_hostile_message_is_accounted_for(spool: Path, tmp_path: Path) -> None:
    dataset = heard("mqtt://127.0.0.1:1")
    with_good = [*HOSTILE, *(beat(n) for n in range(0, 1200 * 60, 60))]
    writer = Spool(spool / dataset.id)
    writer.write([(DAY, line("cctv/x/heartbeat", payload)) for payload in with_good], NOW)
    writer.roll(None)
    (verdict,) = judged(Lake(tmp_path / "lake"), CONTRACT, dataset, DAY)
    assert verdict.verdict == "passed", verdict.findings
    assert (verdict.delivered, verdict.passed, verdict.quarantined, verdict.duplicates) == (
        len(with_good),
        1200,
        len(HOSTILE),
        0,
    )
    shapes = [payload for payload in HOSTILE if not line("t", payload).startswith(b"{")]
    assert len(shapes) >= 8
    twice = [payload for payload in HOSTILE if b'"a": 1, "a"' in payload]
    found = {finding.rule: finding.rows for finding in verdict.findings}
    assert found["shape"] == len(shapes) + len(twice)


def test_a_message_goes_to_the_day_of_its_own_time() -> None:
    placing = Placing(heard("mqtt://127.0.0.1:1"))
    said = {
        b'{"ts": "2026-06-14T23:59:59+07:00"}': "2026-06-14",
        b'{"ts": "2026-06-14T17:00:00Z"}': "2026-06-15",
        b'{"ts": "2026-06-13 23:30:00"}': "2026-06-13",
        b'{"ts": "2026-06-16T01:00:00+07:00"}': "2026-06-16",
        b'{"ts": "2026-06-17T01:00:00+07:00"}': DAY,
        b'{"ts": "1970-01-01T00:00:00Z"}': DAY,
        b'{"ts": "yesterday"}': DAY,
        b'{"ts": {"at": 1}}': DAY,
        b'{"ts": "2026-06-14T23:59:59+07:00"': DAY,
        b"42": DAY,
    }
    assert placing.places(list(said), NOW) == list(said.values())
    placing.close()
    seconds = replace(
        heard("mqtt://x:1"),
        columns=tuple(replace(c, formats=("unix-seconds",)) for c in CONTRACT.datasets[0].columns),
    )
    placing = Placing(seconds)
    assert placing.places([b'{"ts": 1781370000}', b'{"ts": 17813700000000}'], NOW) == [
        "2026-06-14",
        DAY,
    ]
    placing.close()
    placing = Placing(replace(heard("mqtt://x:1", time=None), partition="month"))
    assert placing.places([beat(1)], NOW) == ["2026-06"]
    placing.close()


def test_a_crash_leaves_whole_lines_and_names(tmp_path: Path) -> None:
    first = Spool(tmp_path / "d")
    first.write([(DAY, b"one\n"), (DAY, b"two\n"), ("2026-06-14", b"late\n")], NOW)
    assert sorted(path.name for path in (tmp_path / "d").glob("*/*")) == [".0500-1.ndjson.open"] * 2
    assert list(batches(tmp_path / "d" / DAY)) == [
        b"one\n",
        b"two\n",
    ], "what is acknowledged can be read before the minute is over"
    first.close()
    with (tmp_path / "d" / DAY / ".0500-1.ndjson.open").open("ab") as stream:
        stream.write(b"torn")
    again = Spool(tmp_path / "d")
    assert again.recover() == 2 and again.recover() == 0
    again.write([(DAY, b"three\n")], NOW)
    again.roll(NOW.replace(minute=1))
    again.write([(DAY, b"four\n")], NOW.replace(minute=1))
    again.roll(None)
    assert sorted(path.name for path in (tmp_path / "d" / DAY).iterdir()) == [
        "0500-1.ndjson",
        "0500-2.ndjson",
        "0501-1.ndjson",
    ]
    assert list(batches(tmp_path / "d" / DAY)) == [b"one\n", b"two\n", b"three\n", b"four\n"]


def test_a_device_with_a_wild_clock_holds_few_files_open(tmp_path: Path) -> None:
    spool, days = (
        Spool(tmp_path / "d"),
        [(date(2026, 6, 15) - timedelta(days=n)).isoformat() for n in range(200)],
    )
    for heard in (b"one\n", b"two\n"):
        spool.write([(day, heard) for day in days], NOW)
        spool.write([(DAY, heard)], NOW)
        assert len(list((tmp_path / "d").glob("*/*.open"))) == MOST_OPEN
    spool.close()
    assert Spool(tmp_path / "d").recover() == MOST_OPEN
    assert [list(batches(tmp_path / "d" / day)) for day in days[1:]] == [[b"one\n", b"two\n"]] * 199
    assert list(batches(tmp_path / "d" / DAY)) == [b"one\n", b"one\n", b"two\n", b"two\n"]


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from(["2026-06-14", DAY]),
        st.binary(max_size=30) | st.text(max_size=20).map(str.encode),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(
    writes=st.lists(st.tuples(st.integers(0, 3), MESSAGES), max_size=6),
    cut=st.integers(0, 200),
    most=st.integers(1, 5),
)
def test_whatever_was_written_before_a_crash_is_read_once_and_in_order(
    writes: list, cut: int, most: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.connectors.mqtt.spool.MOST_LINES", most)
        root, expected = Path(folder) / "d", {"2026-06-14": [], DAY: []}
        spool = Spool(root)
        for minute, messages in sorted(writes, key=lambda message: message[0]):
            made = [(day, line("t", payload)) for day, payload in messages]
            spool.write(made, NOW.replace(minute=minute))
            for day, message in made:
                expected[day].append(message)
        spool.close()
        for path in root.glob("*/.*.open"):
            with path.open("ab") as stream:
                stream.write(line("t", b"x" * 300)[:cut])
        torn = {day: list(batches(root / day)) for day in expected}
        again = Spool(root)
        again.recover()
        assert torn == {day: list(batches(root / day)) for day in expected} == expected


def fetched(spool: Path, dataset: Dataset, said: list[bytes]) -> list[bytes]:
    shutil.rmtree(spool, ignore_errors=True)
    writer = Spool(spool / dataset.id)
    writer.write([(DAY, line("t", reason)) for reason in said], NOW)
    writer.roll(None)
    return [
        line
        for part in mqtt.fetch(dataset, window_of(dataset, [DAY]))
        for line in bytes(part.body).splitlines()
    ]


def test_a_message_repeated_in_another_spelling_is_read_as_the_first(spool: Path) -> None:
    dataset = heard("mqtt://127.0.0.1:1", key=["k", "n.t"])
    same = [
        b'{"k": "a", "n": {"t": 1}, "v": 1.5}',
        b'{"v":1.50,"n":{"t":1.0},"k":"a"}',
        b'{"k": "\\u0061", "n": {"t": 1e0}, "v": 15e-1}',
    ]
    assert len(set(fetched(spool, dataset, same))) == 1
    others = [
        b'{"k": "a", "n": {"t": 1}, "v": 1.6}',
        b'{"k": "a", "n": {"t": 1}, "v": "1.5"}',
        b'{"k": "a", "n": {"t": 1}, "v": true}',
        b'{"k": "a", "n": {"t": 1}}',
        b'{"k": "a", "n": {"t": 1}, "v": {"number": "1.5"}}',
        b'{"k": "a", "v": 1.5}',
        b'{"k": "a", "v": 1.50}',
        b"no JSON",
    ]
    assert len(set(fetched(spool, dataset, [*same, *others]))) == 1 + len(others)


def test_a_conflict_of_one_key_stays_visible(spool: Path, tmp_path: Path) -> None:
    dataset = heard("mqtt://127.0.0.1:1")
    good = [beat(n) for n in range(0, 1200 * 60, 60)]
    fetched(spool, dataset, [*good, good[0], beat(60, latency_ms=99)])
    (verdict,) = judged(Lake(tmp_path / "lake"), CONTRACT, dataset, DAY)
    assert verdict.verdict == "withheld" and verdict.duplicates == 1
    assert "key" in {finding.kind for finding in verdict.findings if finding.withholds}


def test_nothing_ever_landed_says_what_to_do(spool: Path) -> None:
    dataset = heard("mqtt://127.0.0.1:1")
    with pytest.raises(SourceError, match="run `lumbung listen cctv`"):
        list(mqtt.fetch(dataset, window_of(dataset, [DAY])))
    Spool(spool / dataset.id)
    assert list(mqtt.fetch(dataset, window_of(dataset, [DAY]))) == []
    with pytest.raises(SourceError, match="no whole table"):
        list(mqtt.fetch(replace(dataset, delivery="snapshot"), window_of(dataset, [DAY])))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("topic: cctv/+/heartbeat", "topic: cctv/x+/heartbeat", "is no topic filter"),
        ("topic: cctv/+/heartbeat", "topic: cctv/#/heartbeat", "is no topic filter"),
        ("topic: cctv/+/heartbeat, ", "", "needs 'topic'"),
        ("key: [camera_id, ts]", "key: camera_id", "key is a list"),
        ("time: ts", "tome: ts", "does not read 'tome'"),
        (":-mqtt://127.0.0.1:8683}", ":-http://127.0.0.1:8683}", "must be mqtt://host:port"),
        (
            "{property: connector, value: mqtt}\n",
            (
                "{property: connector, value: mqtt}\n      - {property: secrets, value: {token:"
                " CCTV_TOKEN}}\n"
            ),
            "mqtt does not use 'token'",
        ),
        (
            '"${LUMBUNG_CITY_BROKER:-mqtt://127.0.0.1:8683}"}\n',
            ('"mqtt://broker.example"}\n      - {property: secrets, value: {user: CCTV_USER}}\n'),
            "is mqtt on another machine",
        ),
    ],
)
def test_a_wrong_contract_is_told(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "cctv.odcs.yaml"
    text = (contracts_path() / "cctv.odcs.yaml").read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ContractError, match=said):
        read_contract(path)


def test_a_broker_that_is_down_or_a_secret_that_is_missing_is_told(spool: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    down = heard(f"mqtt://127.0.0.1:{port}")
    secret = replace(
        down,
        source=replace(
            down.source, server={**down.source.server, "secrets": {"user": "CCTV_NOBODY"}}
        ),
    )
    wrong = replace(
        down, source=replace(down.source, server={**down.source.server, "url": "mqtt://a:b@c"})
    )
    told: list[str] = []
    failed = subscribe([secret, wrong, down], spool, threading.Event(), told.append, Counter())
    assert [str(message) for message in failed] == told
    assert (
        "CCTV_NOBODY (its user) is not set" in told[0]
        and "is not mqtt://host:port" in told[1]
        and "no broker answers" in told[2]
    )
    assert "b@c" not in told[1]


def test_no_password_is_sent_in_clear_to_another_machine() -> None:
    dataset = heard("mqtt://broker.example")
    server = {**dataset.source.server, "secrets": {"user": "CCTV_USER"}}
    with pytest.raises(SourceError, match=r"is mqtt on another machine.*mqtts"):
        broker_of(replace(dataset, source=replace(dataset.source, server=server)))


def test_messages_of_a_real_broker_become_rows(
    mosquitto: tuple[str, str], spool: Path, tmp_path: Path
) -> None:
    address, topic = mosquitto
    dataset = heard(address, topic)
    days = {
        DAY: [beat(n) for n in range(0, 1200 * 60, 60)],
        "2026-06-14": [beat(n, "2026-06-14") for n in range(0, 1150 * 60, 60)],
    }
    sent = [
        *reversed(days[DAY]),
        *days["2026-06-14"],
        days[DAY][5],
        b"not JSON",
        beat(5, ts="tomorrow"),
        beat(7, status="OK"),
    ]
    with listening(dataset, spool) as (landed, told):
        addressed = [(under(topic, n % 7), payload) for n, payload in enumerate(sent[:-4])]
        addressed += [
            (under(topic, 4), sent[-4]),
            *((under(topic, "b"), payload) for payload in sent[-3:]),
        ]
        for portion in (addressed[:1000], addressed[1000:2000], addressed[2000:]):
            before = landed.total()
            publish(portion, address)
            until(lambda many=before, here=portion: landed.total() == many + len(here))
    assert told == []
    forget(spool, address)
    late, here = judged(Lake(tmp_path / "lake"), CONTRACT, dataset, "2026-06-14", DAY)
    assert (late.verdict, late.delivered, late.passed, late.quarantined, late.duplicates) == (
        "passed",
        1150,
        1150,
        0,
        0,
    )
    assert (here.verdict, here.delivered, here.quarantined) == ("passed", 1204, 3)
    assert here.delivered == here.passed + here.quarantined + here.duplicates
    assert {"shape", "sent_at.type", "status.one_of"} <= {finding.rule for finding in here.findings}


LISTENER = """
import sys, threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from pipelines.connectors.mqtt.subscriber import subscribe
from pipelines.contract.model import Source
from pipelines.connectors.contracts import read_contract
datasets = read_contract(Path(sys.argv[2])).datasets
(dataset,) = (dataset for dataset in datasets if dataset.name == "heartbeats")
dataset = replace(dataset, source=Source("mqtt", {"url": sys.argv[3]}, {**dataset.source.fetch,
    "topic": sys.argv[4]}))
ready = threading.Event()
threading.Thread(target=lambda: (ready.wait(), print("ready", flush=True)), daemon=True).start()
subscribe([dataset], Path(sys.argv[5]), threading.Event(), lambda _: None, Counter(),
    lambda: datetime(2026, 6, 15, 5, tzinfo=UTC), ready)
"""
TURNS, EACH = 4, 240
"""Kills, and messages published around each: together fewer than Mosquitto queues for one that
is away (1000).
"""


def test_a_listener_killed_in_the_middle_loses_nothing(
    mosquitto: tuple[str, str], spool: Path
) -> None:
    address, topic = mosquitto
    sent = [beat(n) for n in range(TURNS * EACH)]
    arguments = [str(PROJECT), str(CONTRACT.path), address, topic, str(spool)]
    for turn in range(TURNS):
        here = sent[turn * EACH : (turn + 1) * EACH]
        child = subprocess.Popen(
            [sys.executable, "-c", LISTENER, *arguments], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        before = len(lines(spool))
        publisher = threading.Thread(
            target=publish, args=([(under(topic), line) for line in here], address)
        )
        publisher.start()
        until(lambda before=before, turn=turn: len(lines(spool)) >= before + 30 + turn * 20)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        publisher.join()
    with listening(heard(address, topic), spool) as (_, told):
        until(
            lambda: (
                {json.dumps(payload) for payload in payloads(lines(spool))}
                == {payload.decode() for payload in sent}
            )
        )
    assert "the last listener was killed" in told[0]
    found = Counter(lines(spool))
    assert len(found) == len(sent), "a message that came twice is the same line twice"
    with listening(heard(address, topic), spool):
        time.sleep(0.5)
    assert Counter(lines(spool)) == found, "what is acknowledged never comes again"
    forget(spool, address)
    assert not list(spool.rglob("*.open"))


def test_nothing_is_acknowledged_that_could_not_be_written(
    mosquitto: tuple[str, str], spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, topic = mosquitto
    dataset, synced = heard(address, topic), os.fsync
    with listening(dataset, spool) as (landed, _):
        publish([(under(topic), beat(n)) for n in range(50)], address)
        until(lambda: landed.total() == 50)

    def full(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name.endswith(".ndjson.open"):
            raise OSError(28, "No space left on device")
        synced(descriptor)

    with listening(dataset, spool) as (landed, told):
        monkeypatch.setattr(os, "fsync", full)
        publish([(under(topic), beat(n)) for n in range(50, 100)], address)
        until(lambda: bool(told))
        monkeypatch.setattr(os, "fsync", synced)
    assert (
        landed.total() == 0
        and "cannot be written: [Errno 28] No space left on device;"
        " what was not written is not acknowledged"
        in told[0]
    )
    with listening(dataset, spool) as (landed, _):
        until(lambda: len(set(lines(spool))) == 100)
    forget(spool, address)


def test_a_listener_that_fails_in_a_way_nobody_foresaw_is_told(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("no more threads")

    monkeypatch.setattr("pipelines.connectors.mqtt.subscriber.client_id_of", broken)
    told: list[str] = []
    failed = subscribe(
        [heard("mqtt://127.0.0.1:1")], spool, threading.Event(), told.append, Counter()
    )
    assert [
        str(message) for message in failed
    ] == told and "cctv is not listened to any more: RuntimeError: no more threads" in told[0]


def test_a_broker_that_restarts_is_waited_for(spool: Path) -> None:
    with demo_broker.serve(0) as address:
        port = int(address.rpartition(":")[2])
        dataset = heard(address)
        entered = listening(dataset, spool)
        landed, told = entered.__enter__()
        publish([("cctv/a/heartbeat", beat(n)) for n in range(20)], address)
        until(lambda: landed.total() == 20)
    until(lambda: any("is gone" in message for message in told))
    with demo_broker.serve(port) as address:
        until(lambda: any("is back; it kept no session" in message for message in told))
        publish([("cctv/a/heartbeat", beat(n)) for n in range(20, 40)], address)
        until(lambda: landed.total() >= 40)
        entered.__exit__(None, None, None)
    assert [json.dumps(payload) for payload in payloads(lines(spool))] == [
        beat(n).decode() for n in range(40)
    ]


def test_a_listener_leaves_at_once_while_its_broker_is_down(spool: Path) -> None:
    with demo_broker.serve(0) as address:
        entered = listening(heard(address), spool)
        _, told = entered.__enter__()
    until(lambda: any("is gone" in message for message in told))
    began = time.monotonic()
    entered.__exit__(None, None, None)
    assert time.monotonic() - began < 10


def test_a_second_listener_on_one_spool_is_refused(mosquitto: tuple[str, str], spool: Path) -> None:
    address, topic = mosquitto
    dataset = heard(address, topic)
    with listening(dataset, spool):
        (failed,) = subscribe([dataset], spool, threading.Event(), lambda _: None, Counter())
        assert "another listener writes" in str(failed) and "LUMBUNG_SPOOL" in str(failed)
    forget(spool, address)


def test_a_copied_spool_that_takes_the_session_away_is_explained(
    mosquitto: tuple[str, str], spool: Path, tmp_path: Path
) -> None:
    address, topic = mosquitto
    dataset = heard(address, topic)
    with listening(dataset, spool) as (_, told):
        (tmp_path / "copy").mkdir()
        shutil.copy(spool / ".name", tmp_path / "copy" / ".name")
        with listening(dataset, tmp_path / "copy") as (_, copy_told):
            until(
                lambda: any(
                    "another listener uses the session" in message
                    for message in (*told, *copy_told)
                )
            )
    forget(spool, address)


def test_a_topic_that_left_the_contract_is_left_at_the_broker(
    mosquitto: tuple[str, str], spool: Path
) -> None:
    address, topic = mosquitto
    with listening(heard(address, topic), spool):
        pass
    with listening(heard(address, f"{topic}/now"), spool) as (landed, told):
        publish([(under(topic), beat(1)), (f"{under(topic)}/now", beat(2))], address)
        until(lambda: landed.total() == 1)
    assert told == [] and payloads(lines(spool)) == [json.loads(beat(2))]
    forget(spool, address)


def test_listen_runs_for_a_time_and_reports(
    mosquitto: tuple[str, str],
    spool: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Any,
) -> None:
    address, _ = mosquitto
    for name in ("cctv", "ppid"):
        shutil.copy(contracts_path() / f"{name}.odcs.yaml", tmp_path)
    monkeypatch.setenv("LUMBUNG_CONTRACTS", str(tmp_path))
    monkeypatch.setenv("LUMBUNG_SERVER_CCTV", "mosquitto")
    monkeypatch.setenv("CCTV_MOSQUITTO", address)
    code, out, err = command("listen", "cctv", "--for", 1, "--json")
    assert (code, err) == (0, "")
    assert set(json.loads(out.splitlines()[-1])["landed"]) == {"cctv.heartbeats"}
    forget(spool, address)
    code, _, err = command("listen", "ppid")
    assert code == 1 and "no dataset is read from a broker" in err
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CCTV_MOSQUITTO", f"mqtt://127.0.0.1:{probe.getsockname()[1]}")
    code, _, err = command("listen", "cctv")
    assert code == 1 and "no broker answers" in err


def test_the_city_brought_to_life_is_heard_by_the_contracts_it_is_given(tmp_path: Path) -> None:
    city, given = City(date(2026, 6, 16), days=1, scale=0.05), tmp_path / "contracts"
    given.mkdir()
    with alive(city, tmp_path / "city", contracts=given) as environment:
        assert not Path(environment["LUMBUNG_SPOOL"]).exists(), "no contract names a device"


def test_the_cameras_of_the_city_are_heard_and_every_planted_error_is_found(
    spool: Path, tmp_path: Path
) -> None:
    city = City(date(2026, 6, 16), days=2, scale=0.05)
    with demo_broker.serve(0) as address:
        many = feed(city, cameras.TABLES, contracts_path(), spool, address)
    verdicts = judged(
        Lake(tmp_path / "lake"), CONTRACT, heard(address), *(day.isoformat() for day in city.window)
    )
    planted = Counter(
        (error.partition, error.rule) for error in build(city, cameras.TABLES[0]).planted
    )
    got = Counter(
        {
            (partition.partition, finding.rule): finding.rows
            for partition in verdicts
            for finding in partition.findings
        }
    )
    got.update(
        {
            (partition.partition, "duplicate"): partition.duplicates
            for partition in verdicts
            if partition.duplicates
        }
    )
    assert got == planted and {"shape", "duplicate"} <= {rule for _, rule in planted}
    assert [partition.verdict for partition in verdicts] == ["passed", "passed"]
    assert (
        sum(partition.delivered for partition in verdicts) == many - cameras.A_DAY * cameras.LEAST
    )
