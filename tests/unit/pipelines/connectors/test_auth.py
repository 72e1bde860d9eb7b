"""Who we are to a web server: header, bearer and OAuth 2 client credentials against a real
server on loopback, and no secret in any message.
"""

import base64
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest

from demo.city import City
from demo.server import serve
from demo.systems import superapp
from pipelines.connectors.contracts import read_contract
from pipelines.connectors.http.facts import is_clear
from pipelines.connectors.rest import fetch as rest
from pipelines.contract.model import Dataset, Source
from pipelines.contract.server import reachable
from pipelines.errors import ContractError, SourceError
from pipelines.lake.partitions import window_of
from pipelines.settings import contracts_path
from tests.sample import sample_dataset, window, write_sample

DAY = window(date(2026, 1, 1))
ID, SECRET = "kanari-id", "kanari-secret"
Answer = tuple[int, dict[str, str], bytes]


class Owner:
    """A server with a token endpoint: ``token`` answers it, ``rows`` the records; what came is
    kept.
    """

    def __init__(self) -> None:
        self.token: Callable[[dict[str, str]], Answer] = lambda form: given(f"token-{self.tokens}")
        self.rows: Callable[[str], Answer] = lambda shown: (200, {}, b'[{"id": 1}]')
        self.tokens, self.shown, self.forms, self.basic = 0, [], [], ""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(body)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                owner.tokens += 1
                owner.basic = self.headers.get("Authorization", "")
                form = {
                    name: value[0]
                    for name, value in parse_qs(
                        self.rfile.read(int(self.headers["Content-Length"])).decode()
                    ).items()
                }
                owner.forms.append(form)
                self.answer(*owner.token(form))

            def do_GET(self) -> None:
                owner.shown.append(
                    self.headers.get("Authorization", "") + self.headers.get("X-Api-Key", "")
                )
                self.answer(*owner.rows(owner.shown[-1]))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


def given(token: object, **more: object) -> Answer:
    return (
        200,
        {},
        json.dumps(
            {"access_token": token, "token_type": "Bearer", "expires_in": 3600, **more}
        ).encode(),
    )


@pytest.fixture
def owner() -> Iterator[Owner]:
    made = Owner()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def environment(monkeypatch) -> None:
    for name, value in {"HUJAN_ID": ID, "HUJAN_SECRET": SECRET, "HUJAN_KEY": "kanari-key"}.items():
        monkeypatch.setenv(name, value)


def signed_dataset(
    tmp: Path, owner: Owner, auth: dict | None = None, secrets: dict | None = None, **server: object
) -> Dataset:
    auth = (
        {"style": "oauth2", "token_url": f"{owner.url}/token", "scope": "rain.read"}
        if auth is None
        else auth
    )
    secrets = (
        {"client_id": "HUJAN_ID", "client_secret": "HUJAN_SECRET"} if secrets is None else secrets
    )
    facts = {
        "location": owner.url,
        "auth": auth,
        "secrets": secrets,
        "limits": {"attempts": 2, "timeout_seconds": 2},
        **server,
    }
    return replace(sample_dataset(tmp), source=Source("rest", facts, {"path": "/rows"}))


def test_a_header_carries_the_secret(tmp_path: Path, owner: Owner) -> None:
    (part,) = rest.fetch(
        signed_dataset(
            tmp_path, owner, {"style": "header", "header": "X-Api-Key"}, {"header": "HUJAN_KEY"}
        ),
        DAY,
    )
    assert owner.shown == ["kanari-key"] and "kanari" not in part.address


def test_a_client_is_given_a_token_and_shows_it(tmp_path: Path, owner: Owner) -> None:
    (part,) = rest.fetch(signed_dataset(tmp_path, owner), DAY)
    assert owner.shown == ["Bearer token-1"] and owner.tokens == 1 and "token" not in part.address
    assert owner.basic == "Basic " + base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
    assert owner.forms == [{"grant_type": "client_credentials", "scope": "rain.read"}]


