"""The CKAN Action API, the part of it that harvesters and clients use, so that the ecosystem works unchanged."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
