"""What a column and a dataset state of their quality as the rules that it becomes, or as a problem
where it stands.
"""

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.model import Column, Rule
from pipelines.contract.reader import CONTRACT
from pipelines.contract.rules.columns import column_rules
from pipelines.contract.rules.dataset import dataset_rules
from pipelines.contract.rules.kinds import customs, kind_of_row, meanings, options
from pipelines.contract.types import STORED
from pipelines.yamltext import YamlText, read_yaml
from tests.sample import sample_dataset

KEY = ("schema", 0)
PLACE = "schema[0]"


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Column, ...]:
    return sample_dataset(tmp_path_factory.mktemp("sample")).columns


def written(tmp: Path, item: str) -> tuple[YamlText, dict[str, Any]]:
    path = tmp / "x.yaml"
    path.write_text(f"schema:\n  - {item}\n", "utf-8")
    text = read_yaml(path, CONTRACT)
    return text, text.document["schema"][0]


def of_column(tmp: Path, item: str, unit: str | None = None) -> tuple[tuple[Rule, ...], list[str]]:
    text, read = written(tmp, item)
    rules = column_rules(text, KEY, read, unit)
    return rules, [problem.partition(": ")[2] for problem in text.problems]


def of_dataset(
    tmp: Path, item: str, columns: tuple[Column, ...], *references: Rule
) -> tuple[tuple[Rule, ...], list[str]]:
    text, read = written(tmp, item)
    rules = dataset_rules(text, KEY, read, columns, references)
    return rules, [problem.partition(": ")[2] for problem in text.problems]


def own(kind: str, *value: Any, severity: str = "error") -> Rule:
    arguments = {kind: value[0]} if value else {}
    return Rule(f"c.{kind}", kind, "row", "c", arguments, severity)  # type: ignore[arg-type]


LISTED = "quality: [{metric: invalidValues, mustBe: 0, %s arguments: {validValues: [a, b]}}]"


@pytest.mark.parametrize(
    ("item", "unit", "rules"),
    [
        ("logicalType: string", None, (own("type"),)),
        ("logicalType: integer", None, (own("type"),)),
        ("logicalType: string, required: true", None, (own("type"), own("required"))),
        ("logicalType: string, primaryKey: true", None, (own("type"), own("required"))),
        ("logicalType: string, required: false, primaryKey: false", None, (own("type"),)),
        (
            "logicalType: number, required: true, logicalTypeOptions: {minimum: 1, maximum: 1}",
            "of",
            (own("type"), own("required"), own("unit"), own("minimum", 1), own("maximum", 1)),
        ),
        (
            "logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Asia/Jakarta}",
            None,
            (own("type"),),
        ),
        (f"logicalType: string, {LISTED % ''}", None, (own("type"), own("one_of", ("a", "b")))),
        (
            f"logicalType: string, {LISTED % 'severity: warning,'}",
            None,
            (own("type"), own("one_of", ("a", "b"), severity="warning")),
        ),
        ("logicalTypeOptions: , quality: , examples: , logicalType: string", None, (own("type"),)),
    ],
)
def test_what_a_column_states_becomes_its_rules_in_order(
    item: str, unit: str | None, rules: tuple[Rule, ...], tmp_path: Path
) -> None:
    assert of_column(tmp_path, f"{{name: c, {item}}}", unit) == (rules, [])


LIST = "a column's quality is a list of allowed values"


