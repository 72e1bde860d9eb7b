"""What a query string may say to the row API, declared once: read here, made into a query by
``query``, and written by ``openapi`` into the document.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import QueryParams

from pipelines.query.query import MEASURES, OPERATORS

FORMS = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
"""The forms of an answer with their media types."""
DEFAULT, MOST, MOST_FIELDS, MOST_FILTERS, MOST_VALUES = 100, 10_000, 50, 20, 500
WORD = "[A-Za-z_][A-Za-z0-9_]*"


class BadQuery(ValueError):
    """A query string that cannot be answered: which parameter, and in the text what is allowed
    and what to do.
    """

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it means, its JSON schema, whether it may be said several times."""

    meaning: str
    schema: Mapping[str, Any]
    many: bool = False


_FILTER = Parameter(
    "A condition, `column:operator:value`; several are all to hold. Operators: "
    + "; ".join(f"`{name}` {meaning}" for name, meaning in OPERATORS.items())
    + ". Values of `in` are separated by commas, one that holds a comma stands in double quotes:"
    ' `kind:in:a,"b, c"`. A time without an offset is one of the city\'s zone.',
    {
        "type": "string",
        "pattern": f"^{WORD}:({'|'.join(OPERATORS)})(:[\\s\\S]*)?$",
        "maxLength": 2000,
    },
    many=True,
)
_ROUND = {
    "format": Parameter(
        "The form of the answer; without it, what `Accept` asks for. `json` comes in pages; the"
        " others hold every row that matches unless `limit` is given.",
        {"type": "string", "enum": list(FORMS)},
    ),
    "as_of": Parameter(
        "The release that stood when this day ended in the city (YYYY-MM-DD).",
        {"type": "string", "format": "date"},
    ),
    "release": Parameter(
        "The id of a release, instead of the current one.",
        {"type": "string", "pattern": r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8,16}$"},
    ),
    "total": Parameter(
        "`exact` counts all rows that match, `none` does not.",
        {"type": "string", "enum": ["exact", "none"], "default": "exact"},
    ),
    "limit": Parameter(
        "Rows of a page.", {"type": "integer", "minimum": 0, "maximum": MOST, "default": DEFAULT}
    ),
}
RELEASE = {name: _ROUND[name] for name in ("as_of", "release")}
"""Parameters of what is said of tables: which release."""
_LIST = f"^-?{WORD}(,-?{WORD})*$"
ROWS = {
    "filter": _FILTER,
    "sort": Parameter(
        "Columns to sort by, in order; `-column` for descending. Empty values come last.",
        {"type": "string", "pattern": _LIST},
    ),
    "fields": Parameter(
        "Columns wanted; all unless given.",
        {"type": "string", "pattern": f"^{WORD}(,{WORD}){{0,{MOST_FIELDS - 1}}}$"},
    ),
    "cursor": Parameter(
        "Where the page begins, as `next` of the page before says.",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
    ),
    **_ROUND,
}
"""Parameters of rows."""
AGGREGATE = {
    "group": Parameter(
        "Columns whose equal values make a group; one group of all rows unless given.",
        {"type": "string", "pattern": f"^{WORD}(,{WORD})*$"},
    ),
    "measure": Parameter(
        "What is computed of each group, separated by commas: `count`, or one of"
        f" {', '.join(f'`{name}:column`' for name in MEASURES if name != 'count')}.",
        {
            "type": "string",
            "pattern": f"^{WORD}(:{WORD})?(,{WORD}(:{WORD})?)*$",
            "default": "count",
        },
        many=True,
    ),
    "filter": _FILTER,
    "sort": Parameter(
        "Groups or figures to sort by, such as `-count` or `-mean_column`.",
        {"type": "string", "pattern": _LIST},
    ),
    **_ROUND,
}
"""Parameters of aggregates."""


@dataclass(frozen=True)
class RequestParameters:
    """A query string, each parameter declared and given no more often than it may be."""

    given: QueryParams
    declared: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        for name in self.given:
            if name not in self.declared:
                raise BadQuery(
                    "",
                    "there is a parameter that is not known here; known are"
                    f" {', '.join(self.declared)}",
                )
            if not self.declared[name].many and len(self.given.getlist(name)) > 1:
                raise BadQuery(
                    name,
                    f"{name} is said twice; say it once"
                    + (
                        ", its columns separated by commas"
                        if name in ("sort", "fields", "group")
                        else ""
                    ),
                )

    def choice(self, name: str, default: str) -> str:
        """Return one of the words a parameter may be."""
        value = self.given.get(name, default)
        if value not in self.declared[name].schema["enum"]:
            raise BadQuery(name, f"{name} may be {', '.join(self.declared[name].schema['enum'])}")
        return value

    def names(self, name: str) -> list[str]:
        """Return the words of a comma-separated list; empty when the parameter is not there."""
        if name not in self.given:
            return []
        words = self.given[name].split(",")
        if not all(words):
            raise BadQuery(
                name, f"{name} is a list of columns separated by commas, none of them empty"
            )
        return words

    @property
    def limit(self) -> int | None:
        """How many rows are wanted, None when nothing is said of it."""
        text = self.given.get("limit")
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > MOST:
            raise BadQuery(
                "limit",
                f"limit is a whole number from 0 to {MOST}; the next page begins where `next` of"
                " the answer says",
            )
        return int(text)

    @property
    def day(self) -> date | None:
        """The day of ``as_of``."""
        text = self.given.get("as_of")
        return None if text is None else _date("as_of", text)


def _date(name: str, text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadQuery(name, f"{name} is a date that there is, written YYYY-MM-DD")
