"""Rows and aggregates of an open table over HTTP: parameters in, JSON, CSV, Parquet or Arrow out. Queries are made in ``pipelines``."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
