"""The one SELECT that a SQL file holds: its text, and which tables it names, asked of DuckDB's own
parser.
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


def tables_of(path: Path, query: str) -> tuple[tuple[str, str], ...]:
    """Return the tables (schema, name) that a SELECT names; ContractError when it is none."""
    statement = f"SELECT json_serialize_sql({quoted(query)}::VARCHAR)"
    tree = json.loads(_parser().cursor().execute(statement).fetchall()[0][0])
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
