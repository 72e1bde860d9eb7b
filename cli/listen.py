"""What ``lumbung listen`` does: one durable subscriber for every broker that contracts name, until
it is told to stop.

Ctrl-C and SIGTERM flush and acknowledge before it leaves. What a message becomes is the connector's
business.
"""

import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from assets.asked import select
from cli.show import CONSOLE
from cli.terminal import Terminal
from pipelines.connectors.mqtt.subscriber import subscribe
from pipelines.contract.model import Dataset
from pipelines.contract.server import reachable
from pipelines.errors import LumbungError, SourceError
from pipelines.lake.lake import Lake
from pipelines.release.last_good import standing_contracts
from pipelines.settings import lake_path, spool_path

MINUTE = 60.0
ERRORS = Terminal(stderr=True, highlight=False)


def heard(contracts: Path, applications: Sequence[str]) -> list[Dataset]:
    """Return the datasets that come from a broker, their servers chosen; LumbungError when there
    is none. What a broker sends is not sent again, so of an application that is set aside the last
    good contract is listened by.
    """
    every = standing_contracts(contracts, Lake(lake_path()))
    for said in every.said:
        _tell(said)
    chosen = select(replace(every, read=every.standing), applications)
    datasets = [
        dataset
        for dataset in (reachable(dataset) for contract in chosen for dataset in contract.datasets)
        if dataset.source.connector == "mqtt"
    ]
    if not datasets:
        raise LumbungError(
            f"{', '.join(applications) or contracts}: no dataset is read from a broker; a"
            " contract's server says `connector: mqtt` where one is"
        )
    return datasets


def listen(
    contracts: Path, applications: Sequence[str], seconds: float | None, as_json: bool
) -> int:
    """Listen until a signal or for ``seconds``, report once a minute, and return how many
    brokers could not be listened to.
    """
    datasets, landed, stop = heard(contracts, applications), Counter[str](), threading.Event()
    failed: list[SourceError] = []

    def run() -> None:
        try:
            failed.extend(subscribe(datasets, spool_path(), stop, _tell, landed))
        finally:
            stop.set()

    thread = threading.Thread(target=run, name="listen")
    with _until_signal(stop):
        thread.start()
        ends, reported = time.monotonic() + seconds if seconds else None, Counter[str]()
        while not stop.wait(min(MINUTE, max(0.0, ends - time.monotonic())) if ends else MINUTE):
            reported = _report(datasets, landed, reported, as_json)
            if ends and time.monotonic() >= ends:
                stop.set()
        thread.join()
    _report(datasets, landed, reported, as_json)
    return len(failed)


@contextmanager
def _until_signal(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set ``stop`` instead of ending the process in the middle."""
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(
    datasets: Sequence[Dataset], landed: Counter[str], reported: Counter[str], as_json: bool
) -> Counter[str]:
    now, at = Counter(landed), datetime.now().astimezone()
    counts: dict[str, Any] = {
        dataset.id: now[dataset.id] - reported[dataset.id] for dataset in datasets
    }
    if as_json:
        sys.stdout.write(
            json.dumps({"at": at.isoformat(timespec="seconds"), "landed": counts}) + "\n"
        )
        sys.stdout.flush()
    else:
        CONSOLE.print(
            f"{at:%H:%M} " + ", ".join(f"{name} {many} messages" for name, many in counts.items()),
            soft_wrap=True,
        )
    return now


def _tell(what: str) -> None:
    ERRORS.print(f"{datetime.now():%H:%M:%S} {what}", markup=False, soft_wrap=True)
