"""The portal as one ASGI app: light pages and machine endpoints, and under ``/app`` the Streamlit pages, over the same release.

``uvicorn portal.app:app`` serves it; each room says its own routes. Streamlit's own server is not used: its socket waits 44 ms for each answer.
"""

import gc
from pathlib import Path

import pandas  # noqa: F401  loaded once here, so that no visitor's first page waits for it
import polars  # noqa: F401
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

import portal.light.routes
import portal.metadata.routes
from portal.api import ckan, files, openapi, receipts, rows
from portal.shell import Shell

EXPLORE = "/app"
"""Where the Streamlit pages are."""

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
        Route("/", lambda _: RedirectResponse(EXPLORE + "/")),
        Mount(EXPLORE, Shell(ui)),
    ],
    lifespan=ui.lifespan(),
)
gc.collect()
gc.freeze()
