"""Whether the portal is there, for whoever watches it: ``/healthz`` says that the process
answers, ``/readyz`` that a release can be read.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from portal.data.release import current
from portal.http.answers import problem

FRESH = {"Cache-Control": "no-store"}


async def healthy(_: Request) -> Response:
    """Answer at once; nothing of the lake is looked at."""
    return PlainTextResponse("ok", headers=FRESH)


def ready(_: Request) -> Response:
    """Answer with the id of the current release, or 503 before there is one."""
    release = current()
    if release is None:
        return problem(
            503, "No release yet", "`lumbung run` makes the first one", {"Retry-After": "60"}
        )
    return PlainTextResponse(release.id, headers=FRESH)


ROUTES: list[BaseRoute] = [Route("/healthz", healthy), Route("/readyz", ready)]
