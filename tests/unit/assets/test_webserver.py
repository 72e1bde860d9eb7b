"""Dagster's UI as it is shipped: a page of somebody else's in the operator's browser can neither
read nor change anything.
"""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipelines.settings import PROJECT
from tests.serving import free_port, wait_for

PROXIED = "https://dagster.kota.example"
VERSION = json.dumps({"query": "{version}"}).encode()
pytestmark = pytest.mark.xdist_group("threats")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("dagster"), free_port()
    (folder / "city.py").write_text("import dagster as dg\n\n\n@dg.asset\ndef rain(): ...\n")
    command = [sys.executable, "-m", "assets.webserver", "-f", "city.py", "-p", str(port)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "DAGSTER_HOME": str(folder),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "LUMBUNG_DAGSTER_URL": PROXIED,
    }
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL) as ui:
        try:
            wait_for(f"http://127.0.0.1:{port}/server_info", ui)
            yield port
        finally:
            ui.terminate()


def asked(
    port: int, path: str = "/", body: bytes | None = None, **fields: str
) -> tuple[int, bytes]:
    """Return what came of a request with these fields, ``_`` in a name for ``-``."""
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


JSON = {"Content_Type": "application/json"}
OWN = ("127.0.0.1:{}", "localhost:{}", "[::1]:{}", "dagster.kota.example")


@pytest.mark.parametrize("host", OWN)
def test_the_ui_answers_to_its_own_names(host: str, port: int) -> None:
    host = host.format(port)
    scheme = "https" if host == OWN[-1] else "http"
    fields = {"Host": host, "Origin": f"{scheme}://{host}", "Sec_Fetch_Site": "same-origin"}
    assert asked(port, Host=host)[0] == 200
    status, answer = asked(port, "/graphql", VERSION, **fields, **JSON)
    assert status == 200 and json.loads(answer)["data"]["version"]


@pytest.mark.parametrize(
    "fields",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{}"},
        {"Host": "127.0.0.1"},
        {"Host": "localhost.evil.example:{}"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://dagster.kota.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/graphql"])
def test_a_foreign_page_changes_nothing(kind: str, fields: dict[str, str], port: int) -> None:
    told = {name: value.format(port) for name, value in fields.items()}
    status, answer = asked(port, "/graphql", VERSION, Content_Type=kind, **told)
    assert status == 403 and b"LUMBUNG_DAGSTER_URL" in answer


@pytest.mark.parametrize(
    "path", ["/graphql?query={version}", "/graphql", "/graphql?query=mutation"]
)
def test_no_address_changes_anything(path: str, port: int) -> None:
    assert asked(port, path)[0] == 403


def test_a_link_to_the_ui_may_be_followed(port: int) -> None:
    followed = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert asked(port, "/locations", **followed)[0] == 200


def test_a_foreign_page_hears_nothing_either(port: int) -> None:
    address, protocol = f"ws://127.0.0.1:{port}/graphql", ["graphql-ws"]
    with connect(address, origin=f"http://127.0.0.1:{port}", subprotocols=protocol) as heard:  # type: ignore[arg-type,list-item]
        heard.send(json.dumps({"type": "connection_init"}))
        assert json.loads(heard.recv(10))["type"] == "connection_ack"
    with pytest.raises(InvalidStatus):
        connect(address, origin="https://evil.example", subprotocols=protocol)  # type: ignore[arg-type,list-item]
