"""Great Expectations on DuckDB: the small shim that its SQL engine needs, and one way to validate a
table against rules.

GX 1.24 knows no DuckDB dialect, which one override puts right (a private seam, pinned by a test).
What GX keeps of tables is the same for every batch, so a process makes it once, and each validation
says which database it means. Importing this module takes seconds: only ``gate.judge`` does, when
something is judged.
"""

import json
import logging
import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core import ExpectationSuite
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from quality.expectations import ExpectRulesToHold

logging.getLogger("great_expectations").setLevel(logging.CRITICAL)

Rules = Sequence[Sequence[str]]
"""Name, severity and SQL condition each."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's engine over SQLAlchemy, which asks a module it knows for the dialect's types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = sa.dialects.postgresql

    def close(self) -> None:
        """Leave the database open: the gate closes it, and GX calls this when it is collected."""


_meant: ContextVar[DuckDBExecutionEngine] = ContextVar("meant")
"""The database that a validation means."""
_adding = Lock()


class DuckDBDatasource(SQLDatasource):
    """Registers ``add_duckdb`` with GX; its database is the one that is meant."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> Any:
        """The engine above."""
        return DuckDBExecutionEngine

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        """Return the database that is meant."""
        return _meant.get()

    def get_engine(self) -> sa.Engine:
        """Return SQLAlchemy's engine of it."""
        return _meant.get().engine


def broken(engine: sa.Engine, table: str, rules: Rules) -> dict[str, int]:
    """Let GX decide which of ``rules`` do not hold in a table, and return by name in how many rows;
    RuntimeError when it cannot tell.
    """
    with _meaning(engine):
        judged = _known(table).get_batch().validate(_expected(rules), result_format="BASIC")
    said: Any = judged.to_json_dict()
    if "rules" not in said["result"]:
        raise RuntimeError(_raised(said["exception_info"]))
    return {rule["rule"]: rule["broken"] for rule in said["result"]["rules"] if not rule["success"]}


def build_docs(engine: sa.Engine, tables: Mapping[str, Rules], folder: Path) -> None:
    """Validate tables against their rules, and build GX's Data Docs of that, a site of pages."""
    with _meaning(engine):
        context, source = _context()
        for table, rules in tables.items():
            asset = source.add_table_asset(table, table_name=table)
            suite = ExpectationSuite(name=table, expectations=[_expected(rules)])
            definition = gx.ValidationDefinition(
                name=table,
                data=asset.add_batch_definition_whole_table(table),
                suite=context.suites.add(suite),
            )
            context.validation_definitions.add(definition).run(result_format="BASIC")
    site: Any = {
        "class_name": "SiteBuilder",
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    context.add_data_docs_site("docs", site)
    context.build_data_docs(["docs"])


@contextmanager
def _meaning(engine: sa.Engine) -> Iterator[None]:
    # without temporary tables, into which GX would copy every table that it validates
    token = _meant.set(DuckDBExecutionEngine(engine=engine, create_temp_table=False))
    try:
        yield
    finally:
        _meant.reset(token)


def _expected(rules: Rules) -> ExpectRulesToHold:
    return ExpectRulesToHold(rules=json.dumps(rules))


def _context() -> tuple[Any, Any]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source: Any = context.data_sources.add_duckdb("gate", connection_string="duckdb:///:memory:")
    return context, source


_kept = cache(_context)


def _known(table: str) -> BatchDefinition[Any]:
    """Return what GX keeps of a table by this name, whose first one is there."""
    with _adding:
        _, source = _kept()
        if table not in source.get_asset_names():
            source.add_table_asset(table, table_name=table).add_batch_definition_whole_table(table)
        return source.get_asset(table).get_batch_definition(table)


def _raised(info: dict[str, Any]) -> str:
    """Return what a validation raised, of itself or of one of its metrics."""
    every = [info] if "raised_exception" in info else [*info.values()]
    return "; ".join(str(one.get("exception_message")) for one in every)
