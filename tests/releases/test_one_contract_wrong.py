"""One contract wrong sets aside only its application: the others are harvested, the release is
made, and the last good contract goes on describing what is published.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from starlette.testclient import TestClient

from assets.definitions import SET_ASIDE, build_defs
from assets.run import run
from cli.live import compare
from cli.show import sources
from pipelines.errors import ContractError, LumbungError
from pipelines.release.last_good import standing_contracts
from pipelines.verify.rebuild import Rebuild
from portal.app import app
from tests.released import released
from tests.sample import drop, row, write_sample
from tests.town import THIRD, Town

pytestmark = pytest.mark.xdist_group("gate")
OTHER = "sungai"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small house and a second application beside it, two days of both released."""
    folder = tmp_path_factory.mktemp("town")
    released(folder, beside=(OTHER,))
    return folder


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Town:
    """A copy of that town, to break; its contracts name the first one's folder of files."""
    copy = tmp_path / "town"
    shutil.copytree(built, copy, symlinks=True, ignore=shutil.ignore_patterns("drop"))
    (copy / "drop").symlink_to(built / "drop")
    return Town(copy)


def _replaced(old: str, new: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nothing"))


LINK = (
    "    relationships:\n      - {{type: foreignKey, from: rain.gauge, to:"
    " {0}.odcs.yaml#/schema/rain/properties/{1}}}\n    properties:\n      - name: gauge"
)
GAUGE = "    properties:\n      - name: gauge"
BROKEN: dict[str, Callable[[Path], Any]] = {
    "a typo in a key": _replaced("classification: personal", "clasification: personal"),
    "an unknown type": _replaced("logicalType: number", "logicalType: numbr"),
    "no YAML": lambda path: path.write_text("apiVersion: [", "utf-8"),
    "an empty file": lambda path: path.write_bytes(b""),
    "half a file": lambda path: path.write_bytes(path.read_bytes()[:1500]),
    "not UTF-8": lambda path: path.write_bytes(b"\xff\xfe" + path.read_bytes()),
    "a folder": _folder,
    "a link to nothing": _dangling,
    "another's id": _replaced("id: hujan", f"id: {OTHER}"),
    "a reference to nobody": _replaced(GAUGE, LINK.format(OTHER, "guage")),
    "a name given twice": _replaced("      - name: kind", "      - name: gauge"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_whatever_is_wrong_with_a_contract_sets_aside_its_application(town: Town, how: str) -> None:
    contract = town.contract("hujan")
    kept = contract.read_bytes()
    BROKEN[how](contract)
    read = standing_contracts(contract.parent, town.lake)
    assert [*read.problems] == ["hujan"] and str(contract) in read.problems["hujan"]
    assert [contract.application for contract in read.read] == [OTHER]
    assert [contract.content for contract in read.kept] == [kept]


@pytest.mark.parametrize("how", ("a typo in a key", "a folder"))
def test_a_broken_contract_changes_nothing_else(town: Town, how: str) -> None:
    tables = ("hujan.rain", "mart.rain_daily", "kpi.rainy_days")
    before, contract = {name: town.rows(name) for name in tables}, town.contract("hujan")
    kept = contract.read_bytes()
    BROKEN[how](contract)
    report = town.harvested()
    (said,) = report.errors
    assert said.startswith("hujan is set aside and not harvested; its last good contract goes on")
    assert str(contract) in said
    assert [*report.datasets] == [f"{OTHER}.rain"]
    assert len(town.rows(f"{OTHER}.rain")) == 6
    assert {name: town.rows(name) for name in tables} == before
    after = town.release
    assert report.release == after.id
    assert {name: why.written() for name, why in after.manifest.withheld.items()} == {
        "hujan": {"reason": "contract"}
    }
    assert (after.folder / "contracts" / contract.name).read_bytes() == kept
    assert [contract.application for contract in after.contracts] == ["hujan", OTHER]
    rebuild = Rebuild(town.lake, after, town.folder / "sql")
    for name in (*tables, f"{OTHER}.rain"):
        outcomes = [*rebuild.verify(name)]
        assert outcomes and [outcome.said for outcome in outcomes if not outcome.ok] == []


def test_a_mended_contract_is_harvested_again(town: Town) -> None:
    contract = town.contract("hujan")
    kept = contract.read_bytes()
    BROKEN["no YAML"](contract)
    town.harvested()
    contract.write_bytes(kept)
    assert town.harvested().errors == []
    assert town.release.manifest.withheld == {}
    assert len(town.rows("hujan.rain")) == 6


def test_a_new_application_whose_contract_is_wrong_has_nothing_that_stays(town: Town) -> None:
    path = write_sample(town.folder / "contracts", town.folder / "drop", "angin")
    BROKEN["no YAML"](path)
    read = standing_contracts(path.parent, town.lake)
    assert [said.partition(":")[0] for said in read.said] == [
        "angin is set aside and not harvested"
    ]
    assert read.kept == () and [contract.application for contract in read.standing] == [
        "hujan",
        OTHER,
    ]


def test_what_refers_to_a_contract_set_aside_is_held_against_its_last_good_one(town: Town) -> None:
    contract, other = town.contract("hujan"), town.contract(OTHER)
    _replaced(GAUGE, LINK.format("hujan", "gauge"))(other)
    BROKEN["no YAML"](contract)
    read = standing_contracts(contract.parent, town.lake)
    assert [*read.problems] == ["hujan"] and [contract.application for contract in read.read] == [
        OTHER
    ]
    _replaced("properties/gauge}", "properties/depth}")(other)
    read = standing_contracts(contract.parent, town.lake)
    assert [*read.problems] == ["hujan", OTHER] and read.read == ()
    assert [contract.application for contract in read.kept] == ["hujan", OTHER]


def test_a_release_opens_though_its_last_good_contract_refers_to_what_is_gone(town: Town) -> None:
    contract, other = town.contract("hujan"), town.contract(OTHER)
    _replaced(GAUGE, LINK.format(OTHER, "observer"))(contract)
    assert town.harvested().errors == []
    BROKEN["half a file"](contract)
    _replaced("      - name: observer", "      - name: noted_by")(other)
    assert len(town.harvested().errors) == 1
    assert len(town.release.contracts) == 2


def test_a_contract_that_changes_while_a_run_goes_on_changes_nothing_of_it(town: Town) -> None:
    contract = town.contract("hujan")
    kept = contract.read_bytes()

    def broken(*_: object) -> None:
        BROKEN["no YAML"](contract)

    drop(town.folder / "drop", THIRD, [row(THIRD)])
    with dg.DagsterInstance.ephemeral() as instance:
        report = run(
            instance,
            contract.parent,
            town.lake,
            town.folder / "sql",
            [],
            THIRD,
            THIRD,
            broken,
        )
    assert report.errors == [] and town.release.manifest.withheld == {}
    assert (town.release.folder / "contracts" / contract.name).read_bytes() == kept
    assert [contract.application for contract in town.release.contracts] == ["hujan", OTHER]


def test_a_last_good_contract_that_was_tampered_with_describes_nothing(town: Town) -> None:
    contract = town.contract("hujan")
    BROKEN["no YAML"](contract)
    last = town.release.folder / "contracts" / contract.name
    _replaced("classification: personal", "classification: public")(last)
    assert standing_contracts(contract.parent, town.lake).kept == ()


def test_asked_for_alone_it_says_what_is_wrong(town: Town) -> None:
    BROKEN["an unknown type"](town.contract("hujan"))
    report = town.harvested(applications=["hujan"])
    assert report.datasets == {} and "numbr" in report.errors[0] and len(report.errors) == 1
    with pytest.raises(LumbungError, match="there is no application 'hujn'; did you mean 'hujan'"):
        town.harvested(applications=["hujn"])


def test_status_says_it_is_set_aside(town: Town) -> None:
    BROKEN["an unknown type"](town.contract("hujan"))
    path = write_sample(town.folder / "contracts", town.folder / "drop", "angin")
    BROKEN["no YAML"](path)
    told = sources(town.lake, standing_contracts(path.parent, town.lake))
    by_name = {entry["application"]: entry for entry in told}
    assert json.dumps(told)
    assert (by_name["hujan"]["state"], by_name[OTHER]["state"]) == ("set aside", "degraded")
    assert "numbr" in by_name["hujan"]["why"]
    assert [dataset["newest"] for dataset in by_name["hujan"]["datasets"]] == ["2026-01-02"]
    assert by_name["angin"]["state"] == "set aside" and by_name["angin"]["datasets"] == []


def test_the_others_keep_their_schedules(town: Town) -> None:
    BROKEN["no YAML"](town.contract("hujan"))
    defs = build_defs(town.folder / "contracts", town.lake, town.folder / "sql")
    assert {schedule.name for schedule in defs.schedules or ()} == {
        f"{OTHER}__rain_schedule",
        "release_schedule",
    }
    assert str(town.contract("hujan")) in str((defs.metadata or {})[SET_ASIDE])
    assert defs.resolve_job_def("release_job")


def test_a_source_is_held_against_its_contract_whatever_anothers_says(town: Town) -> None:
    BROKEN["no YAML"](town.contract("hujan"))
    contracts, sql = town.folder / "contracts", town.folder / "sql"
    assert "has no records" in compare(contracts, town.lake, sql, OTHER)[1][0]
    with pytest.raises(ContractError, match=r"hujan\.odcs\.yaml"):
        compare(contracts, town.lake, sql, "hujan")


def test_pages_say_that_the_last_good_contract_serves(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    BROKEN["an unknown type"](town.contract("hujan"))
    town.harvested()
    monkeypatch.setenv("LUMBUNG_LAKE", str(town.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    said = "Its data contract cannot be read now"
    listed = client.get("/withheld?lang=en").text
    assert said in listed and "numbr" not in listed
    page = client.get("/d/hujan.rain?lang=en").text
    assert said in page and "numbr" not in page
    assert said not in client.get(f"/d/{OTHER}.rain?lang=en").text
