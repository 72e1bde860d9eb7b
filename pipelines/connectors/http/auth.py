"""Who we are to a web server: a bearer token, a header, or OAuth 2 client credentials (RFC 6749,
4.4) through authlib. What a contract says of it stands in ``http.facts``.

A token that has run out, or that the source answers 401, is renewed once. Secrets come from the
environment and stand in no message: what a token endpoint says is not repeated but for its error
code. The endpoint is on https or on the records' own host, else the client's secret would go to a
third party in clear; for the same reason no secret, nor a header that looks like one, is sent over
plain http to another machine.
"""

import os
import re
import time
from collections.abc import Generator
from typing import Any

import httpx
import stamina
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from pipelines.connectors.http.facts import (
    AUTH,
    CLEAR,
    HEADER,
    METHODS,
    UNSAFE,
    USER,
    is_clear,
    names_a_user,
    safe_token_url,
    style_of,
)
from pipelines.connectors.http.trust import trusted
from pipelines.contract.model import Dataset
from pipelines.contract.server import SECRET
from pipelines.errors import SourceError, nearest

ANSWER_BYTES, LEEWAY_SECONDS = 1 << 20, 5


def auth_of(dataset: Dataset, attempts: int, seconds: float) -> httpx.Auth | None:
    """Return what signs the requests to ``dataset``'s server, None when it is open to all;
    SourceError names what is missing.
    """
    server = dataset.source.server
    style, facts, location = (
        style_of(server),
        server.get("auth") or {},
        str(server.get("location", "")),
    )
    if names_a_user(location):
        raise SourceError(f"{dataset.id}: its server's address {USER}")
    secret = style is not None or any(
        re.search(SECRET, str(name)) for name in server.get("headers") or {}
    )
    if secret and is_clear(location):
        raise SourceError(f"{dataset.id}: its server {location} {CLEAR}")
    if style is None:
        return None
    if style not in AUTH:
        raise SourceError(f"{dataset.id}: auth style '{style}'; {nearest(style, AUTH)}")
    required = AUTH[style].secrets
    for name in server.get("secrets") or {}:
        if name not in required:
            raise SourceError(
                f"{dataset.id}: secret '{name}' is not used by auth style {style};"
                f" {nearest(str(name), required)}"
            )
    values = [_secret(dataset, name) for name in required]
    if style == "bearer":
        return _Header("Authorization", f"Bearer {values[0]}")
    if style == "header":
        if not re.fullmatch(HEADER, str(facts.get("header", ""))):
            raise SourceError(
                f"{dataset.id}: auth.header {facts.get('header')!r} is no header name; write it as"
                " the owner does, such as X-Api-Key"
            )
        return _Header(str(facts["header"]), values[0])
    return _Tokens(dataset, values[0], values[1], attempts, seconds)


def _secret(dataset: Dataset, name: str) -> str:
    variable = str((dataset.source.server.get("secrets") or {}).get(name, ""))
    what = {"token": "its access token"}.get(name, f"its {name.replace('_', ' ')}")
    if not variable:
        raise SourceError(
            f"{dataset.id}: the contract names no environment variable for {what}; add secrets:"
            f" {{{name}: VARIABLE}} to its server"
        )
    value = os.environ.get(variable)
    if not value:
        raise SourceError(
            f"{dataset.id}: the environment variable {variable} ({what}) is not set; set it and run"
            " again"
        )
    if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", value):
        raise SourceError(
            f"{dataset.id}: the environment variable {variable} ({what}) begins or ends blank, or"
            " holds what no header may; set it again"
        )
    return value