def test_a_client_may_show_its_secret_in_the_form(tmp_path: Path, owner: Owner) -> None:
    auth = {"style": "oauth2", "token_url": f"{owner.url}/token", "method": "client_secret_post"}
    list(rest.fetch(signed_dataset(tmp_path, owner, auth), DAY))
    assert (
        owner.forms
        == [{"grant_type": "client_credentials", "client_id": ID, "client_secret": SECRET}]
        and owner.basic == ""
    )


def test_a_token_that_is_refused_is_renewed_once(tmp_path: Path, owner: Owner) -> None:
    owner.rows = lambda shown: (
        (401, {}, b"{}") if shown == "Bearer token-1" else (200, {}, b'[{"id": 1}]')
    )
    assert len(list(rest.fetch(signed_dataset(tmp_path, owner), DAY))) == 1
    assert owner.shown == ["Bearer token-1", "Bearer token-2"]
    owner.rows = lambda shown: (401, {}, b"{}")
    with pytest.raises(SourceError, match="answered 401"):
        list(rest.fetch(signed_dataset(tmp_path, owner), DAY))
    assert owner.tokens == 4


def test_a_token_that_has_run_out_is_not_shown(tmp_path: Path, owner: Owner) -> None:
    owner.token = lambda form: given(f"token-{owner.tokens}", expires_in=1)
    pages = {"Bearer token-1": b'[{"id": 1}]', "Bearer token-2": b"[]"}
    owner.rows = lambda shown: (200, {}, pages[shown])
    dataset = signed_dataset(tmp_path, owner)
    paged = replace(
        dataset,
        source=Source(
            "rest",
            dataset.source.server,
            {"path": "/rows", "paging": {"style": "page", "parameter": "page", "size": 1}},
        ),
    )
    list(rest.fetch(paged, DAY))
    assert owner.shown == ["Bearer token-1", "Bearer token-2"]


def test_an_endpoint_that_is_busy_is_asked_again(tmp_path: Path, owner: Owner) -> None:
    owner.token = lambda form: (503, {}, b"{}") if owner.tokens == 1 else given("token")
    assert len(list(rest.fetch(signed_dataset(tmp_path, owner), DAY))) == 1


