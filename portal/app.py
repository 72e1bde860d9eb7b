"""The portal as one ASGI app: the Streamlit pages, the downloads and the receipts. ``uvicorn portal.app:app`` serves it."""

import gc
from pathlib import Path

import pandas  # noqa: F401  loaded once here, so that no visitor's first page waits for it
import polars  # noqa: F401
import streamlit as st
from starlette.routing import Route

from portal.downloads import download
from portal.receipts import receipt

app = st.App(Path(__file__).parent / "ui" / "main.py", routes=[Route("/download/{name}", download), Route("/receipts/{name}.json", receipt)])
gc.collect()
gc.freeze()
