"""Earlier releases over the row API: only those that were announced, told and kept apart from
the current one; cursors and times that no engine can read.
"""

import base64
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pipelines.files.index import FILES
from pipelines.lake.lake import Lake
from pipelines.release.release import releases
from portal.api import continuation, files, receipts, rows, tables
from portal.http.answers import FOREVER, absent
from portal.metadata.routes import ROUTES as DESCRIPTIONS
from tests.releases.test_closed_later import released
from tests.sample import write_sample

pytestmark = pytest.mark.xdist_group("gate")
TABLE = "/api/v1/tables/hujan.rain"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, of three rows and of four."""
    folder = tmp_path_factory.mktemp("earlier")
    write_sample(folder / "contracts", folder / "drop")
    released(folder, 3)
    released(folder, 4)
    return folder


@pytest.fixture
def client(house: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house / "lake"))
    return TestClient(
        Starlette(
            routes=[*DESCRIPTIONS, *receipts.ROUTES, *files.ROUTES, *tables.ROUTES, *rows.ROUTES]
        ),
        follow_redirects=False,
    )


def test_only_an_id_names_a_release_for_ever(client: TestClient, house: Path) -> None:
    ids = [release.id for release in releases(Lake(house / "lake"))]
    for word in (
        "latest",
        "current",
        "previous",
        "20260101T000000Z-0000000000000000",
        "../current",
    ):
        answer = client.get(f"{TABLE}/rows", params={"release": word})
        assert (
            answer.status_code == 400
            and ids[0] in answer.json()["detail"]
            and FOREVER not in answer.headers["cache-control"]
        )
    for release in ids:
        answer = client.get(f"{TABLE}/rows?release={release}")
        assert answer.headers["cache-control"] == FOREVER and answer.json()["release"] == release
        assert (
            client.get(f"{TABLE}/rows?release={release}&format=csv").headers["location"]
            == f"/release/{release}/hujan.rain.csv"
        ), "what is kept for ever says which"
    assert client.get(f"{TABLE}/rows?format=csv").headers["location"] == "/download/hujan.rain.csv"


def test_a_release_that_is_being_made_is_not_there_yet(
    client: TestClient, house: Path, request: pytest.FixtureRequest
) -> None:
    lake = Lake(house / "lake")
    first, second = releases(lake)
    current = lake.root / "releases" / "current"
    current.unlink()
    current.symlink_to(first.id)
    request.addfinalizer(lambda: (current.unlink(), current.symlink_to(second.id)))
    today = (second.made_at + timedelta(hours=7)).date()
    assert client.get(f"{TABLE}/rows", params={"as_of": str(today)}).json()["release"] == first.id
    assert client.get(f"{TABLE}/rows?release={second.id}").status_code == 400
    assert client.get(f"/release/{second.id}/hujan.rain.csv").content == absent().body


def test_a_release_without_a_list_of_files_is_absent_everywhere_and_an_error_nowhere(
    client: TestClient, house: Path, request: pytest.FixtureRequest
) -> None:
    first, second = releases(Lake(house / "lake"))
    listed = (first.folder / FILES).rename(first.folder / "aside.json")
    request.addfinalizer(lambda: listed.rename(first.folder / FILES))
    assert client.get(f"{TABLE}/rows?release={first.id}").status_code == 400
    assert client.get(f"{TABLE}/rows?as_of=2020-01-01").status_code == 400
    for name in ("hujan.rain.csv", "hujan.rain.csv-metadata.json", "hujan.rain.receipt.json"):
        assert client.get(f"/release/{first.id}/{name}").status_code == 404, name
        assert client.get(f"/release/{second.id}/{name}").status_code == 200, name


def test_a_cursor_of_brackets_is_refused_and_one_too_long_is_never_given(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = base64.urlsafe_b64encode(b"0" * 16 + b"[" * 2900).decode()
    assert client.get(f"{TABLE}/rows", params={"cursor": forged}).status_code == 400
    assert client.get(f"{TABLE}/rows?limit=1&sort=kind").json()["next"]
    monkeypatch.setattr(continuation, "LONGEST", 40)
    answer = client.get(f"{TABLE}/rows?limit=1&sort=-kind")
    assert answer.status_code == 400 and "sort by other columns" in answer.json()["detail"]


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-01T00:00:00+07:00:30.5",
        "2026-01-01T00:00:00+07:00:30",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T23:59:59-07:00",
    ],
)
def test_a_time_with_an_odd_offset_is_read_or_refused(client: TestClient, time: str) -> None:
    assert client.get(
        f"{TABLE}/rows", params={"filter": f"measured_at:gte:{time}"}
    ).status_code in (200, 400)


def test_rows_and_files_write_one_time_alike(client: TestClient) -> None:
    line = client.get("/download/hujan.rain.ndjson").text.splitlines()[0]
    assert line == client.get(f"{TABLE}/rows?format=ndjson&limit=1").text.strip()
    page = client.get(f"{TABLE}/rows?limit=2").json()
    following = client.get(
        f"{TABLE}/rows", params=dict(parse_qsl(urlsplit(page["next"]).query))
    ).json()
    assert len(page["rows"] + following["rows"]) == page["total"] == 4
    assert all(
        date.fromisoformat(row["measured_at"][:10]) and row["measured_at"].endswith("Z")
        for row in page["rows"]
    )


def test_rows_whose_file_is_gone_are_told_with_the_remedy_and_no_path(
    client: TestClient, house: Path, request: pytest.FixtureRequest
) -> None:
    folder = house / "lake" / "files"
    aside = folder.rename(folder.with_name("aside"))
    request.addfinalizer(lambda: aside.rename(folder))
    answer = client.get(f"{TABLE}/rows?filter=gauge:eq:asked-only-here")
    assert (
        answer.status_code == 503
        and "again" in answer.json()["detail"]
        and str(house) not in answer.text
    )
