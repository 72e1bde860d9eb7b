"""Which partitions the rows of a delivery say that they are of: for somebody who has files and no
window, so that none is asked for in vain. Rows are placed and judged in ``refine`` alone.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.contract.cast import cast, repaired
from pipelines.contract.model import Dataset
from pipelines.harvest.refine import fields_in, shaped
from pipelines.harvest.typed import source
from pipelines.lake.delivery import Landed
from pipelines.lake.partitions import keys_between, last_complete
from pipelines.records.open import open_records
from pipelines.sqltext import quoted


def partitions_in(
    con: duckdb.DuckDBPyConnection,
    landed: Sequence[Landed],
    dataset: Dataset,
    folder: Path,
    sql: Path,
) -> tuple[str, ...]:
    """Return the partitions that rows of ``landed`` are of by their own date, those alone in which
    the system was active and that are over; SourceError when a file cannot be read.
    """
    if dataset.partition_by is None:
        return ()
    folder.mkdir(parents=True, exist_ok=True)
    open_records(con, landed, dataset, folder)
    relation = shaped(con, dataset, sql)
    column = dataset.column(dataset.partition_by)
    fields = fields_in(con, relation)
    moment = f"({cast(column, repaired(column, source(column, fields)))})"
    if column.type == "timestamp":
        moment = f"({moment} AT TIME ZONE {quoted(dataset.timezone)})"
    part = f"left({moment}::DATE::VARCHAR, {10 if dataset.partition == 'day' else 7})"
    rows = con.execute(f"SELECT DISTINCT {part} AS part FROM {relation} WHERE part IS NOT NULL")
    may_be = {*keys_between(dataset, dataset.active_from, last_complete(dataset))}
    return tuple(sorted({key for (key,) in rows.fetchall()} & may_be))
