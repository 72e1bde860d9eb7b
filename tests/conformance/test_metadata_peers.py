"""CKAN's DCAT parser over the catalogue, and the contract tool of others over every published
contract and the rows it promises, for the whole demo city.

Both live in the peers' environment. A control each turns red: a catalogue without titles, and
contracts that promise what the rows do not hold.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rdflib import Graph
from rdflib.namespace import DCAT, DCTERMS

from tests.conformance.portal import HYDRA, Portal
from tests.conftest import Harvested
from tests.serving import serving

pytestmark = pytest.mark.xdist_group("city")
PEERS = Path(__file__).parent.parent / "peers"
UNSUPPORTED = "Checking types in parquet files is not supported yet."
"""What the contract tool says of every column: types are checked by other validators."""


@pytest.fixture(scope="module")
def city(harvested: Harvested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with serving(harvested.lake.root, tmp_path_factory.mktemp("peers") / "portal.log") as served:
        yield Portal(served.address)


def output_of(peers: Path, script: str, *arguments: object, folder: Path) -> Any:
    """Run a script by the peers' interpreter and return the JSON document it prints last."""
    done = subprocess.run(
        [peers, PEERS / script, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def parsed(peers: Path, page: Graph, folder: Path) -> dict[str, Any]:
    page.serialize(folder / "page.ttl", format="turtle")
    return output_of(peers, "rdfparser.py", folder / "page.ttl", "turtle", folder=folder)


@pytest.mark.tool("ckanext-dcat")
def test_ckan_reads_every_dataset_and_file_of_the_catalogue_and_finds_the_next_page(
    city: Portal, peers: Path, tmp_path: Path
) -> None:
    found: list[dict[str, Any]] = []
    for page in city.pages:
        read = parsed(peers, page, tmp_path)
        assert read["next"] == next(
            (str(following) for following in page.objects(None, HYDRA.next)), None
        )
        found += read["datasets"]
    extras = [{extra["key"]: extra["value"] for extra in dataset["extras"]} for dataset in found]
    assert {dataset["identifier"] for dataset in extras} == {
        dataset["identifier"] for dataset in city.data_json["dataset"]
    }
    assert len(found) == len(city.names) > 100
    for dataset, extra in zip(found, extras, strict=True):
        described = next(
            dataset
            for dataset in city.data_json["dataset"]
            if dataset["identifier"] == extra["identifier"]
        )
        assert (
            dataset["title"]
            and dataset["notes"]
            and extra["publisher_name"] == described["publisher"]["name"]
        )
        assert {resource["download_url"] for resource in dataset["resources"]} == {
            distribution["downloadURL"] for distribution in described["distribution"]
        }
        assert all(
            len(resource["hash"]) == 64
            and resource["size"] > 0
            and resource["license"] == described["license"]
            for resource in dataset["resources"]
        )


@pytest.mark.tool("ckanext-dcat")
def test_ckan_reads_no_title_where_the_catalogue_has_none(
    city: Portal, peers: Path, tmp_path: Path
) -> None:
    page = Graph() + city.pages[-1]
    for dataset in list(page.objects(None, DCAT.dataset)):
        page.remove((dataset, DCTERMS.title, None))
    assert not any(dataset.get("title") for dataset in parsed(peers, page, tmp_path)["datasets"])


def save_contract(
    city: Portal, name: str, folder: Path, change: Callable[[dict[str, Any]], None] = lambda _: None
) -> None:
    """Keep a published contract in ``folder``, over the published Parquet file beside it."""
    document = yaml.safe_load(city.get(f"/d/{name}/contract.yaml"))
    path = folder / f"{name}.parquet"
    path.write_bytes(city.get(f"/download/{name}.parquet"))
    document["servers"] = [
        {"server": "local", "type": "local", "path": str(path), "format": "parquet"}
    ]
    change(document)
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(document, allow_unicode=True))


@pytest.mark.tool("datacontract-cli")
def test_every_contract_passes_lint_and_its_rows_keep_it(
    city: Portal, peers: Path, tmp_path: Path
) -> None:
    for name in city.names:
        save_contract(city, name, tmp_path)
    found = output_of(peers, "contracts.py", tmp_path, folder=tmp_path)
    assert sorted(found) == sorted(city.names)
    for name, outcome in found.items():
        assert (outcome["lint"]["result"], outcome["lint"]["not_passed"]) == ("passed", []), name
        refused = [
            check for check in outcome["test"]["not_passed"] if check["reason"] != UNSUPPORTED
        ]
        assert refused == [] and outcome["test"]["checks"] > len(outcome["test"]["not_passed"]), (
            name,
            refused,
        )


@pytest.mark.tool("datacontract-cli")
def test_a_contract_that_promises_too_much_is_refused(
    city: Portal, peers: Path, tmp_path: Path
) -> None:
    def column(which: str, **said: Any) -> Callable[[dict[str, Any]], None]:
        return lambda document: next(
            column for column in document["schema"][0]["properties"] if column["name"] == which
        ).update(said)

    promises = {
        "sikesal.complaints": column("closed_at", required=True),
        "sikesal.status_events": column("seq", logicalTypeOptions={"minimum": 2}),
        "lpg.outlets": column("outlet_id", name="nothing"),
    }
    for name, change in promises.items():
        save_contract(city, name, tmp_path, change)
    save_contract(city, "ppid.requests", tmp_path, lambda document: document.pop("version"))
    found = output_of(peers, "contracts.py", tmp_path, folder=tmp_path)
    assert {name: found[name]["test"]["result"] for name in promises} == dict.fromkeys(
        promises, "failed"
    )
    assert found["ppid.requests"]["lint"]["result"] != "passed"
