"""Tells of runs as OpenLineage events: a harvest or a model is wrapped in its START and its
COMPLETE or FAIL; nothing of it when no receiver is set.

What is told is in ``pipelines.lineage.openlineage.events``, where it goes in
``pipelines.lineage.openlineage.sender``.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from pipelines.contract.model import Contract, Dataset
from pipelines.lineage.openlineage.sender import sender
from pipelines.models.sqlfile import SqlFile

if TYPE_CHECKING:
    from assets.harvest import Harvest


def harvest_with_events(
    contract: Contract, dataset: Dataset, run_id: str, work: Callable[[], "Harvest"]
) -> "Harvest":
    """Return what ``work`` does, and tell of it; a run of which no partition passed is told as
    failed.
    """
    receiver = sender()
    if receiver is None:
        return work()
    # the library takes a second to import
    from pipelines.lineage.openlineage.events import harvest_event  # noqa: PLC0415

    receiver.send(harvest_event("START", contract, dataset, run_id))
    try:
        harvest = work()
    except Exception as error:
        receiver.send(
            harvest_event("FAIL", contract, dataset, run_id, failure=type(error).__name__)
        )
        raise
    rows = [asdict(partition) for partition in harvest.verdict.partitions]
    receiver.send(
        harvest_event(
            "COMPLETE" if harvest.verdict.passed else "FAIL", contract, dataset, run_id, rows
        )
    )
    return harvest


def model_events(
    models: Sequence[SqlFile], contracts: Sequence[Contract], run_id: str
) -> Callable[[SqlFile, Callable[[], pa.Table]], pa.Table]:
    """Return what does a model's work, gives its rows back and tells of it."""
    receiver = sender()
    if receiver is None:
        return lambda model, work: work()
    # the SQL parser takes half a second to import
    from pipelines.lineage.columns import columns_of  # noqa: PLC0415

    # the library takes a second to import
    from pipelines.lineage.openlineage.events import model_event  # noqa: PLC0415

    columns = columns_of(models, contracts)

    def told(model: SqlFile, work: Callable[[], pa.Table]) -> pa.Table:
        event = partial(model_event, model=model, origins=columns[model.id], run_id=run_id)
        receiver.send(event("START"))
        try:
            rows = work()
        except Exception as error:
            receiver.send(event("FAIL", failure=type(error).__name__))
            raise
        receiver.send(event("COMPLETE", rows=rows))
        return rows

    return told
