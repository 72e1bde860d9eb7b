"""An app without any of the portal's guards, as a measure and as a control: what the guards
refuse does come through here.
"""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route


async def healthy(_: Request) -> Response:
    return PlainTextResponse("ok")


async def away(request: Request) -> Response:
    return RedirectResponse(request.url.replace(path="/elsewhere"))


async def taken(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


app = Starlette(
    routes=[
        Route("/healthz", healthy),
        Route("/away", away),
        Route("/file", lambda _: FileResponse(Path(__file__))),
        Route("/taken", taken, methods=["POST"]),
    ]
)
