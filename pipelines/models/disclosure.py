"""Disclosure control: the one place that decides what of an aggregate may be shown. Suppression of
small cells, for now.

A published mart or KPI says in its header what its figures stand on. ``key`` tells what a row is.
``cells COUNT: figure, figure`` is a column that counts units (persons, or what stands for one) and
the figures made of them: a count of 1 to 4, or one that is not known, is emptied with its figures,
and so are figures over nobody (a count of 0 beside money paid: what it counts was withheld).
``within: letters > signed`` says that each counts some of the one before: where all but 1 to 4 are
counted, the smaller count is emptied too. ``cells none: length_m`` are figures of no person. A
column that is none of these is refused. ``suppressed`` says that a row was touched. Basis: UU
27/2022 Ps 4 (data that combine to identify), the usual k of 5.

Where rows are a region and its parts (NN.NN and NN.NN.NN, the rest of the key the same), a cell
emptied in one part is the whole less the others, so it is emptied in a second part too, the one of
the fewest units, or else in the whole. Not done yet: the same over time, between tables and
measures, bounds that a sum sets (two emptied cells of 1 are told by their sum of 2), dominance of
one unit, and differencing between releases.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipelines.errors import ContractError
from pipelines.models.indicators import VINTAGE, kpi_columns
from pipelines.models.model import NOBODY, SUPPRESSED
from pipelines.models.sqlfile import SqlFile

KPI_WORDS = (
    "period",
    "region_code",
    "measure",
    "unit",
    "completeness",
    "status",
    "reason",
    "rule_version",
    *VINTAGE,
)
"""Columns of a KPI that hold no figure of anybody."""
LEAST = 5
"""Fewest units a published cell may stand for."""
REGION = "region_code"


def disclosed(model: SqlFile, rows: pa.Table) -> pa.Table:
    """Return what of a published model's ``rows`` may be shown; ContractError for a column whose
    header does not say what it is or stands on.
    """
    _described(model, rows.column_names)
    if not model.cells:
        return rows
    every = rows.to_pylist()
    shown = []
    for row, hidden in zip(
        every, _complemented(model, every, [_hidden(model, row) for row in every]), strict=True
    ):
        status = (
            {"status": "not available", "reason": "few"}
            if model.layer == "kpi" and "value" in hidden and row["value"] is not None
            else {}
        )
        shown.append(
            {name: None if name in hidden else value for name, value in row.items()}
            | status
            | {SUPPRESSED: bool(hidden)}
        )
    return pa.Table.from_pylist(shown, schema=rows.schema.append(pa.field(SUPPRESSED, pa.bool_())))


def _hidden(model: SqlFile, row: Mapping[str, Any]) -> set[str]:
    """Return the columns of one row that may not be shown."""
    cells = _cells(model)
    hidden = {count for count in cells if row[count] is None or _few(row[count])}
    for chain in model.chains:
        shown = None
        for count in chain:
            if shown is not None and row[count] is not None and _few(abs(row[shown] - row[count])):
                hidden.add(count)
            if count not in hidden and row[count] is not None:
                shown = count
    for count, figures in cells.items():
        if row[count] == 0 and any(row[figure] for figure in figures):
            hidden.update(figures)
    return _with_figures(model, hidden)


def _complemented(
    model: SqlFile, rows: Sequence[Mapping[str, Any]], hidden: list[set[str]]
) -> list[set[str]]:
    """Hide more of ``rows``, so that no cell hidden in a part of a region is the whole less the
    other parts; a part of 0 conceals nothing beside it.
    """
    if REGION not in model.key:
        return hidden
    others = [name for name in model.key if name != REGION]
    place = {(row[REGION], *(row[name] for name in others)): n for n, row in enumerate(rows)}
    parts: dict[int, list[int]] = {}
    for n, row in enumerate(rows):
        whole = place.get(((row[REGION] or "").rpartition(".")[0], *(row[name] for name in others)))
        if whole is not None:
            parts.setdefault(whole, []).append(n)
    columns = [
        (count, column)
        for count, figures in _cells(model).items()
        for column in (count, *figures)
        if (model.layer, column) != ("kpi", "value")
    ]
    before = -1
    while before != (before := sum(map(len, hidden))):
        for whole, members in parts.items():
            for count, column in columns:
                if column in hidden[whole] or rows[whole][column] is None:
                    continue
                emptied = [
                    rows[n][column]
                    for n in members
                    if column in hidden[n] and rows[n][column] is not None
                ]
                if emptied and sum(map(bool, emptied)) < 2:
                    candidates = [
                        n
                        for n in members
                        if column not in hidden[n] and rows[n][column] and rows[n][count]
                    ]
                    hidden[
                        min(
                            candidates,
                            key=lambda n: (rows[n][count], rows[n][REGION]),
                            default=whole,
                        )
                    ] |= _with_figures(model, {count, column})
    return hidden


def _cells(model: SqlFile) -> dict[str, tuple[str, ...]]:
    return {count: figures for count, figures in model.cells.items() if count != NOBODY}


def _with_figures(model: SqlFile, counts: Iterable[str]) -> set[str]:
    """Return ``counts`` with the figures that stand on them, and on those."""
    names, cells = set(counts), _cells(model)
    for _ in cells:
        names.update(
            figure for count, figures in cells.items() if count in names for figure in figures
        )
    return names


def _few(count: Any) -> bool:
    return 1 <= count < LEAST


def _described(model: SqlFile, columns: list[str]) -> None:
    plain = KPI_WORDS if model.layer == "kpi" else ()
    described = {*model.columns, *plain, *(kpi_columns() if plain else ())}
    based = {*model.cells, *(figure for figures in model.cells.values() for figure in figures)} - {
        NOBODY
    }
    named = [
        *model.columns,
        *model.key,
        *based,
        *(count for chain in model.chains for count in chain),
    ]
    faults = [
        (
            "columns without a line '-- column NAME: Indonesia / English'",
            [name for name in columns if name not in described],
        ),
        (
            "columns its header names and its SELECT does not give",
            [name for name in dict.fromkeys(named) if name not in columns],
        ),
        (
            "columns of which no line '-- cells COUNT: ...' says what they stand on",
            [name for name in columns if model.cells and name not in {*based, *model.key, *plain}],
        ),
        ("columns that Lumbung adds itself", [name for name in columns if name == SUPPRESSED]),
    ]
    problems = [f"{fault}: {', '.join(names)}" for fault, names in faults if names]
    if problems:
        raise ContractError(
            f"{model.path}: {'; '.join(problems)}. Only what is described is published"
        )
