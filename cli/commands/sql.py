"""``lumbung sql``: one query over a release; forms and refusals are in ``cli.query``."""

from typing import Annotated

import typer

from cli import query
from cli.options import AsOf, LakeOption, ReleaseOption


def sql(
    text: Annotated[
        str, typer.Argument(metavar="QUERY", help="One SQL query over the release's tables.")
    ],
    form: Annotated[
        str, typer.Option("--format", help="table, csv, json or parquet (to standard output).")
    ] = "table",
    release: ReleaseOption = None,
    as_of: AsOf = None,
    lake: LakeOption = None,
) -> None:
    """Query the public tables of a release with DuckDB; of an earlier one by its id or by a day.

    Example: lumbung sql "SELECT status, count(*) FROM sikesal.complaints GROUP BY 1" --format csv
    --as-of 2026-11-30
    """
    query.answer(query.chosen(lake, release, as_of), text, form)
