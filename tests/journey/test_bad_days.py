"""Bad days at the source: what failed says why, what was right stays published, and nobody else
is held up.
"""

from datetime import date
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from demo.city import City
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from tests.conftest import run_city

pytestmark = pytest.mark.xdist_group("bad days")
CITY = City(today=date(2026, 6, 16), scale=0.05, days=2)
ONLY = ("sikesal", "ppid")


def only(path: str, answer: Response):
    def fault(request: Request) -> Response | None:
        return answer if path in request.url.path else None

    return fault


FAULTS = {
    "down": (lambda: PlainTextResponse("x", 404), "404"),
    "a page instead of data": (
        lambda: PlainTextResponse("<html>", media_type="text/html"),
        "text/html",
    ),
    "a total that does not match": (
        lambda: JSONResponse([], headers={"X-Total-Count": "9"}),
        "states 9 records but delivered 0",
    ),
    "an error in place of records": (
        lambda: JSONResponse({"error": "no"}, headers={"X-Total-Count": "0"}),
        "no list of records",
    ),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> tuple[Lake, Path, int]:
    folder = tmp_path_factory.mktemp("bad-days")
    lake = Lake(folder / "lake")
    run_city(CITY, lake, folder / "source", applications=ONLY)
    with open_release(lake).connect() as con:
        return (
            lake,
            folder / "source",
            con.execute("SELECT count(*) FROM sikesal.complaints").fetchall()[0][0],
        )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_source_that_fails_holds_up_nobody_and_loses_nothing(
    fault: str, good: tuple[Lake, Path, int]
) -> None:
    lake, folder, rows = good
    answer, says = FAULTS[fault]
    report = run_city(CITY, lake, folder, faults=only("/sikesal/", answer()), applications=ONLY)
    assert report["errors"] == [] and report["withheld"]
    assert all(
        row["verdict"] == "withheld" and says in row["findings"][0]["message"]
        for row in report["datasets"]["sikesal.complaints"]
    )
    assert all(row["verdict"] == "passed" for row in report["datasets"]["ppid.requests"])
    with open_release(lake).connect() as con:
        assert con.execute("SELECT count(*) FROM sikesal.complaints").fetchall() == [(rows,)]
        why = con.execute(
            "SELECT findings[1].kind, findings[1].message FROM lumbung.verdicts WHERE dataset ="
            " 'sikesal.complaints' LIMIT 1"
        ).fetchall()
        assert why == [("source", None)], (
            "what a source said stays in the lake: it may hold anything"
        )


def test_a_column_that_changed_its_name_withholds_its_day(good: tuple[Lake, Path, int]) -> None:
    lake, folder, rows = good

    def renamed(request: Request) -> Response | None:
        if "/sikesal/" not in request.url.path:
            return None
        record = {"ticket": "SKL-2026-00001", "updated_datetime": "2026-06-15T08:00:00+07:00"}
        return JSONResponse([record], headers={"X-Total-Count": "1"})

    report = run_city(CITY, lake, folder, faults=renamed, applications=ONLY)
    found = {
        finding["rule"]: finding
        for row in report["datasets"]["sikesal.complaints"]
        for finding in row["findings"]
    }
    assert "service_request_id" in found["schema"]["absent"]
    with open_release(lake).connect() as con:
        assert con.execute("SELECT count(*) FROM sikesal.complaints").fetchall() == [(rows,)]
