"""Great Expectations on DuckDB: the small shim that its SQL engine needs, and one way to validate a
table against a list of expectations.

GX 1.24 closes the connection before rows are read, knows no DuckDB dialect, and writes its queries
out by guesswork; three overrides put that right (private seams, pinned by tests). Importing this
module takes seconds: only ``gate.judge`` does, when something is judged.
"""

import logging
import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core import ExpectationSuite
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metrics import util

logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
util._check_has_unsubstituted_params = lambda query_as_string, compiled: True
"""GX holds a limit of 3 for written out as soon as a "3" stands anywhere in its query, and gives
back ``length(c3) < $1``; this lets SQLAlchemy write it.
"""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps one connection open for as long as the validation lasts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = sa.dialects.postgresql

    @contextmanager
    def get_connection(self) -> Any:
        """Yield the one connection."""
        if not getattr(self, "_connection", None):
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """Registers ``add_duckdb`` with GX."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> Any:
        """The engine above."""
        return DuckDBExecutionEngine


def validate(
    database: Path,
    table: str,
    expectations: Sequence[Expectation],
    index: str,
    docs: Path | None = None,
) -> list[dict[str, Any]]:
    """Run ``expectations`` on a table of a DuckDB file and return one result each, in their order.

    ``index`` is the column that ``unexpected_index_query`` selects. An expectation that raised
    carries ``exception_info``. ``docs`` is a folder for GX's Data Docs of this validation, built
    when given.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_duckdb("gate", connection_string=f"duckdb:///{database}")
    batch: BatchDefinition[Any] = source.add_table_asset(
        table, table_name=table
    ).add_batch_definition_whole_table(table)
    suite = context.suites.add(ExpectationSuite(name=table, expectations=[]))
    for number, expectation in enumerate(expectations):
        expectation.meta = {**(expectation.meta or {}), "number": number}
        suite.add_expectation(expectation)
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=table, data=batch, suite=suite)
    )
    form = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": [index],
        "partial_unexpected_count": 0,
    }
    try:
        result = definition.run(result_format=form)
        if docs is not None:
            store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)}
            site: Any = {
                "class_name": "SiteBuilder",
                "store_backend": store,
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            }
            context.add_data_docs_site("docs", site)
            context.build_data_docs(["docs"])
        results = {
            (judged.expectation_config.meta or {})["number"]: judged.to_json_dict()
            for judged in result.results
            if judged.expectation_config
        }
        return [results[number] for number in range(len(expectations))]
    finally:
        engine = source.get_execution_engine()
        connection = getattr(engine, "_connection", None)
        if connection is not None:
            connection.close()
        engine.engine.dispose()
        source.get_engine().dispose()
