"""A view of a table that a visitor builds: columns, filters, groups and a figure; the same words
the row API is asked with, so that its address is the view.

No Streamlit here: what is asked is made into a query string, answered by the row API's own query,
and kept by release, table and query string.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from pipelines.query.engine import page_of, total_of
from pipelines.release.release import Release
from pipelines.settings import lake_path
from portal.api.parameters import AGGREGATE, ROWS, BadQuery, RequestParameters
from portal.api.query import query_of
from portal.api.values import NUMBERS
from portal.data.entries import entries
from portal.data.entry import Entry
from portal.http.address import url

PREVIEW, GROUPS, CHOICES = 20, 500, 40
"""Rows shown, groups drawn, and different values of a column up to which they are offered as a
choice.
"""
BOUNDS = ("gte", "lte")
RANGED = ("integer", "number", "date", "timestamp")
TEMPORAL = ("date", "timestamp")
COUNT = "count"


@dataclass(frozen=True)
class View:
    """What is asked of a table: without ``group`` its rows with ``fields`` (all of them when
    empty), with it one ``measure`` of each group.
    """

    fields: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    measure: str = COUNT

    def query(self, entry: Entry) -> list[tuple[str, str]]:
        """Return it as the row API's parameters: newest rows first, groups in order of time or
        number, else those with the largest figure first.
        """
        filters = [("filter", text) for text in self.filters]
        if not self.group:
            newest = dated(entry)
            return [
                *([("fields", ",".join(self.fields))] if self.fields else []),
                *filters,
                *([("sort", f"-{newest}")] if newest else []),
            ]
        name = self.measure.replace(":", "_")
        types = {field.name: field.type for field in entry.fields}
        order = ",".join(self.group) if types.get(self.group[0]) in RANGED else f"-{name}"
        return [
            ("group", ",".join(self.group)),
            ("measure", self.measure),
            *filters,
            ("sort", order),
        ]

    def path(self, entry: Entry, **more: str) -> str:
        """Return the absolute address of the row API that answers with it."""
        query_string = urlencode([*self.query(entry), *more.items()], safe=":,")
        kind = "aggregate" if self.group else "rows"
        return url(
            f"/api/v1/tables/{entry.name}/{kind}{f'?{query_string}' if query_string else ''}"
        )


@dataclass(frozen=True)
class Answer:
    """The first rows of a view by column, how many there are, and each column's logical type."""

    rows: tuple[dict[str, Any], ...]
    total: int
    types: Mapping[str, str]


def answer(release: Release, entry: Entry, view: View) -> Answer:
    """Return what a view gives. BadQuery says which part cannot be asked; QueryError that it
    took too long.
    """
    return _answer(
        release,
        entry.name,
        bool(view.group),
        urlencode(view.query(entry)),
        GROUPS if view.group else PREVIEW,
    )


@lru_cache(maxsize=256)
def _answer(release: Release, name: str, grouped: bool, query_string: str, limit: int) -> Answer:
    entry = entries(release)[name]
    stored = entry.published.file("parquet")
    if stored is None:
        raise BadQuery("", f"{name} has no file to be asked")
    root = lake_path()
    query = query_of(
        entry,
        root / stored.path,
        RequestParameters(
            QueryParams(f"{query_string}&limit={limit}"), AGGREGATE if grouped else ROWS
        ),
    )
    page = page_of(root, query, "parquet")
    return Answer(tuple(page.table.to_pylist()), total_of(root, query), query.shown)


def dated(entry: Entry) -> str | None:
    """Return the column by which a table's rows are placed in time, None where it has none."""
    stated = entry.dataset.partition_by if entry.dataset else None
    return next(
        (
            field.name
            for field in entry.fields
            if field.name == stated or (stated is None and field.key and field.type in TEMPORAL)
        ),
        None,
    )


def measures(entry: Entry) -> list[str]:
    """Return the figures that can be computed of groups: how many rows, and sum, mean, median
    and maximum of every column that holds a quantity.
    """
    quantities = [
        field.name
        for field in entry.fields
        if field.type in NUMBERS and not field.key and field.unit != "deg"
    ]
    return [
        COUNT,
        *(f"{kind}:{name}" for name in quantities for kind in ("sum", "mean", "median", "max")),
    ]


def groupable(entry: Entry) -> list[str]:
    """Return the columns whose equal values make a group."""
    return [field.name for field in entry.fields if field.type not in ("array", "object")]


def choices(release: Release, entry: Entry, column: str) -> list[str] | None:
    """Return the values of a text column, the most frequent first; None when they are too many
    to choose from.
    """
    groups = answer(release, entry, View(group=(column,)))
    return (
        [row[column] for row in groups.rows if row[column] is not None]
        if groups.total <= CHOICES
        else None
    )


def filters_of(texts: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return filters as they stand in an address, value by operator by column; what is no filter
    is left out.
    """
    filters: dict[str, dict[str, str]] = {}
    for text in texts:
        column, _, rest = text.partition(":")
        operator, colon, value = rest.partition(":")
        if colon:
            filters.setdefault(column, {})[operator] = value
    return filters


def split(text: str) -> list[str]:
    """Return the values of an ``in`` filter."""
    return next(csv.reader([text]), [])


def joined(values: Iterable[str]) -> str:
    """Return values as an ``in`` filter writes them: separated by commas, one that holds a comma
    in double quotes.
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(list(values))
    return line.getvalue()
