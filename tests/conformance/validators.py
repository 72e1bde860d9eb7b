"""Other people's validators over what a portal serves, each as a function that returns what it
found wrong, none when all is well.

Each one reads what is really there: a validator that reads no row is itself a problem. Schemas and
shapes of the standards lie outside the repository.
"""

import contextlib
import io
import json
import math
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import jsonschema_rs
import mlcroissant
import polars as pl
import pyshacl
import pytest
import rdflib
from csvw import CSVW
from etils import epath
from rdflib.namespace import RDF
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from pipelines.contract.standard import standard
from pipelines.settings import PROJECT

STANDARDS = (
    Path(os.environ.get("LUMBUNG_REAL", PROJECT.parent / "shared" / "real")).parent / "standards"
)
SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SCHEMA_ORG = rdflib.Namespace("https://schema.org/")
DATASET_REQUIRED = ("name", "description")
DATASET_RECOMMENDED = (
    "alternateName",
    "creator",
    "distribution",
    "identifier",
    "includedInDataCatalog",
    "isAccessibleForFree",
    "keywords",
    "license",
    "spatialCoverage",
    "url",
    "variableMeasured",
    "version",
    "dateModified",
)
"""Required and recommended by
https://developers.google.com/search/docs/appearance/structured-data/dataset.
"""


def standards(name: str) -> Path:
    """Return the folder of a standard's schemas; the test says what it missed where they are not
    there, as on a clone elsewhere.
    """
    folder = STANDARDS / name
    if not folder.is_dir():
        pytest.skip(
            f"the schemas of {name} are not here ({folder}), so nothing was held against them; set"
            " LUMBUNG_REAL to the folder beside them"
        )
    return folder


@cache
def _shapes(names: tuple[str, ...]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in names:
        graph.parse(standards("dcat-ap-3.0.1") / f"{name}.ttl")
    return graph


def shacl(graph: rdflib.Graph, severity: str = "Violation") -> list[str]:
    """Return what the shapes of DCAT-AP 3.0.1 refuse, mandatory, ranges and vocabularies; as
    ``Warning`` what they recommend beside.
    """
    names = (
        "shapes",
        "range",
        "mdr-vocabularies.shape",
        *(("shapes_recommended",) if severity == "Warning" else ()),
    )
    _, report, _ = pyshacl.validate(graph, shacl_graph=_shapes(names))
    found = []
    for result in report.objects(None, SHACL.result):
        if report.value(result, SHACL.resultSeverity) == SHACL[severity]:
            said = (
                report.value(result, term)
                for term in (SHACL.resultPath, SHACL.resultMessage, SHACL.focusNode)
            )
            found.append(" ".join(str(part) for part in said))
    return found


def dcat_us(document: dict[str, Any]) -> list[str]:
    """Return what the JSON schemas of DCAT-US 1.1 refuse."""
    folder = standards("dcat-us-1.1")

    def known(uri: str) -> Resource[Any]:
        return DRAFT4.create_resource(
            json.loads((folder / uri.rstrip("#").rpartition("/")[2]).read_text())
        )

    validator = jsonschema.Draft4Validator(
        json.loads((folder / "catalog.json").read_text()), registry=Registry(retrieve=known)
    )
    return [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        for error in validator.iter_errors(document)
    ]


def package(document: dict[str, Any], tables: int = 1) -> list[str]:
    """Return what frictionless finds wrong with a data package and its files; it must have read
    ``tables`` of them as tables, with their rows.
    """
    with quiet():
        try:
            report = frictionless.Package(document).validate()
        except frictionless.FrictionlessException as error:
            return [str(error)]
    read = [task for task in report.tasks if task.type == "table" and task.stats.get("rows")]
    found = [
        f"{task.name}: {' '.join(map(str, row))}"
        for task in report.tasks
        for row in task.flatten(["type", "message"])
    ]
    found += [" ".join(map(str, row)) for row in report.flatten(["type", "message"])][
        : 20 if not found else 0
    ]
    return found + (
        [] if len(read) == tables else [f"{len(read)} resources were read as tables, not {tables}"]
    )


def tabular(url: str) -> list[str]:
    """Return what csvw finds wrong with the CSV at an address, or a path; its description is
    found as the standard says it is found.
    """
    with quiet():
        found = CSVW(url, validate=True)
        try:
            valid = found.is_valid
        except ValueError as error:  # a key that is there twice
            return [str(error)]
    told = [str(warning.message) for warning in found.warnings]
    return (
        ["no description was found beside the CSV"]
        if found.no_metadata
        else told or ([] if valid else ["refused"])
    )


def croissant(document: dict[str, Any]) -> list[str]:
    """Return what mlcroissant finds wrong with a Croissant document, warnings too."""
    with quiet():
        try:
            issues = mlcroissant.Dataset(
                jsonld=json.loads(json.dumps(document))
            ).metadata.ctx.issues
        except mlcroissant.ValidationError as error:
            return [str(error)]
    return [*issues.errors, *issues.warnings]


def croissant_rows(document: dict[str, Any], rows: pl.DataFrame) -> list[str]:
    """Return how the rows that mlcroissant loads, with the file's hash checked, differ from the
    published ones.
    """
    with quiet(), tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            mlcroissant._src.core.constants, "DOWNLOAD_PATH", epath.Path(folder)
        )  # its own keeps every file for ever
        try:
            loaded = list(
                mlcroissant.Dataset(jsonld=json.loads(json.dumps(document))).records("rows")
            )
        except (mlcroissant.ValidationError, mlcroissant.GenerationError, ValueError) as error:
            return [str(error) or type(error).__name__]
    if len(loaded) != rows.height:
        return [f"{len(loaded)} rows loaded, {rows.height} published"]
    for number, (record, row) in enumerate(zip(loaded, rows.iter_rows(named=True), strict=True)):
        for name, value in row.items():
            if not _same(record.get(f"rows/{name}"), value):
                return [
                    f"row {number}, {name}: {record.get(f'rows/{name}')!r} loaded, {value!r}"
                    " published"
                ]
    return []


