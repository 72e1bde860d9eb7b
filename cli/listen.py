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
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from assets.run import select
from cli.show import CONSOLE
from pipelines.connectors.mqtt.subscriber import subscribe
from pipelines.connectors.registry import read_contracts
from pipelines.contract.model import Dataset
from pipelines.contract.server import reachable
from pipelines.errors import LumbungError, SourceError
from pipelines.settings import spool_path

MINUTE = 60.0
ERRORS = Console(stderr=True, highlight=False)


def heard(contracts: Path, applications: Sequence[str]) -> list[Dataset]:
    """Return the datasets that come from a broker, their servers chosen; LumbungError when there
    is none.
    """
    chosen = select(read_contracts(contracts), applications)
    found = [
        each
        for each in (reachable(dataset) for contract in chosen for dataset in contract.datasets)
        if each.source.connector == "mqtt"
    ]
    if not found:
        raise LumbungError(
            f"{', '.join(applications) or contracts}: no dataset is read from a broker; a"
            " contract's server says `connector: mqtt` where one is"
        )
    return found


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
        ends, told = time.monotonic() + seconds if seconds else None, Counter[str]()
        while not stop.wait(min(MINUTE, max(0.0, ends - time.monotonic())) if ends else MINUTE):
            told = _report(datasets, landed, told, as_json)
            if ends and time.monotonic() >= ends:
                stop.set()
        thread.join()
    _report(datasets, landed, told, as_json)
    return len(failed)


@contextmanager
def _until_signal(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set ``stop`` instead of ending the process in the middle."""
    before = {
        each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _report(
    datasets: Sequence[Dataset], landed: Counter[str], told: Counter[str], as_json: bool
) -> Counter[str]:
    now, at = Counter(landed), datetime.now().astimezone()
    new: dict[str, Any] = {dataset.id: now[dataset.id] - told[dataset.id] for dataset in datasets}
    if as_json:
        sys.stdout.write(json.dumps({"at": at.isoformat(timespec="seconds"), "landed": new}) + "\n")
        sys.stdout.flush()
    else:
        CONSOLE.print(
            f"{at:%H:%M} " + ", ".join(f"{name} {many} messages" for name, many in new.items()),
            soft_wrap=True,
        )
    return now


def _tell(what: str) -> None:
    ERRORS.print(f"{datetime.now():%H:%M:%S} {what}", markup=False, soft_wrap=True)
