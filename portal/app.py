"""The portal as one ASGI app: light pages and machine endpoints, and under ``/app`` the Streamlit
pages, over the same release.

``portal.http.server`` serves it; each room says its own routes. What every request and answer goes
through stands in ``portal.http``.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pandas  # noqa: F401  loaded once here, so that no visitor's first page waits for it
import streamlit as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

import portal.metadata.routes
from portal.api import bulk, files, health, openapi, receipts, rows, tables
from portal.api.ckan import dump
from portal.api.ckan import routes as ckan
from portal.explore.loggers import one_voice
from portal.explore.sessions import Sessions, held_sessions
from portal.explore.shell import Shell
from portal.explore.theme import in_city_colours
from portal.http import counts, memory
from portal.http.answers import absent, problem
from portal.http.guard import Guard
from portal.http.negotiation import is_for_people
from portal.http.outgoing import Compression, Outgoing
from portal.light import (
    assets,
    catalogue_page,
    city_pages,
    conformance_page,
    feeds,
    home_page,
    information_page,
    kpi_page,
    sitemap,
    table_page,
    text_pages,
)
from portal.light.endpoint import refused

EXPLORE = "/app"
"""Where the Streamlit pages are."""
LIGHT = (
    home_page,
    catalogue_page,
    kpi_page,
    information_page,
    city_pages,
    conformance_page,
    text_pages,
    table_page,
    feeds,
    sitemap,
    assets,
)
"""Modules of light pages; each states its addresses."""


def failed(request: Request, error: Exception) -> Response:
    """Answer for what no route answers, and for an error of ours: a page for people, a problem
    document for machines, nothing of what went wrong inside.
    """
    if is_for_people(request.headers):
        return refused(request, error)
    if not isinstance(error, HTTPException):
        return problem(
            500,
            "The portal failed",
            "this is an error of the portal and has been recorded; try again later",
        )
    if error.status_code == 404:
        return absent()
    return problem(
        error.status_code,
        str(error.detail),
        "/openapi.json says what this address takes",
        error.headers,
    )


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[None]:
    """Run Streamlit, count and give memory back as long as the app runs."""
    one_voice()
    in_city_colours()
    async with ui.lifespan()(app), counts.counting(), memory.giving_back(held_sessions):
        yield


ui = st.App(Path(__file__).parent / "explore" / "ui" / "main.py")
app = Starlette(
    routes=[
        *tables.ROUTES,
        *rows.ROUTES,
        *portal.metadata.routes.ROUTES,
        *(route for page in LIGHT for route in page.ROUTES),
        *bulk.ROUTES,
        *receipts.ROUTES,
        *files.ROUTES,
        *openapi.ROUTES,
        *ckan.ROUTES,
        *dump.ROUTES,
        *health.ROUTES,
        *counts.ROUTES,
        Route(
            EXPLORE,
            lambda request: RedirectResponse(
                request.url.replace(path=f"{EXPLORE}/", scheme="", netloc="")
            ),
        ),
        Mount(EXPLORE, Shell(ui)),
    ],
    # Starlette's own place for the answer to an error of ours is outside Outgoing, which would then
    # neither complete its headers nor see its status.
    middleware=[
        Middleware(Outgoing, explore=EXPLORE),
        Middleware(ServerErrorMiddleware, handler=failed),
        *(Middleware(layer, explore=EXPLORE) for layer in (Guard, Sessions, Compression)),
    ],
    exception_handlers={HTTPException: failed},
    lifespan=running,
)
app.router.redirect_slashes = False
gc.collect()
gc.freeze()