@pytest.mark.parametrize(
    ("item", "place", "says"),
    [
        ("string, logicalTypeOptions: {minLenght: 1}", ".logicalTypeOptions", "'minLength'"),
        ("string, logicalTypeOptions: {defaultTimezon: 1}", ".logicalTypeOptions", "'defaultTim"),
        (
            "string, logicalTypeOptions: {minimum: 1}",
            ".logicalTypeOptions.minimum",
            "minimum says nothing about a string; it is for integer, number, date, timestamp",
        ),
        (
            "boolean, logicalTypeOptions: {pattern: x}",
            ".logicalTypeOptions.pattern",
            "pattern says nothing about a boolean; it is for string",
        ),
        ("string, logicalTypeOptions: {pattern: '('}", ".logicalTypeOptions.pattern", "RE2"),
        ("date, logicalTypeOptions: {minimum: soon}", ".logicalTypeOptions.minimum", "'soon' is n"),
        ("timestamp, logicalTypeOptions: {minimum: 1}", ".logicalTypeOptions.minimum", "no"),
        ("number, logicalTypeOptions: {maximum: x}", ".logicalTypeOptions.maximum", "no number"),
        ("integer, logicalTypeOptions: {minimum: .nan}", ".logicalTypeOptions.minimum", "no numb"),
        (
            "number, logicalTypeOptions: {maximum: 1, minimum: 2}",
            ".logicalTypeOptions.minimum",
            "minimum 2 lies above maximum 1",
        ),
        ("string, quality: [{metric: nulls}]", ".quality[0]", LIST),
        (f"string, {LISTED.replace('mustBe: 0', 'mustBe: 1') % ''}", ".quality[0]", LIST),
        (f"string, {LISTED.replace('mustBe: 0,', '') % ''}", ".quality[0]", LIST),
        (f"string, {LISTED.replace('invalidValues', 'x') % ''}", ".quality[0]", LIST),
        (f"string, {LISTED.replace('[a, b]', '[]') % ''}", ".quality[0]", LIST),
        (f"string, {LISTED.replace('[a, b]', 'a') % ''}", ".quality[0]", LIST),
        ("string, quality: [{metric: invalidValues, mustBe: 0}]", ".quality[0]", LIST),
        (
            f"string, {(LISTED % '')[:-1]}, {{metric: invalidValues, mustBe: 0, arguments:"
            " {validValues: [a]}}]",
            ".quality[1]",
            "a second list",
        ),
        (f"string, {LISTED % 'severity: warn,'}", ".quality[0]", "severity 'warn'"),
        ("integer, examples: [1, x]", ".examples[1]", "'x' breaks the column's own rule c.type as"),
        (
            "integer, logicalTypeOptions: {minimum: 2}, examples: [2, 1]",
            ".examples[1]",
            "example 1 breaks the column's own rule c.minimum: 2",
        ),
        (
            f"string, examples: [a, c], {LISTED % ''}",
            ".examples[1]",
            "example 'c' breaks the column's own rule c.one_of: ('a', 'b')",
        ),
    ],
)
def test_what_a_column_may_not_state_is_a_problem_at_its_place(
    item: str, place: str, says: str, tmp_path: Path
) -> None:
    _, problems = of_column(tmp_path, f"{{name: c, logicalType: {item}}}")
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{PLACE}{place}: ") and says in problems[0]


@pytest.mark.parametrize(
    "limits",
    [
        "{minimum: 1, maximum: 1.0}",
        "{minimum: 1}",
        "{maximum: 2, exclusiveMinimum: 1}",
        "{exclusiveMinimum: 5, maximum: 1}",
        "{exclusiveMaximum: 1, minimum: 1}",
    ],
)
def test_limits_that_are_none_of_each_others_business_are_left(limits: str, tmp_path: Path) -> None:
    _, problems = of_column(tmp_path, f"{{logicalType: number, logicalTypeOptions: {limits}}}")
    assert problems == []


ALWAYS = (
    Rule("shape", "shape", "row"),
    Rule("placed", "placed", "row"),
    Rule("schema", "schema", "partition"),
    Rule("key", "key", "partition"),
)
VOLUME = Rule("volume", "rows", "partition", None, {"between": (1, inf)})
SHARE = Rule("quarantine_share", "quarantine_share", "partition", None, {"quarantine_share": 0.05})
HISTORY = (
    Rule("shrink", "shrink", "partition", None, {"share": 0.65, "deviations": 6}),
    Rule("growth", "growth", "partition", None, {"times": 3, "deviations": 6}, "warning"),
    Rule("redelivery", "redelivery", "partition", None, {"share": 0.5}),
)
CUSTOM = "type: custom, engine: lumbung, implementation: "


