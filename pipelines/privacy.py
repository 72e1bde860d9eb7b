"""Disclosure control: the one place that decides what of an aggregate may be shown. Suppression of small cells, for now.

A published mart or KPI says in its header what its figures stand on. ``key`` tells what a row is. ``cells COUNT: figure, figure`` is a column that counts
units (persons, or what stands for one) and the figures made of them: a count of 1 to 4, or one that is not known, is emptied with its figures, and so are
figures over nobody (a count of 0 beside money paid: what it counts was withheld). ``within: letters > signed`` says that each counts some of the one
before: where all but 1 to 4 are counted, the smaller count is emptied too. ``cells none: length_m`` are figures of no person. A column that is none of
these is refused. ``suppressed`` says that a row was touched. Basis: UU 27/2022 Ps 4 (data that combine to identify), the usual k of 5. Complementary
suppression over rows, dominance of one unit and differencing between releases are not done yet.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipelines.errors import ContractError
from pipelines.indicators import KPI_COLUMNS
from pipelines.sqlfile import NOBODY, SqlFile

KPI_WORDS = ("period", "region_code", "measure", "unit", "completeness", "status", "reason", "rule_version")
"""Columns of a KPI that hold no figure of anybody."""
LEAST = 5
"""Fewest units a published cell may stand for."""
SUPPRESSED = "suppressed"


def disclosed(model: SqlFile, rows: pa.Table) -> pa.Table:
    """Return what of a published model's ``rows`` may be shown; ContractError for a column whose header does not say what it is or stands on."""
    _described(model, rows.column_names)
    if not model.cells:
        return rows
    shown = []
    for row in rows.to_pylist():
        hidden = _hidden(model, row)
        told = {"status": "not available", "reason": "few"} if model.layer == "kpi" and "value" in hidden and row["value"] is not None else {}
        shown.append({name: None if name in hidden else value for name, value in row.items()} | told | {SUPPRESSED: bool(hidden)})
    return pa.Table.from_pylist(shown, schema=rows.schema.append(pa.field(SUPPRESSED, pa.bool_())))


def _hidden(model: SqlFile, row: Mapping[str, Any]) -> set[str]:
    """Return the columns of one row that may not be shown."""
    cells = {count: figures for count, figures in model.cells.items() if count != NOBODY}
    hidden = {count for count in cells if row[count] is None or _few(row[count])}
    for chain in model.chains:
        shown = None
        for count in chain:
            if shown is not None and row[count] is not None and _few(abs(row[shown] - row[count])):
                hidden.add(count)
            if count not in hidden and row[count] is not None:
                shown = count
    for count, figures in cells.items():
        if row[count] == 0 and any(row[each] for each in figures):
            hidden.update(figures)
    for _ in cells:
        hidden.update(figure for count, figures in cells.items() if count in hidden for figure in figures)
    return hidden


def _few(count: Any) -> bool:
    return 1 <= count < LEAST


def _described(model: SqlFile, columns: list[str]) -> None:
    plain = KPI_WORDS if model.layer == "kpi" else ()
    described = {*model.columns, *plain, *(KPI_COLUMNS if plain else ())}
    based = {*model.cells, *(figure for figures in model.cells.values() for figure in figures)} - {NOBODY}
    named = [*model.columns, *model.key, *based, *(count for chain in model.chains for count in chain)]
    told = [
        ("columns without a line '-- column NAME: Indonesia / English'", [name for name in columns if name not in described]),
        ("columns its header names and its SELECT does not give", [name for name in dict.fromkeys(named) if name not in columns]),
        ("columns of which no line '-- cells COUNT: ...' says what they stand on",
         [name for name in columns if model.cells and name not in {*based, *model.key, *plain}]),
        ("columns that Lumbung adds itself", [name for name in columns if name == SUPPRESSED]),
    ]  # fmt: skip
    problems = [f"{what}: {', '.join(names)}" for what, names in told if names]
    if problems:
        raise ContractError(f"{model.path}: {'; '.join(problems)}. Only what is described is published")
