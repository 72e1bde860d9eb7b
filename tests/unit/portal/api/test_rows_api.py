"""The row API of a small house: paging across a release, hostile questions, forms that agree,
manners of HTTP, what is private and what is absent.
"""

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import polars as pl
import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from assets.run import run
from pipelines.errors import LumbungError, QueryError
from pipelines.query import engine
from pipelines.release.release import open_release
from portal.api import concurrency, continuation, rows
from portal.api.parameters import AGGREGATE, FORMS, MOST, ROWS
from portal.app import app
from portal.data.entries import entries
from portal.data.release import current
from portal.http import rate_limit
from tests.instance import dagster_instance
from tests.released import DAYS, OBSERVER, SmallHouse, released
from tests.sample import drop, row, write_sample

TABLE = "/api/v1/tables/hujan.rain"
COLUMNS = ["gauge", "measured_at", "rain_mm", "kind"]
SECRET = "rahasia"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """The small house, and beside it an application that nobody may see."""
    folder = tmp_path_factory.mktemp("house")
    secret = write_sample(folder / "contracts", folder / "secret", application=SECRET)
    words = (
        "      - {property: informationClass, value: dikecualikan}\n      - {property: exemption,"
        " value: Uji / Test}"
    )
    secret.write_text(
        secret.read_text("utf-8").replace(
            "      - {property: informationClass, value: berkala}", words
        ),
        "utf-8",
    )
    for day in DAYS:
        drop(folder / "secret", day, [row(day)])
    return released(folder)