@pytest.mark.parametrize(
    ("stated", "rules"),
    [
        ("", (VOLUME, SHARE)),
        (
            "{name: v, metric: rowCount, mustBeBetween: [2, 3], description: Why}",
            (Rule("v", "rows", "partition", None, {"between": (2, 3)}, description="Why"), SHARE),
        ),
        (
            "{name: v, metric: rowCount, mustBeBetween: [2, 2], severity: warning}",
            (Rule("v", "rows", "partition", None, {"between": (2, 2)}, "warning"), SHARE),
        ),
        (
            "{name: volume, metric: rowCount, mustBe: 4}",
            (replace(VOLUME, arguments={"between": (4, 4)}), SHARE),
        ),
        (
            "{name: volume, metric: rowCount, mustBeGreaterOrEqualTo: 0}",
            (replace(VOLUME, arguments={"between": (0, inf)}), SHARE),
        ),
        (
            f"{{name: most, {CUSTOM}{{quarantine_share: 0.5}}}}",
            (replace(SHARE, name="most", arguments={"quarantine_share": 0.5}), VOLUME),
        ),
        (
            f"{{name: calm, {CUSTOM}{{row: rain_mm < 5}}, severity: warning, description: Why}}",
            (
                Rule("calm", "row", "row", None, {"row": "rain_mm < 5"}, "warning", "Why"),
                VOLUME,
                SHARE,
            ),
        ),
        (
            f"{{name: kind, {CUSTOM}{{coverage: {{expected: 1, minimum: 1}}}}}}",
            (
                Rule("kind", "coverage", "partition", None, {"expected": 1, "minimum": 1}),
                VOLUME,
                SHARE,
            ),
        ),
        (
            f"{{name: fresh, {CUSTOM}{{freshness: {{column: measured_at, hours: 1}}}}}}",
            (
                Rule(
                    "fresh",
                    "freshness",
                    "partition",
                    "measured_at",
                    {"column": "measured_at", "hours": 1},
                ),
                VOLUME,
                SHARE,
            ),
        ),
    ],
)
def test_what_a_dataset_states_becomes_its_rules_after_those_of_every_dataset(
    stated: str, rules: tuple[Rule, ...], columns: tuple[Column, ...], tmp_path: Path
) -> None:
    assert of_dataset(tmp_path, f"quality: [{stated}]", columns) == (
        (*ALWAYS, *rules, *HISTORY),
        [],
    )


def test_references_stand_between_the_stated_rules_and_the_defaults(
    columns: tuple[Column, ...], tmp_path: Path
) -> None:
    reference = Rule("kind.reference", "reference", "partition", "kind")
    rules, problems = of_dataset(tmp_path, "quality:", columns, reference)
    assert (rules, problems) == ((*ALWAYS, reference, VOLUME, SHARE, *HISTORY), [])


def test_a_dataset_states_its_own_volume_in_place_of_the_rule_that_every_one_has(
    columns: tuple[Column, ...], tmp_path: Path
) -> None:
    own = f"{{name: bursts, {CUSTOM}{{shrink: {{off: Bursts}}}}}}"
    rules, problems = of_dataset(tmp_path, f"quality: [{own}]", columns)
    stated = Rule("bursts", "shrink", "partition", None, {"off": "Bursts"})
    assert (rules, problems) == ((*ALWAYS, stated, VOLUME, SHARE, *HISTORY[1:]), [])


BAND = "the volume band is written"
ONE = "a dataset's quality is rowCount, or type: custom"


