"""What is asked of a database: the rows of a window, and how many each of its partitions has.

One SELECT each, in words that SQLite, PostgreSQL, MariaDB and MySQL all know; who runs it is
``database.fetch``. A row belongs to the day its time begins with as text, in the database's own
zone: that is how ``WHERE`` compares it with the window's days too.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Window

NAME = r"[A-Za-z_][A-Za-z0-9_$]{0,62}"
QUOTES = {"sqlite": '"', "postgresql": '"', "mysql": "`"}


def query(dataset: Dataset, window: Window) -> str:
    """Return the SELECT of the window's rows, in order of time; of every row where the contract
    names no time.
    """
    facts, names = dataset.source.fetch, _names(dataset)
    columns = ", ".join(names[name] for name in facts.get("columns", ())) or "*"
    ordered = f" ORDER BY {names[facts['time']]}" if "time" in facts else ""
    return f"SELECT {columns} {_within(dataset, window, names)}{ordered}"


def count(dataset: Dataset, window: Window) -> str:
    """Return the SELECT of every partition of the window that has rows, their number, and when
    they were last changed, where the contract names what says so.
    """
    facts, names = dataset.source.fetch, _names(dataset)
    length = 10 if dataset.partition == "day" else 7
    key = f"substr(CAST({names[facts['time']]} AS char(10)), 1, {length})"
    newest = f", max({names[facts['changed']]}) AS newest" if "changed" in facts else ""
    rows = _within(dataset, window, names)
    return f"SELECT {key} AS part, count(*) AS counted{newest} {rows} GROUP BY 1"


def _within(dataset: Dataset, window: Window, names: Mapping[str, str]) -> str:
    facts = dataset.source.fetch
    table = ".".join(names[name] for name in str(facts["table"]).split("."))
    if "time" not in facts:
        return f"FROM {table}"
    time = names[facts["time"]]
    start, end = (
        moment.astimezone(ZoneInfo(dataset.timezone)).date().isoformat()
        for moment in (window.start, window.end)
    )
    return f"FROM {table} WHERE {time} >= '{start}' AND {time} < '{end}'"


def _names(dataset: Dataset) -> dict[str, str]:
    """Return every name of the facts as the database quotes it; SourceError for what is none, or
    an address of no database that is read.
    """
    facts: Mapping[str, Any] = dataset.source.fetch
    kind = urlsplit(str(dataset.source.server.get("url", ""))).scheme
    if kind not in QUOTES:
        raise SourceError(
            f"{dataset.id}: database address begins '{kind}'; it must be sqlite, postgresql or"
            " mysql: correct the server's url"
        )
    names = [
        *str(facts.get("table", "")).split("."),
        *facts.get("columns", ()),
        *(facts[name] for name in ("time", "changed") if name in facts),
    ]
    for name in names:
        if not re.fullmatch(NAME, str(name)):
            raise SourceError(
                f"{dataset.id}: '{name}' is not a table or column name; names match {NAME}"
            )
    return {name: f"{QUOTES[kind]}{name}{QUOTES[kind]}" for name in names}
