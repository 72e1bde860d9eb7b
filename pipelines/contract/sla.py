"""What a contract promises of each dataset's time: how old its newest record may be, and how
long it is kept (``slaProperties``).
"""

from collections.abc import Mapping
from typing import Any

from pipelines.errors import nearest
from pipelines.yamltext import YamlText, items_of

SLA = ("freshness", "retention")
MOST = 100_000
"""Of any unit; what is larger is no promise but a slip of the hand."""


def sla_of(text: YamlText, document: Mapping[str, Any], dataset: Any) -> tuple[float, int]:
    """Return (freshness in hours, retention in days) of one dataset; both are required."""
    units = {"h": 1.0, "d": 24.0, "m": 24 * 30.4, "y": 24 * 365.25}
    hours: dict[str, float] = {}
    stated: dict[str, Any] = {}
    datasets = [table.get("name") for _, table in items_of(document, "schema")]
    for i, item in items_of(document, "slaProperties"):
        name, element = str(item.get("property")), item.get("element")
        if element is not None and element not in datasets:
            text.problem(
                ("slaProperties", i, "element"),
                f"there is no dataset '{element}'; {nearest(str(element), map(str, datasets))}",
            )
        if name not in SLA:
            text.problem(
                ("slaProperties", i, "property"), f"'{name}' is not known; {nearest(name, SLA)}"
            )
        if element in (None, dataset):
            value, unit = item.get("value"), item.get("unit")
            if (
                unit not in units
                or isinstance(value, bool)
                or not isinstance(value, int | float)
                or not 0 < value <= MOST
            ):
                text.problem(
                    ("slaProperties", i),
                    f"needs a value above 0, {MOST} at most, and a unit out of {', '.join(units)};"
                    f" found {value!r} {unit!r}",
                )
                continue
            if name in stated and stated[name] == element:
                text.problem(
                    ("slaProperties", i),
                    f"{name} is given twice; keep one, or name the dataset each belongs to under"
                    " element",
                )
            if name == "retention" and value * units[unit] < 24:
                text.problem(
                    ("slaProperties", i),
                    f"retention of {value} {unit} is less than a day; deliveries and releases are"
                    " kept whole days",
                )
            if name not in hours or element is not None:
                stated[name], hours[name] = element, value * units[unit]
    for name in ("freshness", "retention"):
        if name not in hours and document.get("schema"):
            text.problem(
                ("slaProperties",),
                f"dataset '{dataset}' needs the property {name}, such as {{property: {name}, value:"
                " 2, unit: d}",
            )
    return hours.get("freshness", 48.0), int(hours.get("retention", 24.0) // 24)
