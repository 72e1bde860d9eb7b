"""The endpoint of a light page: how an address shows a page of the current release. Each page's
module states its own addresses.

A page that is not there, or that is not public, is the same 404 wherever it is asked for.
"""

from collections.abc import Callable
from typing import TypeGuard

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipelines.city import municipality
from pipelines.release.release import Release
from portal.data.release import current
from portal.light.page import lang_of, page, refusal
from portal.words.say import pick, say

Page = Callable[[Request, Release], Response | None]


class TableName(Convertor[str]):
    """The name of a table in an address, and nothing that has another dot, which is a
    description or a file of it.
    """

    regex = "[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*"

    def convert(self, value: str) -> str:
        """Return the name as it is written."""
        return value

    def to_string(self, value: str) -> str:
        """Return the name as it is written."""
        return value


register_url_convertor("table", TableName())
TABLE = "{name:table}"
"""A table's name in an address."""


def is_page(route: BaseRoute) -> TypeGuard[Route]:
    """Whether a route shows a page: its endpoint is made here."""
    return isinstance(route, Route) and route.endpoint.__module__ == __name__


def endpoint(answer: Page) -> Callable[[Request], Response]:
    """Return the endpoint that shows a page of the current release, 404 where it says there is
    none, and what to do before the first release.
    """

    def show(request: Request) -> Response:
        release = current()
        if release is None:
            title = pick(municipality().portal, lang_of(request))
            unreleased = page(
                request, None, "no_release.html", "/", title, say("intro", lang_of(request))
            )
            unreleased.status_code = 503
            return unreleased
        return answer(request, release) or absent(request)

    return show


def absent(request: Request) -> Response:
    """Answer that there is no such page: the same for what is unknown and for what is not
    public.
    """
    return refusal(request, current(), 404, "absent")


def refused(request: Request, error: Exception) -> Response:
    """Answer with a page for what no route answers, or not by this method, or for an error of
    ours, which asks nothing of the release.
    """
    if not isinstance(error, HTTPException):
        return refusal(request, None, 500, "failed")
    return (
        absent(request)
        if error.status_code == 404
        else refusal(request, current(), error.status_code, "refused", error.headers)
    )