REFUSALS: dict[str, tuple[Answer, str]] = {
    "wrong secret": (
        (
            401,
            {},
            json.dumps({"error": "invalid_client", "error_description": f"not {SECRET}"}).encode(),
        ),
        "refuses a token: invalid_client",
    ),
    "an error that repeats the secret": (
        (400, {}, json.dumps({"error": f"no {SECRET}"}).encode()),
        "refuses a token: an error",
    ),
    "a page": ((200, {"Content-Type": "text/html"}, b"<html>kanari</html>"), "answered no token"),
    "a page that is not there": (
        (404, {"Content-Type": "text/html"}, b"<html>kanari</html>"),
        "answered 404 instead of a token",
    ),
    "elsewhere": (
        (302, {"Location": "http://10.0.0.1/kanari"}, b""),
        "answered 302 instead of a token",
    ),
    "no token": ((200, {}, b'{"token_type": "Bearer"}'), "holds no bearer token"),
    "a token that breaks the header": (given("a\r\nX: y"), "holds no bearer token"),
    "another kind of token": (given("a", token_type="mac"), "holds no bearer token"),
    "always busy": ((503, {}, b"{}"), r"no token after 2 tries \(answered 503\)"),
    "without end": ((200, {}, b" " * (2 << 20)), "answered no token"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_no_token_says_why_and_shows_no_secret(case: str, tmp_path: Path, owner: Owner) -> None:
    answer, says = REFUSALS[case]
    owner.token = lambda form: answer
    with pytest.raises(SourceError, match=f"hujan.rain: {owner.url}/token: .*{says}") as caught:
        list(rest.fetch(signed_dataset(tmp_path, owner), DAY))
    seen: BaseException | None = caught.value
    while seen is not None:
        assert "kanari" not in str(seen)
        seen = seen.__cause__
    assert owner.shown == []


@pytest.mark.parametrize(
    ("auth", "secrets", "says"),
    [
        (
            {"style": "oauth2", "token_url": "http://elsewhere.example/token"},
            None,
            "neither https nor on the host of the records",
        ),
        (
            {"style": "oauth2", "token_url": "ftp://127.0.0.1/token"},
            None,
            "neither https nor on the host of the records",
        ),
        (
            {"style": "oauth2", "token_url": ""},
            None,
            "neither https nor on the host of the records",
        ),
        (None, {"client_id": "HUJAN_ID"}, "names no environment variable for its client secret"),
        (
            None,
            {"client_id": "HUJAN_ID", "client_secret": "HUJAN_NONE"},
            r"HUJAN_NONE \(its client secret\) is not set",
        ),
        ({"style": "header", "header": "X Key"}, {"header": "HUJAN_KEY"}, "is no header name"),
        (
            {"style": "header", "header": "X-Key"},
            {"token": "HUJAN_KEY"},
            "secret 'token' is not used by auth style header",
        ),
        ({"style": "digest"}, {}, "auth style 'digest'; allowed: bearer, header, oauth2"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(
    auth, secrets, says: str, tmp_path: Path, owner: Owner
) -> None:
    with pytest.raises(SourceError, match=says):
        list(rest.fetch(signed_dataset(tmp_path, owner, auth, secrets), DAY))
    assert owner.shown == [] and owner.tokens == 0


def test_a_secret_that_no_header_may_hold_is_not_shown(
    tmp_path: Path, owner: Owner, monkeypatch
) -> None:
    monkeypatch.setenv("HUJAN_KEY", "kanari\n")
    with pytest.raises(SourceError, match=r"HUJAN_KEY .* begins or ends blank") as caught:
        list(
            rest.fetch(
                signed_dataset(
                    tmp_path,
                    owner,
                    {"style": "header", "header": "X-Api-Key"},
                    {"header": "HUJAN_KEY"},
                ),
                DAY,
            )
        )
    assert "kanari" not in str(caught.value)


OAUTH = {"style": "oauth2", "token_url": "https://records.example/token"}
CLEAR = [
    {"auth": {"style": "header", "header": "X-Api-Key"}, "secrets": {"header": "HUJAN_KEY"}},
    {"auth": OAUTH, "secrets": {"client_id": "HUJAN_ID", "client_secret": "HUJAN_SECRET"}},
    {"secrets": {"token": "HUJAN_KEY"}},
    {"headers": {"X-Api-Key": "kanari"}},
]


@pytest.mark.parametrize("server", CLEAR)
def test_no_secret_is_sent_in_clear_to_another_machine(
    server: dict, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("a connection was made"))
    dataset = replace(
        sample_dataset(tmp_path),
        source=Source("rest", {"location": "http://records.example", **server}, {"path": "/rows"}),
    )
    with pytest.raises(
        SourceError,
        match=(
            r"its server .*records\.example.* is plain http on another machine.* give the https"
            r" address"
        ),
    ) as caught:
        list(rest.fetch(dataset, DAY))
    assert "kanari" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "clear"),
    [
        ("http://127.0.0.1:8600/x", False),
        ("http://[::1]:80/", False),
        ("http://localhost", False),
        ("https://records.example", False),
        ("http://[bad", False),
        ("http://10.0.0.1", True),
        ("http://localhost.example", True),
        ("HTTP://127.0.0.1.example/", True),
    ],
)
def test_what_can_be_read_on_the_way(location: str, clear: bool) -> None:
    assert is_clear(location) is clear


@pytest.mark.parametrize(
    "location",
    [
        "https://kanari:kanari@records.example",
        "https://kanari@records.example",
        "https://:kanari@records.example",
        "http://kanari:kanari@127.0.0.1:1",
    ],
)
def test_an_address_that_holds_a_user_is_neither_asked_nor_told(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("a connection was made"))
    dataset = replace(
        sample_dataset(tmp_path), source=Source("rest", {"location": location}, {"path": "/rows"})
    )
    with pytest.raises(SourceError, match="its server's address holds a user") as caught:
        list(rest.fetch(dataset, DAY))
    assert "kanari" not in str(caught.value)


@pytest.mark.parametrize("user", ["kanari", "${HUJAN_USER}:${HUJAN_PASSWORD}", "${HUJAN_USER}:a"])
def test_a_contract_whose_address_holds_a_user_is_told(user: str, tmp_path: Path) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path)
    text = path.read_text().replace("connector, value: file}", "connector, value: rest}")
    text = text.replace("type: local", f"type: api\n    location: 'https://{user}@records.example'")
    path.write_text(text.replace('{files: "rain_{date}.csv"}', "{path: /rows}"))
    with pytest.raises(ContractError, match="location holds a user or a password"):
        read_contract(path)


CHECKED = {
    "{style: oauth3}": "auth: style 'oauth3'; did you mean 'oauth2'",
    "{style: oauth2, token_url: 'http://other.example/t'}": (
        "auth: token_url http://other.example/t is neither https"
    ),
    "{style: oauth2, scopes: a}": "auth: style oauth2 does not read 'scopes'; did you mean 'scope'",
    "{style: oauth2}": "auth: style oauth2 needs 'token_url'",
    "{style: oauth2, token_url: 'https://a.example', method: basic}": "auth: method 'basic'",
    "{style: header}": "auth: style header needs 'header'",
    "{style: bearer}": "auth: style bearer needs the secret 'token'",
}


@pytest.mark.parametrize("auth", CHECKED)
def test_a_contract_says_what_is_wrong_with_its_auth(auth: str, tmp_path: Path) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path)
    text = path.read_text().replace(
        "connector, value: file}",
        f"connector, value: rest}}\n      - {{property: auth, value: {auth}}}",
    )
    path.write_text(
        text.replace("type: local", "type: api\n    location: https://records.example").replace(
            '{files: "rain_{date}.csv"}', "{path: /rows}"
        )
    )
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    assert CHECKED[auth] in str(caught.value)


@pytest.mark.parametrize(
    ("location", "clear"),
    [
        ("http://records.example", True),
        ("'http://[bad'", False),
        ("http://127.0.0.1:1", False),
        ("'${HUJAN_URL}'", False),
    ],
)
def test_a_contract_that_would_send_a_secret_in_clear_is_told(
    location: str, clear: bool, tmp_path: Path
) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path)
    text = path.read_text().replace(
        "connector, value: file}",
        "connector, value: rest}\n      - {property: secrets, value: {token: HUJAN_KEY}}",
    )
    path.write_text(
        text.replace("type: local", f"type: api\n    location: {location}").replace(
            '{files: "rain_{date}.csv"}', "{path: /rows}"
        )
    )
    with (
        pytest.raises(ContractError, match=f"location {location} is plain http")
        if clear
        else contextlib.nullcontext()
    ):
        read_contract(path)


