"""What a web server says by which an answer can be told from a later one without reading it: ETag,
else Last-Modified, else Content-Length (RFC 9110, 8.8 and 13.1).

Only headers; who asks is ``http.client``'s business. A mark is the one header that tells most, as
it came.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
"""Header that tells -> the one that asks for an answer only if it would be another."""


def mark_of(headers: Mapping[str, str]) -> str:
    """Return the mark of an answer, empty when nothing tells whether it changed; ``headers`` have
    small names. A time of change that is the time of the answer is a clock, and no length is 0.
    """
    if etag := headers.get("etag"):
        return f"ETag: {etag}"
    changed, answered = (_time(headers.get(name)) for name in ("last-modified", "date"))
    if changed and answered and answered - changed >= timedelta(seconds=1):
        return f"Last-Modified: {headers['last-modified']}"
    length = headers.get("content-length", "0")
    return f"Content-Length: {length}" if length != "0" else ""


def condition(mark: str) -> dict[str, str]:
    """Return the header that asks for an answer only if it has another mark; none for a length."""
    name, _, value = mark.partition(": ")
    return {CONDITIONS[name]: value} if name in CONDITIONS else {}


def is_other(mark: str, headers: Mapping[str, str]) -> bool:
    """Say whether an answer with these headers is another than the one marked; where it does not
    say what the mark says, nothing tells so.
    """
    name, _, value = mark.partition(": ")
    now = headers.get(name.lower(), "")
    if name == "Content-Length" and now == "0":
        return False
    return bool(now) and now.removeprefix("W/") != value.removeprefix("W/")


def _time(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
