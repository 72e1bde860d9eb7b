"""All descriptions of a table say the same of it: what each says is parsed back from what the
portal sent, and held against the others and the files.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest
import yaml
from rdflib import Graph, Literal, Namespace
from rdflib.namespace import DCAT, DCTERMS, RDF

from tests.conformance import validators
from tests.conformance.portal import Portal
from tests.conformance.validators import every
from tests.conftest import Harvested
from tests.serving import serving

pytestmark = pytest.mark.xdist_group("city")
SPDX = Namespace("http://spdx.org/rdf/terms#")
KINDS = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "time",
    "object": "json",
    "array": "json",
    "datetime": "time",
    "double": "number",
    "dateTimeStamp": "time",
    "json": "json",
    "sc:Text": "text",
    "sc:Integer": "integer",
    "sc:Float": "number",
    "sc:Boolean": "boolean",
    "sc:Date": "date",
    "sc:DateTime": "time",
}
"""Each vocabulary's type as the kind of value it means; JSON in a cell is text to Croissant."""
SAID = ("title", "licence", "modified", "columns", "types", "files")


@pytest.fixture(scope="module")
def city(harvested: Harvested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with serving(
        harvested.lake.root,
        tmp_path_factory.mktemp("agreed") / "portal.log",
        LUMBUNG_CONTACT="ppid@kota.example",
    ) as served:
        yield Portal(served.address)


def dcat(portal: Portal, name: str) -> dict[str, Any]:
    graph = validators.parsed(portal.get(f"/d/{name}.ttl"), "turtle")
    dataset = graph.value(None, RDF.type, DCAT.Dataset)
    files = {
        str(graph.value(file, DCAT.downloadURL)): _checksum(graph, file)
        for file in graph.objects(dataset, DCAT.distribution)
    }
    licences = {
        str(graph.value(file, DCTERMS.license))
        for file in graph.objects(dataset, DCAT.distribution)
    }
    title = next(
        said
        for said in graph.objects(dataset, DCTERMS.title)
        if isinstance(said, Literal) and said.language == "id"
    )
    return {
        "title": str(title),
        "licence": licences.pop(),
        "modified": str(graph.value(dataset, DCTERMS.modified)),
        "files": files,
    }


def _checksum(graph: Graph, file: Any) -> str:
    value = graph.value(graph.value(file, SPDX.checksum), SPDX.checksumValue)
    return (
        value.toPython().hex()
        if isinstance(value, Literal) and isinstance(value.toPython(), bytes)
        else str(value)
    )


def dcat_us(portal: Portal, name: str) -> dict[str, Any]:
    described = next(
        dataset
        for dataset in portal.data_json["dataset"]
        if f"/d/{name}/" in dataset["describedBy"]
    )
    files = {file["downloadURL"]: None for file in described["distribution"]}
    return {
        "title": described["title"],
        "licence": described["license"],
        "modified": described["modified"],
        "files": files,
    }


def frictionless(portal: Portal, name: str) -> dict[str, Any]:
    package = portal.json(f"/d/{name}/datapackage.json")
    fields = next(file for file in package["resources"] if file["type"] == "table")["schema"][
        "fields"
    ]
    files = {file["path"]: file["hash"].removeprefix("sha256:") for file in package["resources"]}
    return {
        "title": package["title"],
        "licence": package["licenses"][0]["path"],
        "modified": package["modified"],
        "files": files,
    } | _columns([(field["name"], field["type"]) for field in fields])


def csvw(portal: Portal, name: str) -> dict[str, Any]:
    table = portal.json(f"/d/{name}/csvw.json")
    title = next(said["@value"] for said in table["dc:title"] if said["@language"] == "id")
    columns = [
        (column["name"], column["datatype"]["base"]) for column in table["tableSchema"]["columns"]
    ]
    files = {table["url"]: table["spdx:checksum"]["spdx:checksumValue"]}
    return {
        "title": title,
        "licence": table["dc:license"]["@id"],
        "modified": table["dc:modified"]["@value"],
        "files": files,
    } | _columns(columns)


def croissant(portal: Portal, name: str) -> dict[str, Any]:
    document = portal.json(f"/d/{name}/croissant.json")
    fields = [
        (field["@id"].removeprefix("rows/"), field["dataType"])
        for field in document["recordSet"][0]["field"]
    ]
    files = {file["contentUrl"]: file["sha256"] for file in document["distribution"]}
    return {
        "title": document["name"]["id"],
        "licence": document["license"],
        "modified": document["dateModified"],
        "files": files,
    } | _columns(fields)


def schema_org(portal: Portal, name: str) -> dict[str, Any]:
    described = portal.json(f"/d/{name}/schema.jsonld")
    files = {file["contentUrl"]: file["sha256"] for file in described["distribution"]}
    columns = [variable["name"] for variable in described["variableMeasured"]]
    return {
        "title": described["name"],
        "licence": described["license"],
        "modified": described["dateModified"],
        "files": files,
        "columns": columns,
    }


def contract(portal: Portal, name: str) -> dict[str, Any]:
    document = yaml.safe_load(portal.get(f"/d/{name}/contract.yaml"))
    assert document == portal.json(f"/d/{name}/contract.json")
    told = {said["property"]: said["value"] for said in document["customProperties"]}
    columns = [
        (column["name"], column["logicalType"]) for column in document["schema"][0]["properties"]
    ]
    return {"title": told["title"]["id"], "modified": told["modified"]} | _columns(columns)


def statistics(portal: Portal, name: str) -> dict[str, Any]:
    document = portal.json(f"/d/{name}/metadata.json")
    activity = document["metadata_kegiatan"]
    spread = activity["diseminasi_hasil"]
    files = {file["alamat"]: file["sha256"] for file in spread["berkas"]}
    columns = [
        (variable["nama_variabel"], variable["tipe_data"])
        for variable in document["metadata_variabel"]
    ]
    told = {
        "title": activity["judul_kegiatan"],
        "licence": spread["lisensi"],
        "modified": spread["rilis_terakhir"],
        "files": files,
    }
    return told | _columns(columns)


VOCABULARIES: tuple[Callable[[Portal, str], dict[str, Any]], ...] = (
    dcat,
    dcat_us,
    frictionless,
    csvw,
    croissant,
    schema_org,
    contract,
    statistics,
)


def _columns(columns: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "columns": [name for name, _ in columns],
        "types": {name: KINDS[kind] for name, kind in columns},
    }


def differences(said: dict[str, dict[str, Any]]) -> list[str]:
    """Return where two vocabularies differ: ``modified`` as a moment, JSON as text where a
    vocabulary has no other, a hash only where it is told.
    """
    found = []
    first = said["frictionless"]
    for vocabulary, described in said.items():
        if set(described) - set(SAID):
            found.append(f"{vocabulary} says what is not compared")
        for name in set(described) & {"title", "licence", "columns"}:
            if described[name] != first[name]:
                found.append(
                    f"{name}: {described[name]!r} by {vocabulary}, {first[name]!r} by frictionless"
                )
        if datetime.fromisoformat(described["modified"]) != datetime.fromisoformat(
            first["modified"]
        ):
            found.append(f"modified: {described['modified']} by {vocabulary}")
        for column, kind in described.get("types", {}).items():
            if kind != first["types"][column] and (kind, first["types"][column]) != (
                "text",
                "json",
            ):
                found.append(
                    f"{column}: {kind} by {vocabulary}, {first['types'][column]} by frictionless"
                )
        files = described.get("files", first["files"])
        if not set(files) <= set(first["files"]) or (
            len(files) > 1 and set(files) != set(first["files"])
        ):
            found.append(f"files: {sorted(files)} by {vocabulary}")
        found += [
            f"{url}: another hash by {vocabulary}"
            for url, digest in files.items()
            if digest not in (None, first["files"].get(url))
        ]
    return found


def test_all_vocabularies_agree_on_every_table(city: Portal) -> None:
    assert (
        every(
            city.names,
            lambda name: differences(
                {vocabulary.__name__: vocabulary(city, name) for vocabulary in VOCABULARIES}
            ),
        )
        == {}
    )


def test_what_they_say_is_what_the_files_are(city: Portal) -> None:
    def wrong(name: str) -> list[str]:
        told = frictionless(city, name)
        found = []
        for address, digest in told["files"].items():
            if hashlib.sha256(city.get(address)).hexdigest() != digest:
                found.append(f"{address} has another hash")
        header = next(csv.reader(io.StringIO(city.get(f"/download/{name}.csv").decode())))
        rows = city.rows(name)
        found += [] if header == told["columns"] == rows.columns else ["columns"]
        return found + [
            f"{column}: {kind} told, {rows.schema[column]} in Parquet"
            for column, kind in told["types"].items()
            if not _is(rows.schema[column], kind)
        ]

    assert every(city.names, wrong) == {}


def _is(dtype: pl.DataType, kind: str) -> bool:
    return {
        "text": dtype == pl.String,
        "json": dtype == pl.String,
        "integer": dtype.is_integer(),
        "number": dtype.is_float() or dtype.is_decimal(),
        "boolean": dtype == pl.Boolean,
        "date": dtype == pl.Date,
        "time": isinstance(dtype, pl.Datetime),
    }[kind]


def test_the_catalogue_of_all_and_the_feed_of_data_json_name_the_same_tables(city: Portal) -> None:
    identifiers = {dataset["identifier"] for dataset in city.data_json["dataset"]}
    assert set(city.catalogue) == identifiers and len(city.pages) == -(-len(identifiers) // 100) > 1
    for listed in city.data_json["dataset"]:
        page, dataset = city.catalogue[listed["identifier"]]
        assert {
            str(page.value(file, DCAT.downloadURL))
            for file in page.objects(dataset, DCAT.distribution)
        } == {file["downloadURL"] for file in listed["distribution"]}


def test_every_address_they_give_is_there(city: Portal) -> None:
    def absent(name: str) -> list[str]:
        graph = validators.parsed(city.get(f"/d/{name}.ttl"), "turtle")
        addresses = {
            str(standard).partition("#")[0] for standard in graph.objects(None, DCTERMS.conformsTo)
        }
        addresses |= {str(address) for address in graph.objects(None, DCAT.downloadURL)}
        return [
            address
            for address in addresses
            if urlsplit(address).netloc == urlsplit(city.address).netloc and not city.get(address)
        ]

    assert every(city.names, absent) == {}


@pytest.mark.parametrize("what", SAID)
def test_a_difference_is_found(what: str) -> None:
    first = {
        "title": "Hujan",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "modified": "2026-01-01T00:00:00+00:00",
        "columns": ["a"],
        "types": {"a": "integer"},
        "files": {"http://127.0.0.1/a.csv": "00"},
    }
    other = {
        "title": "Rain",
        "licence": "https://spdx.org/licenses/MIT.html",
        "modified": "2026-01-02T00:00:00Z",
        "columns": ["b"],
        "types": {"a": "number"},
        "files": {"http://127.0.0.1/a.csv": "01"},
    }
    assert (
        differences(
            {"frictionless": first, "dcat": {**first, "modified": "2026-01-01T07:00:00+07:00"}}
        )
        == []
    )
    assert differences({"frictionless": first, "dcat": {**first, what: other[what]}})
