"""Downloads over HTTP: one range, suffixes and nonsense; conditional requests, gzip, HEAD; what
is closed is what is absent; an address of a release stays.
"""

import base64
import gzip
import hashlib
import io
import json
import socket
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import httpx
import pandas as pd
import polars as pl
import pytest
import uvicorn
from starlette.applications import Starlette

from assets.harvest import harvest
from pipelines.connectors.contracts import read_contracts
from pipelines.files.export import FORMS
from pipelines.files.index import FILES, published
from pipelines.lake.lake import Lake
from pipelines.publication.make_release import make_release
from pipelines.release.release import Release, open_release, releases
from pipelines.settings import PROJECT
from portal.api import bulk, files, receipts
from portal.http.answers import FOREVER, LATEST, absent
from portal.http.security import OPEN
from portal.metadata import routes
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
DAY = date(2026, 1, 1)
NAME = "/download/hujan.rain.csv"


def released(folder: Path, rows: int) -> Release:
    lake = Lake(folder / "lake")
    drop(folder / "drop", DAY, [row(DAY, n, observer="Warga Rahasia 99") for n in range(rows)])
    contracts = read_contracts(folder / "contracts")
    for contract in contracts:
        harvest(
            lake, PROJECT / "sql", contract, contract.datasets[0], [DAY.isoformat()], f"run{rows}"
        )
    return make_release(lake, contracts, [], f"run{rows}")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three releases: of three rows without a list of files, of four, and of five, with a closed
    dataset beside the open one.
    """
    folder = tmp_path_factory.mktemp("files")
    write_sample(folder / "contracts", folder / "drop")
    closed = write_sample(folder / "contracts", folder / "drop", "tutup")
    closed.write_text(
        closed.read_text().replace(
            "{property: informationClass, value: berkala}",
            "{property: informationClass, value: dikecualikan}\n      - {property: exemption,"
            " value: UU 14/2008 Ps 17 huruf h}",
        )
    )
    (released(folder, 3).folder / FILES).unlink()
    released(folder, 4)
    released(folder, 5)
    return Lake(folder / "lake")


@pytest.fixture(scope="module")
def home(lake: Lake) -> Iterator[str]:
    """The address of a server over the lake."""
    with pytest.MonkeyPatch.context() as patch, socket.socket() as bound:
        patch.setenv("LUMBUNG_LAKE", str(lake.root))
        bound.bind(("127.0.0.1", 0))
        app = Starlette(routes=[*routes.ROUTES, *bulk.ROUTES, *receipts.ROUTES, *files.ROUTES])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def web(home: str) -> Iterator[httpx.Client]:
    """A client that asks for nothing compressed unless a test says so."""
    with httpx.Client(base_url=home, headers={"Accept-Encoding": "identity"}) as client:
        yield client


def test_every_form_is_served_as_the_release_lists_it(web: httpx.Client, lake: Lake) -> None:
    release = open_release(lake)
    asked = 0
    for file in published(release.folder)["hujan.rain"].files:
        tail = f"/{file.partition}.{file.form}" if file.partition else f".{file.form}"
        for place, cache in (("/download", LATEST), (f"/release/{release.id}", FOREVER)):
            got = web.get(f"{place}/hujan.rain{tail}")
            assert (
                got.status_code == 200
                and hashlib.sha256(got.content).hexdigest() == file.sha256
                and len(got.content) == file.bytes
            )
            told = got.headers
            assert (
                told["etag"] == f'"{file.sha256}"'
                and told["cache-control"] == cache
                and told["x-lumbung-release"] == release.id
            )
            assert (
                told["repr-digest"]
                == f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:"
            )
            assert told["content-type"] == FORMS[file.form].content_type and told[
                "content-disposition"
            ].startswith('attachment; filename="hujan.rain.')
            assert (
                told["content-disposition"].endswith(f'{file.form}"')
                and told["accept-ranges"] == "bytes"
            )
            asked += 1
    assert asked == 2 * (sum(not form.is_located for form in FORMS.values()) + 2)
    assert b"Rahasia" not in web.get(NAME).content and b"observer" not in web.get(NAME).content


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=3-999999", 206, slice(3, None)),
        ("bytes=999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=9-3", 200, slice(None)),
        ("bytes=a-b", 200, slice(None)),
        ("rows=1-2", 200, slice(None)),
        ("bytes=", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        (f"bytes=0-{'9' * 5000}", 200, slice(None)),
        ("bytes=٣-", 200, slice(None)),
        (f"bytes={','.join(f'{n}-{n}' for n in range(6000))}", 200, slice(None)),
    ],
)
def test_one_range_is_served_and_anything_else_safely(
    web: httpx.Client, asked: str, status: int, part: slice | None
) -> None:
    whole = web.get(NAME).content
    got = web.get(NAME, headers={"Range": asked.encode()})
    assert got.status_code == status
    if part is None:
        assert got.headers["content-range"] == f"bytes */{len(whole)}"
    else:
        assert got.content == whole[part]
    if status == 206:
        start = len(whole) - len(got.content) if asked != "bytes=0-3" else 0
        assert (
            got.headers["content-range"]
            == f"bytes {start}-{start + len(got.content) - 1}/{len(whole)}"
        )


def test_any_site_s_page_may_read_files_in_ranges_receipts_and_descriptions(
    web: httpx.Client, lake: Lake
) -> None:
    pinned = f"/release/{open_release(lake).id}"
    found = (
        NAME,
        "/download/all.zip",
        f"{pinned}/hujan.rain.parquet",
        f"{pinned}/all.zip",
        "/receipts/hujan.rain.json",
        f"{pinned}/hujan.rain.receipt.json",
    )
    described = (
        "/catalog.ttl",
        "/data.json",
        "/d/hujan.rain.jsonld",
        "/d/hujan.rain/datapackage.json",
        f"{NAME}-metadata.json",
    )
    found = (*found, *described)
    for path in (
        *found,
        "/d/nothing.ttl",
        "/download/nothing",
        "/receipts/nothing.json",
        "/release/nothing",
    ):
        origin = {"Origin": "https://page.example"}
        got = web.get(path, headers=origin)
        asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
        before = web.options(path, headers=origin | asked)
        assert got.status_code == (200 if path in found else 404) and before.status_code == 204, (
            path
        )
        assert (
            got.headers["access-control-allow-origin"]
            == before.headers["access-control-allow-origin"]
            == "*"
        ), path
        assert {
            "Content-Range",
            "Accept-Ranges",
            "ETag",
            "Repr-Digest",
            "X-Lumbung-Release",
        } <= set(got.headers["access-control-expose-headers"].split(", "))
        assert (
            before.headers["access-control-allow-headers"] == "*"
            and "GET" in before.headers["access-control-allow-methods"]
        )
        assert web.post(path).status_code == 405
    part = web.get(NAME, headers={"Origin": "https://page.example", "Range": "bytes=0-3"})
    assert part.status_code == 206 and part.headers["access-control-allow-origin"] == "*"


def test_a_receipt_is_asked_for_again_by_its_etag_and_an_absent_one_is_as_any_absent(
    web: httpx.Client, lake: Lake
) -> None:
    for path, cache in (
        ("/receipts/hujan.rain.json", LATEST),
        (f"/release/{open_release(lake).id}/hujan.rain.receipt.json", FOREVER),
    ):
        got = web.get(path)
        assert (
            got.headers["cache-control"] == cache
            and got.headers["content-type"] == "application/json"
        )
        again = web.get(path, headers={"If-None-Match": got.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (
            304,
            b"",
            got.headers["etag"],
        )
    for path in (
        "/receipts/nothing.json",
        "/receipts/tutup.rain.json",
        "/release/nothing/hujan.rain.receipt.json",
        "/receipts/hujan.rain.json?a=b",
    ):
        got = web.get(path)
        assert (got.status_code, got.content, got.headers["content-type"]) == (
            404,
            absent().body,
            absent().media_type,
        ), path


def test_who_asks_an_open_table_for_a_file_it_has_not_is_told_which_it_has(
    web: httpx.Client,
) -> None:
    told = web.get("/download/hujan.rain.geojson")
    assert (
        told.status_code == 404
        and "has no file of the form geojson; it has csv" in told.json()["detail"]
        and "/d/hujan.rain/files" in told.json()["detail"]
    )
    assert (
        "2026-01-01 has no file of the form xlsx; it has csv, parquet"
        in web.get("/download/hujan.rain/2026-01-01.xlsx").json()["detail"]
    )
    for other in ("2026-01-02", "1999-01-01", "9999-99-99"):
        assert (
            f"has no open partition {other};"
            in web.get(f"/download/hujan.rain/{other}.csv").json()["detail"]
        )
    assert web.get("/download/tutup.rain.geojson").content == absent().body, (
        "of a closed table nothing is told"
    )


def test_many_ranges_cost_no_memory_and_no_time(web: httpx.Client) -> None:
    asked = "bytes=" + ",".join(f"{n}-" for n in range(10_000))
    web.get(NAME)
    tracemalloc.start()
    begun = time.monotonic()
    for _ in range(5):
        got = web.get(NAME, headers={"Range": asked})
        assert got.status_code in (200, 400, 416, 431) and len(got.content) < 10_000
    took, peak = time.monotonic() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 5 and peak < 8_000_000, (
        "neither multiplied the file nor sorted the ranges at length"
    )


def test_who_has_it_already_is_told_so_and_a_range_of_another_version_is_the_whole(
    web: httpx.Client,
) -> None:
    first = web.get(NAME)
    tag = first.headers["etag"]
    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        got = web.get(NAME, headers={"If-None-Match": header})
        assert (
            got.status_code == 304
            and got.content == b""
            and got.headers["etag"] == tag
            and got.headers["cache-control"] == LATEST
        )
    assert web.get(NAME, headers={"If-None-Match": '"other"'}).status_code == 200
    part = {"Range": "bytes=0-3"}
    assert web.get(NAME, headers={**part, "If-Range": tag}).status_code == 206
    for other in ('"other"', f"W/{tag}", "Thu, 01 Jan 1970 00:00:00 GMT"):
        assert web.get(NAME, headers={**part, "If-Range": other}).status_code == 200, (
            "a part of another version would be put to the wrong one"
        )


def test_head_is_get_without_the_content(web: httpx.Client) -> None:
    for address in (NAME, "/download/hujan.rain.parquet", "/download/all.zip"):
        got, head = web.get(address), web.head(address)
        assert (
            head.status_code == 200
            and head.content == b""
            and int(head.headers["content-length"]) == len(got.content)
        )
        assert {key: value for key, value in head.headers.items() if key != "date"} == {
            key: value for key, value in got.headers.items() if key != "date"
        }
    assert (
        web.head("/download/hujan.nothing.csv").status_code == 404
        and web.post(NAME).status_code == 405
    )


def test_gzip_is_for_those_who_ask_and_never_for_a_range(home: str, web: httpx.Client) -> None:
    plain = web.get(NAME)
    assert plain.headers["vary"] == "Accept-Encoding" and "content-encoding" not in plain.headers
    for header, packed in (
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("br", False),
        ("identity", False),
        ("", False),
    ):
        with web.stream("GET", NAME, headers={"Accept-Encoding": header}) as got:
            raw = b"".join(got.iter_raw())
        assert (got.headers.get("content-encoding") == "gzip") == packed and (
            gzip.decompress(raw) if packed else raw
        ) == plain.content, header
        assert (
            got.headers["vary"] == "Accept-Encoding"
            and (got.headers["etag"] != plain.headers["etag"]) == packed
        )
        digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
        assert got.headers["repr-digest"] == f"sha-256=:{digest}:", (
            "the digest is that of what is sent"
        )
    got = web.get(NAME, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-3"})
    assert (
        got.status_code == 206
        and "content-encoding" not in got.headers
        and got.content == plain.content[:4]
    )
    parquet = web.get("/download/hujan.rain.parquet", headers={"Accept-Encoding": "gzip"})
    assert "vary" not in parquet.headers and "content-encoding" not in parquet.headers


CLOSED = [
    "/download/tutup.rain.csv",
    "/download/tutup.rain/2026-01-01.csv",
    "/download/hujan.nothing.csv",
    "/download/hujan.rain.exe",
    "/download/",
    "/download/lumbung.verdicts.csv",
    "/download/tutup.rain.geojson",
    "/download/..%2f..%2fetc%2fpasswd",
    "/download/%2e%2e/%2e%2e/etc/passwd",
    "/download/hujan.rain.csv%00",
    "/download/hujan.rain.csv/",
    "/download/hujan.rain.csv.gz",
    "/download/hujan.rain/..%2fhujan.rain.csv",
    "/download/HUJAN.RAIN.CSV",
    "/release/",
    "/release/current/hujan.rain.csv",
    "/release/previous/hujan.rain.csv",
    "/release/latest/all.zip",
    "/release/20260101T000000Z-0000000000000000/hujan.rain.csv",
    "/release/../current/hujan.rain.csv",
    "/release/x",
    "/release/%2e%2e/files.json",
    "/release/{id}/files.json",
    "/release/{id}/manifest.json",
    "/release/{id}/tutup.rain.csv",
    "/release/{old}/hujan.rain.csv",
    "/release/{old}/hujan.rain/2026-01-01.parquet",
    "/release/{old}/all.zip",
]


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_closed_and_what_is_not_there_are_answered_alike(
    home: str, lake: Lake, address: str
) -> None:
    path = address.replace("{id}", open_release(lake).id).replace("{old}", releases(lake)[0].id)
    host, port = home.removeprefix("http://").split(":")
    with socket.create_connection(
        (host, int(port)), timeout=10
    ) as wire:  # a client would tidy the path
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"404" and body == bytes(absent().body)
    told = [
        f"{key}: {value}".lower().encode() for key, value in {**absent().headers, **OPEN}.items()
    ]
    lines = sorted(
        line for line in head.lower().split(b"\r\n")[1:] if not line.startswith(b"date:")
    )
    assert lines == sorted([b"server: uvicorn", b"connection: close", *told])


def test_the_closed_dataset_was_harvested_and_is_in_no_release(lake: Lake) -> None:
    assert lake.files(lake.dataset_table("clean", "tutup.rain")), (
        "else the test above could not fail"
    )
    assert all("tutup.rain" not in release.manifest.tables for release in releases(lake))


def test_the_address_of_a_release_stays_what_it_was(web: httpx.Client, lake: Lake) -> None:
    before, after = releases(lake)[1:]
    old, new = (web.get(f"/release/{release.id}/hujan.rain.csv") for release in (before, after))
    assert (
        old.content.count(b"\n") == 5
        and new.content.count(b"\n") == 6
        and new.content == web.get(NAME).content
    )
    assert old.headers["cache-control"] == FOREVER and old.headers["x-lumbung-release"] == before.id
    receipt = f"/release/{before.id}/hujan.rain.receipt.json"
    assert (
        f'{receipt}>; rel="describedby"' in old.headers["link"]
        and '/receipts/hujan.rain.json>; rel="describedby"' in web.get(NAME).headers["link"]
    )
    assert (
        web.get(receipt).json()["name"] == "hujan.rain"
        and web.get(receipt).json() != web.get("/receipts/hujan.rain.json").json()
    )


def test_a_file_that_is_gone_from_the_disk_is_absent_not_an_error(
    web: httpx.Client, lake: Lake
) -> None:
    file = published(open_release(lake).folder)["hujan.rain"].file("ndjson")
    assert file is not None
    path = lake.root / file.path
    path.rename(path.with_suffix(".away"))
    try:
        assert web.get("/download/hujan.rain.ndjson").status_code == 404
    finally:
        path.with_suffix(".away").rename(path)
    assert web.get("/download/hujan.rain.ndjson").status_code == 200


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_whole_release_is_one_zip_of_known_length(
    web: httpx.Client, lake: Lake, form: str
) -> None:
    got = web.get("/download/all.zip", params={"form": form})
    assert (
        got.status_code == 200
        and int(got.headers["content-length"]) == len(got.content)
        and got.headers["accept-ranges"] == "none"
    )
    whole = zipfile.ZipFile(io.BytesIO(got.content))
    assert whole.testzip() is None and set(whole.namelist()) == {
        "README.txt",
        "manifest.json",
        "SHA256SUMS",
        f"hujan.rain.{form}",
    }
    digest, name = whole.read("SHA256SUMS").decode().split()
    assert hashlib.sha256(whole.read(name)).hexdigest() == digest
    manifest = json.loads(whole.read("manifest.json"))
    assert (
        manifest["release"] == open_release(lake).id
        and manifest["tables"]["hujan.rain"]["rows"] == 5
        and "tutup" not in got.text
    )
    readme = whole.read("README.txt").decode()
    assert "Curah hujan" in readme and "Rainfall" in readme and "(synthetic)" in readme
    assert (
        web.get(
            "/download/all.zip",
            params={"form": form},
            headers={"If-None-Match": got.headers["etag"]},
        ).status_code
        == 304
    )
    old = web.get(f"/release/{releases(lake)[1].id}/all.zip", params={"form": form})
    assert old.headers["cache-control"] == FOREVER and old.headers["etag"] != got.headers["etag"]
    refused = web.get("/download/all.zip?form=exe")
    assert refused.status_code == 400 and "parquet or csv" in refused.json()["detail"]


def test_people_read_the_files_with_their_own_tools(
    home: str, web: httpx.Client, tmp_path: Path
) -> None:
    table = pd.read_csv(home + NAME, dtype={"gauge": "string"}, parse_dates=["measured_at"])
    assert (
        len(table) == 5
        and str(table["measured_at"].dtype).endswith("UTC]")
        and table["rain_mm"].sum() == 7.5
    )
    assert (
        pd.read_csv(f"{home}/download/hujan.rain.excel.csv", sep=";", decimal=",").rain_mm.sum()
        == 7.5
    )
    assert pl.read_parquet(web.get("/download/hujan.rain.parquet").content).height == 5
    assert pl.read_excel(web.get("/download/hujan.rain.xlsx").content)["rain_mm"].sum() == 7.5
    path = tmp_path / "rain.ndjson"
    path.write_bytes(web.get("/download/hujan.rain.ndjson").content)
    with duckdb.connect() as con:
        assert con.execute(
            "SELECT count(*), sum(rain_mm), max(measured_at::TIMESTAMPTZ) IS NOT NULL FROM"
            f" '{path}'"
        ).fetchall() == [(5, 7.5, True)]
