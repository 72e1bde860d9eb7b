"""Findings of the gate as sentences, of releases that have figures and of earlier ones."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.model import Rule
from portal.telling.findings import reasons
from tests.sample import sample_dataset


def finding(kind: str, **changed: Any) -> dict[str, Any]:
    return {
        "rule": "x",
        "kind": kind,
        "column": None,
        "level": "partition",
        "severity": "error",
        "rows": 0,
        "value": None,
        "low": None,
        "high": None,
        "unit": None,
        "absent": None,
        "message": None,
        **changed,
    }


@pytest.mark.parametrize(
    ("withheld", "told"),
    [
        (
            finding("coverage", value=49.4, low=75.0, unit="%"),
            (
                "cakupan kurang: 49,4 %, padahal harus paling sedikit 75 %",
                "coverage too low: 49.4 %, where it has to be at least 75 %",
            ),
        ),
        (
            finding("rows", value=2.0, low=3.0, high=9.0),
            (
                "jumlah baris di luar batas: 2, padahal harus paling sedikit 3 dan paling banyak 9",
                "row count outside its band: 2, where it has to be at least 3 and at most 9",
            ),
        ),
        (
            finding("freshness", value=33.137, high=30.0, unit="h"),
            (
                "data terlalu lama: 33,137 jam, padahal harus paling banyak 30 jam",
                "data too old: 33.137 hours, where it has to be at most 30 hours",
            ),
        ),
        (
            finding("rows", value=15_001.0, low=0.0, high=15_000.0),
            (
                "jumlah baris di luar batas: 15.001, padahal harus paling sedikit 0 dan paling"
                " banyak 15.000",
                "row count outside its band: 15,001, where it has to be at least 0 and at most"
                " 15,000",
            ),
        ),
        (
            finding("schema", value=2.0, high=0.0, absent=["v1.2", "wind"]),
            ("kolom sumber berubah: v1.2, wind", "the source's columns changed: v1.2, wind"),
        ),
        (finding("gate"), ("pemeriksaan gagal dijalankan", "the check itself failed")),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_why_a_partition_is_withheld_is_a_sentence_without_signs(
    withheld: dict[str, Any], told: tuple[str, str]
) -> None:
    assert (reasons([withheld], "id"), reasons([withheld], "en")) == told
    kind = told[0].partition(":")[0]
    of_column = reasons([{**withheld, "column": "region_code"}], "id")
    assert of_column.startswith(f"{kind} (region_code)")


def test_a_finding_from_before_there_were_figures_gives_its_message_as_it_was_recorded() -> None:
    lacking = ("value", "low", "high", "unit", "absent")
    earlier = finding("coverage", column="pm25", message="49.4 % (>= 75 %)")
    earlier = {name: held for name, held in earlier.items() if name not in lacking}
    assert reasons([earlier], "en") == "coverage too low (pm25): 49.4 % (>= 75 %)"
    columns = finding("schema", message="v1.2, wind")
    assert reasons([columns], "id") == "kolom sumber berubah: v1.2, wind"
    assert reasons([finding("source")], "en") == "the source could not be read"


def test_what_withholds_nothing_is_no_reason() -> None:
    noted = finding("coverage", severity="warning", value=1.0, low=75.0, unit="%")
    of_rows = finding("minimum", level="row", rows=3)
    assert reasons([noted, of_rows], "en") == reasons(None, "en") == ""


def test_too_many_faults_are_told_by_those_that_most_rows_have(tmp_path: Path) -> None:
    dataset = sample_dataset(tmp_path)
    rules = tuple(
        replace(rule, description="Hari kering tanpa hujan / A dry day has no rain")
        if rule.name == "dry_has_no_rain"
        else rule
        for rule in dataset.rules
    )
    described = replace(dataset, rules=rules)
    found = [
        finding("quarantine_share", value=60.0, high=50.0, unit="%"),
        finding("row", rule="dry_has_no_rain", level="row", rows=3),
        finding("minimum", rule="rain_mm.minimum", column="rain_mm", level="row", rows=9, low=0),
        finding("type", rule="rain_mm.type", column="rain_mm", level="row", rows=1),
        finding("repaired", rule="kind.trim", level="row", rows=99, severity="warning"),
    ]
    share = "too many rows with faults: 60 %, where it has to be at most 50 %"
    assert reasons(found, "en", described) == (
        f"{share}; most often: rows: 9: rain_mm is below 0; rows: 3: A dry day has no rain"
    )
    assert "Hari kering tanpa hujan" in reasons(found, "id", described)
    assert reasons(found, "en") == share == reasons(found[:1], "en", described)
    assert "does not satisfy kind <> 'dry' OR rain_mm = 0" in reasons(found, "en", dataset)


def test_a_table_that_has_nothing_of_what_rows_refer_to_is_named(tmp_path: Path) -> None:
    to = {"to": "kojatrans.routes.route_id", "share": 0}
    refers = Rule("gauge.reference", "reference", "partition", "gauge", to)
    dataset = sample_dataset(tmp_path)
    dataset = replace(dataset, rules=(*dataset.rules, refers))
    orphans = {"rule": "gauge.reference", "column": "gauge", "high": 0.0, "unit": "%"}
    said = reasons([finding("reference", value=100.0, **orphans)], "en", dataset)
    assert "; kojatrans.routes has none of them: it is withheld itself, empty" in said
    most = finding("reference", value=99.9, **orphans)
    assert "none of them" not in reasons([most], "en", dataset)