def test_auth_of_a_folder_is_refused(tmp_path: Path) -> None:
    path = write_sample(tmp_path / "contracts", tmp_path)
    path.write_text(
        path.read_text().replace(
            "connector, value: file}",
            "connector, value: file}\n      - {property: auth, value: {style: bearer}}",
        )
    )
    with pytest.raises(ContractError, match="auth: connector file does not read it"):
        read_contract(path)


def test_the_citys_app_is_read_behind_its_own_token_endpoint(tmp_path: Path, monkeypatch) -> None:
    city = City(today=date(2026, 6, 16), days=4)
    monkeypatch.setattr("demo.everything.MODULES", (superapp,))
    (dataset,) = read_contract(contracts_path() / "sikoja.odcs.yaml").datasets
    keys = tuple(day.isoformat() for day in city.window)
    for name, value in superapp.environment(city).items():
        monkeypatch.setenv(name, value)
    with serve(city, tmp_path, port=0) as address:
        monkeypatch.setenv("LUMBUNG_CITY", address)
        parts = list(rest.fetch(reachable(dataset), window_of(dataset, keys)))
        assert (
            len(parts) == 2
            and sum(len(json.loads(part.body)["data"]) for part in parts) == 4 * 24 + 2
        )
        monkeypatch.setenv("SIKOJA_CLIENT_SECRET", "kanari")
        with pytest.raises(SourceError, match="refuses a token: invalid_client"):
            list(rest.fetch(reachable(dataset), window_of(dataset, keys)))
