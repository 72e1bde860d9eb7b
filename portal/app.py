"""The portal as one ASGI app: the Streamlit pages and the download addresses. ``uvicorn portal.app:app`` serves it."""

import gc
from pathlib import Path

import pandas  # noqa: F401  loaded once here, so that no visitor's first page waits for it
import polars  # noqa: F401
import streamlit as st
from starlette.routing import Route

from portal.downloads import download

app = st.App(Path(__file__).with_name("ui.py"), routes=[Route("/download/{name}", download)])
gc.collect()
gc.freeze()
