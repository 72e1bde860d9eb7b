"""The CKAN Action API over a small house: every key harvesters need, refusals in CKAN's words,
nothing that is not open, one order for all pages.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from voluptuous import ALLOW_EXTRA, All, Invalid, Length, Match, Schema
from voluptuous import Any as Either

from pipelines.files.export import FORMS
from pipelines.files.export import FORMS as NAMED
from portal.api.ckan import catalogue as ckan_catalogue
from portal.api.ckan import dump
from portal.api.ckan import routes as ckan
from portal.api.ckan.package import name_of, slug
from portal.api.ckan.query import parse
from portal.api.ckan.routes import ACTIONS
from portal.data.entries import entries
from portal.data.release import current
from portal.http.address import file_id
from portal.http.rate_limit import BUCKETS
from tests.released import OBSERVER, SmallHouse, released

TEXT = All(str, Length(min=1))
UUID = Match(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
TIME = Match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$")
NOBODY = Either(None, str)
TAG = {
    "id": UUID,
    "name": Match(r"^[\w .-]{2,100}$"),
    "display_name": TEXT,
    "vocabulary_id": None,
    "state": "active",
}
ORGANIZATION = {
    "id": UUID,
    "name": Match(r"^[a-z0-9_-]{2,100}$"),
    "title": TEXT,
    "description": TEXT,
    "created": TIME,
    "state": "active",
    "image_url": str,
    "is_organization": True,
    "type": "organization",
    "approval_status": "approved",
    "revision_id": TEXT,
    "revision_timestamp": TIME,
}
RESOURCE = {
    "id": UUID,
    "package_id": UUID,
    "position": int,
    "name": TEXT,
    "description": TEXT,
    "format": TEXT,
    "mimetype": TEXT,
    "size": int,
    "hash": Match(r"^[0-9a-f]{64}$"),
    "created": TIME,
    "last_modified": TIME,
    "url": Match(r"^https?://[^ ]+$"),
    "resource_type": "file",
    "datastore_active": bool,
    "state": "active",
}
PACKAGE = Schema(
    {
        "id": UUID,
        "name": Match(r"^[a-z0-9_-]{2,100}$"),
        "title": TEXT,
        "notes": TEXT,
        "license_id": TEXT,
        "license_title": TEXT,
        "tags": [TAG],
        "metadata_created": TIME,
        "metadata_modified": TIME,
        "organization": ORGANIZATION,
        "resources": All([RESOURCE], Length(min=1)),
        "private": False,
        "type": "dataset",
        "author": NOBODY,
        "author_email": NOBODY,
        "maintainer": NOBODY,
        "maintainer_email": NOBODY,
        "state": "active",
        "extras": [{"key": TEXT, "value": TEXT}],
        "owner_org": UUID,
        "groups": [dict],
        "num_resources": int,
        "num_tags": int,
    },
    required=True,
    extra=ALLOW_EXTRA,
)
"""What a harvester must find in every package (ckanapi, CKANHarvester, udata)."""
RAIN = "hujan.rain"
CSV = str(file_id(RAIN, "csv"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    return released(tmp_path_factory.mktemp("ckan"))


@pytest.fixture
def client(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    monkeypatch.setenv("LUMBUNG_URL", "https://data.example.test")
    with TestClient(
        Starlette(routes=[*ckan.ROUTES, *dump.ROUTES]), follow_redirects=False
    ) as found:
        yield found


def result(client: TestClient, action: str, **parameters: Any) -> Any:
    answer = client.post(f"/api/action/{action}", json=parameters)
    told = answer.json()
    assert answer.status_code == 200 and told["success"] is True, told
    return told["result"]


def error(client: TestClient, action: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/api/3/action/{action}", json=parameters)
    told = answer.json()
    assert (
        told["success"] is False
        and "result" not in told
        and answer.headers["content-type"] == "application/json"
    )
    return answer.status_code, told["error"]


def test_every_package_has_every_key_a_harvester_needs(client: TestClient) -> None:
    found = result(client, "package_search", rows=1000)
    assert {package["name"] for package in found["results"]} == {
        "hujan-rain",
        "mart-rain_daily",
        "kpi-rainy_days",
    } and found["count"] == 3
    for package in found["results"]:
        PACKAGE(package)
        assert (
            package["num_resources"] == len(package["resources"])
            and package["owner_org"] == package["organization"]["id"]
        )
        assert {"CSV", "PARQUET", "XLSX", "JSON", "NDJSON"} == {
            resource["format"] for resource in package["resources"]
        }
        assert [
            resource["url"].rpartition("/")[2]
            for resource in package["resources"]
            if resource["datastore_active"]
        ] == [f"{name_of(package['name'])}.csv"]
        assert not any(
            re.search(r"\.\w{2,7}$", resource["name"]) for resource in package["resources"]
        ), "ckanapi makes the file's name of it, and adds the extension"
    rain = result(client, "package_show", id=RAIN)
    assert (
        rain["title"] == "Curah hujan"
        and {"key": "title_en", "value": "Rainfall"} in rain["extras"]
    )


@pytest.mark.parametrize(
    "key", ["notes", "organization", "license_title", "author_email", "extras"]
)
def test_a_package_that_lacks_a_key_is_seen(client: TestClient, key: str) -> None:
    package = result(client, "package_show", id=RAIN)
    del package[key]
    with pytest.raises(Invalid, match=key):
        PACKAGE(package)


def test_names_and_ids_lead_to_one_package_and_back(
    client: TestClient, house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = current()
    assert release is not None
    for name, entry in entries(release).items():
        assert name_of(slug(name)) == name and re.fullmatch(r"[a-z0-9_-]+", slug(name))
        shown = [
            result(client, "package_show", id=reference)
            for reference in (name, slug(name), str(entry.id))
        ]
        assert shown[0] == shown[1] == shown[2] and shown[0]["id"] == str(entry.id)
        for resource in shown[0]["resources"]:
            assert result(client, "resource_show", id=resource["id"]) == resource
            assert resource["hash"] in {file.sha256 for file in entry.files} and resource[
                "url"
            ].startswith(f"https://data.example.test/download/{name}.")
    names = result(client, "package_list")
    assert len(set(names)) == len(names) == len(entries(release))


def test_every_form_of_a_file_has_a_name_and_a_media_type() -> None:
    assert set(FORMS) <= set(NAMED)


def test_a_table_that_cannot_be_described_costs_no_other(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    release = current()
    assert release is not None
    good = entries(release)
    bad = replace(
        good["mart.rain_daily"],
        published=replace(good["mart.rain_daily"].published, issued="yesterday"),
    )
    monkeypatch.setattr(ckan_catalogue, "entries", lambda _: {**good, "mart.rain_daily": bad})
    monkeypatch.setattr(ckan_catalogue, "_catalogue", ckan_catalogue._catalogue.__wrapped__)
    assert result(client, "package_list") == ["hujan-rain", "kpi-rainy_days"]
    assert (
        result(client, "status_show")["left_out"] == ["mart.rain_daily"]
        and "mart.rain_daily" in caplog.text
    )
    assert error(client, "package_show", id="mart.rain_daily")[0] == 404


@pytest.mark.parametrize(
    "path",
    ["/api/action/package_show", "/api/3/action/package_show", "/api/3/action/package_show/"],
)
def test_get_post_json_and_form_ask_the_same_and_nothing_is_redirected(
    client: TestClient, path: str
) -> None:
    asked = [
        client.get(path, params={"id": RAIN}),
        client.post(path, json={"id": RAIN}),
        client.post(path, data={"id": RAIN}),
        client.post(
            path,
            content=json.dumps({"id": RAIN}),
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
        client.post(path, params={"id": RAIN}),
    ]
    assert {answer.status_code for answer in asked} == {200} and len(
        {answer.content for answer in asked}
    ) == 1
    assert all(answer.headers["content-type"] == "application/json" for answer in asked)
    assert (
        client.get(
            path, params={"id": RAIN}, headers={"if-none-match": asked[0].headers["etag"]}
        ).status_code
        == 304
    )
    assert asked[0].json()["help"].startswith("https://data.example.test/api/3/action/help_show")


def test_refusals_are_told_as_ckan_tells_them(client: TestClient) -> None:
    assert error(client, "package_show", id="nobody-nothing") == (
        404,
        error(client, "package_show", id="x")[1],
    )
    assert error(client, "package_show", id="x")[1]["__type"] == "Not Found Error"
    status, told = error(client, "package_show")
    assert (status, told["__type"]) == (409, "Validation Error") and told["id"]
    assert (
        error(client, "package_search", rows="many")[1]["rows"]
        and error(client, "package_search", start=-1)[0] == 409
    )
    status, told = error(client, "no_such_action")
    assert status == 404 and "package_search" in told["message"]
    assert "/sql" in error(client, "datastore_search_sql", sql="SELECT 1")[1]["message"]
    for body in (
        b"{",
        b'["a"]',
        b'{"id": NaN}',
        b"[" * 100_000,
        b'{"id": "\\ud800"}',
        b"\xff\xfe",
        b"\x00",
        b'{"rows": ' + b"9" * 5_000 + b"}",
    ):
        answer = client.post(
            "/api/3/action/package_show", content=body, headers={"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["error"]["__type"]) == (
            400,
            "Integrity Error",
        ), body[:20]
    assert client.post("/api/3/action/package_show", content=b" " * 1_000_001).status_code == 413
    assert (
        client.post(
            "/api/3/action/package_show", data={f"f{number}": "x" for number in range(200)}
        ).status_code
        == 400
    )


def test_what_is_not_open_is_as_absent_as_what_is_not_there(client: TestClient) -> None:
    hidden = (
        "lumbung.verdicts",
        "reference.regions",
        "reference-regions",
        "clean.rain",
        "nobody.nothing",
        "../../etc/passwd",
        "' OR 1=1 --",
    )
    for action, key in (
        ("package_show", "id"),
        ("resource_show", "id"),
        ("datastore_search", "resource_id"),
        ("organization_show", "id"),
    ):
        assert (
            len(
                {
                    client.post(f"/api/3/action/{action}", json={key: name}).content
                    for name in hidden
                }
            )
            == 1
        )
    assert (
        len(
            {
                client.get(f"/datastore/dump/{name}").content
                for name in ("lumbung.verdicts", "reference.regions", "nobody.nothing", "%00")
            }
        )
        == 1
    )
    everything = "".join(
        client.post(
            f"/api/3/action/{name}",
            json={"resource_id": CSV, "id": RAIN, "name": name, "query": "name:a"},
        ).text
        for name in ACTIONS
    )
    assert "observer" not in everything and OBSERVER not in everything
    refused = [
        error(client, "datastore_search", resource_id=CSV, filters={name: "x"})
        for name in ("observer", "nothing")
    ]
    assert refused[0] == refused[1] and refused[0][0] == 409


@pytest.mark.parametrize(
    "order", [None, "id asc", "title asc", "metadata_modified desc", "score desc, name desc"]
)
def test_pages_never_overlap_and_none_is_left_out(client: TestClient, order: str | None) -> None:
    sort = {"sort": order} if order else {}
    pages = [
        result(client, "package_search", rows=1, start=start, **sort)["results"]
        for start in range(4)
    ]
    assert [len(page) for page in pages] == [1, 1, 1, 0] and len(
        {page[0]["id"] for page in pages[:3]}
    ) == 3
    if order == "id asc":
        assert [page[0]["id"] for page in pages[:3]] == sorted(page[0]["id"] for page in pages[:3])


def test_conditions_find_what_they_name(client: TestClient) -> None:
    def names_found(fq: str, **more: Any) -> set[str]:
        return {
            package["name"]
            for package in result(client, "package_search", fq=fq, **more)["results"]
        }

    every = {"hujan-rain", "mart-rain_daily", "kpi-rainy_days"}
    modified = result(client, "package_show", id=RAIN)["metadata_modified"]
    assert (
        names_found("organization:dinas-contoh")
        == names_found('organization:"dinas-contoh"')
        == names_found("+state:active +type:dataset")
        == names_found("*:*")
        == every
    )
    assert (
        names_found("-organization:dinas-contoh")
        == names_found("organization:dinas OR organization:contoh")
        == set()
    )
    assert names_found(
        "name:hujan-rain OR name:kpi-rainy_days organization:dinas-contoh"
    ) == every - {"mart-rain_daily"}
    assert names_found("name:(hujan-rain OR kpi-rainy_days) AND NOT name:hujan*") == {
        "kpi-rainy_days"
    }
    assert (
        names_found("(name:hujan-rain OR name:mart-*) groups:environment")
        == {"hujan-rain", "mart-rain_daily"}
        and names_found("groups:mobility") == set()
    )
    assert (
        names_found('title:"curah hujan"') == names_found("extras_kind:dataset") == {"hujan-rain"}
        and names_found("res_format:csv") == every
    )
    assert (
        names_found(f"metadata_modified:[{modified}Z TO *]") == every
        and names_found(f"metadata_modified:{{{modified}Z TO *]") == set()
    )
    assert (
        names_found("metadata_modified:[* TO 2001-01-01T00:00:00Z]")
        == names_found("metadata_modified:[2999-01-01T00:00:00Z TO *]")
        == set()
    )
    assert (
        names_found("", q="hujan") >= {"hujan-rain"}
        and names_found("", q="rainfall name:hujan-rain") == {"hujan-rain"}
        and names_found("", q="zeppelin") == set()
    )


@pytest.mark.parametrize(
    "fq",
    [
        "word",
        "foo:bar",
        "name:",
        "name:(a",
        "metadata_modified:[yesterday TO *]",
        "name:[a TO b]",
        'name:"a',
        "a" * 9000,
        "((((name:a))))",
    ],
)
def test_a_condition_nobody_understands_is_refused_with_what_is_allowed(
    client: TestClient, fq: str
) -> None:
    status, told = error(client, "package_search", fq=fq)
    assert (status, told["__type"]) == (400, "Search Query Error") and len(told["message"]) < 900
    assert (
        error(client, "package_search", sort="password")[0]
        == error(client, "package_search", **{"facet.field": ["password"]})[0]
        == 400
    )


def test_a_long_condition_is_read_at_once() -> None:
    began = datetime.now()
    for query in (
        "name:a OR " * 790,
        "(" + "name:a " * 1000 + ")",
        '"' * 7999,
        "name:" + "(" * 7000,
    ):
        try:
            parse(query)({"name": "b"})
        except ckan.Refused:
            continue
    assert (datetime.now() - began).total_seconds() < 2


@pytest.mark.parametrize(
    ("action", "asked", "kind", "allowed"),
    [
        (
            "package_search",
            {"facet.field": [f"f{number}" for number in range(100)]},
            "Validation Error",
            "facet.field has 14 parts",
        ),
        (
            "package_search",
            {"fq_list": [f"name:a{number}" for number in range(21)]},
            "Validation Error",
            "fq_list has 20 parts",
        ),
        (
            "package_search",
            {"fq_list": [f"{'tags:b ' * 30}tags:a{number}" for number in range(20)]},
            "Search Query Error",
            "200 words and values",
        ),
        (
            "package_search",
            {"fq": f"tags:({'a ' * 300})"},
            "Search Query Error",
            "200 words and values",
        ),
        (
            "package_search",
            {"fq": f'text:"{"a b " * 10}{" ".join(map(str, range(60)))}"'},
            "Search Query Error",
            "40 words",
        ),
        (
            "package_search",
            {
                "sort": ",".join(
                    ["id asc", "id desc", *(f"extra{number} asc" for number in range(9))]
                )
            },
            "Search Query Error",
            "10 parts",
        ),
        (
            "package_search",
            {"q": " ".join(f"hujan{number}" for number in range(41))},
            "Search Query Error",
            "q has 40 words",
        ),
        (
            "resource_search",
            {"query": [f"name:a{number}" for number in range(21)]},
            "Validation Error",
            "query has 20 parts",
        ),
    ],
)
def test_a_question_of_too_many_parts_is_refused_with_how_many_there_may_be(
    client: TestClient, action: str, asked: dict[str, Any], kind: str, allowed: str
) -> None:
    status, told = error(client, action, **asked)
    assert (status, told["__type"]) == (
        409 if kind == "Validation Error" else 400,
        kind,
    ) and allowed in told["message"]


def test_a_list_that_says_one_thing_many_times_costs_nothing(client: TestClient) -> None:
    found = result(
        client,
        "package_search",
        sort="id asc,id asc",
        **{"facet.field": ["tags", "tags"], "fq_list": ["type:dataset"] * 20},
    )
    assert found["count"] == 3 and list(found["facets"]) == ["tags"]
    began = datetime.now()
    lists = (
        {"sort": ",".join(["id asc"] * 5_000)},
        {"facet.field": ["tags"] * 50_000},
        {"fq_list": ["type:dataset"] * 20_000},
    )
    assert [error(client, "package_search", **parameters)[0] for parameters in lists] == [
        400,
        409,
        409,
    ]
    assert (datetime.now() - began).total_seconds() < 1


def test_calls_for_packages_have_a_few_threads_of_their_own(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    at_work = lambda release, parameters: taken.append(ckan.PACKAGES.borrowed_tokens)  # noqa: E731
    monkeypatch.setitem(ckan.ACTIONS, "site_read", at_work)
    result(client, "site_read")
    assert taken == [1] and ckan.PACKAGES.total_tokens <= 4


def test_an_error_of_ours_comes_in_the_envelope_without_its_words(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(
        ckan.ACTIONS, "package_list", lambda release, parameters: {}["/secret/place"]
    )
    status, told = error(client, "package_list")
    assert (status, told["__type"]) == (500, "Internal Server Error") and "again" in told["message"]
    assert "secret" not in client.get("/api/3/action/package_list").text
    assert [
        record.exc_info[0]
        for record in caplog.records
        if record.name == "portal.ckan" and record.exc_info
    ] == [KeyError, KeyError]


def test_rows_that_cannot_be_read_are_told_in_the_envelope_and_as_a_problem(
    client: TestClient, house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = current()
    assert release is not None
    stored = entries(release)[RAIN].published.file("parquet")
    assert stored is not None
    path = house.lake.root / stored.path
    hidden = path.rename(path.with_suffix(".hidden"))
    try:
        status, told = error(client, "datastore_search", resource_id=CSV)
        assert (
            (status, told["__type"]) == (503, "Search Error")
            and "try again later" in told["message"]
            and path.name not in told["message"]
        )
        dumped = client.get(f"/datastore/dump/{CSV}")
        assert (dumped.status_code, dumped.headers["content-type"]) == (
            503,
            "application/problem+json",
        ) and path.name not in dumped.text
    finally:
        hidden.rename(path)
    assert result(client, "datastore_search", resource_id=CSV)["total"] == 4


def test_facets_count_all_that_was_found(client: TestClient) -> None:
    found = result(
        client,
        "package_search",
        rows=0,
        **{"facet.field": '["organization", "groups", "res_format"]', "facet.limit": 10},
    )
    assert found["results"] == [] and found["facets"]["organization"] == {"dinas-contoh": 3}
    assert found["search_facets"]["organization"] == {
        "title": "organization",
        "items": [{"name": "dinas-contoh", "display_name": "Dinas Contoh", "count": 3}],
    }
    assert found["search_facets"]["groups"]["items"][0]["display_name"] == "Lingkungan"
    assert result(client, "package_search", **{"facet.field": "groups", "facet.mincount": 4})[
        "facets"
    ] == {"groups": {}}


def test_lists_of_agencies_dimensions_tags_and_licences(client: TestClient) -> None:
    assert result(client, "organization_list") == ["dinas-contoh"]
    (all_of_it,) = result(client, "organization_list", all_fields=True)
    shown = result(client, "organization_show", id="dinas-contoh", include_datasets=True)
    assert (
        shown["id"]
        == all_of_it["id"]
        == result(client, "organization_show", id=all_of_it["id"])["id"]
    )
    assert all_of_it["package_count"] == len(shown["packages"]) == 3
    assert (
        len(result(client, "group_list")) == 6
        and result(client, "group_show", id="environment")["package_count"] == 3
    )
    assert [licence["id"] for licence in result(client, "license_list")] == [
        "CC-BY-4.0"
    ] and isinstance(result(client, "tag_list"), list)
    assert [
        package["name"]
        for package in result(client, "current_package_list_with_resources", limit=2)
    ] == result(client, "package_list")[:2]
    assert (
        result(client, "resource_search", query="format:parquet")["count"] == 3
        and error(client, "resource_search", query="owner:me")[0] == 409
    )
    assert (
        all(result(client, "help_show", name=name) for name in ACTIONS)
        and result(client, "site_read") is True
    )
    assert {"ckan_version", "site_title", "site_url", "locale_default", "extensions"} <= set(
        result(client, "status_show")
    )


def test_before_the_first_release_there_is_an_empty_portal(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "empty"))
    assert result(client, "package_list") == [] and result(client, "package_search")["count"] == 0
    assert (
        error(client, "datastore_search", resource_id=CSV)[0] == 404
        and client.get(f"/datastore/dump/{CSV}").status_code == 404
    )


def test_rows_have_exact_totals_in_every_format(client: TestClient) -> None:
    found = result(
        client, "datastore_search", resource_id=CSV, limit=3, sort="measured_at desc, gauge"
    )
    assert (found["total"], found["total_was_estimated"], len(found["records"])) == (4, False, 3)
    assert [(field["id"], field["type"]) for field in found["fields"]] == [
        ("gauge", "text"),
        ("measured_at", "timestamp"),
        ("rain_mm", "numeric"),
        ("kind", "text"),
    ]
    assert found["fields"][2]["info"] == {
        "label": "Curah hujan",
        "notes": "Rainfall (mm)",
        "unit": "mm",
    }
    assert found["records"][0] == {
        "gauge": "G1",
        "measured_at": "2026-01-02T01:00:00Z",
        "rain_mm": 1.5,
        "kind": "wet",
    }
    lists = result(
        client,
        "datastore_search",
        resource_id=RAIN,
        limit=3,
        sort="measured_at desc, gauge",
        records_format="lists",
    )
    assert (
        lists["records"] == [list(record.values()) for record in found["records"]]
        and lists["resource_id"] == found["resource_id"] == CSV
    )
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        text = result(
            client,
            "datastore_search",
            resource_id=CSV,
            limit=3,
            sort="measured_at desc, gauge",
            records_format=form,
        )["records"]
        assert [row[0] for row in csv.reader(io.StringIO(text), delimiter=delimiter)] == [
            record["gauge"] for record in found["records"]
        ]
    nothing = result(client, "datastore_search", resource_id=CSV, limit=0, include_total=False)
    assert nothing["records"] == [] and "total" not in nothing and len(nothing["fields"]) == 4
    assert result(client, "datastore_search", resource_id=CSV, limit=10**9)["limit"] == 32_000
    assert (
        client.get(
            "/api/3/action/datastore_search", params={"resource_id": CSV, "sort": "_id"}
        ).json()["result"]["total"]
        == 4
    )


def test_rows_are_filtered_searched_made_distinct_and_paged(client: TestClient) -> None:
    def rows(**parameters: Any) -> tuple[int, list[Any]]:
        found = result(
            client, "datastore_search", resource_id=CSV, records_format="lists", **parameters
        )
        return found["total"], found["records"]

    assert (
        rows(filters={"gauge": "G1"})[0] == 2
        and rows(filters='{"gauge": ["G1", "G2"]}')[0] == 4
        and rows(filters={"gauge": "G9"}) == (0, [])
    )
    assert (
        rows(filters={"measured_at": {"gte": "2026-01-02T00:00:00+07:00", "lt": "2026-01-03"}})[0]
        == 2
    )
    assert (
        rows(filters={"rain_mm": {"gt": 1.5}})[0] == 0
        and rows(filters={"rain_mm": 1.5})[0] == rows(filters={"rain_mm": "1.5"})[0] == 4
    )
    assert (
        rows(filters={"kind": None})[0] == 0
        and rows(q="g2 WET")[0] == 2
        and rows(q={"gauge": "g2"})[0] == 2
        and rows(q={"kind": "g2"})[0] == 0
    )
    assert (
        rows(fields=["gauge"], distinct=True, sort="gauge desc") == (2, [["G2"], ["G1"]])
        and rows(fields="gauge,kind", distinct="true", limit=1, offset=1)[0] == 2
    )
    order = "gauge, measured_at"
    assert [rows(limit=1, offset=place, sort=order)[1][0] for place in range(4)] == rows(
        sort=order
    )[1] and rows(offset=4)[1] == []
    kpi = result(client, "datastore_search", resource_id=str(file_id("kpi.rainy_days", "csv")))
    assert [(record["period"], record["value"]) for record in kpi["records"]] == [
        ("2026-01", 2)
    ] and kpi["total"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"filters": {"gauge; DROP TABLE x": "G1"}},
        {"filters": {'gauge" OR 1=1 --': "G1"}},
        {"filters": {"rain_mm": "1 OR 1=1"}},
        {"filters": {"gauge": {"x": 1}}},
        {"filters": {"measured_at": {"gt": "now()"}}},
        {"filters": {"gauge": [["G1"]]}},
        {"filters": {"gauge": []}},
        {"filters": "{"},
        {"filters": [1]},
        {"sort": "gauge; SELECT 1"},
        {"sort": "(SELECT 1)"},
        {"sort": "length(gauge)"},
        {"sort": "gauge nulls first"},
        {"sort": '"gauge"" desc"'},
        {"fields": "gauge, 1"},
        {"fields": ["*"]},
        {"fields": ["count(*)"]},
        {"fields": ["gauge"] * 500},
        {"records_format": "parquet"},
        {"limit": "1; x"},
        {"limit": -5},
        {"offset": "0 UNION SELECT 1"},
        {"q": {"gauge')": "x"}},
        {"q": {"gauge": 1}},
        {"q": "a " * 500},
        {"distinct": "perhaps"},
        {"resource_id": 7},
        {"resource_id": ["x"]},
        {"filters": {"rain_mm": 1e400}},
        {"filters": {"rain_mm": "NaN"}},
    ],
)
def test_a_question_that_is_no_question_is_refused_and_runs_nothing(
    client: TestClient, asked: dict[str, Any]
) -> None:
    body = json.dumps({"resource_id": CSV, **asked}).replace("Infinity", "1e400")
    answer = client.post("/api/3/action/datastore_search", content=body)
    assert (answer.status_code, answer.json()["error"]["__type"]) == (
        409,
        "Validation Error",
    ), answer.text
    assert not re.search(
        r"SELECT|read_parquet|duckdb|Traceback|/files/", answer.json()["error"]["message"]
    )


@pytest.mark.parametrize(
    "value",
    ["' OR '1'='1", "G1'; DROP VIEW rain; --", "\\' OR 1=1", "$1", "?", "%", "_", "G1\x00", "𝒢1"],
)
def test_what_a_reader_writes_is_a_value_and_never_sql(client: TestClient, value: str) -> None:
    assert (
        result(client, "datastore_search", resource_id=CSV, filters={"gauge": value})["total"] == 0
    )
    assert (
        result(client, "datastore_search", resource_id=CSV, q={"gauge": value or "x"})["total"] == 0
    )
    assert (
        client.get(
            f"/datastore/dump/{CSV}", params={"filters": json.dumps({"gauge": value})}
        ).text.count("\n")
        == 1
    )


def test_a_dump_has_all_rows_in_every_format(client: TestClient) -> None:
    def dumped(**parameters: str) -> bytes:
        answer = client.get(f"/datastore/dump/{CSV}", params=parameters)
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
        return answer.content

    plain = list(csv.DictReader(io.StringIO(dumped().decode())))
    assert len(plain) == 4 and list(plain[0]) == ["gauge", "measured_at", "rain_mm", "kind"]
    assert (
        dumped(bom="true") == b"\xef\xbb\xbf" + dumped()
        and dumped(format="tsv").replace(b"\t", b",") == dumped()
    )
    told = json.loads(dumped(format="json"))
    assert [field["id"] for field in told["fields"]] == list(plain[0]) and [
        record[0] for record in told["records"]
    ] == [row["gauge"] for row in plain]
    tree = ElementTree.fromstring(dumped(format="xml"))
    assert [row.findtext("gauge") for row in tree.iter("row")] == [row["gauge"] for row in plain]
    assert (
        len(dumped(limit="1", offset="3", sort="gauge").splitlines()) == 2
        and len(dumped(offset="4").splitlines()) == 1
    )
    assert dumped(distinct="true", fields="gauge", sort="gauge") == b"gauge\nG1\nG2\n"
    for wrong in (
        {"format": "exe"},
        {"fields": "observer"},
        {"filters": "{"},
        {"bom": "perhaps"},
        {"sort": "random()"},
    ):
        refused = client.get(f"/datastore/dump/{CSV}", params=wrong)
        assert (
            refused.status_code == 400
            and refused.headers["content-type"] == "application/problem+json"
        ), wrong


def test_columns_are_described_with_how_many_rows_there_are(client: TestClient) -> None:
    told = result(client, "datastore_info", id=CSV)
    assert told["meta"]["count"] == 4 and told["meta"]["aliases"] == [RAIN]
    assert told["fields"][0]["schema"] == {
        "native_type": "text",
        "notnull": True,
        "is_index": False,
        "index_name": "",
        "uniquekey": False,
    }


def test_rows_are_counted_by_client_and_packages_are_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_RATE", "2")
    BUCKETS.held.clear()
    asked = [
        client.post("/api/3/action/datastore_search", json={"resource_id": CSV}) for _ in range(3)
    ]
    assert (
        [answer.status_code for answer in asked] == [200, 200, 429]
        and asked[2].headers["retry-after"]
        and asked[2].json()["success"] is False
    )
    assert all(client.get("/api/3/action/package_list").status_code == 200 for _ in range(5))
    assert (
        client.options("/api/3/action/package_list")
        .headers["access-control-allow-methods"]
        .count("POST")
        == 1
    )
    BUCKETS.held.clear()


def test_addresses_are_the_setting_s_whatever_host_a_request_claims(client: TestClient) -> None:
    answer = client.get(
        "/api/3/action/package_show",
        params={"id": RAIN},
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )
    assert "evil.example" not in answer.text
