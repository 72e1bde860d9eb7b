"""A run with a progress display: Dagster's instance beside the lake, its chatter silenced, each
step told as it begins. What is found to have nothing to do is no run of Dagster's.
"""

import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import stamina.instrumentation
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from assets.asked import ACCEPTED, DATA_DOCS, ask
from assets.release_run import standing_release
from assets.report import Report
from cli.terminal import Terminal
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import today


def materialize(
    contracts: Path,
    lake: Lake,
    sql: Path,
    applications: Sequence[str],
    first: date | None,
    last: date | None,
    quiet: bool,
    data_docs: bool = False,
    stopped_days: int = 0,
    accepted: str | None = None,
) -> Report:
    """Run ``applications`` and return the report (see ``assets.run.carry_out``); progress goes to
    standard error, by lines to a file.
    """
    warnings.filterwarnings("ignore", module="dagster")
    console = Terminal(stderr=True, highlight=False)

    def tell_retry(details: stamina.instrumentation.RetryDetails) -> None:
        console.print(
            f"{details.caused_by}; trying again in {details.wait_for:.1f} s",
            markup=False,
            soft_wrap=True,
        )

    stamina.instrumentation.set_on_retry_hooks([tell_retry])
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        bar = progress.add_task("reading contracts", total=1)

        def tell(step: str, finished: int, of: int) -> None:
            progress.update(bar, description=step or "done", completed=finished, total=of)
            if not quiet and not console.is_terminal:
                console.print(f"{finished}/{of} {step or 'done'}", markup=False, soft_wrap=True)

        asked = ask(contracts, lake, sql, applications, first, last, stopped_days)
        if not asked.pending and (done := standing_release(asked.location, today())):
            tell("", 1, 1)
            asked.report.release = done.release.id
            asked.report.profiles["release"] = [done.profile]
            return asked.report
        # Dagster takes seconds to import and to open: only where there is something to do
        from assets.instance import open_instance  # noqa: PLC0415
        from assets.run import carry_out  # noqa: PLC0415

        tags = {
            **({DATA_DOCS: "true"} if data_docs else {}),
            **({ACCEPTED: accepted} if accepted else {}),
        }
        with open_instance(lake) as instance:
            return carry_out(instance, asked, tell, tags)
