"""What a request to the row API asks for: its release, table and form, answered in a thread of
which there are few; what is wrong with it becomes a problem. What the answer holds is the business
of ``rows`` and ``tables``.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipelines.errors import LakeError, QueryError, UnreadableError, ValueQueryError
from pipelines.release.release import Release
from portal.api.concurrency import HEAVY, LIGHT, Busy, in_turn
from portal.api.parameters import (
    FORMS,
    BadQuery,
    RequestParameters,
)
from portal.data.dated import is_still_open, release_called, release_of
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.data.release import current
from portal.http.answers import absent, problem
from portal.http.negotiation import preferred


async def answer_in_thread(
    request: Request, declared: Any, answered: Callable[[Request, RequestParameters], Response]
) -> Response:
    """Answer in a thread, or say what is wrong with the question."""
    try:
        parameters = RequestParameters(request.query_params, declared)
        whole = (
            parameters.limit is None
            and "format" in declared
            and form_requested(request, parameters) != "json"
        )
        limiter = HEAVY if whole else LIGHT
        return await in_turn(request.scope, limiter, answered, request, parameters)
    except Busy as error:
        return problem(error.status, "Busy", str(error), {"Retry-After": "5"})
    except LakeError:  # the release cannot be read: it was damaged after it was made
        return absent()
    except BadQuery as error:
        return problem(400, "Bad query", str(error), parameter=error.parameter)
    except ValueQueryError as error:
        return problem(400, "Bad query", str(error))
    except UnreadableError as error:
        return problem(503, "Not readable", str(error), {"Retry-After": "60"})
    except QueryError as error:
        return problem(
            503,
            "Stopped",
            f"{error}; filter more, sort by fewer columns, or query the file itself:"
            " /download/<table>.parquet, as /sql shows",
            {"Retry-After": "60"},
        )


def open_entry(release: Release | None, name: str) -> Entry | None:
    """Return a table of a release as long as it is open, None where there is none."""
    return entries(release).get(name) if release and is_still_open(release, name) else None


def release_requested(parameters: RequestParameters) -> Release | None:
    """Return the release that is asked for, the current one when nothing is said."""
    day = parameters.day
    if day and "release" in parameters.given:
        raise BadQuery("release", "as_of and release both say which release; leave one out")
    for name, opened in (
        ("release", lambda: release_called(parameters.given["release"])),
        ("as_of", lambda: release_of(day) if day else None),
    ):
        if name in parameters.given:
            try:
                return opened()
            except LakeError as error:
                raise BadQuery(name, f"{name}: {error}") from error
    return current()


def form_requested(request: Request, parameters: RequestParameters) -> str:
    """Return the form asked for: by ``format``, else the one that ``Accept`` likes best, JSON
    when it takes none.
    """
    by_type = {media.partition(";")[0]: form for form, media in FORMS.items()}
    return parameters.choice(
        "format", by_type.get(preferred(request.headers, by_type) or "", "json")
    )
