"""Rows generated from a contract pass; each single broken rule is caught, in its partition,
under that rule's own name; an oracle agrees.
"""

import json
import random
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.connectors.contracts import read_contract
from pipelines.connectors.file.fetch import fetch
from pipelines.contract.model import Column, Dataset, Rule
from pipelines.contract.rules.nonresponse import may_be_empty
from pipelines.contract.server import reachable
from pipelines.harvest.refine import refine
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from quality.gate import judge
from quality.verdict import Verdict
from tests.sample import window

FIRST = date(2026, 1, 1)
ROWS = 8
FIXED = [
    {
        "name": "id",
        "logicalType": "string",
        "primaryKey": True,
        "required": True,
        "classification": "public",
        "description": "a / b",
        "examples": ["r1"],
    },
    {
        "name": "on_day",
        "logicalType": "date",
        "required": True,
        "classification": "public",
        "description": "a / b",
        "examples": ["2026-01-01"],
    },
]
LIMIT_IN_NAME = {
    "name": "c3",
    "logicalType": "string",
    "classification": "public",
    "description": "a / b",
    "examples": ["AB12", "CD345"],
    "logicalTypeOptions": {"minLength": 3},
}
"""A column whose name holds its own limit: GX once took that for a limit already written out."""


@st.composite
def column(draw: st.DrawFn, number: int) -> dict:
    """Draw one column: a type, an option that fits it, required or not, examples that satisfy
    it.
    """
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", "date", "timestamp"]))
    options: dict = {}
    quality: list = []
    examples: list = [True]
    if kind == "string":
        choice = draw(st.sampled_from(["pattern", "minLength", "maxLength", "one_of", "none"]))
        examples = ["AB12", "CD345"]
        if choice == "pattern":
            options = {"pattern": "^[A-Z]{2}[0-9]+$"}
        elif choice == "minLength":
            options = {"minLength": 3}
        elif choice == "maxLength":
            options = {"maxLength": 6}
        elif choice == "one_of":
            quality = [
                {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": examples}}
            ]
    elif kind in ("integer", "number"):
        low = draw(st.integers(-1000, 1000))
        names = draw(
            st.sampled_from(
                [
                    ("minimum", "maximum"),
                    ("exclusiveMinimum", "exclusiveMaximum"),
                    ("minimum",),
                    ("exclusiveMaximum",),
                ]
            )
        )
        options = {name: low if "inimum" in name else low + 10 for name in names}
        examples = [low + 3, low + 7]
    elif kind in ("date", "timestamp"):
        tail = "T10:00:00+07:00" if kind == "timestamp" else ""
        options = draw(
            st.sampled_from(
                [
                    {},
                    {"minimum": "2020-01-01" + tail.replace("10:", "00:")},
                    {"maximum": "2030-01-01" + tail.replace("10:", "00:")},
                ]
            )
        )
        examples = [f"2026-03-04{tail}", f"2026-03-05{tail}"]
    made = {
        "name": f"c{number}",
        "logicalType": kind,
        "classification": draw(st.sampled_from(["public", "internal"])),
        "description": "a / b",
        "examples": examples,
        "required": draw(st.booleans()),
        "quality": quality,
        "logicalTypeOptions": options,
    }
    if kind in ("integer", "number"):
        made["customProperties"] = [{"property": "unit", "value": "1"}]
    return {key: value for key, value in made.items() if value not in ([], {})}


@st.composite
def contract(draw: st.DrawFn) -> dict:
    """Draw a contract of an id, a date that places the row, and one to five columns."""
    columns = FIXED + [draw(column(n)) for n in range(draw(st.integers(1, 5)))]
    return {"columns": columns, "seed": draw(st.integers(0, 2**32))}


def write(made: dict, folder: Path) -> Dataset:
    """Write the drawn contract (JSON is YAML) and read it."""
    properties = {
        "title": {"id": "a", "en": "b"},
        "delivery": "events",
        "cadence": "daily",
        "partitionBy": "on_day",
        "informationClass": "berkala",
        "fetch": {"files": "r_{date}.csv"},
    }
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "acak",
        "name": "a",
        "version": "1.0.0",
        "status": "active",
        "domain": "people",
        "description": {"purpose": "a / b", "limitations": "a / b"},
        "team": {"name": "OPD"},
        "customProperties": [
            {"property": "title", "value": {"id": "a", "en": "b"}},
            {"property": "licence", "value": "CC0-1.0"},
            {"property": "activeFrom", "value": "2026-01-01"},
        ],
        "servers": [
            {
                "server": "s",
                "type": "local",
                "path": str(folder / "drop"),
                "format": "csv",
                "customProperties": [{"property": "connector", "value": "file"}],
            }
        ],
        "slaProperties": [
            {"property": "freshness", "value": 1, "unit": "d"},
            {"property": "retention", "value": 1, "unit": "y"},
        ],
        "schema": [
            {
                "name": "rows",
                "logicalType": "object",
                "dataGranularityDescription": "a / b",
                "description": "a / b",
                "customProperties": [{"property": k, "value": v} for k, v in properties.items()],
                "quality": [
                    {
                        "name": "share",
                        "type": "custom",
                        "engine": "lumbung",
                        "implementation": {"quarantine_share": 1},
                    }
                ],
                "properties": made["columns"],
            }
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "drop").mkdir(exist_ok=True)
    path = folder / "acak.odcs.yaml"
    path.write_text(json.dumps(document), "utf-8")
    return reachable(read_contract(path).datasets[0])


def good(column: Column, dice: random.Random) -> str:
    """Return a text that satisfies the column."""
    example = dice.choice(column.examples)
    return str(example).lower() if isinstance(example, bool) else str(example)


def bad(column: Column, rule: Rule) -> str:
    """Return a text that breaks ``rule`` and no other rule of the column."""
    limit = rule.argument(rule.kind)
    shift = {"minimum": -1, "maximum": 1, "exclusive_minimum": 0, "exclusive_maximum": 0}
    match rule.kind:
        case "type":
            return "abc"
        case "required":
            return ""
        case "pattern":
            return "zz"
        case "min_length":
            return "A"
        case "max_length":
            return "A" * 40
        case "one_of":
            return "neither"
    if column.type in ("date", "timestamp"):
        moved = datetime.fromisoformat(str(limit)) + timedelta(days=shift[rule.kind])
        return moved.date().isoformat() if column.type == "date" else moved.isoformat()
    return str(limit + shift[rule.kind])


BREAKS = {
    "pattern": lambda value, limit: not re.search(limit, value),
    "min_length": lambda value, limit: len(value) < limit,
    "max_length": lambda value, limit: len(value) > limit,
    "one_of": lambda value, limit: value not in limit,
    "minimum": lambda value, limit: value < limit,
    "maximum": lambda value, limit: value > limit,
    "exclusive_minimum": lambda value, limit: value <= limit,
    "exclusive_maximum": lambda value, limit: value >= limit,
}


def broken_by(column: Column, text: str) -> set[str]:
    """The oracle: which of a column's rules a text breaks, in plain Python."""
    if text == "":
        return {rule.name for rule in column.rules if rule.kind == "required"}
    readers = {
        "string": str,
        "integer": int,
        "number": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
    }
    try:
        value = readers[column.type](text)
    except (ValueError, KeyError):
        return {f"{column.name}.type"}
    found = set()
    for rule in column.rules:
        limit = rule.argument(rule.kind)
        if column.type in ("date", "timestamp") and isinstance(limit, str):
            limit = readers[column.type](limit)
        if BREAKS.get(rule.kind, lambda *_: False)(value, limit):
            found.add(rule.name)
    return found


def judged(
    dataset: Dataset, days: list[list[list[str]]], folder: Path
) -> tuple[Verdict, dict[int, list[str]]]:
    """Deliver one file a day, refine and judge; return the verdict and rules by row number."""
    names = [column.name for column in dataset.columns]
    for n, rows in enumerate(days):
        lines = [",".join(names), *[",".join(row) for row in rows]]
        (folder / "drop" / f"r_{FIRST + timedelta(days=n)}.csv").write_text(
            "\n".join(lines) + "\n", "utf-8"
        )
    span, lake = window(FIRST, len(days)), Lake(folder / "lake")
    landed = lake.land(dataset.id, "run", fetch(dataset, span), span.partitions)
    with lake.connect() as con:
        batch = refine(con, landed, dataset, span, folder / "work", {}, PROJECT / "sql")
        verdict = judge(batch, dataset, folder / "work")
        assert verdict.quarantine is not None, verdict.partitions[0].findings
        quarantined = dict(
            con.execute(f"SELECT _row, rules FROM '{verdict.quarantine}'").fetchall()
        )
    for partition in verdict.partitions:
        assert (
            partition.delivered == partition.passed + partition.quarantined + partition.duplicates
        )
    return verdict, quarantined


def rows_of(dataset: Dataset, day: int, dice: random.Random) -> list[list[str]]:
    """Return good rows of one day."""
    return [
        [
            f"r{day}x{n}",
            str(FIRST + timedelta(days=day)),
            *[good(column, dice) for column in dataset.columns[2:]],
        ]
        for n in range(ROWS)
    ]


@pytest.mark.xdist_group("gate")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@example(made={"columns": [*FIXED, LIMIT_IN_NAME], "seed": 0})
@given(made=contract())
def test_each_broken_rule_is_caught_under_its_own_name(
    made: dict, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    dataset, dice = write(made, folder), random.Random(made["seed"])
    rules = [
        (n, rule)
        for n, column in enumerate(dataset.columns[2:], start=2)
        for rule in column.rules
        if (rule.kind, column.type) != ("type", "string")  # no text of a line is none
    ]
    days = [rows_of(dataset, 0, dice)]
    for day, (position, rule) in enumerate(rules, start=1):
        rows = rows_of(dataset, day, dice)
        rows[day % ROWS][position] = bad(dataset.columns[position], rule)
        days.append(rows)
    verdict, _ = judged(dataset, days, folder)
    assert verdict.partitions[0].findings == ()
    for partition, (position, rule) in zip(verdict.partitions[1:], rules, strict=True):
        assert [(finding.rule, finding.rows) for finding in partition.findings] == [(rule.name, 1)]
        cells = int(may_be_empty(dataset.columns[position].name, dataset))
        assert (partition.quarantined, partition.cells_withheld) == (1 - cells, cells)
        assert partition.verdict == "passed"


@pytest.mark.xdist_group("gate")
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=contract())
def test_the_gate_agrees_with_a_plain_python_oracle(
    made: dict, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("oracle")
    dataset, dice = write(made, folder), random.Random(made["seed"])
    rows = []
    for n in range(200):
        cells = []
        for declared in dataset.columns[2:]:
            pool = [
                good(declared, dice),
                good(declared, dice),
                "",
                *[bad(declared, rule) for rule in declared.rules],
            ]
            cells.append(dice.choice(pool))
        rows.append([f"r{n}", str(FIRST), *cells])
    verdict, quarantined = judged(dataset, [rows], folder)
    expected, cells = {}, 0
    for n, row in enumerate(rows, start=1):
        broken = [
            (may_be_empty(column.name, dataset), rules)
            for column, text in zip(dataset.columns, row, strict=True)
            if (rules := broken_by(column, text))
        ]
        if broken:
            expected[n] = sorted(set().union(*[rules for _, rules in broken]))
        cells += len(broken) if all(is_item for is_item, _ in broken) else 0
    assert quarantined == expected
    assert sum(each.cells_withheld for each in verdict.partitions) == cells
