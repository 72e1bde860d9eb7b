"""The ``cursor`` of a page of rows: where the next one begins, in which release, of which question;
opaque to readers and refused when changed.

It is sealed with the release's manifest, which every process that serves the release has and no
reader sees. It grants nothing: what it holds is bound like any parameter. The seal is there so that
a mistake in it is told, and not answered with the wrong rows.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.errors import LakeError
from pipelines.query.query import Query
from pipelines.receipts.canonical import canonical
from pipelines.release.release import Release
from portal.data.dated import release_called

LONGEST = 4096
TOO_LONG = (
    "the values this order ends a page at are too long for a cursor; sort by other columns, or"
    " leave out `sort`"
)
_SEAL = 16
AGAIN = "ask again without `cursor` to begin at the first page"


@dataclass(frozen=True)
class Continuation:
    """What a cursor says: the release it reads, the hash of its question, the key of the last
    row, how many rows there are in all.
    """

    release: Release
    question: str
    after: tuple[str | None, ...]
    total: int | None


def question_of(name: str, query: Query) -> str:
    """Return the hash of what must stay the same from page to page: the table, the filters and
    the order.
    """
    question = [
        name,
        [
            [condition.column, condition.operator, list(condition.values)]
            for condition in query.filters
        ],
        [[sort.column, sort.descending] for sort in query.sort],
    ]
    return hashlib.sha256(canonical(question)).hexdigest()[:16]


def write(at: Continuation) -> str:
    """Return a continuation as a cursor. LakeError, in words for the public, where it would be
    too long to be asked with.
    """
    body = json.dumps(
        [at.release.id, at.question, list(at.after), at.total],
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
    cursor = base64.urlsafe_b64encode(_seal(at.release, body) + body).decode().rstrip("=")
    if len(cursor) > LONGEST:
        raise LakeError(TOO_LONG)
    return cursor


def read(cursor: str) -> Continuation:
    """Return what a cursor says. LakeError, in words for the public, when it is none, was
    changed, or its release is gone.
    """
    broken = f"the cursor is not one that this portal gave; {AGAIN}"
    if len(cursor) > LONGEST:
        raise LakeError(broken)
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        seal, body = sealed[:_SEAL], sealed[_SEAL:]
        content: Any = json.loads(body)
        name, question, after, total = content
        release = release_called(str(name))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise LakeError(broken) from error
    except LakeError as error:
        raise LakeError(
            f"the cursor reads a release that is not there, or no more; {AGAIN}"
        ) from error
    if not hmac.compare_digest(seal, _seal(release, body)):
        raise LakeError(broken)
    return Continuation(release, question, tuple(after), total)


def _seal(release: Release, body: bytes) -> bytes:
    return hmac.digest(_key(release.folder), body, hashlib.sha256)[:_SEAL]


@lru_cache(maxsize=16)
def _key(release: Path) -> bytes:
    return hashlib.sha256((release / "manifest.json").read_bytes()).digest()
