"""Subscribers of releases: what they are told, signed, tried again, and never at the release's
cost; over real HTTP on this machine.
"""

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import stamina
from standardwebhooks import Webhook, WebhookVerificationError

from assets.definitions import build_defs
from assets.instance import QUIET, open_instance
from pipelines.errors import LakeError
from pipelines.publication import webhooks
from pipelines.release.release import Release, open_release
from tests.released import SmallHouse, released
from tests.serving import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@dataclass
class Subscriber:
    """A server that keeps what it is sent, and answers with ``answers`` in turn, then 204."""

    address: str = ""
    answers: list[int] = field(default_factory=list)
    seconds: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    known = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.got.append(
                (
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(int(self.headers["content-length"])),
                )
            )
            time.sleep(known.seconds)
            status = known.answers.pop(0) if known.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{known.address}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def release(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Release:
    monkeypatch.setenv("LUMBUNG_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("LUMBUNG_URL", "https://data.example/")
    return open_release(house.lake)


def test_a_new_release_is_told_signed_and_an_unchanged_one_is_not(
    tmp_path: Path, subscriber: Subscriber
) -> None:
    settings = {
        "LUMBUNG_WEBHOOKS": f"{subscriber.address}/hook",
        "LUMBUNG_WEBHOOK_SECRET": SECRET,
        "LUMBUNG_URL": "https://data.example",
    }
    house = released(tmp_path, settings)
    made = {json.loads(body)["data"]["release"] for _, body in subscriber.got}
    assert made == {open_release(house.lake).id} and len(subscriber.got) == 1
    headers, body = subscriber.got[0]
    told = Webhook(SECRET).verify(body, headers)
    assert (
        told["type"] == "release.published"
        and told["timestamp"] == open_release(house.lake).made_at.isoformat()
    )
    tables = {table["name"]: table for table in told["data"]["tables"]}
    assert tables["hujan.rain"] == {
        "name": "hujan.rain",
        "rows": 4,
        "url": "https://data.example/d/hujan.rain",
    }
    assert set(tables) == {"hujan.rain", "mart.rain_daily", "kpi.rainy_days"}
    assert told["data"]["urls"] == {
        "catalogue": "https://data.example/catalog",
        "feed": "https://data.example/feeds/all.atom",
    }
    release_again(house, settings)
    assert len(subscriber.got) == 1, "nothing changed, so there is nothing to tell"


def release_again(house: SmallHouse, settings: dict[str, str]) -> None:
    """Run the release's own job over what is there already."""
    job = build_defs(house.contracts, house.lake, house.sql).resolve_job_def("release_job")
    with pytest.MonkeyPatch.context() as patch, open_instance(house.lake) as instance:
        for name, value in settings.items():
            patch.setenv(name, value)
        assert job.execute_in_process(instance=instance, run_config=QUIET).success


def test_a_body_or_a_signature_that_was_tampered_with_does_not_verify(
    release: Release, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", subscriber.address)
    assert webhooks.announce(release) == "1 of 1"
    headers, body = subscriber.got[0]
    assert Webhook(SECRET).verify(body, headers)
    for secret, received, with_it in (
        (SECRET, body.replace(b"hujan", b"kabut"), headers),
        (OTHER, body, headers),
        (SECRET, body, headers | {"webhook-id": "msg_0"}),
        (
            SECRET,
            body,
            headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)},
        ),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(received, with_it)


def test_a_subscriber_that_says_later_is_told_again_under_the_same_id(
    release: Release, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", subscriber.address)
    subscriber.answers = [503, 429]
    assert webhooks.announce(release) == "1 of 1"
    assert (
        len(subscriber.got) == 3
        and len({headers["webhook-id"] for headers, _ in subscriber.got}) == 1
    )
    assert all(Webhook(SECRET).verify(body, headers) for headers, body in subscriber.got)


@pytest.mark.parametrize("status", [302, 400, 410])
def test_a_subscriber_that_refuses_or_sends_elsewhere_is_told_once(
    release: Release,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", f"{subscriber.address}/?token=secret")
    subscriber.answers = [status]
    assert webhooks.announce(release) == "0 of 1"
    assert (
        len(subscriber.got) == 1
        and f"HTTPStatusError {status}" in caplog.text
        and "secret" not in caplog.text
    )


def test_a_dead_and_a_slow_subscriber_cost_a_release_little_and_the_others_nothing(
    tmp_path: Path,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 2.0)
    dead = f"http://127.0.0.1:{free_port()}"
    settings = {
        "LUMBUNG_WEBHOOKS": f"{dead}, not-an-address, {subscriber.address}",
        "LUMBUNG_WEBHOOK_SECRET": SECRET,
    }
    with caplog.at_level(logging.WARNING, "lumbung.webhooks"):
        house = released(tmp_path, settings)
    assert open_release(house.lake).id == json.loads(subscriber.got[0][1])["data"]["release"]
    assert "an address without a host did not take" in caplog.text


def test_a_subscriber_that_does_not_answer_is_left(
    release: Release,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.5)
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", subscriber.address)
    subscriber.seconds = 3.0
    begun = time.monotonic()
    assert webhooks.announce(release) == "0 of 1"
    assert time.monotonic() - begun < 2.5 and "had not taken" in caplog.text


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ä", "whsec_a"])
def test_without_a_secret_nobody_is_told_and_the_warning_says_what_to_set(
    release: Release,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    secret: str,
) -> None:
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", subscriber.address)
    monkeypatch.setenv("LUMBUNG_WEBHOOK_SECRET", secret)
    assert webhooks.announce(release) == "0 of 1: LUMBUNG_WEBHOOK_SECRET is missing or malformed"
    assert not subscriber.got and "LUMBUNG_WEBHOOK_SECRET" in caplog.text


def test_without_subscribers_nothing_is_sent(release: Release) -> None:
    assert webhooks.announce(release) is None


def test_a_release_whose_list_is_damaged_is_told_of_by_nobody_and_ends_no_run(
    house: SmallHouse,
    release: Release,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", subscriber.address)

    def damaged(_: Release) -> None:
        raise LakeError("files.json: the list cannot be read")

    monkeypatch.setattr(webhooks, "published", damaged)
    assert (
        webhooks.announce(release) == "0 of 1: LakeError"
        and not subscriber.got
        and "nobody was told" in caplog.text
    )


def test_a_run_killed_between_the_swap_and_the_telling_tells_at_the_next_run(
    tmp_path: Path, subscriber: Subscriber
) -> None:
    settings = {"LUMBUNG_WEBHOOKS": subscriber.address, "LUMBUNG_WEBHOOK_SECRET": SECRET}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webhooks, "announce", lambda release: None)
        house = released(tmp_path, settings)
    assert not subscriber.got
    release_again(house, settings)
    assert [json.loads(body)["data"]["release"] for _, body in subscriber.got] == [
        open_release(house.lake).id
    ]
    release_again(house, settings)
    assert len(subscriber.got) == 1, "told once"


def test_the_first_subscriber_of_an_old_release_is_told_of_it(
    tmp_path: Path, subscriber: Subscriber
) -> None:
    house = released(tmp_path)
    release_again(house, {"LUMBUNG_WEBHOOKS": subscriber.address, "LUMBUNG_WEBHOOK_SECRET": SECRET})
    assert [json.loads(body)["data"]["release"] for _, body in subscriber.got] == [
        open_release(house.lake).id
    ]


def test_no_listener_and_no_log_learns_the_address_of_a_subscriber(
    release: Release,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("LUMBUNG_WEBHOOKS", f"{subscriber.address}/hook?token=kata-sandi")
    subscriber.answers[:] = [503, 500]
    heard: list[object] = []
    before = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([heard.append, *before])
    try:
        with caplog.at_level(logging.DEBUG):
            assert webhooks.announce(release) == "1 of 1"
    finally:
        stamina.instrumentation.set_on_retry_hooks(before)
    assert len(heard) == 2 and len(subscriber.got) == 3
    told = [repr(heard), *(repr(vars(record)) for record in caplog.records)]
    assert not [text for text in told if "kata-sandi" in text]
