"""Every route of the portal, by every method, whatever it answers: the security headers of its
kind, and nobody else names one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from pipelines.settings import PROJECT
from portal.app import EXPLORE, app
from portal.http.security import (
    DATA,
    EVERYWHERE,
    HTTPS_ONLY,
    OPEN,
    OUTSIDE_STREAMLIT,
    PAGE,
    PREFLIGHT,
    security_headers,
)

BROWSER = {"accept": "text/html"}
SAMPLES = {"name": "hujan.rain", "file": "hujan.rain.csv", "release": "20260101T000000Z-0123abcd"}
ELSEWHERE = {"/openapi.json", "/counts.json", "/conformance.json"}
"""Documents for programs that stand outside the API."""


def paths(routes: list[BaseRoute], before: str = "") -> Iterator[str]:
    """Every address there is, with a sample for each parameter."""
    for route in routes:
        if isinstance(route, Mount) and route.path != EXPLORE:
            yield from paths(list(route.routes), before + route.path)
        elif isinstance(route, Route):
            yield before + re.sub(
                r"{(\w+)(:\w+)?}", lambda match: SAMPLES.get(match[1], "nothing"), route.path
            )


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("LUMBUNG_COUNTS", str(tmp_path / "counts.sqlite"))
    return TestClient(
        app, "http://127.0.0.1:8501", raise_server_exceptions=False, follow_redirects=False
    )


def kind(path: str, answer: Response) -> dict[str, str]:
    """The headers that the kind of an answer has."""
    if path == EXPLORE:
        return EVERYWHERE
    page = answer.headers.get("content-type", "").startswith("text/html")
    return EVERYWHERE | OUTSIDE_STREAMLIT | (PAGE if page else DATA)


def test_every_route_by_every_method_answers_with_the_headers_of_its_kind(
    client: TestClient,
) -> None:
    asked, kinds = [*paths(app.routes), "/nothing", "/", "//"], set()
    assert len(asked) > 60
    for path in asked:
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "BREW"):
            for headers in ({}, BROWSER):
                answer = client.request(method, path, headers=headers)
                expected = kind(path, answer)
                shown = {name: answer.headers.get(name) for name in expected}
                assert shown == expected, (method, path, answer.status_code)
                assert "strict-transport-security" not in answer.headers
                kinds.add((answer.status_code, expected == EVERYWHERE | OUTSIDE_STREAMLIT | PAGE))
    assert {(200, False), (404, False), (404, True), (503, True), (405, False)} <= kinds


@pytest.mark.parametrize("path", ["/fails", f"{EXPLORE}/fails"])
@pytest.mark.parametrize("public", ["", "https://data.example.org"])
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_an_error_of_ours_answers_with_the_headers_of_its_kind_and_is_recorded(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    accept: str,
    public: str,
    path: str,
) -> None:
    def failing(request: Request) -> Response:
        raise RuntimeError("what nobody outside may read")

    monkeypatch.setenv("LUMBUNG_URL", public)
    monkeypatch.setattr(app.router, "routes", [Route(path, failing), *app.router.routes])
    with caplog.at_level("WARNING", "portal.answers"):
        answer = client.get(path, headers={"accept": accept})
    expected = EVERYWHERE | (HTTPS_ONLY if public else {})
    if path == "/fails":
        expected |= OUTSIDE_STREAMLIT | (PAGE if accept == "text/html" else DATA)
    assert answer.status_code == 500 and "what nobody outside" not in answer.text
    assert answer.headers["content-type"].startswith(
        "text/html" if accept == "text/html" else "application/problem+json"
    )
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert ("strict-transport-security" in answer.headers) == bool(public)
    (record,) = caplog.records
    assert (record.told["path"], record.told["status"]) == (path, 500)


def test_documents_for_programs_are_open_to_other_sites_pages(client: TestClient) -> None:
    for path in (*ELSEWHERE, "/api/v1/tables", "/api/3/action/package_list", "/data.json"):
        answer, before = client.get(path), client.options(path)
        assert {name: answer.headers[name] for name in OPEN} == OPEN, path
        assert before.status_code == 204 and {*PREFLIGHT} <= {
            name.title() for name in before.headers
        }, path
    assert "access-control-allow-origin" not in client.get("/", headers=BROWSER).headers


def test_the_policy_of_a_kind() -> None:
    facts = {"streamlit": False, "https": False}
    assert security_headers("text/html; charset=utf-8", 200, **facts) == (
        EVERYWHERE | OUTSIDE_STREAMLIT | PAGE
    )
    assert "'unsafe" not in str(PAGE) and "script-src" not in str(PAGE)
    assert security_headers("text/csv", 206, **facts) == EVERYWHERE | OUTSIDE_STREAMLIT | DATA
    assert security_headers("", 304, **facts) == EVERYWHERE | OUTSIDE_STREAMLIT, (
        "what is kept keeps the policy it came with"
    )
    assert security_headers("text/html", 200, streamlit=True, https=True) == EVERYWHERE | HTTPS_ONLY


def test_no_other_module_names_these_headers() -> None:
    names = {*EVERYWHERE, *OUTSIDE_STREAMLIT, *PAGE, *HTTPS_ONLY, *OPEN, *PREFLIGHT}
    # CKAN's actions take POST, which its own answer to a preflight says
    names.remove("Access-Control-Allow-Methods")
    for path in (PROJECT / "portal").rglob("*.py"):
        if path.name != "security.py":
            assert not {name for name in names if name in path.read_text("utf-8")}, path