class _Header(httpx.Auth):
    """Puts one header on every request."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self._name] = self._value
        yield request


class _TryAgain(Exception):
    """An answer of the token endpoint that another try may put right."""


class _Tokens(httpx.Auth):
    """Signs every request with a token of the client's own, asked for when there is none or when
    it has run out.
    """

    def __init__(
        self, dataset: Dataset, client_id: str, client_secret: str, attempts: int, seconds: float
    ) -> None:
        facts = dataset.source.server["auth"]
        self._url, self._scope, self._post = (
            str(facts.get("token_url", "")),
            facts.get("scope"),
            facts.get("method") == METHODS[1],
        )
        if names_a_user(self._url):
            raise SourceError(f"{dataset.id}: auth.token_url {USER}")
        self._where = f"{dataset.id}: {self._url}"
        if not safe_token_url(str(dataset.source.server["location"]), self._url):
            raise SourceError(f"{self._where}: auth.token_url {UNSAFE}")
        self._id, self._secret, self._attempts, self._seconds = (
            client_id,
            client_secret,
            attempts,
            seconds,
        )
        self._token: Any = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._token is None or self._token.is_expired(LEEWAY_SECONDS):
            self._token = self._renewed()
        request.headers["Authorization"] = f"Bearer {self._token['access_token']}"
        response = yield request
        if response.status_code == 401:
            self._token = self._renewed()
            request.headers["Authorization"] = f"Bearer {self._token['access_token']}"
            yield request

    def _renewed(self) -> Any:
        reason = ""
        try:
            for attempt in stamina.retry_context(
                on=_TryAgain,
                attempts=self._attempts,
                timeout=120,
                wait_initial=0.2,
                wait_max=10,
                wait_jitter=0.2,
            ):
                with attempt:
                    return self._requested_token()
        except _TryAgain as error:
            reason = str(error)
        raise SourceError(
            f"{self._where}: no token after {self._attempts} tries ({reason}); run again later, or"
            " ask the owner whether it is up"
        )

    def _requested_token(self) -> Any:
        shown: dict[str, Any] = (
            {"client_id": self._id, "client_secret": self._secret} if self._post else {}
        )
        signed = (
            (lambda request: request) if self._post else httpx.BasicAuth(self._id, self._secret)
        )
        with httpx.Client(
            timeout=self._seconds, follow_redirects=False, trust_env=False, verify=trusted()
        ) as client:
            try:
                oauth = OAuth2Client(
                    session=_Session(client, 10 * self._seconds), scope=self._scope
                )
                token = oauth.fetch_token(
                    self._url, grant_type="client_credentials", auth=signed, **shown
                )
            except OAuth2Error as error:
                code = (
                    str(error.error)
                    if re.fullmatch(r"[a-z_]{1,40}", str(error.error))
                    else "an error"
                )
                raise SourceError(
                    f"{self._where}: refuses a token: {code}; check the client's id and secret in"
                    " the environment, and auth.scope"
                ) from None
            except httpx.HTTPStatusError as error:
                status = error.response.status_code
                if status == 429 or status >= 500:
                    raise _TryAgain(f"answered {status}") from None
                raise SourceError(
                    f"{self._where}: answered {status} instead of a token; check auth.token_url"
                    " with the owner"
                ) from None
            except httpx.HTTPError as error:
                raise _TryAgain(type(error).__name__) from None
            except ValueError:
                raise SourceError(
                    f"{self._where}: answered no token but something else; check auth.token_url"
                    " with the owner"
                ) from None
        access_token = token.get("access_token")
        if (
            not isinstance(access_token, str)
            or not re.fullmatch(r"[\x21-\x7e]+", access_token)
            or str(token.get("token_type", "bearer")).lower() != "bearer"
        ):
            raise SourceError(
                f"{self._where}: its answer holds no bearer token; only access_token with"
                " token_type Bearer is used: ask the owner"
            )
        return token


class _Session:
    """What authlib posts with: an answer of bounded size, whole within bounded time."""

    def __init__(self, client: httpx.Client, seconds: float) -> None:
        self._client, self._seconds = client, seconds

    def post(self, url: str, **facts: Any) -> httpx.Response:
        begun, body = time.monotonic(), b""
        with self._client.stream("POST", url, **facts) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES or time.monotonic() - begun > self._seconds:
                    raise ValueError("too long")
        return httpx.Response(response.status_code, content=body, request=response.request)
