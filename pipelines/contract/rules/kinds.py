"""Every kind of rule, declared once: at which level it works, what breaking it means, how a
contract states it, and whether what it states can be.

Contracts are read by ``KINDS``, the documents written from it and the gate held against it: a new
kind is one value here and one entry in ``quality.conditions`` (rows) or ``quality.figures``
(partitions), which refuse to be loaded without. Which rules of a dataset cost a cell and which the
row is decided in ``nonresponse``.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any, Literal

from pipelines.contract.engine import condition_problem, matches, pattern_problem
from pipelines.contract.terms import TYPES
from pipelines.contract.types import is_type
from pipelines.errors import LumbungError

Level = Literal["row", "partition"]
ORDERED, TEXT = ("integer", "number", "date", "timestamp"), ("string",)


@dataclass(frozen=True)
class Kind:
    """One kind of rule at one level. ``meaning`` says what a row or partition that breaks it has
    done, ``holds(example, limit, type)`` whether an example of a column satisfies it. What is not
    ``is_judged`` happened before any rule was looked at. What breaks a rule of ``is_item`` is one
    value that cannot be used (item non-response), else the row as a whole (unit non-response).
    """

    name: str
    level: Level
    meaning: str
    holds: Callable[[Any, Any, str], bool] = lambda example, limit, kind: True
    is_judged: bool = True
    is_item: bool = False


@dataclass(frozen=True, kw_only=True)
class Option(Kind):
    """A limit that a column states under ``logicalTypeOptions``, for columns of these ``types``;
    ``wrong(limit)`` says what makes a limit none at all.
    """

    option: str
    types: tuple[str, ...] = ORDERED
    wrong: Callable[[Any], str | None] = lambda limit: None
    is_item: bool = True


@dataclass(frozen=True, kw_only=True)
class Custom(Kind):
    """A rule that a dataset states under ``implementation``, written as ``shape`` says;
    ``is_shape(argument, columns)`` looks, ``wrong(argument, columns)`` tries it out.
    """

    shape: str
    is_shape: Callable[[Any, Mapping[str, str]], bool]
    wrong: Callable[[Any, Mapping[str, str]], str | None] = lambda argument, columns: None


def _compared(by: Callable[[float, float], bool]) -> Callable[[Any, Any, str], bool]:
    """Compare as numbers or moments; what is neither is told by the type's own rule."""

    def holds(example: Any, limit: Any, kind: str) -> bool:
        read = _moment if kind in ("date", "timestamp") else float
        try:
            return by(read(example), read(limit))
        except (TypeError, ValueError, OverflowError):
            return True

    return holds


def _moment(value: Any) -> float:
    return datetime.fromisoformat(str(value)).replace(tzinfo=None).timestamp()


def _matches(example: Any, pattern: Any, kind: str) -> bool:
    return pattern_problem(str(pattern)) is not None or matches(str(pattern), str(example))


def _pattern_wrong(pattern: Any) -> str | None:
    wrong = pattern_problem(str(pattern))
    return wrong and f"pattern {pattern!r} is not a regular expression (RE2): {wrong}"


def _condition_wrong(condition: Any, columns: Mapping[str, str]) -> str | None:
    if not all(kind in TYPES for kind in columns.values()):
        return None
    wrong = condition_problem(condition, columns)
    return wrong and f"row: {condition!r} cannot be computed: {wrong}"


def _is_off(value: Any) -> bool:
    """Whether a rule of volume is switched off, with a reason."""
    return set(value) == {"off"} and isinstance(value["off"], str) and bool(value["off"].strip())


