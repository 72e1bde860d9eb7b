"""Where OpenLineage events go: a file of one JSON line an event, or an HTTP endpoint;
``LUMBUNG_OPENLINEAGE`` says which, and nothing is sent when it is empty.

Lineage is told beside the work and never instead of it: a receiver that is down, slow or refuses
costs at most ``SECONDS``, is told of as a warning, and is not asked again for ``PAUSE`` seconds.
A library that is not installed is a wrong set-up, and an error.
What an event says is ``events``' business.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.extras import needs
from pipelines.settings import settings

SETTING = "LUMBUNG_OPENLINEAGE"
ENDPOINT = "/api/v1/lineage"
"""Where a receiver listens unless the setting's address has a path of its own."""
SECONDS = 3.0
PAUSE = 60.0
LOG = logging.getLogger("lumbung.openlineage")


@dataclass
class Sender:
    """Sends events to one place, one after another; silent for a while after one was not taken."""

    place: str
    deliver: Callable[[Any], object]
    _until: float = 0.0
    _unsent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, event: Any) -> None:
        """Send an event; what goes wrong is a warning, and no error of the run that is told of."""
        with self._lock:
            if time.monotonic() < self._until:
                self._unsent += 1
                return
            problem = self._try(event)
            if problem:
                self._until, self._unsent = time.monotonic() + PAUSE, self._unsent + 1
                LOG.warning(
                    "OpenLineage: %s did not take an event (%s); %s not sent so far, and none is"
                    " tried for %.0f s. %s says where events go; empty sends none",
                    self.place,
                    problem,
                    self._unsent,
                    PAUSE,
                    SETTING,
                )

    def _try(self, event: Any) -> str:
        """Return what went wrong, empty when nothing did. A thread of its own: a receiver may
        answer without end, one byte at a time.
        """
        failed: list[str] = []

        def work() -> None:
            try:
                self.deliver(event)
            except Exception as error:  # noqa: BLE001  whatever a receiver or a disk does must not end a harvest
                failed.append(type(error).__name__)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(SECONDS)
        return f"no answer in {SECONDS:.0f} s" if thread.is_alive() else "".join(failed)


def sender() -> Sender | None:
    """Return the sender of this process, None when the setting is empty; MissingExtraError when the
    library is not installed.
    """
    target = settings().openlineage
    return _sender(target) if target else None


def file_of(target: str) -> Path | None:
    """Return the file that the setting names, None where it is an address."""
    if urlsplit(target).scheme in ("http", "https"):
        return None
    return Path(target.removeprefix("file://"))


@cache
def _sender(target: str) -> Sender:
    with needs("lineage", SETTING):
        import openlineage.client  # noqa: F401, PLC0415  an extra
    if path := file_of(target):
        return Sender(str(path), lambda event: _append(path, event))
    parts = urlsplit(target)
    import requests  # noqa: PLC0415  it comes with the library, and only this receiver needs either

    # a second to import
    from openlineage.client.transport.http import HttpConfig, HttpTransport  # noqa: PLC0415

    session = requests.Session()
    session.trust_env, session.max_redirects = False, 0
    config = HttpConfig(
        f"{parts.scheme}://{parts.netloc}",
        parts.path.strip("/") or ENDPOINT.strip("/"),
        SECONDS,
        session=session,
        retry={"total": 0},
    )
    transport = HttpTransport(config)

    def post(event: Any) -> None:
        status = transport.emit(event).status_code
        if status >= 300:
            raise requests.HTTPError(status)

    return Sender(f"{parts.scheme}://{parts.hostname}", post)


def _append(path: Path, event: Any) -> None:
    """Append one line by one write: the library's own file transport writes in pieces, and two
    processes harvest at a time.
    """
    from openlineage.client.serde import Serde  # noqa: PLC0415  a second to import

    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, (Serde.to_json(event) + "\n").encode())
    finally:
        os.close(handle)
