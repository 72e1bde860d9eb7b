"""OpenLineage events of a real run: received over HTTP and written to a file, whole by the
library's own model, and nothing personal in them.
"""

import importlib
import json
import logging
import pkgutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import attr
import pytest
from openlineage.client import generated

from pipelines.lineage.openlineage import sender as openlineage_sender
from pipelines.lineage.openlineage.sender import SETTING
from tests.released import KPI, OBSERVER, released

pytestmark = pytest.mark.xdist_group("lineage")
FACETS = {
    cls._get_schema(): cls
    for module in (
        importlib.import_module(f"{generated.__name__}.{module.name}")
        for module in pkgutil.iter_modules(generated.__path__)
    )
    for cls in vars(module).values()
    if isinstance(cls, type) and attr.has(cls) and hasattr(cls, "_get_schema")
}


def wrong(node: Any, path: str = "") -> Iterator[str]:
    """Yield what of an event the library's model does not know, or what it needs and the event
    lacks.
    """
    if isinstance(node, list):
        for place, element in enumerate(node):
            yield from wrong(element, f"{path}[{place}]")
    if not isinstance(node, dict):
        return
    schema = node.get("_schemaURL", node.get("schemaURL"))
    if schema:
        fields = {
            ("_" if field.name.startswith("_") else "") + field.name.lstrip("_"): field
            for field in attr.fields(FACETS[schema])
        }
        yield from (f"{path}.{name} is unknown" for name in node if name not in fields)
        yield from (
            f"{path}.{name} is missing"
            for name, field in fields.items()
            if field.default is attr.NOTHING and name not in node
        )
    for name, value in node.items():
        yield from wrong(value, f"{path}.{name}")


class Receiver(ThreadingHTTPServer):
    """Takes events, or does what it is told to do instead."""

    daemon_threads = True

    def __init__(self, status: int = 201, seconds: float = 0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.status, self.seconds = status, seconds


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        time.sleep(self.server.seconds)
        self.server.events.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Any]:
    running: list[Receiver] = []

    def start(**facts: Any) -> tuple[Receiver, str]:
        server = Receiver(**facts)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server, f"http://127.0.0.1:{server.server_port}"

    openlineage_sender._sender.cache_clear()
    yield start
    openlineage_sender._sender.cache_clear()
    for server in running:
        server.shutdown()
        server.server_close()


