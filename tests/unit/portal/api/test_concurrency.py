"""One client who asks forty questions at once waits for himself, and holds up nobody else."""

import threading
import time
from typing import Any

import anyio
import pytest

from portal.api import concurrency
from portal.api.concurrency import LIGHT, OWN, OWN_QUEUE, QUEUE, Busy, in_turn


def scope(client: str) -> dict[str, Any]:
    return {"client": (client, 1)}


class Work:
    """Answers that take until ``done``, and how many of them were made at the same time."""

    def __init__(self) -> None:
        self.done, self.now, self.most, self.lock = threading.Event(), 0, 0, threading.Lock()

    def answer(self) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.done.wait(20)
        with self.lock:
            self.now -= 1
        return "answered"


async def outcome(client: str, work: Work, told: list[str]) -> None:
    try:
        told.append(await in_turn(scope(client), LIGHT, work.answer))
    except Busy as error:
        told.append(f"{error.status}: {error}")


def test_one_client_waits_for_himself_and_nobody_for_him() -> None:
    many, other, greedy, mine = Work(), Work(), list[str](), list[str]()
    other.done.set()

    async def both() -> None:
        async with anyio.create_task_group() as asked:
            for _ in range(OWN + OWN_QUEUE + 6):
                asked.start_soon(outcome, "10.0.0.1", many, greedy)
            await anyio.sleep(0.1)
            begun = time.monotonic()
            await outcome("10.0.0.2", other, mine)
            assert time.monotonic() - begun < 5
            many.done.set()

    anyio.run(both)
    assert mine == ["answered"] and many.most == OWN
    assert greedy.count("answered") == OWN + OWN_QUEUE
    refused = [said for said in greedy if said != "answered"]
    assert len(refused) == 6 and all(said.startswith("429: one address") for said in refused)
    assert concurrency._clients == {}


def test_neighbours_of_one_ipv6_network_are_one_client() -> None:
    work, told = Work(), list[str]()

    async def asks() -> None:
        async with anyio.create_task_group() as asked:
            for n in range(8):
                asked.start_soon(outcome, f"2001:db8::{n + 1}", work, told)
            await anyio.sleep(0.1)
            work.done.set()

    anyio.run(asks)
    assert work.most == OWN and told == ["answered"] * 8


def test_where_requests_are_not_counted_clients_are_not_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LUMBUNG_RATE", "0")
    work, told = Work(), list[str]()

    async def asks() -> None:
        async with anyio.create_task_group() as asked:
            for _ in range(QUEUE + int(LIGHT.total_tokens)):
                asked.start_soon(outcome, "10.0.0.1", work, told)
            await anyio.sleep(0.3)
            for _ in range(2):
                await outcome("10.0.0.1", work, told)
            work.done.set()

    anyio.run(asks)
    assert work.most == LIGHT.total_tokens
    assert [said for said in told if said != "answered"] == [
        "503: too many are asking at this moment; ask again in some seconds"
    ] * 2
