"""Runs the SQL models: each SELECT over the tables of a ``Workbench``, its result one table of the
lake, replaced whole, its receipt kept with it.

A model sees ``<application>.<dataset>`` (and ``..._history``), ``mart.<name>``,
``reference.<table>``, ``lumbung.verdicts``, ``lumbung.passed``, ``lumbung.datasets`` (what the
contracts say) and the macros of ``sql/conventions.sql``. Parameters: ``$today``, the date of the
run. Which models run is ``plan``'s business.
"""

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import ContractError
from pipelines.models import indicators
from pipelines.models.disclosure import disclosed
from pipelines.models.sqlfile import SqlFile
from pipelines.models.workbench import Workbench
from pipelines.sqltext import without_values


def computed(workbench: Workbench, model: SqlFile, today: date) -> pa.Table:
    """Return the rows of one model as they may be stored: checked when it is a KPI, small cells
    emptied when it is published.
    """
    parameters = {"today": today} if "$today" in model.query else {}
    try:
        rows = workbench.con.execute(model.query, parameters).to_arrow_table()
    except duckdb.Error as error:
        raise ContractError(f"{model.path}: {without_values(error)}") from error
    if model.layer == "kpi":
        indicators.check(model, rows)
    elif model.key:
        check_key(model, rows)
    return disclosed(model, rows) if model.is_public else rows


def check_key(model: SqlFile, rows: pa.Table) -> None:
    """ContractError when a mart's rows lack a column of its key, or two of them have one key."""
    lacking = [name for name in model.key if name not in rows.column_names]
    if lacking:
        raise ContractError(
            f"{model.path}:1: the key is {', '.join(model.key)}; the SELECT gives no"
            f" {', '.join(lacking)}"
        )
    counted = rows.group_by(list(model.key)).aggregate([([], "count_all")])
    twice = counted.filter(pc.field("count_all") > 1).slice(length=1).to_pylist()
    if twice:
        raise ContractError(
            f"{model.path}: {twice[0]['count_all']} rows have one key"
            f" ({', '.join(model.key)}); a key names one row"
        )
