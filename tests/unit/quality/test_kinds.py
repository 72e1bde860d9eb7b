"""A new kind of rule is one declaration and one judgement: contracts may state it, the gate decides
it, and a kind that nothing decides stops the gate from being loaded.
"""

from datetime import date
from pathlib import Path

import pytest

from pipelines.connectors.contracts import read_contract
from pipelines.connectors.file.fetch import fetch
from pipelines.contract.rules import kinds
from pipelines.contract.rules.kinds import Custom, Kind, Option, all_judged
from pipelines.contract.server import reachable
from pipelines.errors import ContractError, LumbungError
from pipelines.harvest.refine import refine
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from quality import conditions, figures
from quality.figures import Measured
from quality.gate import judge
from tests.sample import drop, row, window, write_sample

DAY = date(2026, 1, 1)
MULTIPLE = Option(
    "multiple_of",
    "row",
    "the value is no multiple",
    lambda example, step, kind: example % step == 0,
    option="multipleOf",
    types=("integer", "number"),
)
DRY = Custom(
    "most_dry",
    "partition",
    "too many dry readings",
    shape="a whole number",
    is_shape=lambda value, columns: isinstance(value, int),
)
pytestmark = pytest.mark.xdist_group("gate")


@pytest.fixture
def two_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, MULTIPLE, DRY))
    monkeypatch.setitem(
        conditions.ROWS,
        "multiple_of",
        lambda rule, dataset: f"coalesce({rule.column} % {rule.argument('multiple_of')} = 0, true)",
    )
    monkeypatch.setitem(
        figures.PARTITIONS,
        "most_dry",
        Measured(
            lambda rule, dataset, references: "count(*) FILTER (WHERE b.kind = 'dry')",
            lambda rule: (None, rule.argument("most_dry")),
        ),
    )


def write(tmp: Path, step: str, most: str) -> Path:
    rule = f"{{name: dry, type: custom, engine: lumbung, implementation: {{most_dry: {most}}}}}"
    path = write_sample(tmp / "contracts", tmp / "drop", quality=rule)
    text = path.read_text("utf-8").replace("maximum: 500}", f"maximum: 500, multipleOf: {step}}}")
    path.write_text(text, "utf-8")
    return path


def test_a_kind_declared_once_is_read_and_judged(two_more: None, tmp_path: Path) -> None:
    (dataset,) = read_contract(write(tmp_path, "0.5", "1")).datasets
    drop(
        tmp_path / "drop",
        DAY,
        [row(DAY, 1, rain="1.5"), row(DAY, 2, rain="1.7")]
        + [row(DAY, gauge, rain="0", kind="dry") for gauge in (3, 4)],
    )
    dataset, span, lake = reachable(dataset), window(DAY), Lake(tmp_path / "lake")
    landed = lake.land(dataset.id, "run", fetch(dataset, span), span.partitions)
    with lake.connect() as con:
        batch = refine(con, landed, dataset, span, tmp_path / "work", {}, PROJECT / "sql")
    (day,) = judge(batch, dataset, tmp_path / "work").partitions
    assert (day.verdict, day.quarantined, day.cells_withheld) == ("withheld", 0, 1)
    by_rule = {finding.rule: finding for finding in day.findings}
    assert set(by_rule) == {"rain_mm.multiple_of", "dry"}
    assert (by_rule["dry"].value, by_rule["dry"].high) == (2, 1)


@pytest.mark.parametrize(
    ("step", "most", "says"),
    [
        ("5", "1", "example 12.5 breaks the column's own rule rain_mm.multiple_of: 5"),
        ("0.5", "few", "most_dry: 'few' is not a whole number"),
    ],
)
def test_what_a_contract_says_of_a_declared_kind_is_checked(
    two_more: None, step: str, most: str, says: str, tmp_path: Path
) -> None:
    path = write(tmp_path, step, most)
    with pytest.raises(ContractError) as refused:
        read_contract(path)
    assert says in str(refused.value)


def test_every_kind_is_judged_and_one_that_is_not_stops_the_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    all_judged("row", conditions.ROWS, "here")
    all_judged("partition", figures.PARTITIONS, "here")
    declared = {(kind.level, kind.name) for kind in kinds.KINDS if kind.is_judged}
    assert declared == {
        *(("row", name) for name in conditions.ROWS),
        *(("partition", name) for name in figures.PARTITIONS),
    }
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, Kind("even", "row", "the number is odd")))
    with pytest.raises(LumbungError, match=r"here: rules of kind 'even' are declared for a row"):
        all_judged("row", conditions.ROWS, "here")


def test_a_kind_is_declared_once_a_level() -> None:
    names = [(kind.level, kind.name) for kind in kinds.KINDS]
    assert len(names) == len(set(names)) and all(kind.meaning for kind in kinds.KINDS)
