"""A column or dataset that its owner closes goes from every address at once, of earlier releases
too; one that nobody knows any more keeps its address.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assets.harvest import harvest
from pipelines.connectors.contracts import read_contracts
from pipelines.lake.lake import Lake
from pipelines.publication.make_release import make_release
from pipelines.release.release import Release
from pipelines.settings import PROJECT
from portal.api import bulk, files, rows, tables
from portal.http.answers import absent
from portal.metadata import routes as metadata
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
DAY = date(2026, 1, 1)
CLOSED = (
    "{property: informationClass, value: dikecualikan}\n      - {property: exemption, value: UU"
    " 14/2008 Ps 17 huruf h}"
)


def released(folder: Path, count: int) -> Release:
    lake, contracts = Lake(folder / "lake"), read_contracts(folder / "contracts")
    drop(folder / "drop", DAY, [row(DAY, n) for n in range(count)])
    for contract in contracts:
        harvest(
            lake, PROJECT / "sql", contract, contract.datasets[0], [DAY.isoformat()], f"run{count}"
        )
    return make_release(lake, contracts, [], f"run{count}")


def column_closed(contract: Path) -> None:
    text = contract.read_text()
    before, _, after = text.partition("- name: rain_mm")
    assert "classification: public" in after
    contract.write_text(
        before
        + "- name: rain_mm"
        + after.replace("classification: public", "classification: internal", 1)
    )


def dataset_closed(contract: Path) -> None:
    contract.write_text(
        contract.read_text().replace("{property: informationClass, value: berkala}", CLOSED)
    )


@pytest.mark.parametrize("change", [column_closed, dataset_closed])
def test_what_is_closed_later_is_absent_from_earlier_releases_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    contract = write_sample(tmp_path / "contracts", tmp_path / "drop")
    write_sample(tmp_path / "contracts", tmp_path / "drop", "lain")
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "lake"))
    client = TestClient(
        Starlette(
            routes=[*metadata.ROUTES, *bulk.ROUTES, *files.ROUTES, *tables.ROUTES, *rows.ROUTES]
        ),
        follow_redirects=False,
    )
    first = released(tmp_path, 3)
    page = client.get("/api/v1/tables/hujan.rain/rows?limit=1").json()
    addresses = [
        f"/release/{first.id}/hujan.rain.csv",
        f"/release/{first.id}/hujan.rain.csv-metadata.json",
        f"/release/{first.id}/hujan.rain/{DAY}.parquet",
        f"/api/v1/tables/hujan.rain?release={first.id}",
        f"/api/v1/tables/hujan.rain/rows?release={first.id}&limit=2",
        f"/api/v1/tables/hujan.rain/aggregate?release={first.id}&measure=count",
        page["next"].partition("/api")[1] + page["next"].partition("/api")[2],
    ]
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses), (
        "open as long as its owner says so"
    )
    change(contract)
    second = released(tmp_path, 4)
    assert second.id != first.id
    for address in addresses:
        assert client.get(address).content == absent().body, address
    assert client.get(f"/release/{first.id}/lain.rain.csv").status_code == 200, (
        "what nobody closed stays"
    )
    names = zipfile.ZipFile(
        io.BytesIO(client.get(f"/release/{first.id}/all.zip").content)
    ).namelist()
    assert "lain.rain.parquet" in names and "hujan.rain.parquet" not in names


def test_what_no_contract_knows_any_more_keeps_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = write_sample(tmp_path / "contracts", tmp_path / "drop")
    write_sample(tmp_path / "contracts", tmp_path / "drop", "lain")
    monkeypatch.setenv("LUMBUNG_LAKE", str(tmp_path / "lake"))
    first = released(tmp_path, 3)
    contract.unlink()
    assert released(tmp_path, 4).id != first.id
    assert (
        TestClient(Starlette(routes=files.ROUTES))
        .get(f"/release/{first.id}/hujan.rain.csv")
        .status_code
        == 200
    )
