"""HTTP as every web connector uses it: bounded retries, bounded size, and a refusal for every
answer that is not what was asked for.

Retried with back-off and jitter (stamina): no connection, timeouts, cut answers, 429 (after its
Retry-After) and 5xx. Anything else that is wrong is a SourceError at once. Server facts read here:
``headers``, ``limits: {timeout_seconds: 30, response_bytes: 67108864, attempts: 4}``; who we are to
the server (``auth``, ``secrets``) is ``http.auth``'s business.
"""

import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import stamina

from pipelines.connectors.http.auth import auth_of
from pipelines.connectors.http.facts import parts_of
from pipelines.connectors.http.trust import trusted
from pipelines.connectors.http.validators import condition, is_other
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError

T = TypeVar("T")
RESPONSE_BYTES = 64 << 20
RETRY_AFTER_MOST = 30.0
ANSWER_TIMEOUTS = 10
"""A whole answer may take this many times ``timeout_seconds``, which is the wait for its next
bytes.
"""


@dataclass(frozen=True)
class Form:
    """What an answer must be: its name for people, what is asked for, and the ends of the
    content types it may state.
    """

    name: str
    accept: str
    types: tuple[str, ...]


GONE, NO_HEAD = (404, 410), (405, 501)
"""Answers of a server that has not what is asked for, and of one that does not know HEAD."""
UNTOLD = ("application/octet-stream", "text/plain")
JSON = Form("JSON", "application/json", ("json", *UNTOLD))


class NotThere(SourceError):
    """The source answered 404."""


class _TryAgain(Exception):
    """An answer that another try may put right, ``after`` so many seconds when the source said
    so.
    """

    after: int | None = None


def _retry_after(error: Exception) -> bool | float:
    """Say to stamina whether, or after how many seconds, to try again."""
    after = getattr(error, "after", None)
    return isinstance(error, _TryAgain) if after is None else float(after)


@dataclass(frozen=True)
class Answer:
    """One whole answer: its bytes, its headers and its address (which carries no secret)."""

    body: bytes
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True)
class Http:
    """A client bound to one dataset's server."""

    dataset: Dataset
    client: httpx.Client
    attempts: int
    response_bytes: int
    answer_seconds: float
    heads: list[str] = field(default_factory=lambda: ["HEAD", "GET"])
    """Ways to see an answer's headers, the first that the server has not refused in use."""

    def get(self, url: str, params: Mapping[str, Any] | None = None, form: Form = JSON) -> Answer:
        """Fetch one document of this form; SourceError says what came instead."""
        return self._tried(url, lambda: self._once(url, params, form))

    def differs(self, url: str, mark: str, form: Form = JSON) -> bool:
        """Say whether a document is another one than the one with this mark, without reading it:
        not when it is gone, or nothing tells; SourceError when the server does not answer.
        """
        return self._tried(url, lambda: self._differs(url, mark, form))

    def _tried(self, url: str, ask: Callable[[], T]) -> T:
        last = ""
        try:
            for attempt in stamina.retry_context(
                on=_retry_after,
                attempts=self.attempts,
                timeout=120,
                wait_initial=0.2,
                wait_max=10,
                wait_jitter=0.2,
            ):
                with attempt:
                    return ask()
        except _TryAgain as error:
            last = str(error)
        raise SourceError(
            f"{self.dataset.id}: {url}: {last}, {self.attempts} times; nothing was taken. Run again"
            " later, or ask the owner whether it is up"
        )

    def _once(self, url: str, params: Mapping[str, Any] | None, form: Form) -> Answer:
        headers = None if form is JSON else {"Accept": form.accept}
        try:
            with self.client.stream("GET", url, params=params, headers=headers) as response:
                self._accept(response, form)
                body = self._whole(response)
        except (httpx.TransportError, httpx.StreamError) as error:
            raise _TryAgain(f"no whole answer ({type(error).__name__}: {error})") from error
        return Answer(body, dict(response.headers), str(response.url))

    def _differs(self, url: str, mark: str, form: Form) -> bool:
        headers = {"Accept": form.accept, **condition(mark)}
        try:
            with self.client.stream(self.heads[0], url, headers=headers) as response:
                if response.status_code not in NO_HEAD or len(self.heads) == 1:
                    if response.status_code in (304, *GONE):
                        return False
                    self._check_status(response)
                    return is_other(mark, response.headers)
        except (httpx.TransportError, httpx.StreamError) as error:
            raise _TryAgain(f"no answer ({type(error).__name__}: {error})") from error
        self.heads.pop(0)
        return self._differs(url, mark, form)

    def _accept(self, response: httpx.Response, form: Form) -> None:
        self._check_status(response)
        kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind and not kind.endswith(form.types):
            raise SourceError(
                f"{self.dataset.id}: {response.url}: answered '{kind}' instead of {form.name}; the"
                " source shows a page, not its data: check the address or ask its owner"
            )

    def _check_status(self, response: httpx.Response) -> None:
        where, status = f"{self.dataset.id}: {response.url}", response.status_code
        if status == 429 or status >= 500:
            wait = _pause(response.headers)
            if wait is not None and wait > RETRY_AFTER_MOST:
                raise SourceError(f"{where}: asks to come back after {wait} s; run again then")
            retry = _TryAgain(f"answered {status} {response.reason_phrase}")
            retry.after = wait
            raise retry
        if 300 <= status < 400:
            raise SourceError(
                f"{where}: redirects to {response.headers.get('location')}; put the address the"
                " owner confirms in the contract"
            )
        if status != 200:
            refusal = NotThere if status == 404 else SourceError
            raise refusal(
                f"{where}: answered {status} {response.reason_phrase}; check address, parameters"
                " and credentials in the contract"
            )

    def _whole(self, response: httpx.Response) -> bytes:
        chunks, size, begun = [], 0, time.monotonic()
        for chunk in response.iter_bytes():
            size += len(chunk)
            if time.monotonic() - begun > self.answer_seconds:
                raise SourceError(
                    f"{self.dataset.id}: {response.url}: not whole after {self.answer_seconds:g} s;"
                    " use smaller pages, or ask the owner why it is so slow"
                )
            if size > self.response_bytes:
                raise SourceError(
                    f"{self.dataset.id}: {response.url}: more than {self.response_bytes} bytes in"
                    " one answer; use smaller pages, or raise limits.response_bytes in the"
                    " contract with a reason"
                )
            chunks.append(chunk)
        return b"".join(chunks)


