"""The addresses of catalogues and of each table's descriptions; what each vocabulary says is a module of its own."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
