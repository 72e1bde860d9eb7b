"""Binds SQL to the types that contracts state, before there is any data: every table a model may
read stands there empty, so a name or a type that is wrong is told in milliseconds, with file, line
and column. Which models a run makes is ``plan``'s business; what their rows must say is told by
them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from pipelines.contract.model import Contract, Dataset
from pipelines.contract.terms import OWN
from pipelines.errors import ContractError, nearest
from pipelines.lake.lake import Lake
from pipelines.models import indicators
from pipelines.models.disclosure import disclosed
from pipelines.models.plan import Plan, rests_on
from pipelines.models.run import check_key
from pipelines.models.sqlfile import SqlFile
from pipelines.models.workbench import open_now
from pipelines.records.join import columns_of
from pipelines.records.open import DELIVERED
from pipelines.sqltext import identifier

TODAY = date(2026, 1, 31)
UNSEEN = r'^(?:Referenced column|Column) "(.+)" (?:in \w+ list )?(?:not found|was not found)'
MOST_FIELDS = 200
"""Fields that only a source has, of one clean SQL."""


class Unbound(ContractError):
    """A SELECT that does not bind; ``column`` is the name that nothing it reads has."""

    def __init__(self, message: str, column: str | None = None) -> None:
        super().__init__(message)
        self.column = column


@contextmanager
def empty_tables(
    contracts: Sequence[Contract], conventions: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in which every table that a model may read is there and empty."""
    with (
        TemporaryDirectory(prefix="lumbung-") as folder,
        open_now(Lake(Path(folder)), contracts, conventions) as workbench,
    ):
        yield workbench.con


def bind_models(
    con: duckdb.DuckDBPyConnection, plan: Plan
) -> tuple[dict[str, pa.Schema], dict[str, str]]:
    """Bind the models of a plan one after another; return the columns that each gives and what is
    wrong with each other one, by ``layer.name``. What rests on one that is wrong is not bound.
    """
    columns, wrong = dict[str, pa.Schema](), dict[str, str]()
    con.execute("CREATE SCHEMA kpi")
    for model in plan.models:
        if rests_on(model, wrong):
            continue
        table = f"{model.layer}.{identifier(model.name)}"
        try:
            columns[model.id] = _held(model, bound(con, table, model.path, model.text))
        except ContractError as error:
            wrong[model.id] = str(error)
    return columns, wrong


def _held(model: SqlFile, columns: pa.Schema) -> pa.Schema:
    """Return the columns of a model's table; ContractError when what its SELECT gives is not what
    it must give.
    """
    rows = columns.empty_table()
    if model.layer == "kpi":
        indicators.check(model, rows)
        indicators.check_types(model, columns)
    elif model.key:
        check_key(model, rows)
    return disclosed(model, rows).schema if model.is_public else columns


def bind_clean(con: duckdb.DuckDBPyConnection, dataset: Dataset, path: Path, text: str) -> None:
    """Bind a dataset's clean SQL: ``delivered`` has the fields that its contract names, and those
    more that the SELECT reads, for a source may have others. ContractError when it does not bind or
    does not give what the contract names.
    """
    asked = {
        field: field
        for column in dataset.columns
        for field in (*column.fields, column.unit_field)
        if field and field not in OWN
    }
    columns_asked = columns_of(asked)
    given = dict.fromkeys(sorted(columns_asked.values()), "VARCHAR")
    named = {
        columns_asked[field]
        for column in dataset.columns
        for field in (*column.lacking(()), column.unit_field)
        if field in columns_asked
    }
    for _ in range(MOST_FIELDS):
        listed = [f"{identifier(name)} {kind}" for name, kind in {**DELIVERED, **given}.items()]
        con.execute(f"CREATE OR REPLACE TABLE delivered ({', '.join(listed)})")
        try:
            columns = bound(con, "shaped", path, text)
            break
        except Unbound as error:
            if error.column is None or error.column in given:
                raise
            given[error.column] = "VARCHAR"
    else:
        raise ContractError(f"{path}: reads over {MOST_FIELDS} fields that no contract names")
    if lacking := [name for name in (*DELIVERED, *sorted(named)) if name not in columns.names]:
        raise ContractError(
            f"{path}:1: the SELECT gives no {', '.join(lacking)}; it gives every field that the"
            f" contract of {dataset.id} names, and keeps {', '.join(DELIVERED)}"
        )


def bound(con: duckdb.DuckDBPyConnection, table: str, path: Path, text: str) -> pa.Schema:
    """Make the empty ``table`` of what the SELECT that ``text`` is gives, and return its columns;
    Unbound names the place of what is wrong.
    """
    before = f"CREATE OR REPLACE TABLE {table} AS ("
    statement = f"{before}{text.rstrip().rstrip(';')}\n) WITH NO DATA"
    con.execute("SET errors_as_json = true")
    try:
        con.execute(statement, {"today": TODAY} if "$today" in text else {})
    except duckdb.Error as error:
        raise _unbound(path, text, statement, len(before), str(error)) from error
    finally:
        con.execute("SET errors_as_json = false")
    return con.execute(f"FROM {table}").to_arrow_table().schema


def _unbound(path: Path, text: str, statement: str, before: int, told: str) -> Unbound:
    """Return the error of an engine as one that names the place in the file and the nearest
    name.
    """
    facts = _facts(told)
    first, *more = facts["exception_message"].splitlines()
    seen = re.match(UNSEEN, first)
    column = seen[1] if seen else None
    said = first.removesuffix("!")
    candidates = [name.strip() for name in facts.get("candidates", "").split(",") if name.strip()]
    if (name := facts.get("name")) and facts.get("error_subtype") != "NO_MATCHING_FUNCTION":
        said = f"{said}; {nearest(name, candidates)}" if candidates else said
    elif more and not candidates:
        said = f"{said}; {more[0]}"
    place = _place(statement, facts.get("position"), before)
    if place is None and column:
        found = re.search(rf"\b{re.escape(column)}\b", text)
        place = _line_and_column(text, found.start()) if found else None
    return Unbound(f"{path}:{place or 1}: {said}", column)


def _facts(told: str) -> Mapping[str, str]:
    """Return what an error says in JSON; its words alone when it says none."""
    try:
        return dict(json.loads(told[told.index("{") :]))
    except ValueError:
        return {"exception_message": told}


def _place(statement: str, position: str | None, before: int) -> str | None:
    """Return line and column in the file of a byte of the statement, None for one outside it: an
    error in a macro counts in the macro.
    """
    if position is None:
        return None
    start = len(statement.encode()[: int(position)].decode(errors="ignore")) - before
    text = statement[before:]
    return _line_and_column(text, start) if 0 <= start < len(text) else None


def _line_and_column(text: str, start: int) -> str:
    return f"{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"