KINDS: tuple[Kind, ...] = (
    Kind(
        "type",
        "row",
        "the text could not be read as the column's type",
        lambda example, limit, kind: is_type(example, kind),
        is_item=True,
    ),
    Kind("required", "row", "the value is missing"),
    Option("minimum", "row", "the value is below the minimum", _compared(ge), option="minimum"),
    Option("maximum", "row", "the value is above the maximum", _compared(le), option="maximum"),
    Option(
        "exclusive_minimum",
        "row",
        "the value is not above the limit",
        _compared(gt),
        option="exclusiveMinimum",
    ),
    Option(
        "exclusive_maximum",
        "row",
        "the value is not below the limit",
        _compared(lt),
        option="exclusiveMaximum",
    ),
    Option(
        "pattern",
        "row",
        "the text does not match the pattern",
        _matches,
        option="pattern",
        types=TEXT,
        wrong=_pattern_wrong,
    ),
    Option(
        "min_length",
        "row",
        "the text is too short",
        lambda example, least, kind: len(str(example)) >= least,
        option="minLength",
        types=TEXT,
    ),
    Option(
        "max_length",
        "row",
        "the text is too long",
        lambda example, most, kind: len(str(example)) <= most,
        option="maxLength",
        types=TEXT,
    ),
    Kind(
        "one_of",
        "row",
        "the value is not in the list",
        lambda example, values, kind: example in values,
        is_item=True,
    ),
    Kind("unit", "row", "the source states another unit", is_item=True),
    Kind("spellings", "row", "fields that are spellings of one say different things", is_item=True),
    Kind("repaired", "row", "the text was repaired as the contract says; a warning"),
    Custom(
        "row",
        "row",
        "the row breaks a condition between its columns",
        shape="a condition over the row's columns, such as closed_at >= received_at",
        is_shape=lambda value, columns: isinstance(value, str) and bool(value.strip()),
        wrong=_condition_wrong,
    ),
    Kind(
        "reference",
        "row",
        "the reference table has no such code, or had none at the row's date",
        is_item=True,
    ),
    Kind(
        "placed",
        "row",
        "the row cannot be placed: its date is missing or outside what was asked for",
    ),
    Kind("shape", "row", "the line has another number of fields than the header"),
    Kind("schema", "partition", "fields the contract names are absent from the delivery"),
    Kind(
        "rows",
        "partition",
        "the number of rows, without those that could not be placed, is outside the volume band",
    ),
    Kind("key", "partition", "two rows carry the same key"),
    Custom(
        "quarantine_share",
        "partition",
        "too large a share of the rows was quarantined or had cells withheld",
        shape="a share from 0 to 1",
        is_shape=lambda value, columns: is_type(value, "number") and 0 <= value <= 1,
    ),
    Custom(
        "coverage",
        "partition",
        "too few of the expected rows arrived",
        shape="{expected: rows a partition should have, minimum: share from 0 to 1}",
        is_shape=lambda value, columns: (
            set(value) == {"expected", "minimum"}
            and value["expected"] > 0
            and 0 <= value["minimum"] <= 1
        ),
    ),
    Kind("reference", "partition", "rows refer to something the other dataset does not have"),
    Custom(
        "freshness",
        "partition",
        "the newest row is too old for the partition",
        shape="{column: a time column, hours: most hours from the newest row to the partition's"
        " end}",
        is_shape=lambda value, columns: (
            set(value) == {"column", "hours"} and value["column"] in columns and value["hours"] > 0
        ),
    ),
    Custom(
        "shrink",
        "partition",
        "far fewer rows came than for comparable days or months that passed before",
        shape="{share: part of the usual number that is enough, deviations: how many median"
        " deviations below it are allowed} or {off: why}",
        is_shape=lambda value, columns: (
            _is_off(value)
            or (
                set(value) == {"share", "deviations"}
                and 0 < value["share"] < 1
                and value["deviations"] > 0
            )
        ),
    ),
    Custom(
        "growth",
        "partition",
        "far more rows came than for comparable days or months that passed before; a warning"
        " unless stated",
        shape="{times: the usual number that is too much, deviations: how many median deviations"
        " above it are allowed} or {off: why}",
        is_shape=lambda value, columns: (
            _is_off(value)
            or (
                set(value) == {"times", "deviations"}
                and value["times"] > 1
                and value["deviations"] > 0
            )
        ),
    ),
    Custom(
        "redelivery",
        "partition",
        "a day or month that passed came again with far fewer rows than stand of it",
        shape="{share: part of the rows that stand that is enough} or {off: why}",
        is_shape=lambda value, columns: (
            _is_off(value) or (set(value) == {"share"} and 0 < value["share"] <= 1)
        ),
    ),
    Kind("source", "partition", "the source could not be read", is_judged=False),
)


def meanings(level: Level) -> dict[str, str]:
    """Return what breaking each kind of a level means, by its name."""
    return {kind.name: kind.meaning for kind in KINDS if kind.level == level}


def all_judged(level: Level, judged: Collection[str], where: str) -> None:
    """Refuse to go on where a kind of a level has no judgement among ``judged``."""
    for kind in KINDS:
        if kind.level == level and kind.is_judged and kind.name not in judged:
            raise LumbungError(
                f"{where}: rules of kind '{kind.name}' are declared for a {level} and nothing"
                " decides them; add how they are judged"
            )


def kind_of_row(name: str) -> Kind:
    """Return the kind of a row rule."""
    return next(kind for kind in KINDS if (kind.name, kind.level) == (name, "row"))


def options() -> dict[str, Option]:
    """Return the kinds a column states as limits, by the option that states them."""
    return {kind.option: kind for kind in KINDS if isinstance(kind, Option)}


def customs() -> dict[str, Custom]:
    """Return the kinds a dataset states with ``type: custom, engine: lumbung``, by name."""
    return {kind.name: kind for kind in KINDS if isinstance(kind, Custom)}
