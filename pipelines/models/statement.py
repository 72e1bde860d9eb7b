"""The one SELECT that a SQL file holds: its text, which tables it names, and what it asks beside
them, told by DuckDB's own parser.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import ContractError
from pipelines.sqltext import quoted


def read_text(path: Path) -> str:
    """Return what stands in a SQL file; ContractError when it cannot be read."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ContractError(
            f"{path}: cannot be read ({error.strerror}); check the file and who may read it"
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(
            f"{path}:1: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from error


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return one engine for every file: starting one costs more than parsing the file."""
    return duckdb.connect()


CLOCKS = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")
"""Words that ask the clock without being written as functions."""
OF_ARGUMENTS = ("unnest", "range", "generate_series", "json_each", "json_tree", "repeat")
"""Functions that give rows of what they are handed, and of nothing else."""


def unsettled(query: str) -> str | None:
    """Return the first thing that a SELECT asks beside its tables, so that it may say otherwise
    tomorrow of the same: the clock, chance, a file; None where it asks nothing.
    """
    asked: list[str] = []
    _asked(_tree(query), asked)
    return next((name for name in asked if name in CLOCKS or name in _volatile()), None)


@cache
def _volatile() -> frozenset[str]:
    names = _parser().execute(
        "SELECT function_name FROM duckdb_functions() WHERE function_type = 'table' OR"
        " (function_type = 'scalar' AND stability <> 'CONSISTENT')"
    )
    return frozenset(name for (name,) in names.fetchall()) - {*OF_ARGUMENTS, "error"} | {"getenv"}


def _asked(node: Any, asked: list[str]) -> None:
    if isinstance(node, dict):
        if node.get("class") == "FUNCTION":
            asked.append(node["function_name"].lower())
        if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
            asked += [name for name in map(str.lower, node["column_names"]) if name in CLOCKS]
    for value in node.values() if isinstance(node, dict) else node:
        if isinstance(value, dict | list):
            _asked(value, asked)


def _tree(query: str) -> Any:
    statement = f"SELECT json_serialize_sql({quoted(query)}::VARCHAR)"
    return json.loads(_parser().cursor().execute(statement).fetchall()[0][0])


def tables_of(path: Path, query: str) -> tuple[tuple[str, str], ...]:
    """Return the tables (schema, name) that a SELECT names; ContractError when it is none."""
    tree = _tree(query)
    if tree.get("error"):
        raise ContractError(f"{path}: {tree.get('error_message')}; a file holds one SELECT")
    if len(tree["statements"]) != 1:
        raise ContractError(
            f"{path}: holds {len(tree['statements'])} statements; a file holds one SELECT"
        )
    named: set[str] = set()
    tables: set[tuple[str, str]] = set()
    _walk(tree, tables, named)
    return tuple(
        sorted((schema, table) for schema, table in tables if schema or table not in named)
    )


def _walk(node: Any, tables: set[tuple[str, str]], named: set[str]) -> None:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            tables.add((node.get("schema_name", ""), node["table_name"]))
        if isinstance(node.get("cte_map"), dict):
            named.update(entry["key"] for entry in node["cte_map"].get("map", ()))
        for value in node.values():
            _walk(value, tables, named)
    elif isinstance(node, list):
        for value in node:
            _walk(value, tables, named)
