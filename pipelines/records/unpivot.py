"""A wide table made long: ``fetch.unpivot`` says which fields stay, and what the others' names and
values are called.
"""

from collections.abc import Sequence

import duckdb

from pipelines.contract.model import Dataset
from pipelines.records.join import ASIDE, OWN, Records, fields_of
from pipelines.sqltext import identifier, quoted


def unpivoted(
    con: duckdb.DuckDBPyConnection, table: str, dataset: Dataset, fields: Sequence[str] | None
) -> Records:
    """Return one row per cell of ``table`` that holds something, for every field not in
    ``keep``.
    """
    fact = dataset.source.fetch["unpivot"]
    columns = con.table(table).columns
    named = fields_of([name for name in columns if name not in OWN], fields)
    column_of = {field: column for column, field in named.items()}
    keep = [column_of[name] for name in fact["keep"] if name in column_of]
    cells = [name for name in named if name not in keep]
    fixed = "".join(f"{identifier(name)}, " for name in keep)
    name, value = identifier(fact["name"]), identifier(fact["value"])
    kept = [*(named[column] for column in keep), fact["name"], fact["value"]]
    if not cells:
        return Records(
            f"(SELECT {fixed}NULL::VARCHAR AS {name}, NULL::VARCHAR AS {value}, rowid + 1 AS _line,"
            f" _shape FROM {table} WHERE false)",
            kept,
        )
    listed = ", ".join(identifier(cell) for cell in cells)
    cases = "".join(
        f" WHEN {quoted(cell)} THEN {quoted(named[cell])}" for cell in cells if named[cell] != cell
    )
    told = f"CASE {name}{cases} ELSE {name} END AS {name}" if cases else name
    aside = ", ".join(name for name in ASIDE if name in columns)
    wide = f"(SELECT *{f' EXCLUDE ({aside})' if aside else ''}, rowid + 1 AS _line FROM {table})"
    return Records(
        f"(SELECT {fixed}{told}, {value}, _line, _shape FROM {wide} UNPIVOT INCLUDE NULLS ({value}"
        f" FOR {name} IN ({listed})) WHERE ({value} <> '' AND _shape IS NULL) OR (_shape IS NOT"
        f" NULL AND {name} = {quoted(cells[0])}))",
        kept,
    )
