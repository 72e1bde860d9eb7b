"""What may be asked of one Parquet file of a release, as a value: columns, filters, order, a page,
or groups with their measures. Its SQL is written in ``query.sql``.
"""

from dataclasses import dataclass
from pathlib import Path

OPERATORS: dict[str, str] = {
    "eq": "equal",
    "ne": "not equal; an empty value is not equal to any",
    "gt": "greater",
    "gte": "greater or equal",
    "lt": "less",
    "lte": "less or equal",
    "in": "one of several",
    "contains": "contains, upper and lower case alike",
    "starts": "starts with, upper and lower case alike",
    "null": "is empty",
    "not_null": "is not empty",
}
"""What a filter may ask of a column, with its meaning."""
MEASURES: dict[str, tuple[str, str]] = {
    "count": ("count(*)", "BIGINT"),
    "count_distinct": ("count(DISTINCT {})", "BIGINT"),
    "sum": ("sum({})", ""),
    "mean": ("avg({})", "DOUBLE"),
    "min": ("min({})", ""),
    "max": ("max({})", ""),
    "median": ("median({})", "DOUBLE"),
}
"""What may be computed of a group: its expression, and its type where that is not the column's.
A sum of integers is exact: DECIMAL(38, 0).
"""
Value = str | int | float | bool


@dataclass(frozen=True)
class Filter:
    """One condition: a column, a key of ``OPERATORS``, and its values (many for ``in``, none for
    ``null`` and ``not_null``).
    """

    column: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Sort:
    """One column of an order; empty values come last either way."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Measure:
    """One figure of a group: a key of ``MEASURES`` and the column it is of, empty for ``count``."""

    kind: str
    column: str = ""

    @property
    def name(self) -> str:
        """The name of its column in the answer: ``count``, ``mean_rain_mm``."""
        return f"{self.kind}_{self.column}" if self.column else self.kind


@dataclass(frozen=True)
class Words:
    """A text that occurs in one of several columns as they are written, upper and lower case
    alike.
    """

    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Query:
    """What is asked of a file: ``types`` are its columns with their ODCS logical types, ``fields``
    those wanted, ``after`` the ``KEY`` of the row before.

    With ``group`` or ``measures`` it asks for aggregates, with ``group`` alone for the rows of
    these columns that differ: ``sort`` then names what they give, and ``fields`` and ``after``
    stand empty. ``offset`` counts rows to pass over, which costs more the deeper it goes: ``after``
    does not.
    """

    file: Path
    types: tuple[tuple[str, str], ...]
    fields: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int | None = None
    after: tuple[str | None, ...] | None = None
    group: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    words: tuple[Words, ...] = ()
    offset: int = 0

    @property
    def is_grouped(self) -> bool:
        """Whether it asks about groups of rows."""
        return bool(self.group or self.measures)

    @property
    def shown(self) -> dict[str, str]:
        """The columns of the answer with their logical types."""
        kinds = dict(self.types)
        if not self.is_grouped:
            return {name: kinds[name] for name in self.fields or kinds}
        columns = {name: kinds[name] for name in self.group}
        for measure in self.measures:
            columns[measure.name] = {"BIGINT": "integer", "DOUBLE": "number"}.get(
                MEASURES[measure.kind][1]
            ) or kinds[measure.column]
        return columns
