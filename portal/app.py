"""The portal as one ASGI app: light pages and machine endpoints, and under ``/app`` the Streamlit pages, over the same release.

``uvicorn portal.app:app`` serves it; each room says its own routes. Streamlit's own server is not used: its socket waits 44 ms for each answer.
"""

import gc
from pathlib import Path

import pandas  # noqa: F401  loaded once here, so that no visitor's first page waits for it
import polars  # noqa: F401
import streamlit as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

import portal.light.routes
import portal.metadata.routes
from portal.answers import absent, problem
from portal.api import ckan, files, openapi, receipts, rows
from portal.shell import Shell

EXPLORE = "/app"
"""Where the Streamlit pages are."""


def failed(request: Request, error: Exception) -> Response:
    """Answer for what no route answers, or not by this method: a page for people, a problem document for machines."""
    assert isinstance(error, HTTPException)
    if portal.light.routes.is_for_people(request):
        return portal.light.routes.refused(request, error)
    return absent() if error.status_code == 404 else problem(error.status_code, str(error.detail), "/openapi.json says what this address takes", error.headers)


ui = st.App(Path(__file__).parent / "ui" / "main.py")
app = Starlette(
    routes=[
        *portal.light.routes.ROUTES,
        *portal.metadata.routes.ROUTES,
        *files.ROUTES,
        *receipts.ROUTES,
        *rows.ROUTES,
        *openapi.ROUTES,
        *ckan.ROUTES,
        Mount(EXPLORE, Shell(ui)),
    ],
    exception_handlers={HTTPException: failed},
    lifespan=ui.lifespan(),
)
gc.collect()
gc.freeze()
