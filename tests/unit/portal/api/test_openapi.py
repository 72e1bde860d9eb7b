"""The OpenAPI document is valid and the portal does what it says: schemathesis on every
operation, and on broken ones to see that it looks.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pipelines.files.export import FORMS
from portal.api import openapi, parameters
from portal.app import EXPLORE, app
from portal.data.entries import entries
from portal.data.release import current
from tests.released import SmallHouse

EXCLUDED = [checks.positive_data_acceptance, checks.unsupported_method]
"""A column that fits the pattern and is not there gives 400, which the document says; HEAD and
OPTIONS are answered without being listed.
"""
EXAMPLES = 100
served = Starlette(routes=[route for route in app.routes if getattr(route, "path", "") != EXPLORE])
"""The portal without its Streamlit pages: schemathesis starts an app anew for every question,
and Streamlit's server starts once a process.
"""


@pytest.fixture(scope="module")
def document(house: SmallHouse) -> Iterator[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUMBUNG_LAKE", str(house.lake.root))
        patch.setenv("LUMBUNG_URL", "http://testserver")
        patch.setenv("LUMBUNG_RATE", "0")
        yield TestClient(served).get("/openapi.json").json()


def tried(document: dict[str, Any], app: Any, operation: str, examples: int = EXAMPLES) -> int:
    """Put generated questions to an operation and return how many; FailureGroup when an answer
    is not as the document says.
    """
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    found = next(
        declared.ok()
        for declared in schema.get_all_operations()
        if declared.ok().definition.raw["operationId"] == operation
    )
    asked = []

    @given(case=found.as_strategy())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: schemathesis.Case) -> None:
        asked.append(case)
        case.call_and_validate(excluded_checks=EXCLUDED)

    call()
    return len(asked)


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()
    broken = deepcopy(document)
    del broken["info"]["title"]
    broken["paths"]["/api/v1/tables"]["get"]["parameters"][0]["in"] = "nowhere"
    with pytest.raises(Exception, match=r"nowhere|title"):
        schemathesis.openapi.from_dict(broken).validate()


OPERATIONS = ["tables", "table", "rows", "aggregate", "receipt", "download"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_portal_answers_as_the_document_says(document: dict[str, Any], operation: str) -> None:
    assert tried(document, served, operation) >= 5
    assert sorted(path["get"]["operationId"] for path in document["paths"].values()) == sorted(
        OPERATIONS
    )


def test_examples_of_the_document_are_answered(document: dict[str, Any]) -> None:
    client = TestClient(served, base_url="http://testserver")
    seen = 0
    for path, item in document["paths"].items():
        for parameter in item["get"]["parameters"]:
            for name in document["paths"]["/api/v1/tables/{name}"]["get"]["parameters"][0][
                "schema"
            ]["enum"][:1]:
                for example in parameter.get("examples", {}).values():
                    seen += 1
                    assert (
                        client.get(
                            path.replace("{name}", name),
                            params={parameter["name"]: example["value"]},
                        ).status_code
                        == 200
                    )
    assert seen >= 6


async def crashing(_: Request) -> Response:
    return JSONResponse({}, 500)


async def lying(_: Request) -> Response:
    return JSONResponse({"release": 7, "tables": "none"})


async def teapot(_: Request) -> Response:
    return JSONResponse({}, 418)


@pytest.mark.parametrize("handler", [crashing, lying, teapot])
def test_a_handler_that_does_otherwise_is_caught(document: dict[str, Any], handler: Any) -> None:
    with pytest.raises((FailureGroup, BaseExceptionGroup)):
        tried(document, Starlette(routes=[Route("/api/v1/tables", handler)]), "tables", 20)


def test_a_document_that_says_otherwise_is_caught(document: dict[str, Any]) -> None:
    wrong = deepcopy(document)
    wrong["components"]["schemas"]["Tables"]["required"].append("nothing")
    with pytest.raises((FailureGroup, BaseExceptionGroup)):
        tried(wrong, served, "tables", 20)


def test_the_document_says_what_the_code_reads(document: dict[str, Any]) -> None:
    for path, known in (("rows", parameters.ROWS), ("aggregate", parameters.AGGREGATE)):
        operation = document["paths"][f"/api/v1/tables/{{name}}/{path}"]["get"]
        assert [parameter["name"] for parameter in operation["parameters"]] == ["name", *known]
        assert set(operation["responses"]["200"]["content"]) == set(parameters.FORMS.values())
    release = current()
    assert release
    assert document["paths"]["/download/{name}.{form}"]["get"]["parameters"][0]["schema"][
        "enum"
    ] == list(entries(release))
    assert document["paths"]["/download/{name}.{form}"]["get"]["parameters"][1]["schema"][
        "enum"
    ] == list(FORMS)
    assert "observer" not in json.dumps(document)


def test_before_the_first_release_there_is_a_document_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path))
    schemathesis.openapi.from_dict(openapi.document()).validate()
    client = TestClient(served)
    assert (
        client.get("/api/v1/tables").status_code
        == client.get("/api/v1/tables/a.b/rows").status_code
        == 404
    )