@pytest.mark.parametrize(
    ("stated", "place", "says", "is_left_out"),
    [
        ("{metric: rowCount, mustBe: 1}", "", "a rule needs a name that matches", False),
        ("{name: Volume, metric: rowCount, mustBe: 1}", "", "found 'Volume'", False),
        ("{name: v, metric: rowCount, mustBeBetween: [3, 2]}", "", BAND, True),
        ("{name: v, metric: rowCount}", "", BAND, True),
        ("{name: v, metric: rowCount, mustBe: 1, severity: x}", "", "severity 'x'", False),
        ("{name: v, metric: nulls}", "", ONE, True),
        (f"{{name: v, {CUSTOM.replace('custom', 'sql')}{{row: 'true'}}}}", "", ONE, True),
        (f"{{name: v, {CUSTOM.replace('lumbung', 'soda')}{{row: 'true'}}}}", "", ONE, True),
        (f"{{name: v, {CUSTOM}{{rwo: 'true'}}}}", "", "did you mean 'row'", True),
        (f"{{name: v, {CUSTOM}{{row: 'true', coverage: 1}}}}", "", ONE, True),
        (f"{{name: v, {CUSTOM}row}}", "", ONE, True),
        (f"{{name: v, {CUSTOM}{{}}}}", "", ONE, True),
        (f"{{name: kind, {CUSTOM}{{row: 'true'}}}}", "", "'kind' is already taken", False),
        (f"{{name: _texts, {CUSTOM}{{row: 'true'}}}}", "", "a rule needs a name", None),
        (f"{{name: ends, {CUSTOM}{{row: 'true'}}}}", "", "'ends' is already taken", False),
        ("{name: key, metric: rowCount, mustBe: 1}", "", "'key' is already taken", False),
        (f"{{name: v, {CUSTOM}{{row: ' '}}}}", ".implementation", "is not a condition", True),
        (f"{{name: v, {CUSTOM}{{row: 1}}}}", ".implementation", "row: 1 is not a cond", True),
        (f"{{name: v, {CUSTOM}{{row: nothing > 1}}}}", ".implementation", "cannot be c", True),
        (f"{{name: v, {CUSTOM}{{coverage: 1}}}}", ".implementation", "coverage: 1 is not", True),
        (f"{{name: v, {CUSTOM}{{freshness: {{hours: 1}}}}}}", ".implementation", "is not {", True),
    ],
)
def test_what_a_dataset_may_not_state_is_a_problem_at_its_place(
    stated: str,
    place: str,
    says: str,
    is_left_out: bool | None,
    columns: tuple[Column, ...],
    tmp_path: Path,
) -> None:
    good = "{name: first, metric: rowCount, mustBe: 9}"
    rules, problems = of_dataset(tmp_path, f"quality: [{good}, {stated}]", columns)
    assert any(
        problem.startswith(f"{PLACE}.quality[1]{place}: ") and says in problem
        for problem in problems
    ), problems
    if is_left_out is not None:
        assert len(problems) == 1
        assert len(rules) == (9 if is_left_out else 10)


@pytest.mark.parametrize("stated", ["volume", "quarantine_share", "growth"])
def test_a_name_of_the_defaults_is_theirs(
    stated: str, columns: tuple[Column, ...], tmp_path: Path
) -> None:
    item = f"quality: [{{name: {stated}, {CUSTOM}{{row: 'true'}}}}]"
    _, (problem,) = of_dataset(tmp_path, item, columns)
    assert problem.startswith(f"{PLACE}: the rule name '{stated}' belongs to the rule every")


def test_two_rules_have_two_names(columns: tuple[Column, ...], tmp_path: Path) -> None:
    twice = f"{{name: calm, {CUSTOM}{{row: 'true'}}}}"
    _, problems = of_dataset(tmp_path, f"quality: [{twice}, {twice}]", columns)
    assert [problem.split(": ")[0] for problem in problems] == [f"{PLACE}.quality[1]"]


