"""``lumbung lineage`` as it is typed: the tree, the JSON, the PROV, and a name that nothing has."""

import json
import warnings

import pytest
import rdflib

from tests.released import OBSERVER, SmallHouse

pytestmark = pytest.mark.xdist_group("lineage")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")


def read(text: str) -> rdflib.Graph:
    with (
        warnings.catch_warnings()
    ):  # rdflib's own JSON-LD reader uses a class that rdflib has deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=text, format="json-ld")


def test_a_kpi_is_told_down_to_systems_and_columns(command) -> None:
    code, out, _ = command("lineage", "V1")
    assert (
        code == 0
        and "└── aqms Air quality" in out
        and "numerator ← aqms.observations (rows, quality, value)" in out
    )
    found = json.loads(command("lineage", "days_by_ispu_category", "--json")[1])
    assert found["name"] == "kpi.days_by_ispu_category" and {
        "aqms",
        "aqms.observations",
        "mart.ispu_daily",
    } <= {node["name"] for node in found["upstream"]}
    assert (
        "aqms.observations.value" in found["columns"]["denominator"]
        and found["unresolved"] == {}
        and found["closed"] == []
    )


def test_a_dataset_is_told_with_what_is_made_of_it(command) -> None:
    code, out, _ = command("lineage", "kojatrans.taps")
    assert (
        code == 0
        and "mart.bus_ridership_daily" in out
        and "card_id → mart.bus_ridership_daily (cards" in out
    )
    found = json.loads(command("lineage", "kojatrans.taps", "--json")[1])
    assert found["used_by"]["fare_idr"] == {"mart.bus_ridership_daily": ["fares_idr"]}
    assert (
        "kojatrans.taps.card_id"
        in json.loads(command("lineage", "mart.bus_ridership_daily", "--json")[1])["closed"]
    )


@pytest.mark.parametrize(
    ("name", "says"), [("ppid.request", "did you mean 'ppid.requests'?"), ("zzz9", "allowed: ")]
)
def test_a_name_nothing_has_is_told_with_near_ones(name: str, says: str, command) -> None:
    code, _, err = command("lineage", name)
    assert code == 1 and says in err and "Traceback" not in err


def test_provenance_is_rdf_that_says_who_made_what_of_what(house: SmallHouse, command) -> None:
    text = command("lineage", "V77", "--prov", "--lake", house.lake.root)[1]
    graph = read(text)

    def called(name: str) -> rdflib.term.Node:
        return next(graph.subjects(rdflib.DCTERMS.identifier, rdflib.Literal(name)))

    kpi, mart, rain = (called(name) for name in ("kpi.rainy_days", "mart.rain_daily", "hujan.rain"))
    assert (kpi, PROV.wasDerivedFrom, mart) in graph and (mart, PROV.wasDerivedFrom, rain) in graph
    made = graph.value(kpi, PROV.wasGeneratedBy)
    assert (made, rdflib.RDF.type, PROV.Activity) in graph and (made, PROV.used, rain) in graph
    assert graph.value(made, PROV.endedAtTime).datatype == rdflib.XSD.dateTime  # type: ignore[union-attr]
    assert (
        str(graph.value(graph.value(kpi, PROV.wasAttributedTo), rdflib.FOAF.name)) == "Dinas Contoh"
    )
    assert {title.language for title in graph.objects(kpi, rdflib.DCTERMS.title)} == {"id", "en"}  # type: ignore[attr-defined]
    asked = (
        "SELECT ?run WHERE { ?kpi dcterms:identifier 'kpi.rainy_days' ; prov:wasDerivedFrom+"
        " ?delivery . ?delivery prov:wasGeneratedBy ?run }"
    )
    runs = {row[0] for row in graph.query(asked, initNs={"prov": PROV, "dcterms": rdflib.DCTERMS})}  # type: ignore[index]
    assert len(runs) == 2 and made in runs, "the harvest that brought the delivery, and the release"
    assert str(house.lake.root) not in text and OBSERVER not in text and "drop" not in text


def test_what_a_release_does_not_hold_has_no_provenance(house: SmallHouse, command) -> None:
    code, _, err = command("lineage", "hujan", "--prov", "--lake", house.lake.root)
    assert code == 1 and "hujan is not a table of release" in err
