"""Disclosure control: the one place that decides what of an aggregate may be shown. Suppression of small cells, for now.

A published mart says in its header which columns tell what a cell is (``dimensions``) and which counts the units behind it (``cells``). A row
that stands for 1 to 4 units keeps its dimensions; its figures are emptied and ``suppressed`` says so. Further columns of ``cells`` count some of those
units: such a figure is emptied when it, or what is left of the whole, is 1 to 4. Basis: UU 27/2022 Ps 4 (data that combine
to identify), the usual k of 5. Complementary suppression and differencing between releases are not done yet.
"""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pipelines.cast import identifier
from pipelines.errors import ContractError
from pipelines.sqlfile import SqlFile

LEAST = 5
"""Fewest units a published cell may stand for."""
SUPPRESSED = "suppressed"


def disclosed(con: duckdb.DuckDBPyConnection, model: SqlFile, rows: pa.Table) -> pa.Table:
    """Return what of a published mart's ``rows`` may be shown; ContractError for a column its header does not describe."""
    _described(model, rows.column_names)
    if not model.cells:
        return rows
    whole, *parts = (identifier(name) for name in model.cells)
    small = {name: f"coalesce({_few(name)} OR {_few(f'{whole} - {name}')}, false)" for name in parts}
    row = f"coalesce({_few(whole)}, false)"
    shown = []
    for name in map(identifier, rows.column_names):
        hidden = row if name not in small else f"{row} OR {small[name]}"
        shown.append(name if name.strip('"') in model.dimensions else f"CASE WHEN NOT ({hidden}) THEN {name} END AS {name}")
    any_hidden = " OR ".join([row, *small.values()])
    con.register("_rows", rows)
    try:
        return con.execute(f"SELECT {', '.join(shown)}, {any_hidden} AS {SUPPRESSED} FROM _rows").to_arrow_table()
    finally:
        con.unregister("_rows")


def _few(count: str) -> str:
    return f"({count}) BETWEEN 1 AND {LEAST - 1}"


def _described(model: SqlFile, columns: Sequence[str]) -> None:
    wrong = [name for name in columns if name not in model.columns]
    absent = [name for name in (*model.columns, *model.dimensions, *model.cells) if name not in columns]
    if wrong or absent or SUPPRESSED in columns:
        told = [f"columns without a line '-- column NAME: Indonesia / English': {', '.join(wrong)}"] if wrong else []
        told += [f"columns its header names and its SELECT does not give: {', '.join(dict.fromkeys(absent))}"] if absent else []
        told += [f"'{SUPPRESSED}' is added by Lumbung"] if SUPPRESSED in columns else []
        raise ContractError(f"{model.path}: {'; '.join(told)}. Only what is described is published")