def by_job(events: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for event in events:
        found.setdefault(event["job"]["name"], {})[event["eventType"]] = event
    return found


def outputs(event: dict[str, Any]) -> dict[str, Any]:
    return {output["name"]: output for output in event["outputs"]}


def test_a_run_is_received_over_http(tmp_path: Path, serve: Any) -> None:
    server, address = serve()
    house = released(tmp_path, {SETTING: address})
    assert not house.report.errors and set(server.asked) == {"/api/v1/lineage"}
    assert [problem for event in server.events for problem in wrong(event)] == []
    jobs = by_job(server.events)
    assert {name: list(events) for name, events in jobs.items()} == {
        name: ["START", "COMPLETE"]
        for name in ("harvest.hujan.rain", "mart.rain_daily", "kpi.rainy_days")
    }
    for events in jobs.values():
        assert events["START"]["run"]["runId"] == events["COMPLETE"]["run"]["runId"] and UUID(
            events["START"]["run"]["runId"]
        )
        assert events["START"]["eventTime"] <= events["COMPLETE"]["eventTime"] and UUID(
            events["START"]["run"]["facets"]["parent"]["run"]["runId"]
        )
    harvest = jobs["harvest.hujan.rain"]["COMPLETE"]
    assert {
        name: output["outputFacets"]["outputStatistics"]["rowCount"]
        for name, output in outputs(harvest).items()
    } == {"raw.hujan.rain": 4, "clean.hujan.rain": 4, "public.hujan.rain": 4}
    rules = {
        assertion["name"]: assertion["success"]
        for assertion in harvest["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    }
    assert rules["volume"] and rules["dry_has_no_rain"] and len(rules) > 5
    public = outputs(harvest)["public.hujan.rain"]["facets"]
    assert (
        "observer" not in public["columnLineage"]["fields"]
        and public["ownership"]["owners"][0]["name"] == "team:Dinas Contoh"
    )
    mart = jobs["mart.rain_daily"]["COMPLETE"]
    made = outputs(mart)["mart.rain_daily"]["facets"]["columnLineage"]
    assert [
        (field["name"], field["field"]) for field in made["fields"]["observers"]["inputFields"]
    ] == [("clean.hujan.rain", "observer")]
    assert {field["field"] for field in made["dataset"]} >= {"kind"} and mart["job"]["facets"][
        "sql"
    ]["dialect"] == "duckdb"
    assert {table["name"] for table in jobs["kpi.rainy_days"]["COMPLETE"]["inputs"]} == {
        "mart.rain_daily"
    }
    assert OBSERVER not in json.dumps(server.events), "no value of a row is told"


def test_a_withheld_run_is_told_as_failed_with_its_rules(tmp_path: Path) -> None:
    target = tmp_path / "events" / "lineage.ndjson"
    house = released(tmp_path, {SETTING: str(target)}, least=100)
    events = [json.loads(line) for line in target.read_text().splitlines()]
    assert house.report.withheld and [problem for event in events for problem in wrong(event)] == []
    harvest = by_job(events)["harvest.hujan.rain"]["FAIL"]
    assert harvest["run"]["facets"]["errorMessage"]["message"] == "withheld: volume"
    assert {
        assertion["name"]: assertion["success"]
        for assertion in harvest["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    }["volume"] is False
    assert outputs(harvest)["clean.hujan.rain"]["outputFacets"]["outputStatistics"]["rowCount"] == 0
    assert OBSERVER not in target.read_text()


def test_a_model_that_fails_is_told_without_the_words_of_the_engine(tmp_path: Path) -> None:
    target = tmp_path / "lineage.ndjson"
    broken = KPI.replace(
        "'none' AS rule_version", "CAST('Rp ' || max(rain_mm) AS INTEGER) AS rule_version"
    )
    house = released(tmp_path, {SETTING: str(target)}, kpi=broken)
    failed = by_job([json.loads(line) for line in target.read_text().splitlines()])[
        "kpi.rainy_days"
    ]["FAIL"]
    (said,) = house.report.errors
    assert "rainy_days.sql: Conversion Error" in said
    assert failed["run"]["facets"]["errorMessage"]["message"] == "ContractError"
    assert "Rp 3" not in said + target.read_text()


@pytest.mark.parametrize("facts", [{"status": 500}, {"status": 307}, {"seconds": 30}, None])
def test_a_receiver_that_fails_costs_little_and_is_told(
    facts: dict[str, Any] | None, serve: Any, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    monkeypatch.setattr(openlineage_sender, "SECONDS", 0.5)
    server, address = serve(**facts) if facts else (None, "http://user:hidden@127.0.0.1:1")
    monkeypatch.setenv(SETTING, address)
    receiver = openlineage_sender.sender()
    assert receiver is not None
    start = time.monotonic()
    with caplog.at_level(logging.WARNING, "lumbung.openlineage"):
        for _ in range(50):
            receiver.send({"eventType": "START"})
    assert time.monotonic() - start < 3 and len(caplog.records) == 1
    assert (
        "did not take an event" in caplog.text
        and SETTING in caplog.text
        and "hidden" not in caplog.text
    )
    assert server is None or len(server.asked) == 1, "it is left alone for a while"


def test_a_file_that_cannot_be_written_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    receiver = openlineage_sender.sender()
    assert receiver is not None
    receiver.send({"eventType": "START"})
    assert "IsADirectoryError" in caplog.text


def test_nothing_is_sent_when_the_setting_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    assert openlineage_sender.sender() is None
