"""What a run of the release does: every model, then the release, then its subscribers are told.

While it runs no harvest commits, so figures and pinned tables come from the same harvests; a run
without changes keeps the current release, and one that was not told of yet is told. Dagster's part
is in ``release``.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa

from assets.lineage import models_with_events
from pipelines.contract.model import Contract
from pipelines.lake.lake import COMMITS, Lake
from pipelines.models.sqlfile import SqlFile, read_conventions, read_views
from pipelines.models.workbench import open_now
from pipelines.publication.make_release import make_release
from pipelines.publication.models import run_model
from pipelines.publication.webhooks import tell
from pipelines.release.release import Release


def run_release(
    lake: Lake,
    contracts: tuple[Contract, ...],
    models: Sequence[SqlFile],
    sql: Path,
    today: date,
    run_id: str,
) -> tuple[list[pa.Table], Release, str | None]:
    """Return the rows of every model, the release, and how many subscribers took it: None when
    none was told.
    """
    with lake.lock(COMMITS):
        with open_now(lake, contracts, read_conventions(sql)) as workbench:
            works = [partial(run_model, workbench, model, today, run_id) for model in models]
            rows = list(models_with_events(models, contracts, run_id, works))
        release = make_release(lake, contracts, models, run_id, read_views(sql))
    return rows, release, tell(lake, release)
