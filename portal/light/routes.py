"""The addresses of the light pages, feeds, sitemap and robots; what each shows is a module of its own."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