@contextmanager
def http(dataset: Dataset) -> Iterator[Http]:
    """Open a client bound to ``dataset``'s server; SourceError when the address is no web
    address or a named secret is not set.
    """
    server = dataset.source.server
    address = parts_of(str(server.get("location", "")))
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SourceError(
            f"{dataset.id}: server address {server.get('location')!r} is not http:// or https://;"
            " correct servers.location"
        )
    limits = server.get("limits") or {}
    headers = {
        "User-Agent": "lumbung",
        "Accept": "application/json",
        **{str(k): str(v) for k, v in (server.get("headers") or {}).items()},
    }
    timeout, attempts = (
        httpx.Timeout(float(limits.get("timeout_seconds", 30))),
        int(limits.get("attempts", 4)),
    )
    auth = auth_of(dataset, attempts, timeout.read or 30)
    with httpx.Client(
        headers=headers,
        auth=auth,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        verify=trusted(),
    ) as client:
        yield Http(
            dataset,
            client,
            attempts,
            int(limits.get("response_bytes", RESPONSE_BYTES)),
            ANSWER_TIMEOUTS * (timeout.read or 30),
        )


def _pause(headers: Mapping[str, str]) -> int | None:
    """Return the seconds that ``Retry-After`` asks for, a number or a date by the server's own
    clock (RFC 9110, 10.2.3); None where it says neither.
    """
    stated = headers.get("retry-after", "")
    try:
        until = _moment(stated)
        now = _moment(headers["date"]) if "date" in headers else datetime.now(UTC)
    except (ValueError, OverflowError):
        return count_of(stated)
    return max(0, math.ceil((until - now).total_seconds()))


def _moment(stated: str) -> datetime:
    moment = parsedate_to_datetime(stated)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def count_of(stated: Any) -> int | None:
    """Return the whole number that a source states, None for anything else: other scripts have
    digits too, and a number may be thousands of them.
    """
    return int(stated) if re.fullmatch("[0-9]{1,12}", str(stated)) else None


def address_of(dataset: Dataset) -> str:
    """Return the server's location and the dataset's path as one address."""
    return (
        str(dataset.source.server["location"]).rstrip("/")
        + "/"
        + str(dataset.source.fetch.get("path", "")).lstrip("/")
    )


def same_place(dataset: Dataset, url: str) -> str:
    """Return ``url`` if it stays on the server the contract names; SourceError otherwise."""
    server, target = parts_of(str(dataset.source.server["location"])), parts_of(url)
    if (server.scheme, server.netloc) != (target.scheme, target.netloc):
        raise SourceError(
            f"{dataset.id}: the next page lies on another server ({target.scheme}://{target.netloc});"
            f" the contract names only {server.netloc}"
        )
    return url