HELD = {
    "minimum": (5, 5, 4.9),
    "maximum": (5, 5, 5.1),
    "exclusive_minimum": (5, 5.1, 5),
    "exclusive_maximum": (5, 4.9, 5),
    "pattern": ("b$", "ab", "ba"),
    "min_length": (2, "ab", "a"),
    "max_length": (2, "ab", "abc"),
    "one_of": (("a",), "a", "b"),
}


@pytest.mark.parametrize("name", HELD)
def test_an_example_holds_or_breaks_a_kind_of_rule(name: str) -> None:
    limit, good, bad = HELD[name]
    kind = "number" if isinstance(good, float | int) else "string"
    assert kind_of_row(name).holds(good, limit, kind)
    assert not kind_of_row(name).holds(bad, limit, kind)


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_moments_are_compared_by_the_clock_and_what_is_none_is_the_types_business(
    kind: str,
) -> None:
    held = kind_of_row("minimum").holds
    assert held("2026-01-10", "2026-01-09", kind) and not held("2026-01-09", "2026-01-10", kind)
    assert held("soon", "2026-01-10", kind) and held("x", 5, "number") and held(None, 5, "number")
    assert held(10**400, 5, "number") and kind_of_row("pattern").holds("a", "(", "string")


SHAPES = {
    "quarantine_share": ([0, 1, 0.5], [1.1, -0.1, "a", True]),
    "coverage": (
        [{"expected": 1, "minimum": 0}, {"expected": 0.5, "minimum": 1}],
        [
            {"expected": 0, "minimum": 1},
            {"expected": 1, "minimum": 1.1},
            {"expected": 1, "minimum": -1},
            {"expected": 1},
            {"expected": 1, "minimum": 1, "more": 1},
        ],
    ),
    "freshness": (
        [{"column": "at", "hours": 0.5}],
        [{"column": "at", "hours": 0}, {"column": "x", "hours": 1}, {"column": "at"}],
    ),
    "row": (["a > 1"], ["", " ", 1]),
    "shrink": (
        [{"share": 0.5, "deviations": 6}, {"off": "Why"}],
        [
            {"share": 1, "deviations": 6},
            {"share": 0, "deviations": 6},
            {"share": 0.5, "deviations": 0},
            {"share": 0.5},
            {"off": " "},
            {"off": True},
            {"off": "Why", "share": 0.5},
        ],
    ),
    "growth": (
        [{"times": 1.5, "deviations": 6}, {"off": "Why"}],
        [{"times": 1, "deviations": 6}, {"times": 2, "deviations": 0}, {"times": 2}],
    ),
    "redelivery": ([{"share": 1}, {"off": "Why"}], [{"share": 0}, {"share": 1.1}, {}]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_a_dataset_states_has_its_kinds_shape(name: str) -> None:
    shape, (good, bad) = customs()[name].is_shape, SHAPES[name]
    assert [bool(shape(value, {"at": "timestamp"})) for value in (*good, *bad)] == [
        *[True] * len(good),
        *[False] * len(bad),
    ]


def test_kinds_are_found_by_what_states_them_and_by_their_level() -> None:
    assert set(options()) == {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("pattern", "minLength", "maxLength"),
    }
    assert set(customs()) == set(SHAPES)
    assert "key" in meanings("partition") and "key" not in meanings("row")
    assert meanings("row")["required"] == "the value is missing"
    assert kind_of_row("reference").level == "row"


def test_a_condition_over_a_column_of_no_type_is_told_by_its_type_alone() -> None:
    wrong = customs()["row"].wrong
    assert wrong("nothing > 1", {"a": "decimal"}) is None
    assert wrong("a > 1", dict.fromkeys(STORED, "integer") | {"a": "integer"}) is None
    said = wrong("b > 1", {"a": "integer"})
    assert said and said.startswith("row: 'b > 1' cannot be computed: ")
