"""Telling subscribers of a new release: one signed POST each (Standard Webhooks,
https://www.standardwebhooks.com), tried again when it fails for now.

Only the addresses the operator wrote into ``LUMBUNG_WEBHOOKS`` are ever called, by no proxy and
following no redirect. Telling comes after the release and never stands in its way: a subscriber
that is down, slow or refuses is a warning, and costs at most ``SECONDS`` in all.
"""

import json
import logging
import threading
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import httpx
import stamina
from standardwebhooks import Webhook

from pipelines.files.index import published
from pipelines.lake.durable import write_durably
from pipelines.lake.lake import Lake
from pipelines.release.release import Release
from pipelines.settings import settings

SECRET = "LUMBUNG_WEBHOOK_SECRET"
KIND = "release.published"
TOLD = "told"
"""The file in the lake's state that holds the id of the release last told."""
ATTEMPTS = 4
SECONDS = 30.0
"""How long all subscribers together may take, tries included."""
LOG = logging.getLogger("lumbung.webhooks")
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses whole, with their tokens


def payload_of(release: Release) -> dict[str, Any]:
    """Return what is told of a release: its id, the tables it changed with their rows, and where
    to read on.
    """
    base = settings().url
    now = release.made_at.isoformat()
    changed = [
        {"name": name, "rows": table.rows, "url": f"{base}/d/{name}"}
        for name, table in published(release.folder).items()
        if table.modified == now
    ]
    urls = {"catalogue": f"{base}/catalog", "feed": f"{base}/feeds/all.atom"}
    return {
        "type": KIND,
        "timestamp": now,
        "data": {"release": release.id, "tables": changed, "urls": urls},
    }


def tell(lake: Lake, release: Release) -> str | None:
    """Announce a release unless it is the last one that was; one whose run was killed before
    that is announced by the next run.
    """
    last = lake.state / TOLD
    try:
        if last.is_file() and last.read_bytes() == release.id.encode():
            return None
        taken = announce(release)
        if taken is not None:
            last.parent.mkdir(parents=True, exist_ok=True)
            write_durably(last, release.id.encode())
    except OSError as error:
        LOG.warning(
            "%s: cannot be kept, so that %s may be told again (%s)", last, release.id, error
        )
        return None
    return taken


def announce(release: Release) -> str | None:
    """Tell every subscriber of a release; return how many took it, None when there are no
    subscribers. Nothing that goes wrong is an error.
    """
    addresses = [part.strip() for part in settings().webhooks.split(",") if part.strip()]
    if not addresses:
        return None
    try:
        signer = Webhook(settings().webhook_secret.get_secret_value())
    except Exception as error:  # noqa: BLE001  the library raises what base64 raises; a secret is never told
        LOG.warning(
            "no subscriber was told of %s: %s is no whsec_ secret of base64 (%s)",
            release.id,
            SECRET,
            type(error).__name__,
        )
        return f"0 of {len(addresses)}: {SECRET} is missing or malformed"
    try:
        body = json.dumps(payload_of(release), ensure_ascii=False)
    except Exception as error:  # noqa: BLE001  what cannot be said of a release must not end the run that made it
        LOG.warning("nobody was told of %s: what it changed cannot be read (%s)", release.id, error)
        return f"0 of {len(addresses)}: {type(error).__name__}"
    taken = set[str]()
    threads = [
        threading.Thread(target=_tell, args=(address, signer, release.id, body, taken), daemon=True)
        for address in dict.fromkeys(addresses)
    ]
    for thread in threads:
        thread.start()
    until = datetime.now(UTC).timestamp() + SECONDS
    for thread in threads:
        thread.join(max(0.0, until - datetime.now(UTC).timestamp()))
    if unfinished := sum(thread.is_alive() for thread in threads):
        LOG.warning("%s subscribers had not taken %s after %.0f s", unfinished, release.id, SECONDS)
    return f"{len(taken)} of {len(threads)}"


def _tell(address: str, signer: Webhook, release: str, body: str, taken: set[str]) -> None:
    """Deliver to one subscriber and note that it took it; a warning names its host only, since
    an address may hold a secret.
    """
    host = urlsplit(address).hostname or "an address without a host"
    try:
        _deliver(address, signer, release, body)
        taken.add(address)
    except Exception as error:  # noqa: BLE001  whatever a subscriber does must not end the run that made the release
        status = (
            f" {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
        )
        LOG.warning(
            "the subscriber at %s did not take release %s: %s%s; it is not told again of this one",
            host,
            release,
            type(error).__name__,
            status,
        )


def _is_worth_retrying(error: Exception) -> bool:
    """Whether another try may help: no answer, or one that says later (408, 429, 5xx)."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in (408, 429) or error.response.status_code >= 500
    return isinstance(error, httpx.TransportError) and not isinstance(
        error, httpx.UnsupportedProtocol
    )


def _deliver(address: str, signer: Webhook, release: str, body: str) -> None:
    """POST until it is taken or no further try may help. Not the library's decorator: that one
    hands the arguments to whoever listens for retries, the address with its token among them.
    """
    for attempt in stamina.retry_context(
        on=_is_worth_retrying, attempts=ATTEMPTS, wait_initial=0.5, wait_max=8.0, timeout=SECONDS
    ):
        with attempt:
            _post(address, signer, release, body)


def _post(address: str, signer: Webhook, release: str, body: str) -> None:
    """POST once, signed for this moment; the id is the same at every try, so that a subscriber
    can tell a repetition.
    """
    known, now = f"msg_{uuid5(NAMESPACE_URL, f'{release} {address}').hex}", datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Lumbung",
        "webhook-id": known,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(known, now, body),
    }
    asking = httpx.Client(timeout=10.0, follow_redirects=False, trust_env=False)
    with (
        asking as client,
        client.stream("POST", address, content=body.encode(), headers=headers) as answer,
    ):
        if not answer.is_success:
            raise httpx.HTTPStatusError(
                f"answered {answer.status_code}", request=answer.request, response=answer
            )