@pytest.fixture(autouse=True)
def lake(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    monkeypatch.setenv("LUMBUNG_URL", "https://data.example.id")
    monkeypatch.setenv("LUMBUNG_RATE", "0")


@pytest.fixture
def client() -> Iterator[TestClient]:
    yield TestClient(app, "https://data.example.id", follow_redirects=False)


def local(address: str) -> str:
    """The path and query of an absolute address of the portal."""
    assert address.startswith("https://data.example.id/")
    return address.removeprefix("https://data.example.id")


def walk(client: TestClient, address: str) -> list[dict[str, object]]:
    found, following = [], address
    while following:
        page = client.get(following).json()
        found += page["rows"]
        following = page["next"] and local(page["next"])
    return found


def test_the_list_and_the_description_say_what_is_open(client: TestClient) -> None:
    listed = client.get("/api/v1/tables").json()
    assert [table["name"] for table in listed["tables"]] == [
        "hujan.rain",
        "mart.rain_daily",
        "kpi.rainy_days",
    ]
    first = listed["tables"][0]
    assert first["title"] == {"id": "Curah hujan", "en": "Rainfall"} and first["rows"] == 4
    described = client.get(local(first["links"]["self"])).json()
    assert [field["name"] for field in described["fields"]] == COLUMNS
    assert (
        described["fields"][2]["unit"] == "mm"
        and described["licence"] == "CC-BY-4.0"
        and described["synthetic"] is True
    )
    for link in ("rows", "aggregate", "receipt"):
        assert client.get(local(first["links"][link])).status_code == 200
    assert (
        OBSERVER
        not in client.get("/api/v1/tables").text
        + json.dumps(described)
        + client.get(f"{TABLE}/rows").text
    )


def test_a_page_has_total_release_receipt_licence_and_the_next(client: TestClient) -> None:
    answer = client.get(f"{TABLE}/rows", params={"limit": 3, "sort": "-measured_at,gauge"})
    page = answer.json()
    assert (page["table"], page["total"], page["licence"], page["synthetic"]) == (
        "hujan.rain",
        4,
        "CC-BY-4.0",
        True,
    )
    assert page["rows"][0] == {
        "gauge": "G1",
        "measured_at": "2026-01-02T01:00:00Z",
        "rain_mm": 1.5,
        "kind": "wet",
    }
    assert [row["gauge"] for row in page["rows"]] == ["G1", "G2", "G1"]
    assert (
        answer.headers["link"] == f'<{page["next"]}>; rel="next"'
        and answer.headers["x-total-count"] == "4"
    )
    assert answer.headers["x-lumbung-release"] == page["release"]
    assert len(walk(client, f"{TABLE}/rows?limit=1")) == 4
    assert client.get(f"{TABLE}/rows", params={"total": "none"}).json()["total"] is None
    assert client.get(f"{TABLE}/rows", params={"limit": 0}).json()["rows"] == []
    receipt = client.get(local(page["receipt"])).json()
    assert receipt["name"] == "hujan.rain", list(receipt)


def test_filters_and_figures(client: TestClient) -> None:
    def total(*filters: str) -> int:
        return client.get(f"{TABLE}/rows", params={"filter": filters}).json()["total"]

    assert total("gauge:in:") == total("gauge:eq:") == 0
    assert (
        total("gauge:eq:G1")
        == total("gauge:in:G1,G7")
        == total('gauge:in:"G1","a,b"')
        == total("gauge:contains:g1")
        == 2
    )
    assert (
        total("measured_at:gte:2026-01-02")
        == total("measured_at:gt:2026-01-01T08:00:00+07:00")
        == total("measured_at:eq:2026-01-02T01:00:00Z")
        == 2
    )
    assert (
        client.get(f"{TABLE}/rows?filter=measured_at:eq:2026-01-02T08:00:00+07:00").json()["total"]
        == 2
    ), "a plus that became a blank"
    assert total("rain_mm:gt:1.5") == total("kind:null") == total("gauge:eq:G1", "gauge:eq:G2") == 0
    assert total("rain_mm:lte:1.5", "kind:not_null", "gauge:starts:G") == 4
    answer = client.get(
        f"{TABLE}/aggregate",
        params={
            "group": "gauge",
            "measure": ["count,mean:rain_mm", "max:measured_at"],
            "sort": "-count,-gauge",
        },
    ).json()
    assert answer["total"] == 2 and answer["next"] is None
    assert answer["rows"][0] == {
        "gauge": "G2",
        "count": 2,
        "mean_rain_mm": 1.5,
        "max_measured_at": "2026-01-02T01:00:00Z",
    }
    assert client.get(f"{TABLE}/aggregate").json()["rows"] == [{"count": 4}]
    assert (
        client.get(f"{TABLE}/aggregate", params={"group": "gauge", "limit": 1}).json()["total"] == 2
    )


def test_all_forms_hold_the_same(client: TestClient) -> None:
    for path in (
        f"{TABLE}/rows?limit=3&sort=-gauge,measured_at",
        f"{TABLE}/rows?sort=-gauge,measured_at",
        f"{TABLE}/aggregate?group=gauge,kind",
    ):
        told = client.get(path).json()["rows"]
        read = {
            form: client.get(f"{path}&format={form}")
            for form in ("csv", "ndjson", "parquet", "arrow")
        }
        assert {form: answer.status_code for form, answer in read.items()} == dict.fromkeys(
            read, 200
        )
        assert [json.loads(line) for line in read["ndjson"].text.splitlines()] == told
        assert [{name: str(value) for name, value in row.items()} for row in told] == list(
            csv.DictReader(io.StringIO(read["csv"].text))
        )
        stored = pl.read_parquet(io.BytesIO(read["parquet"].content)).to_dicts()
        with pa.ipc.open_stream(read["arrow"].content) as stream:
            assert pl.DataFrame(pl.from_arrow(stream.read_all())).to_dicts() == stored
        for name in told[0]:
            if name != "measured_at":
                assert [row[name] for row in stored] == [row[name] for row in told]
        refused = client.get(path, headers={"accept": "text/csv;q=0, application/json"})
        assert refused.headers["content-type"] == "application/json"
        assert refused.json()["rows"] == told
        by_accept = client.get(path, headers={"accept": "text/html;q=0.1, text/csv"})
        assert by_accept.content == read["csv"].content and "Accept" in by_accept.headers["vary"]
        for form, answer in read.items():
            assert answer.headers["x-total-count"] and answer.headers["content-type"].startswith(
                FORMS[form].partition(";")[0]
            )
    paged = client.get(f"{TABLE}/rows?limit=3&format=csv")
    following = local(paged.headers["link"].partition(">")[0].removeprefix("<"))
    assert (
        client.get(following).text.splitlines()[1:] and "link" not in client.get(following).headers
    )
    assert list(Path(engine._folder().name).iterdir()) == [], "files of answers stay behind"


def test_a_whole_table_is_the_file_that_is_ready(client: TestClient) -> None:
    release = open_release_id()
    assert current() and client.get(f"{TABLE}/rows?format=json").status_code == 200, (
        "JSON comes in pages, also where there is such a file"
    )
    for form in ("csv", "parquet"):
        answer = client.get(f"{TABLE}/rows?format={form}")
        assert (answer.status_code, answer.headers["location"]) == (
            307,
            f"/download/hujan.rain.{form}",
        )
        assert client.get(answer.headers["location"]).status_code == 200
        named = client.get(f"{TABLE}/rows?format={form}&release={release}")
        assert named.headers["location"] == f"/release/{release}/hujan.rain.{form}", (
            "an answer that is kept for ever leads to that release for ever"
        )
    assert client.get(f"{TABLE}/rows?format=csv&filter=kind:not_null").status_code == 200


def open_release_id() -> str:
    release = current()
    assert release
    return release.id


HOSTILE = [
    "'",
    '"',
    "'; DROP TABLE x; --",
    '"; SELECT 1; --',
    "1 OR 1=1",
    "1) OR (1=1",
    "gauge\" FROM read_text('/etc/passwd') --",
    "../../etc/passwd",
    "%00",
    "\x00",
    "\r\nX-Evil: 1",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "read_parquet('/x')",
    "gauge,(SELECT 1)",
    "*",
    "COLUMNS(*)",
    "gauge AS x",
    "observer",
    "file_row_number",
    "_key",
    "_partition",
    "filename",
    "line",
    "<script>alert(1)</script>",
    "\u202egnp",
    "😀",
    "a" * 3000,
    "%",
    "_",
    "\\",
    "like_escape(a,'')",
    "[",
    "(?:",
    "gauge:eq:G1",
    "-",
    ",",
    ":",
    "::",
    "gauge:",
    "gauge:eq",
    "NaN",
    "inf",
    "1e999",
    "0x10",
    "1_000",
    "९",
    "-0",
    "9" * 40,
    "99999-01-01",
    "0000-00-00",
    "infinity",
    "epoch",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-01-01T24:00:00",
    "2026-01-01 00:00:00 Asia/Jakarta",
    "true::INT",
]
"""Injections, names that are no column here, and inputs that engines have died of."""


def test_nothing_hostile_in_any_parameter_is_more_than_a_value_or_a_refusal(
    client: TestClient,
) -> None:
    columns = [
        f"{column}:{operator}:"
        for column in COLUMNS
        for operator in ("eq", "in", "contains", "starts", "gt")
    ]
    refused = 0
    for path, known in (("rows", ROWS), ("aggregate", AGGREGATE)):
        for name in (*known, "unknown", *(columns if path == "rows" else [])):
            for evil in HOSTILE:
                asked = (
                    {"filter": name + evil}
                    if ":" in name
                    else {name: evil}
                    if name != "unknown"
                    else {evil: "1"}
                )
                answer = client.get(f"{TABLE}/{path}", params=asked)
                assert answer.status_code in (200, 400), (asked, answer.text)
                assert (
                    "root:" not in answer.text
                    and OBSERVER not in answer.text
                    and "X-Evil" not in answer.headers
                )
                if answer.status_code == 400:
                    refused += 1
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert (
                        "duckdb" not in answer.text.lower()
                        and "Traceback" not in answer.text
                        and str(Path("/tmp")) not in answer.text
                    )
                elif ":" in name and answer.json()["rows"]:
                    assert (
                        name.partition(":")[2] in ("gt:", "contains:", "starts:") or evil == "-0"
                    ), asked
    assert refused > 500


def test_a_value_of_another_type_is_told_with_column_type_and_example(client: TestClient) -> None:
    for condition, words in (
        ("rain_mm:eq:much", ("rain_mm", "number", "0")),
        ("measured_at:gt:yesterday", ("measured_at", "timestamp", "2026-01-01T00:00:00")),
        ("rain_mm:contains:1", ("contains", "string", "number")),
        ("gauge:like:x", ("operators are", "starts")),
        ("gauge:eq", ("gauge:eq:G1",)),
        ("gauge:null:x", ("gauge:null",)),
        ('gauge:in:"a', ("double quotes",)),
    ):
        answer = client.get(f"{TABLE}/rows", params={"filter": condition})
        assert answer.status_code == 400 and all(
            word in answer.json()["detail"] for word in words
        ), answer.text
    for parameters, words in (
        ({"measure": "sum:gauge"}, "rain_mm"),
        ({"measure": "count:gauge"}, "count_distinct:<column>"),
        ({"measure": "count,count"}, "twice"),
        ({"limit": str(MOST + 1)}, str(MOST)),
        ({"group": "gauge,gauge"}, "twice"),
        ({"format": "xml"}, "parquet"),
        ({"cursor": "x"}, "known are"),
    ):
        answer = client.get(f"{TABLE}/aggregate", params=parameters)
        assert answer.status_code == 400 and words in answer.json()["detail"], answer.text


def test_bounds_of_a_question(client: TestClient) -> None:
    def status(query: str) -> int:
        return client.get(f"{TABLE}/rows?{query}").status_code

    assert status("fields=" + ",".join(f"c{number}" for number in range(1000))) == 400
    assert status("fields=" + ",".join(["gauge"] * 51)) == 400
    assert (
        status("&".join(["filter=gauge:not_null"] * 20)) == 200
        and status("&".join(["filter=gauge:not_null"] * 21)) == 400
    )
    assert (
        status("filter=gauge:in:" + ",".join(["G1"] * 500)) == 200
        and status("filter=gauge:in:" + ",".join(["G1"] * 501)) == 400
    )
    assert status("filter=gauge:eq:" + "x" * 9000) == 414
    assert status("offset=1000000000") == 400 and status("limit=1&limit=2") == 400


def test_what_is_private_is_absent(client: TestClient) -> None:
    release = current()
    assert release and any(contract.application == SECRET for contract in release.contracts), (
        "the secret application is in the house"
    )
    names = (
        f"{SECRET}.rain",
        "nothing.there",
        "lumbung.verdicts",
        "reference.regions",
        "hujan.rain_history",
        "hujan",
        quote("hujan.rain;"),
        "x" * 3000,
    )
    answers = [
        client.get(f"/api/v1/tables/{name}{path}")
        for name in names
        for path in ("", "/rows", "/aggregate", "/receipt", "/rows?filter=a:eq:1")
    ]
    answers.append(client.get("/api/v1/nothing"))
    assert {answer.status_code for answer in answers} == {404} and len(
        {answer.content for answer in answers}
    ) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_closed_column_is_refused_as_one_that_never_was(client: TestClient) -> None:
    for parameter, path in (
        ("filter", "rows"),
        ("sort", "rows"),
        ("fields", "rows"),
        ("group", "aggregate"),
        ("sort", "aggregate"),
        ("measure", "aggregate"),
    ):
        closed, unknown = (
            client.get(
                f"{TABLE}/{path}",
                params={
                    parameter: (
                        {"filter": f"{name}:eq:x", "measure": f"min:{name}"}.get(parameter, name)
                    )
                },
            )
            for name in ("observer", "nonsense")
        )
        assert (
            closed.status_code == 400
            and closed.content == unknown.content
            and "observer" not in closed.text
        )


def test_a_private_table_takes_as_long_as_one_that_is_absent(client: TestClient) -> None:
    def fastest(name: str) -> float:
        times = []
        for _ in range(40):
            start = time.perf_counter()
            client.get(f"/api/v1/tables/{name}/rows")
            times.append(time.perf_counter() - start)
        return min(times)

    private, absent = fastest(f"{SECRET}.rain"), fastest("nothing.there")
    assert max(private, absent) < 2 * min(private, absent)


def test_a_cursor_that_is_forged_stale_or_foreign_is_refused_with_the_remedy(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(f"{TABLE}/rows?limit=1&sort=gauge").json()
    cursor = dict(parse_qsl(urlsplit(first["next"]).query))["cursor"]
    assert client.get(f"{TABLE}/rows?limit=1&sort=gauge&cursor={cursor}").status_code == 200
    changed = [
        cursor[:index] + ("A" if cursor[index] != "A" else "B") + cursor[index + 1 :]
        for index in range(len(cursor))
    ]
    unsealed = (
        continuation.base64.urlsafe_b64encode(
            b"x" * 16 + continuation.base64.urlsafe_b64decode(cursor + "==")[16:]
        )
        .decode()
        .rstrip("=")
    )
    for forged in (
        *changed,
        cursor[:-4],
        cursor + "AAAA",
        unsealed,
        "",
        "x",
        "=",
        "%2e%2e",
        "é",
        "A" * 5000,
        "bnVsbA",
        "W10",
    ):
        answer = client.get(f"{TABLE}/rows", params={"limit": 1, "sort": "gauge", "cursor": forged})
        assert answer.status_code == 400 and "without `cursor`" in answer.json()["detail"], (
            forged,
            answer.text,
        )
    for foreign in (
        f"{TABLE}/rows?sort=-gauge",
        f"{TABLE}/rows?sort=gauge&filter=kind:not_null",
        "/api/v1/tables/mart.rain_daily/rows?limit=1",
    ):
        answer = client.get(f"{foreign}&cursor={cursor}")
        assert (
            answer.status_code == 400 and "another table, filter or sort" in answer.json()["detail"]
        )
    for extra in (f"release={first['release']}", "as_of=2026-11-25"):
        assert (
            client.get(f"{TABLE}/rows?limit=1&sort=gauge&{extra}&cursor={cursor}").status_code
            == 400
        )
    monkeypatch.setattr(
        continuation,
        "release_called",
        lambda _: (_ for _ in ()).throw(continuation.LakeError("/secret/place")),
    )
    stale = client.get(f"{TABLE}/rows?limit=1&sort=gauge&cursor={cursor}")
    assert (
        stale.status_code == 400
        and "no more" in stale.json()["detail"]
        and "secret" not in stale.text
    )


def test_as_of_and_release_choose_a_release_or_say_what_there_is(client: TestClient) -> None:
    release = current()
    assert release
    for query in (
        "as_of=2999-01-01",
        "as_of=2000-01-01",
        "release=20200101T000000Z-0123456789abcdef",
        "release=previous",
        "release=../x",
        "release=",
    ):
        answer = client.get(f"{TABLE}/rows?{query}")
        assert (
            answer.status_code == 400
            and release.id in answer.json()["detail"]
            and "/tmp" not in answer.text
        ), answer.text
    assert (
        client.get(f"{TABLE}/rows?as_of=yesterday").status_code
        == client.get(f"{TABLE}/rows?as_of=2026-02-30").status_code
        == 400
    )
    answer = client.get(f"{TABLE}/rows?release={release.id}")
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert "immutable" not in client.get(f"{TABLE}/rows").headers["cache-control"]
    assert client.get(f"{TABLE}/rows?as_of={date.today()}&release={release.id}").status_code == 400


def test_what_was_answered_is_not_asked_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = f"{TABLE}/rows?filter=gauge:eq:G1"
    etag = client.get(asked).headers["etag"]
    assert (
        len(
            {
                etag,
                client.get(f"{asked}&sort=gauge").headers["etag"],
                client.get(f"{asked}&format=csv").headers["etag"],
            }
        )
        == 3
    )
    monkeypatch.setattr(rows, "page_of", lambda *_: pytest.fail("the query ran"))
    again = client.get(asked, headers={"if-none-match": etag})
    assert (
        again.status_code == 304
        and again.content == b""
        and again.headers["access-control-allow-origin"] == "*"
    )


def test_other_sites_may_read_and_nobody_may_write(client: TestClient) -> None:
    for path in (
        "/api/v1/tables",
        f"{TABLE}/rows",
        f"{TABLE}/rows?limit=x",
        "/api/v1/none",
        "/openapi.json",
    ):
        assert client.get(path).headers["access-control-allow-origin"] == "*"
    preflight = client.options(
        f"{TABLE}/rows",
        headers={
            "origin": "https://else.example",
            "access-control-request-headers": "if-none-match",
        },
    )
    assert (
        preflight.status_code == 204 and "GET" in preflight.headers["access-control-allow-methods"]
    )
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, f"{TABLE}/rows")
        assert answer.status_code == 405 and "GET" in answer.headers["allow"]
    assert (
        client.request("BREW", f"{TABLE}/rows").status_code == 501
        and client.head(f"{TABLE}/rows").status_code == 200
    )


def test_one_address_may_ask_so_often_and_another_is_not_held_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_RATE", "3")
    monkeypatch.setattr(rate_limit, "BUCKETS", rate_limit.Buckets())
    answers = [client.get(f"{TABLE}/rows?limit=1") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[0].headers["ratelimit-policy"] == '"address";q=3;w=60'
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == [
        "r=2",
        "r=1",
        "r=0",
        "r=0",
        "r=0",
    ]
    assert (
        1 <= int(answers[3].headers["retry-after"]) <= 20 and "wait" in answers[3].json()["detail"]
    )
    assert (
        TestClient(app, "https://data.example.id", client=("192.0.2.9", 1))
        .get(f"{TABLE}/rows")
        .status_code
        == 200
    )
    assert client.get("/download/hujan.rain.csv").status_code == 200, "files are never limited"
    monkeypatch.setenv("LUMBUNG_RATE", "many")
    with pytest.raises(LumbungError, match="LUMBUNG_RATE"):
        client.get(TABLE)


def test_buckets_fill_up_evenly_and_are_bounded() -> None:
    buckets = rate_limit.Buckets()
    assert [buckets.take("a", 60, 0.0) >= 0 for _ in range(61)] == [True] * 60 + [False]
    assert buckets.take("a", 60, 1.0) >= 0 > buckets.take("a", 60, 1.0)
    for number in range(rate_limit.ADDRESSES + 50):
        buckets.take(str(number), 60, 2.0)
    assert len(buckets.held) == rate_limit.ADDRESSES and "a" not in buckets.held
    assert (
        rate_limit.client_of({"client": ("2001:db8:1:2:3::4", 1)})
        == rate_limit.client_of({"client": ("2001:db8:1:2::9", 1)})
        == "2001:db8:1:2::/64"
    )


def test_a_query_that_is_stopped_and_a_full_queue_are_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rows,
        "page_of",
        lambda *_: (_ for _ in ()).throw(QueryError("the answer took longer than 10 seconds")),
    )
    answer = client.get(f"{TABLE}/rows?limit=77")
    assert (
        answer.status_code == 503
        and "/sql" in answer.json()["detail"]
        and answer.headers["retry-after"]
    )
    monkeypatch.setattr(concurrency, "QUEUE", 0)
    assert client.get(f"{TABLE}/rows").json()["title"] == "Busy"


def test_a_cursor_keeps_reading_its_release_when_the_next_one_has_come(
    house: SmallHouse, client: TestClient
) -> None:
    """Last in this file: it makes a release."""
    before = open_release_id()
    page = client.get(f"{TABLE}/rows?limit=1&sort=-measured_at").json()
    third = date(2026, 1, 3)
    drop(house.contracts.parent / "drop", third, [row(third, gauge) for gauge in (1, 2)])
    with dagster_instance() as instance:
        run(
            instance,
            house.contracts,
            house.lake,
            house.sql,
            ["hujan"],
            third,
            third,
            lambda *_: None,
        )
    assert open_release(house.lake).id != before
    assert client.get(f"{TABLE}/rows").json()["total"] == 6
    rest = client.get(local(page["next"])).json()
    assert (rest["release"], rest["total"]) == (before, 4)
    walked = page["rows"] + walk(client, local(page["next"]))
    assert [row["measured_at"][:10] for row in walked] == ["2026-01-02"] * 2 + ["2026-01-01"] * 2
    assert (
        client.get(f"{TABLE}/rows?release={before}").json()["rows"]
        == client.get(f"{TABLE}/rows?release={before}").json()["rows"]
    )
    assert (
        client.get(f"{TABLE}/rows?format=csv&release={before}").headers["location"]
        == f"/release/{before}/hujan.rain.csv"
    )
    assert client.get(local(page["receipt"])).json() != client.get(f"{TABLE}/receipt").json()
    assert entries(open_release(house.lake, before))["hujan.rain"].published.rows == 4
