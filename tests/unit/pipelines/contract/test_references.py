"""A dataset's relationships as rules: to a dataset of this contract or another, to a reference
table, at a date.
"""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Rule
from pipelines.contract.reader import CONTRACT
from pipelines.contract.rules.references import reference_rules
from pipelines.errors import ContractError
from pipelines.reference.table import ReferenceTable
from pipelines.yamltext import read_yaml
from tests.sample import sample_dataset, write_sample

DATED = {
    "regions": ReferenceTable(
        pa.schema(dict.fromkeys(["code", "valid_from", "valid_to"], pa.string())), lambda: ()
    )
}
CODES = "reference.yaml#schema/regions/properties/code"
"""A dated reference table's column."""


def relate(tmp: Path, entry: str, delivery: str = "events") -> list[Rule]:
    """Return the reference rules of the sample contract with one relationship."""
    path = write_sample(tmp / "contracts", tmp / "drop", delivery=delivery)
    text = path.read_text("utf-8")
    line = f"    relationships:\n      - {entry}\n    properties:\n"
    path.write_text(text.replace("    properties:\n", line, 1), "utf-8")
    return [rule for rule in read_contract(path).datasets[0].rules if rule.kind == "reference"]


@pytest.mark.parametrize(
    ("to", "table"),
    [
        ("rain.kind", "hujan.rain.kind"),
        ("schema/rain/properties/kind", "hujan.rain.kind"),
        ("/schema/rain/properties/kind", "hujan.rain.kind"),
        ("pos.yaml#schema/gauges/properties/gauge", "pos.gauges.gauge"),
        ("pos.odcs.yaml#/schema/gauges/properties/gauge", "pos.gauges.gauge"),
    ],
)
def test_a_reference_to_a_dataset_judges_the_partition(to: str, table: str, tmp_path: Path) -> None:
    arguments = {"column": "gauge", "to": table, "share": 0}
    assert relate(tmp_path, f"{{from: rain.gauge, to: {to}}}") == [
        Rule("gauge.reference", "reference", "partition", "gauge", arguments)
    ]


@pytest.mark.parametrize("kind", ["date", "timestamp", "string"])
def test_a_row_is_valid_at_a_day_or_a_moment_and_a_problem_stands_at_its_entry(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "pos.odcs.yaml"
    dated = "customProperties: [{property: at, value: measured_at}]"
    entry = f"{{from: rain.gauge, to: {CODES}, {dated}}}"
    path.write_text(f"schema:\n  - name: rain\n    relationships:\n      - {entry}\n", "utf-8")
    text = read_yaml(path, CONTRACT)
    columns = [
        replace(column, type=kind) if column.name == "measured_at" else column
        for column in sample_dataset(tmp_path).columns
    ]
    item = text.document["schema"][0]
    rules = reference_rules(text, ("schema", 0), item, columns, "events", DATED)
    assert [rule.argument("at") for rule in rules] == ["measured_at"]
    said = "4: schema[0].relationships[0]: 'regions' is dated: add customProperties at: "
    assert (f"{path}:{said}" in "".join(text.problems)) == (kind == "string")


def test_the_share_of_orphans_that_is_allowed_is_the_contracts(tmp_path: Path) -> None:
    share = "customProperties: [{property: share, value: 0.25}]"
    (rule,) = relate(tmp_path, f"{{from: rain.gauge, to: rain.kind, {share}}}")
    assert rule.argument("share") == 0.25


@pytest.mark.parametrize(
    ("column", "at"), [("gauge", "measured_at"), ("kind", "measured_at")], ids=str
)
def test_a_reference_to_a_dated_table_judges_each_row_at_its_date(
    column: str, at: str, tmp_path: Path
) -> None:
    dated = f"customProperties: [{{property: at, value: {at}}}]"
    arguments = {"column": column, "to": "reference.regions.code", "share": 0, "at": at}
    assert relate(tmp_path, f"{{from: rain.{column}, to: {CODES}, {dated}}}") == [
        Rule(f"{column}.reference", "reference", "row", column, arguments)
    ]


def test_a_snapshots_rows_are_judged_at_its_own_date_or_at_the_stated_one(tmp_path: Path) -> None:
    (own,) = relate(tmp_path / "own", f"{{from: rain.gauge, to: {CODES}}}", "snapshot")
    stated = "customProperties: [{property: at, value: measured_at}]"
    (dated,) = relate(tmp_path / "at", f"{{from: rain.gauge, to: {CODES}, {stated}}}", "snapshot")
    assert (own.argument("at"), dated.argument("at")) == ("_partition", "measured_at")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{from: other.gauge, to: rain.kind}", "must be rain.COLUMN"),
        ("{from: rain.gage, to: rain.kind}", "gauge"),
        (
            "{from: rain.gauge, to: POS.yaml#schema/gauges/properties/gauge}",
            "must be DATASET.COLUMN",
        ),
        (f"{{from: rain.gauge, to: {CODES}}}", "is dated: add customProperties at"),
        (
            f"{{from: rain.gauge, to: {CODES}, customProperties: [{{property: at, value: kind}}]}}",
            "is dated: add customProperties at",
        ),
        (
            f"{{from: rain.gauge, to: {CODES}s}}",
            "no reference table 'regions' with a column 'codes'",
        ),
        (f"{{from: rain.gauge, to: {CODES.replace('regions', 'region')}}}", "no reference table"),
    ],
)
def test_a_relationship_that_leads_nowhere_is_refused(
    entry: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractError, match=says):
        relate(tmp_path, entry)
