"""Great Expectations on DuckDB: the small shim that its SQL engine needs, and one way to validate a
table against rules.

GX 1.24 knows no DuckDB dialect, which one override puts right (a private seam, pinned by a test).
Importing this module takes seconds: only ``gate.judge`` does,
when something is judged.
"""

import logging
import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core import ExpectationSuite
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from quality.expectations import ExpectRulesToHold

logging.getLogger("great_expectations").setLevel(logging.CRITICAL)


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's engine over SQLAlchemy, which asks a module it knows for the dialect's types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = sa.dialects.postgresql


class DuckDBDatasource(SQLDatasource):
    """Registers ``add_duckdb`` with GX."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> Any:
        """The engine above."""
        return DuckDBExecutionEngine


class Validation:
    """GX over the tables of one DuckDB file, for as long as it is open."""

    def __init__(self, database: Path) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._source: Any = self._context.data_sources.add_duckdb(
            "gate", connection_string=f"duckdb:///{database}"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._source.get_execution_engine().engine.dispose()
        self._source.get_engine().dispose()

    def broken(self, table: str, rules: Sequence[Sequence[str]]) -> dict[str, int]:
        """Let GX decide which of ``rules`` (name, severity and SQL condition each) do not hold in
        a table, and return by name in how many rows; RuntimeError when it cannot tell.
        """
        asset = self._source.add_table_asset(table, table_name=table)
        expected = ExpectRulesToHold(rules=[list(rule) for rule in rules])
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(
                name=table,
                data=asset.add_batch_definition_whole_table(table),
                suite=self._context.suites.add(
                    ExpectationSuite(name=table, expectations=[expected])
                ),
            )
        )
        (judged,) = definition.run(result_format="BASIC").results
        said: Any = judged.to_json_dict()
        if "rules" not in said["result"]:
            raise RuntimeError(_raised(said["exception_info"]))
        return {
            rule["rule"]: rule["broken"] for rule in said["result"]["rules"] if not rule["success"]
        }

    def build_docs(self, folder: Path) -> None:
        """Build GX's Data Docs of what was validated, a site of HTML pages."""
        site: Any = {
            "class_name": "SiteBuilder",
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        self._context.add_data_docs_site("docs", site)
        self._context.build_data_docs(["docs"])


def _raised(info: dict[str, Any]) -> str:
    """Return what a validation raised, of itself or of one of its metrics."""
    every = [info] if "raised_exception" in info else [*info.values()]
    return "; ".join(str(one.get("exception_message")) for one in every)
