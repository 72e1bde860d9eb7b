"""The one expectation that Great Expectations validates here: rules, each a SQL condition on a row
of the table, hold for every row.

GX's graph costs some 40 ms of CPU an expectation, so all rules of a table are one: its metric is
one aggregate of DuckDB, its result and its part of the Data Docs list every rule. A condition that
is NULL holds, as an SQL CHECK does. Importing this takes seconds: see ``duckdb_source``.
"""

import json
from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render import (
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer

from quality.conditions import broken_sql


class RowsThatBreakRules(TableMetricProvider):
    """How many rows break each of ``rules``, in their order."""

    metric_name = "lumbung.rows_that_break_rules"
    value_keys = ("rules",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _counts(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[int]:
        domain, _, _ = execution_engine.get_compute_domain(
            metric_domain_kwargs, MetricDomainTypes.TABLE
        )
        rows = sa.select(sa.text("*")).select_from(domain).compile(execution_engine.engine)
        conditions = [condition for _, _, condition in json.loads(metric_value_kwargs["rules"])]
        with execution_engine.get_connection() as con:
            con.exec_driver_sql("SET TimeZone = 'UTC'")
            (counts,) = con.exec_driver_sql(broken_sql(f"({rows})", conditions)).fetchall()
        return list(counts)


class ExpectRulesToHold(BatchExpectation):
    """Rules hold: ``rules`` are name, severity and SQL condition each, as the text of a JSON list:
    GX copies and checks what it is given some forty times for one validation.

    It fails where a rule of severity error is broken; one that only warns is listed as broken.
    """

    rules: str
    metric_dependencies: ClassVar[tuple[str, ...]] = (RowsThatBreakRules.metric_name,)
    success_keys: ClassVar[tuple[str, ...]] = ("rules",)
    args_keys: ClassVar[tuple[str, ...]] = ("rules",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        counts = metrics[RowsThatBreakRules.metric_name]
        judged = [
            {"rule": name, "severity": severity, "success": count == 0, "broken": count}
            for (name, severity, _), count in zip(json.loads(self.rules), counts, strict=True)
        ]
        return {
            "success": all(each["success"] for each in judged if each["severity"] == "error"),
            "result": {"observed_value": sum(counts), "rules": judged},
        }

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls,
        configuration: Any = None,
        result: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[RenderedStringTemplateContent]:
        """Say each rule in a line of its own."""
        return [
            _line(
                "$rule ($severity): $condition", rule=name, severity=severity, condition=condition
            )
            for name, severity, condition in json.loads(configuration.kwargs["rules"])
        ]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls,
        configuration: Any = None,
        result: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> str:
        """Say which rules are broken, and by how many rows."""
        broken = [rule for rule in result.result.get("rules", ()) if not rule["success"]]
        return (
            "; ".join(f"{rule['rule']}: {rule['broken']}" for rule in broken) or "no row breaks any"
        )


def _line(template: str, **words: str) -> RenderedStringTemplateContent:
    return RenderedStringTemplateContent(
        content_block_type="string_template",
        string_template={"template": template, "params": words},
    )
