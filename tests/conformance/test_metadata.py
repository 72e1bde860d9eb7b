"""Every description of every published table under the validators of those who read it, over a
small house and over the whole demo city.

Each validator has a control that turns red: one thing made wrong in what the portal said, and
found.
"""

import copy
import csv
import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, PROV

from pipelines.release.release import open_release
from portal.data.entries import entries
from portal.data.release import opened
from portal.metadata.croissant import CONTEXT
from portal.metadata.dcat import catalogue
from portal.metadata.dcat import us as dcat_us
from portal.metadata.descriptions import DESCRIPTIONS, RDF
from tests.conformance import validators
from tests.conformance.portal import Portal
from tests.conformance.validators import every
from tests.conftest import Harvested
from tests.released import SmallHouse
from tests.serving import serving

CONTACT = {"LUMBUNG_CONTACT": "ppid@kota.example"}
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
EXPECTED_WARNINGS = (
    "publisher",
    "centroid",
    "theme",
    "conformsTo",
    "keyword",
    "license",
    "temporal",
    "format",
)
"""What DCAT-AP recommends and the city has not: EU corporate bodies, a licence of the catalogue
itself, words of a service, days of undated tables, a file type for NDJSON.
"""


@pytest.fixture(scope="module")
def small(house: SmallHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    told = tmp_path_factory.mktemp("described") / "portal.log"
    with serving(house.lake.root, told, **CONTACT) as served:
        yield Portal(served.address)


@pytest.fixture(scope="module")
def city(harvested: Harvested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with serving(
        harvested.lake.root, tmp_path_factory.mktemp("described") / "portal.log", **CONTACT
    ) as served:
        yield Portal(served.address)


@pytest.fixture(params=["small", pytest.param("city", marks=pytest.mark.xdist_group("city"))])
def portal(request: pytest.FixtureRequest) -> Portal:
    return request.getfixturevalue(request.param)


@pytest.mark.tool("pyshacl")
def test_the_catalogue_conforms_to_dcat_ap(portal: Portal) -> None:
    for page in portal.pages:
        assert validators.shacl(page) == []
        assert {
            said
            for said in validators.shacl(page, "Warning")
            if not said.split()[0].endswith(EXPECTED_WARNINGS)
        } == set()


@pytest.mark.tool("pyshacl")
def test_a_catalogue_without_a_title_or_with_a_wrong_theme_is_refused(small: Portal) -> None:
    for predicate, wrong in (
        (DCTERMS.title, None),
        (DCAT.theme, rdflib.Literal("environment")),
        (DCTERMS.publisher, rdflib.Literal("Dinas Contoh")),
    ):
        page = rdflib.Graph() + small.pages[0]
        dataset = next(page.objects(None, DCAT.dataset))
        page.remove((dataset, predicate, None))
        if wrong is not None:
            page.add((dataset, predicate, wrong))
        assert validators.shacl(page), predicate


@pytest.mark.tool("rdflib")
def test_every_table_has_the_same_graph_in_all_forms_and_in_the_catalogue(portal: Portal) -> None:
    def differs(name: str) -> list[str]:
        graphs = {
            form: validators.parsed(portal.get(f"/d/{name}.{form}"), RDF[form][0]) for form in RDF
        }
        first = graphs["ttl"]
        identifier = next(
            str(first.value(dataset, DCTERMS.identifier))
            for dataset in first.subjects(rdflib.RDF.type, DCAT.Dataset)
        )
        page, dataset = portal.catalogue[identifier]
        found = [form for form, graph in graphs.items() if not graph.isomorphic(first)]
        return found + (
            []
            if set(page.objects(dataset, DCAT.distribution))
            == set(first.objects(dataset, DCAT.distribution))
            else ["catalogue"]
        )

    assert every(portal.names, differs) == {}


@pytest.mark.tool("jsonschema")
def test_data_json_conforms_to_dcat_us(portal: Portal) -> None:
    assert validators.dcat_us(portal.data_json) == []
    assert len(portal.data_json["dataset"]) == len(portal.names) == len(portal.catalogue)


@pytest.mark.tool("jsonschema")
@pytest.mark.parametrize("missing", ["title", "keyword", "contactPoint", "modified"])
def test_data_json_without_a_demanded_field_is_refused(small: Portal, missing: str) -> None:
    document = copy.deepcopy(small.data_json)
    del document["dataset"][0][missing]
    assert validators.dcat_us(document)


@pytest.mark.tool("jsonschema")
def test_without_the_setting_the_contact_has_no_mail_address_and_the_schema_says_so(
    small: Portal,
) -> None:
    document = copy.deepcopy(small.data_json)
    for dataset in document["dataset"]:
        assert dataset["contactPoint"].pop("hasEmail") == "mailto:ppid@kota.example"
    assert any("hasEmail" in said for said in validators.dcat_us(document))


@pytest.mark.tool("frictionless")
def test_frictionless_reads_every_table_and_finds_nothing_wrong(portal: Portal) -> None:
    assert (
        every(
            portal.names,
            lambda name: validators.package(portal.json(f"/d/{name}/datapackage.json")),
        )
        == {}
    )


@pytest.mark.tool("frictionless")
def test_frictionless_finds_a_wrong_hash_type_or_limit_and_a_table_it_cannot_read(
    small: Portal,
) -> None:
    def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        document = small.json("/d/hujan.rain/datapackage.json")
        change(next(resource for resource in document["resources"] if resource["type"] == "table"))
        return document

    assert validators.package(changed(lambda resource: resource.update(hash="sha256:" + "0" * 64)))
    assert validators.package(
        changed(
            lambda resource: (
                resource.update(type="file", profile="data-resource"),
                resource.pop("schema"),
            )
        )
    )
    assert validators.package(
        changed(lambda resource: resource["schema"]["fields"][0].update(type="integer"))
    )
    assert validators.package(
        changed(
            lambda resource: resource["schema"]["fields"][2].update(constraints={"maximum": -1})
        )
    )
    assert validators.package(changed(lambda resource: resource["schema"]["fields"].pop()))


@pytest.mark.tool("csvw")
def test_csvw_finds_the_description_of_every_csv_and_nothing_wrong(portal: Portal) -> None:
    assert (
        every(
            portal.names, lambda name: validators.tabular(f"{portal.address}/download/{name}.csv")
        )
        == {}
    )


@pytest.mark.tool("csvw")
def test_csvw_finds_a_cell_of_another_type_an_empty_key_and_a_key_given_twice(
    small: Portal, tmp_path: Path
) -> None:
    description = small.json("/d/hujan.rain/csvw.json") | {"url": "rain.csv"}
    header, *rows = csv.reader(io.StringIO(small.get("/download/hujan.rain.csv").decode()))
    (tmp_path / "rain.csv-metadata.json").write_text(json.dumps(description))

    def errors_of(changed: list[list[str]]) -> list[str]:
        with (tmp_path / "rain.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *changed])
        return validators.tabular(str(tmp_path / "rain.csv"))

    def with_cell(column: str, value: str) -> list[list[str]]:
        return [
            [value if name == column else cell for name, cell in zip(header, rows[0], strict=True)],
            *rows[1:],
        ]

    assert errors_of(rows) == []
    for column, value in (
        ("rain_mm", "banyak"),
        ("rain_mm", "501"),
        ("measured_at", "2026-01-01 07:00:00+07"),
        ("gauge", ""),
        ("gauge", "X1"),
    ):
        assert errors_of(with_cell(column, value)), (column, value)
    assert errors_of([rows[0], *rows])


@pytest.mark.tool("mlcroissant")
def test_croissant_is_valid_without_a_warning(portal: Portal) -> None:
    assert (
        every(
            portal.names,
            lambda name: validators.croissant(portal.json(f"/d/{name}/croissant.json")),
        )
        == {}
    )


@pytest.mark.tool("mlcroissant")
def test_croissant_loads_every_row_as_it_is_published(portal: Portal) -> None:
    assert (
        every(
            portal.names,
            lambda name: validators.croissant_rows(
                portal.json(f"/d/{name}/croissant.json"), portal.rows(name)
            ),
        )
        == {}
    )


@pytest.mark.tool("mlcroissant")
def test_croissant_refuses_a_wrong_hash_a_missing_hash_and_a_field_that_is_not_there(
    small: Portal,
) -> None:
    def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        document = small.json("/d/hujan.rain/croissant.json")
        change(document)
        return document

    def parquet(document: dict[str, Any]) -> dict[str, Any]:
        return next(file for file in document["distribution"] if file["@id"] == "parquet")

    rows = small.rows("hujan.rain")
    assert validators.croissant(changed(lambda document: parquet(document).pop("sha256")))
    assert validators.croissant(
        changed(
            lambda document: document["recordSet"][0]["field"][0]["source"]["fileObject"].update(
                {"@id": "nothing"}
            )
        )
    )
    assert validators.croissant_rows(
        changed(lambda document: parquet(document).update(sha256="0" * 64)), rows
    )
    assert validators.croissant_rows(
        small.json("/d/hujan.rain/croissant.json"), rows.with_columns(rain_mm=pl.col("rain_mm") + 1)
    )
    assert validators.croissant_rows(small.json("/d/hujan.rain/croissant.json"), rows.head(1))


def test_croissants_context_is_the_specifications() -> None:
    from mlcroissant._src.core.context import Context, CroissantVersion
    from mlcroissant._src.core.rdf import make_context

    assert make_context(Context(conforms_to=CroissantVersion.V_1_1)) == CONTEXT


@pytest.mark.tool("jsonschema-rs")
def test_every_contract_is_odcs(portal: Portal) -> None:
    assert (
        every(
            portal.names, lambda name: validators.contract(portal.json(f"/d/{name}/contract.json"))
        )
        == {}
    )


@pytest.mark.tool("jsonschema-rs")
def test_a_contract_without_a_version_is_refused(small: Portal) -> None:
    document = small.json("/d/hujan.rain/contract.json")
    del document["version"]
    assert validators.contract(document)


def test_search_engines_find_what_they_ask_for(portal: Portal) -> None:
    assert (
        every(
            portal.names,
            lambda name: validators.structured_data(portal.json(f"/d/{name}/schema.jsonld")),
        )
        == {}
    )


def test_structured_data_without_a_licence_or_a_description_is_told(small: Portal) -> None:
    document = small.json("/d/hujan.rain/schema.jsonld")
    for missing in ("license", "description", "distribution"):
        assert validators.structured_data(
            {key: value for key, value in document.items() if key != missing}
        )


def test_what_is_closed_is_in_no_description(small: Portal) -> None:
    closed = "observer"
    for description in DESCRIPTIONS:
        said = small.get(f"/d/hujan.rain{description.path}").decode()
        assert closed not in said or "contract" in description.path, description.path
        assert "rain_{" not in said and "file://" not in said and "LUMBUNG_" not in said, (
            description.path
        )
    contract = small.json("/d/hujan.rain/contract.json")
    told = {custom["property"]: custom["value"] for custom in contract["customProperties"]}
    assert {column["name"]: column["classification"] for column in told["closedColumns"]}[
        closed
    ] == "personal"
    assert all(
        server["type"] == "api" and server["location"].startswith(small.address)
        for server in contract["servers"]
    )
    assert "physicalName" not in json.dumps(contract) and "fetch" not in told


def test_what_is_not_there_is_absent_alike(small: Portal) -> None:
    addresses = (
        "/d/hujan.nothing.ttl",
        "/d/nothing.at_all/csvw.json",
        "/download/hujan.nothing.csv-metadata.json",
        "/catalog.ttl?page=2",
        "/catalog.xml?page=x",
    )
    assert (
        len(
            {
                refused(small, address)
                for address in (
                    *addresses,
                    "/release/20260101T000000Z-0000000000000000/hujan.rain.csv-metadata.json",
                )
            }
        )
        == 1
    )


@pytest.mark.xdist_group("city")
def test_what_is_closed_in_the_city_is_absent_as_if_it_were_not_there(city: Portal) -> None:
    for description in DESCRIPTIONS:
        assert refused(city, f"/d/etle.letters{description.path}") == refused(
            city, f"/d/nothing.at_all{description.path}"
        )


def refused(portal: Portal, path: str) -> bytes:
    with pytest.raises(urllib.error.HTTPError) as error:
        portal.get(path)
    with error.value as answer:
        assert answer.code == 404
        return answer.read()


def test_a_named_release_describes_its_csv_for_ever(small: Portal, house: SmallHouse) -> None:
    release = open_release(house.lake).id
    with urllib.request.urlopen(
        f"{small.address}/release/{release}/hujan.rain.csv-metadata.json"
    ) as answer:
        assert json.load(answer)["url"] == f"{small.address}/release/{release}/hujan.rain.csv"
        assert "immutable" in answer.headers["cache-control"]


def test_a_description_that_did_not_change_is_not_sent_again(small: Portal) -> None:
    for path in (
        "/catalog.ttl",
        "/data.json",
        *(f"/d/hujan.rain{description.path}" for description in DESCRIPTIONS),
    ):
        with urllib.request.urlopen(small.address + path) as answer:
            request = urllib.request.Request(
                small.address + path, headers={"If-None-Match": answer.headers["etag"]}
            )
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(request)
        with unchanged.value as answer:
            assert answer.code == 304


def test_one_bad_record_takes_no_catalogue_with_it(
    house: SmallHouse, caplog: pytest.LogCaptureFixture
) -> None:
    known = entries(opened(open_release(house.lake).folder))
    good, bad = (
        known["hujan.rain"],
        replace(known["kpi.rainy_days"], name="kpi.rainy days", cadence="now and then"),
    )
    spoilt = {good.name: good, bad.name: bad}
    page = catalogue.catalogue(spoilt, 1, "ttl")
    assert len(list(page.objects(None, DCAT.dataset))) == 1 and validators.shacl(page) == []
    assert [dataset["identifier"] for dataset in dcat_us.catalogue(spoilt)["dataset"]] == [
        str(good.id)
    ]
    assert (
        all(bad.name in record.getMessage() for record in caplog.records)
        and len(caplog.records) == 2
    )


@pytest.mark.tool("rdflib")
def test_provenance_is_rdf_and_names_the_release_and_the_agency(portal: Portal) -> None:
    def wrong(name: str) -> list[str]:
        graph = validators.parsed(portal.get(f"/d/{name}/prov.jsonld"), "json-ld")
        agents = set(graph.objects(None, PROV.wasAttributedTo))
        return (
            []
            if agents and list(graph.subject_objects(PROV.wasGeneratedBy))
            else ["nobody, or nothing, made it"]
        )

    assert every(portal.names, wrong) == {}


def test_statistical_metadata_has_the_forms_of_the_regulation(portal: Portal) -> None:
    def wrong(name: str) -> list[str]:
        document = portal.json(f"/d/{name}/metadata.json")
        columns = [
            field["name"]
            for field in portal.json(f"/d/{name}/datapackage.json")["resources"][0]["schema"][
                "fields"
            ]
        ]
        found = (
            []
            if [variable["nama_variabel"] for variable in document["metadata_variabel"]] == columns
            else ["columns"]
        )
        found += [
            f"no {key}"
            for key in ("judul_kegiatan", "penyelenggara", "desain_kegiatan", "diseminasi_hasil")
            if key not in document["metadata_kegiatan"]
        ]
        found += [
            f"no {key}"
            for variable in document["metadata_variabel"]
            for key in ("konsep", "definisi", "tipe_data", "akses_umum")
            if not variable.get(key)
        ]
        indicators = document.get("metadata_indikator", [])
        found += [
            f"no {key}"
            for indicator in indicators
            for key in ("nama_indikator", "konsep", "satuan", "metode_rumus_penghitungan")
            if not indicator.get(key)
        ]
        return found + (
            []
            if bool(indicators) == name.startswith("kpi.")
            else ["an indicator has its form, another table has none"]
        )

    assert every(portal.names, wrong) == {}
