"""CKAN's own clients against the portal: ckanapi as library and command line, and the harvester
of ckanext-harvest, full and incremental.
"""

import csv
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from ckanapi import NotFound, RemoteCKAN, ValidationError
from ckanapi.errors import CKANAPIError, SearchQueryError
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from voluptuous import Invalid

from assets.definitions import build_defs
from assets.instance import QUIET, open_instance
from pipelines.release.release import open_release
from portal.api.ckan import dump
from portal.api.ckan import routes as ckan
from portal.api.ckan.package import slug
from portal.data.entries import entries
from portal.data.release import opened
from tests.conftest import Harvested
from tests.released import SmallHouse, released
from tests.unit.portal.api.test_ckan import PACKAGE

pytestmark = [pytest.mark.xdist_group("city"), pytest.mark.tool("ckanapi")]
HARVEST = Path(__file__).parent.parent / "peers" / "harvest.py"


def ckanapi(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line, which starts itself again and so must be on the path."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
    }
    return subprocess.run(
        ["ckanapi", *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )


def harvest(peers: Path, address: str, *conditions: str) -> dict[str, Any]:
    """Run CKAN's harvester and return what it found."""
    done = subprocess.run(
        [peers, HARVEST, address, *conditions],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def names(found: dict[str, Any]) -> list[str]:
    return sorted(package["name"] for package in found["packages"])


@contextmanager
def answering(app: ASGIApp) -> Iterator[str]:
    """Serve an app on this machine from a thread."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    return released(tmp_path_factory.mktemp("clients"))


@pytest.fixture
def small(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    with answering(Starlette(routes=[*ckan.ROUTES, *dump.ROUTES])) as address:
        yield address


def published(harvested: Harvested) -> list[str]:
    return sorted(slug(name) for name in entries(opened(open_release(harvested.lake).folder)))


@pytest.mark.tool("ckanext-harvest")
def test_the_harvester_finds_every_published_table_once(
    harvested: Harvested, served: str, peers: Path
) -> None:
    found = harvest(peers, served)
    assert names(found) == published(harvested) and len(found["packages"]) > 100, (
        "more than one page"
    )
    for package in found["packages"]:
        PACKAGE(package)
    one = found["packages"][0]["organization"]["name"]
    of_one = harvest(peers, served, f"organization:{one} OR organization:nobody")
    assert names(of_one) == sorted(
        package["name"] for package in found["packages"] if package["organization"]["name"] == one
    )
    rest = harvest(peers, served, f"-organization:{one}", "-groups:mobility")
    left = [
        package
        for package in found["packages"]
        if package["organization"]["name"] != one
        and "mobility" not in [group["name"] for group in package["groups"]]
    ]
    assert names(rest) == sorted(package["name"] for package in left) and left


@pytest.mark.tool("ckanext-harvest")
def test_the_harvester_asks_again_only_for_what_changed(
    house: SmallHouse, small: str, peers: Path
) -> None:
    first = harvest(peers, small)
    assert len(names(first)) == 3
    later = (
        max(datetime.fromisoformat(package["metadata_modified"]) for package in first["packages"])
        + timedelta(microseconds=1)
    ).isoformat()
    assert names(harvest(peers, small, "--since", later)) == []
    kpi = house.sql / "kpi" / "rainy_days.sql"
    kpi.write_text(kpi.read_text().replace("rain_mm > 0", "rain_mm > 0.5"))
    with open_instance(house.lake) as instance:
        job = build_defs(house.contracts, house.lake, house.sql).resolve_job_def("release_job")
        assert job.execute_in_process(instance=instance, run_config=QUIET).success
    assert names(harvest(peers, small, "--since", later)) == ["kpi-rainy_days"]
    assert names(harvest(peers, small)) == names(first)


@pytest.mark.tool("ckanext-harvest")
@pytest.mark.parametrize("wrong", [(b"start=", b"begin="), (b"rows=100", b"rows=99")])
def test_pages_that_are_wrong_lose_tables(
    harvested: Harvested, peers: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[bytes, bytes]
) -> None:
    app = Starlette(routes=ckan.ROUTES)

    async def changed(scope: Scope, receive: Receive, send: Send) -> None:
        """A portal that does not know ``start``, or whose pages are shorter than it was asked
        for.
        """
        await app(
            {**scope, "query_string": scope.get("query_string", b"").replace(*wrong)}, receive, send
        )

    monkeypatch.setenv("LUMBUNG_LAKE", str(harvested.lake.root))
    with answering(changed) as address:
        assert set(names(harvest(peers, address))) < set(published(harvested))


@pytest.mark.tool("ckanext-harvest")
def test_a_harvested_package_that_lacks_a_key_is_seen(small: str, peers: Path) -> None:
    package = harvest(peers, small)["packages"][0]
    PACKAGE(package)
    for key in ("license_id", "resources", "metadata_modified"):
        with pytest.raises(Invalid, match=key):
            PACKAGE({name: value for name, value in package.items() if name != key})


@pytest.mark.parametrize("get_only", [False, True])
def test_ckanapi_reads_and_is_refused_by_its_own_exceptions(
    harvested: Harvested, served: str, get_only: bool
) -> None:
    with RemoteCKAN(served, get_only=get_only) as remote:
        assert remote.action.status_show()["site_url"] == served
        every = remote.action.package_list(include_private=False)
        assert sorted(every) == published(harvested)
        package = remote.action.package_show(id=every[0])
        assert remote.action.package_search(fq=f"name:{every[0]}", rows=1)["results"] == [package]
        (resource,) = [
            resource for resource in package["resources"] if resource["datastore_active"]
        ]
        found = remote.action.datastore_search(resource_id=resource["id"], limit=2)
        assert (
            found["total"]
            == int(next(extra["value"] for extra in package["extras"] if extra["key"] == "rows"))
            and len(found["records"]) <= 2
        )
        for refused, action, parameters in (
            (NotFound, "package_show", {"id": "nobody"}),
            (
                ValidationError,
                "datastore_search",
                {"resource_id": resource["id"], "fields": "nothing"},
            ),
            (SearchQueryError, "package_search", {"fq": "nothing:x"}),
            (CKANAPIError, "package_create", {"name": "x"}),
        ):
            with pytest.raises(refused):
                remote.call_action(action, parameters)


def test_the_command_line_searches_and_dumps(
    harvested: Harvested, served: str, tmp_path: Path
) -> None:
    listed = ckanapi("dump", "datasets", "--all", "-q", "-p", "2", "-r", served, folder=tmp_path)
    dumped = {package["name"]: package for package in map(json.loads, listed.stdout.splitlines())}
    assert sorted(dumped) == published(harvested)
    found = ckanapi("search", "datasets", "q=udara", "-r", served, folder=tmp_path)
    assert {json.loads(line)["name"] for line in found.stdout.splitlines()} < set(
        dumped
    ) and found.stdout
    for things in ("organizations", "groups"):
        assert all(
            json.loads(line)["id"]
            for line in ckanapi(
                "dump", things, "--all", "-q", "-r", served, folder=tmp_path
            ).stdout.splitlines()
        )


def test_data_packages_of_the_command_line_hold_each_table_whole(
    harvested: Harvested, served: str, tmp_path: Path
) -> None:
    ckanapi(
        "dump",
        "datasets",
        "--all",
        f"--datapackages={tmp_path / 'packages'}",
        "-q",
        "-p",
        "2",
        "-r",
        served,
        folder=tmp_path,
    )
    assert sorted(path.name for path in (tmp_path / "packages").iterdir()) == published(harvested)
    for folder in (tmp_path / "packages").iterdir():
        package = json.loads((folder / "datapackage.json").read_text())
        (resource,) = [
            resource for resource in package["resources"] if resource["title"].startswith("CSV · ")
        ]
        content = (folder / resource["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == resource["hash"], folder.name
        header = next(csv.reader(io.StringIO(content.decode())))
        assert header == [field["name"] for field in resource["schema"]["fields"]] and all(
            field["description"] for field in resource["schema"]["fields"]
        )


def closed(harvested: Harvested) -> Sequence[str]:
    release = open_release(harvested.lake)
    return [
        dataset.id
        for contract in release.contracts
        for dataset in contract.datasets
        if not dataset.is_public
    ]


def test_a_closed_table_is_as_absent_as_one_that_is_not_there(
    harvested: Harvested, served: str
) -> None:
    def answers(name: str) -> list[bytes]:
        found = []
        for path in (
            f"/api/3/action/package_show?id={name}",
            f"/api/3/action/datastore_search?resource_id={name}",
            f"/datastore/dump/{name}",
        ):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(served + path, timeout=30)
            with refused.value as answer:
                assert answer.code == 404
                found.append(answer.read())
        return found

    nothing = answers("nobody.nothing")
    assert closed(harvested) and all(
        answers(name) == nothing for name in [*closed(harvested), *map(slug, closed(harvested))]
    )
