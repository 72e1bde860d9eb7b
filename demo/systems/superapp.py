"""The synthetic use of the city's super-app: one row a day, module and kind of user, behind OAuth 2
client credentials.

Only counts leave it; who the users are never does. Its token endpoint (RFC 6749, 4.4) and its pages
by cursor are here, what a client must show is made from the city's seed.
"""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import City
from demo.door import Own
from demo.doors.interfaces import moment, rows_between
from demo.table import Days, Row, Table, to

MODULES = (
    "beranda",
    "pengaduan",
    "perizinan",
    "pajak",
    "darurat",
    "cctv",
    "berita",
    "wisata",
    "pasar",
    "kesehatan",
    "antrean",
    "agenda",
)
KINDS = (("masyarakat", 420), ("ASN", 160))
"""Kind of user -> how many use the most used module a day."""
PATH, TOKENS = "/sikoja/api/usage", "/sikoja/oauth/token"
SIZE, SECONDS = 50, 300
"""Rows a page, and how long a token holds."""


def _rows(city: City) -> Days:
    return {
        day: [_row(city, day, module, kind) for module in MODULES for kind, _ in KINDS]
        for day in city.window
    }


def _row(city: City, day: date, module: str, kind: str) -> Row:
    dice = city.dice("superapp", day, module, kind)
    active = round(
        dict(KINDS)[kind]
        * dice.uniform(0.7, 1.2)
        / (1 + MODULES.index(module))
        * (0.6 if day.weekday() >= 5 and kind == "ASN" else 1)
    )
    logins = active + round(active * dice.uniform(0.1, 1.4))
    downloads = dice.randrange(3, 30) if module == MODULES[0] and kind == KINDS[0][0] else None
    return {
        "tanggal": day.isoformat(),
        "modul": module,
        "jenis_pengguna": kind,
        "unduhan": downloads,
        "pengguna_aktif": active,
        "masuk": logins,
        "dihitung": f"{day + timedelta(days=1)}T00:30:00+07:00",
    }


USAGE = Table(
    "sikoja",
    "usage",
    ("tanggal", "modul", "jenis_pengguna"),
    _rows,
    {
        "logins_not_below_users": lambda row: (
            {"masuk": row["pengguna_aktif"] - 1} if row["pengguna_aktif"] > 1 else None
        ),
        "user_kind.one_of": to(jenis_pengguna="tamu"),
        "active_users.minimum": to(pengguna_aktif=-4),
        "module.pattern": to(modul="Modul Baru!"),
        "downloads.minimum": lambda row: {"unduhan": -12} if row["unduhan"] is not None else None,
        "counted_at.type": to(dihitung="kemarin"),
    },
    Own(),
)
TABLES = (USAGE,)


def client_of(city: City) -> tuple[str, str]:
    """Return the client's id and secret; the secret holds for this city only."""
    return "lumbung", hashlib.sha256(f"superapp {city.seed}".encode()).hexdigest()[:32]


def environment(city: City) -> dict[str, str]:
    """Return the variables that the contract names for the client's id and secret."""
    return dict(zip(("SIKOJA_CLIENT_ID", "SIKOJA_CLIENT_SECRET"), client_of(city), strict=True))


def routes(city: City) -> list[Route]:
    """Return the token endpoint and the usage behind it."""
    issued: list[str] = []
    return [
        Route(TOKENS, _tokens(city, issued), methods=["POST"]),
        Route(PATH, _usage(city, issued)),
    ]


def _tokens(city: City, issued: list[str]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        basic = base64.b64encode(":".join(client_of(city)).encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, 401)
        if form.get("grant_type") != "client_credentials" or form.get("scope") != "usage.read":
            return JSONResponse(
                {
                    "error": (
                        "invalid_scope"
                        if form.get("grant_type") == "client_credentials"
                        else "unsupported_grant_type"
                    )
                },
                400,
            )
        issued.append(hashlib.sha256(f"{city.seed} {len(issued)}".encode()).hexdigest())
        return JSONResponse(
            {
                "access_token": issued[-1],
                "token_type": "Bearer",
                "expires_in": SECONDS,
                "scope": "usage.read",
            }
        )

    return answer


def _usage(city: City, issued: list[str]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in issued:
            return JSONResponse(
                {"error": "invalid_token"},
                401,
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )
        query = request.query_params
        start, end = (moment(query[name]) if name in query else None for name in ("dari", "sampai"))
        rows, skip = rows_between(city, USAGE, start, end), int(query.get("kursor", 0))
        body: dict[str, Any] = {"data": rows[skip : skip + SIZE], "jumlah": len(rows)}
        return JSONResponse(
            {**body, "berikutnya": str(skip + SIZE) if skip + SIZE < len(rows) else None}
        )

    return answer