def _same(loaded: Any, published: Any) -> bool:
    if isinstance(loaded, bytes):
        loaded = loaded.decode()
    if loaded is None or published is None:
        return loaded is None and published is None
    if isinstance(published, datetime):
        moment = loaded.to_pydatetime()
        return moment.astimezone(UTC) == (
            published if published.tzinfo else published.replace(tzinfo=UTC)
        )
    if isinstance(published, date):
        return loaded.to_pydatetime().date() == published
    if isinstance(published, float | Decimal):
        return math.isclose(float(loaded), float(published))
    return loaded == published


def contract(document: dict[str, Any]) -> list[str]:
    """Return what the JSON schema of ODCS 3.1, as its own package ships it, refuses."""
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in jsonschema_rs.validator_for(dict(standard())).iter_errors(document)
    ]


def parsed(content: bytes | str, form: str) -> rdflib.Graph:
    """Return RDF as a graph; ``form`` is rdflib's name of how it is written."""
    with quiet():
        return rdflib.Graph().parse(data=content, format=form)


def structured_data(
    document: dict[str, Any], recommended: tuple[str, ...] = DATASET_RECOMMENDED
) -> list[str]:
    """Return what search engines miss of a schema.org Dataset, read as RDF; schema.org's own
    context is not asked for.
    """
    graph = parsed(json.dumps(document | {"@context": {"@vocab": str(SCHEMA_ORG)}}), "json-ld")
    subjects = list(graph.subjects(RDF.type, SCHEMA_ORG.Dataset))
    if len(subjects) != 1:
        return [f"{len(subjects)} datasets"]
    missing = [
        name
        for name in (*DATASET_REQUIRED, *recommended)
        if graph.value(subjects[0], SCHEMA_ORG[name]) is None
    ]
    length = len(str(graph.value(subjects[0], SCHEMA_ORG.description)))
    found = [f"no {name}" for name in missing] + (
        [] if 50 <= length <= 5000 else [f"a description of {length} characters, not 50 to 5000"]
    )
    for download in graph.objects(subjects[0], SCHEMA_ORG.distribution):
        found += [
            f"a download without {name}"
            for name in ("contentUrl", "encodingFormat")
            if graph.value(download, SCHEMA_ORG[name]) is None
        ]
    return found


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let other people's libraries warn of themselves: what they find in our documents is
    returned, not warned of.
    """
    with (
        warnings.catch_warnings(record=True),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter(
            "always"
        )  # csvw collects its findings as warnings: an ignored one would be a finding lost
        yield


def every(names: list[str], check: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Return what ``check`` found wrong, by table; empty when all is well."""
    return {name: found[:5] for name in names if (found := check(name))}
