"""A table whose first row is its header, as sheets and pages have one, brought to DuckDB some rows
at a time.

A row is a mapping of positions to texts, or to what its column makes a text of, or the whole text
of one that does not fit. What stands in no column of the header is a column of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import duckdb

from pipelines.errors import SourceError
from pipelines.records.json import Row as Record
from pipelines.records.json import append
from pipelines.records.table import unique_names

MOST_COLUMNS = 1_000
"""Columns of a table; no contract names a tenth of it."""
ROWS, LETTERS, MOST_LETTERS = 10_000, 16 << 20, 2 << 30
"""So many rows, of so many letters, are held at a time; so many letters may a table have in all."""
Row = Mapping[int, Any] | str


def fill(
    con: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterable[Row],
    where: str,
    tell: Callable[[str, Any], str],
) -> None:
    """Make ``table`` of rows, the header first; ``tell(field, cell)`` gives the text of a cell that
    is none. SourceError when there is no header, or more than a table has.
    """
    names: dict[int, str] = {}
    left = 0
    for number, batch in enumerate(_batches(rows, where)):
        places = {place for row in batch if not isinstance(row, str) for place in row}
        if number == 0:
            if not places or isinstance(header := batch.pop(0), str):
                raise SourceError(
                    f"{where}: the table has no header row; an export without records still carries"
                    " its header"
                )
            left = min(places)
            span = range(left, max(places) + 1)
            told = unique_names([header.get(place) or "" for place in span])
            names = dict(zip(span, told, strict=True))
        for place in sorted(places - names.keys()):
            beside = f"column_{place - left + 1}"
            names[place] = unique_names([*names.values(), beside])[-1]
        if len(names) > MOST_COLUMNS:
            raise SourceError(
                f"{where}: a table of {len(names)} columns; at most {MOST_COLUMNS} are read; ask"
                " the owner for it in parts"
            )
        records: list[Record] = [
            row
            if isinstance(row, str)
            else {
                (name := names[place]): cell if isinstance(cell, str) else tell(name, cell)
                for place, cell in row.items()
            }
            for row in batch
        ]
        append(con, table, records, list(names.values()), number)


def _batches(rows: Iterable[Row], where: str) -> Iterator[list[Row]]:
    """Yield rows some at a time, once where there are none."""
    batch: list[Row] = []
    letters = total = number = 0
    for row in rows:
        batch.append(row)
        letters += len(row) if isinstance(row, str) else sum(map(len, row.values()))
        if len(batch) == ROWS or letters > LETTERS:
            yield batch
            batch, letters, total, number = [], 0, total + letters, number + 1
            if total > MOST_LETTERS:
                raise SourceError(
                    f"{where}: a table of more than {MOST_LETTERS >> 30} Gi letters; ask the owner"
                    " to split it"
                )
    if batch or not number:
        yield batch
