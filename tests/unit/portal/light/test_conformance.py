"""What a run of the checks makes of what it finds, and what the portal tells of it: nothing run
is never all well.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from starlette.testclient import TestClient

from pipelines.release.conformance import Result, read_results, write_results
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from portal.app import app
from portal.words.say import say
from tests.released import SmallHouse, released

CHECK = Result(
    "dcat <b>", "validator", "ok", "47 datasets", "pyshacl 0.40", "2026-01-01T00:00:00Z", ""
)
OLDER = "20200101T000000Z-0123456789abcdef"
GOOD, BAD = (
    "def test_it_is_well():\n    assert True\n",
    "def test_it_is_well():\n    assert False\n",
)
UNREADABLE = "import nothing_of_this_name\n"
SKIPPED = "import pytest\n\ndef test_it_is_well():\n    pytest.skip('no tool')\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    return released(tmp_path_factory.mktemp("house"))


@pytest.fixture
def client(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    for path in (house.lake.root / "conformance").glob("*.json"):
        path.unlink()
    yield TestClient(
        app,
        base_url="http://127.0.0.1:8501",
        headers={"accept": "text/html"},
        follow_redirects=False,
    )


def checked(house: SmallHouse, tests: Path) -> subprocess.CompletedProcess[str]:
    """Run the checks of a folder against the house in a process of its own, as ``make
    conformance`` does.
    """
    program = (
        "import sys; from pathlib import Path; from tests.conformance.__main__ import main;"
        f" sys.exit(main({str(house.lake.root)!r}, Path({str(tests)!r})))"
    )
    there = {**os.environ, "LUMBUNG_CONTRACTS": str(house.contracts), "LUMBUNG_SQL": str(house.sql)}
    return subprocess.run(
        [sys.executable, "-c", program, str(house.lake.root), str(tests)],
        cwd=PROJECT,
        env=there,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        ({"test_a.py": GOOD}, 0, {"ok"}),
        ({"test_a.py": BAD}, 1, {"failed", "ok"}),
        ({"test_a.py": GOOD, "test_b.py": UNREADABLE}, 1, {"failed", "ok"}),
        ({"test_b.py": UNREADABLE}, 1, {"failed", "ok"}),
        ({"test_a.py": SKIPPED}, 1, None),
        ({}, 1, None),
    ],
    ids=["good", "bad", "one unreadable", "all unreadable", "all skipped", "none"],
)
def test_only_checks_that_ran_and_passed_are_well(
    house: SmallHouse,
    client: TestClient,
    tmp_path: Path,
    files: dict[str, str],
    code: int,
    told: set[str] | None,
) -> None:
    release = open_release(house.lake).id
    write_results(house.lake, release, [CHECK])
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    run = checked(house, tmp_path)
    assert run.returncode == code, run.stdout + run.stderr
    found = read_results(house.lake, release)
    assert found is not None
    if told is None:
        assert found == (release, [CHECK]) and "nothing was checked" in run.stdout, (
            "an empty run leaves what an earlier one found"
        )
    else:
        assert {result.result for result in found[1]} == told and len(found[1]) >= 2
    if UNREADABLE in files.values():
        assert any(
            "nothing_of_this_name" in result.detail and result.result == "failed"
            for result in found[1]
        )


def test_a_release_nobody_checked_is_told_as_that_to_people_and_programs(
    house: SmallHouse, client: TestClient
) -> None:
    release = open_release(house.lake).id
    assert (
        say("conformance_none", "en", release)
        in lxml.html.document_fromstring(client.get("/conformance?lang=en").text).text_content()
    )
    answer = client.get("/conformance.json")
    assert answer.headers["content-type"] == "application/json" and answer.json() == {
        "release": release,
        "checked": None,
        "results": [],
    }
    write_results(house.lake, OLDER, [CHECK])
    assert (
        say("conformance_older", "en", release, OLDER)
        in lxml.html.document_fromstring(client.get("/conformance?lang=en").text).text_content()
    )
    told = client.get("/conformance.json").json()
    assert (told["release"], told["checked"]) == (release, OLDER) and told["results"][0][
        "check"
    ] == CHECK.check


def test_what_was_found_of_this_release_is_a_page_and_a_document(
    house: SmallHouse, client: TestClient
) -> None:
    release = open_release(house.lake).id
    write_results(
        house.lake,
        release,
        [
            CHECK,
            Result("axe", "accessibility", "failed", "", "axe 4", "2026-01-01T00:00:00Z", "no alt"),
        ],
    )
    for lang in ("id", "en"):
        page = lxml.html.document_fromstring(client.get(f"/conformance?lang={lang}").text)
        said = page.text_content()
        assert "dcat <b>" in said and "no alt" in said and say("result.failed", lang) in said
        assert (
            not page.xpath("//td/b")
            and say("conformance_older", lang, release, release) not in said
        )
        assert page.xpath("//footer//a[starts-with(@href, '/conformance')]/@aria-current") == [
            "page"
        ]
    told = client.get("/conformance.json")
    assert told.json()["checked"] == release and [
        result["result"] for result in told.json()["results"]
    ] == ["ok", "failed"]
    assert told.headers["access-control-allow-origin"] == "*"
    assert (
        client.get("/conformance.json", headers={"if-none-match": told.headers["etag"]}).status_code
        == 304
    )


def test_results_that_cannot_be_read_are_no_page_of_nothing(
    house: SmallHouse, client: TestClient
) -> None:
    write_results(house.lake, open_release(house.lake).id, [CHECK]).write_text("{")
    failing = TestClient(app, base_url="http://127.0.0.1:8501", raise_server_exceptions=False)
    assert (
        failing.get("/conformance").status_code
        == 500
        == failing.get("/conformance.json").status_code
    )
