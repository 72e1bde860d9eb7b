"""Verdicts of the gate: the latest of each partition, all there were, and those that keep
something from the public.
"""

from collections.abc import Mapping
from typing import Any

from pipelines.lake.verdicts import NEWEST_FIRST, OLDEST_FIRST, WITH_LATER
from pipelines.release.release import Release
from portal.data.rows import rows_of

EVERY = f"(SELECT * FROM lumbung.verdict_history {WITH_LATER})"
"""Every verdict there was, also in a release made before verdicts had sequences."""
LATEST = f"(SELECT * FROM lumbung.verdicts {WITH_LATER})"
"""The latest verdicts, also of a release made before cells were withheld."""


def verdicts(release: Release, dataset_id: str) -> tuple[dict[str, Any], ...]:
    """Return the latest verdict of each partition, newest first."""
    return rows_of(
        release.folder,
        "SELECT * FROM lumbung.verdicts WHERE dataset = ? ORDER BY partition DESC",
        (dataset_id,),
    )


def history(release: Release, dataset_id: str, most: int) -> tuple[dict[str, Any], ...]:
    """Return every verdict there was, newest partition and judgement first."""
    query = (
        f"SELECT * FROM {EVERY} WHERE dataset = ? ORDER BY partition DESC, {NEWEST_FIRST} LIMIT ?"
    )
    return rows_of(release.folder, query, (dataset_id, most))


def withheld(release: Release) -> tuple[dict[str, Any], ...]:
    """Return the verdicts that keep a partition from the public, newest first."""
    return rows_of(
        release.folder,
        "SELECT * FROM lumbung.verdicts WHERE verdict = 'withheld' ORDER BY partition DESC,"
        " dataset",
        (),
    )


def kept_back(release: Release) -> dict[tuple[str, str], dict[str, Any]]:
    """Return, by dataset and partition withheld, since when (judged first after it last passed),
    how often it was judged, when it last passed.
    """
    return {
        (row["dataset"], row["partition"]): row for row in rows_of(release.folder, KEPT_BACK, ())
    }


KEPT_BACK = f"""
    WITH placed AS (
        SELECT
            *,
            row_number() OVER (
                PARTITION BY dataset, "partition" ORDER BY {OLDEST_FIRST}
            ) AS place
        FROM {EVERY}
    ), judged AS (
        SELECT
            *,
            max(place) FILTER (verdict = 'passed') OVER judgements AS passed_place,
            arg_max(judged_at, place) FILTER (verdict = 'passed') OVER judgements AS passed_at
        FROM placed
        WINDOW judgements AS (PARTITION BY dataset, "partition")
    )
    SELECT
        dataset,
        "partition",
        arg_min(judged_at, place) AS since,
        count(*) AS times,
        any_value(passed_at) AS passed_at
    FROM judged
    SEMI JOIN (
        SELECT dataset, "partition" FROM lumbung.verdicts WHERE verdict = 'withheld'
    ) USING (dataset, "partition")
    WHERE place > coalesce(passed_place, 0)
    GROUP BY ALL
"""


def lacks(verdict: Mapping[str, Any]) -> bool:
    """Whether rows or cells of a partition are withheld."""
    return bool(verdict["quarantined"] or verdict.get("cells_withheld"))


def counted(release: Release) -> tuple[dict[str, Any], ...]:
    """Return, by dataset, partitions judged and passed, rows delivered, passed, quarantined and
    duplicate, cells withheld, of the latest verdict of each partition.
    """
    return rows_of(release.folder, COUNTED, ())


COUNTED = f"""
    SELECT
        dataset,
        count(*) AS partitions,
        count(*) FILTER (verdict = 'passed') AS passed_partitions,
        sum(delivered)::BIGINT AS delivered,
        sum(passed)::BIGINT AS passed,
        sum(quarantined)::BIGINT AS quarantined,
        sum(duplicates)::BIGINT AS duplicates,
        coalesce(sum(cells_withheld), 0)::BIGINT AS cells_withheld
    FROM {LATEST} GROUP BY dataset ORDER BY dataset
"""


def broken_rules(release: Release) -> tuple[dict[str, Any], ...]:
    """Return, by kind of rule, how many rows broke it, in how many partitions of how many
    datasets; a row that broke two counts with both.
    """
    return rows_of(release.folder, BROKEN, ())


BROKEN = """
    SELECT
        finding.kind AS kind,
        sum(finding.rows)::BIGINT AS rows,
        count(DISTINCT (dataset, "partition")) AS partitions,
        count(DISTINCT dataset) AS datasets
    FROM (SELECT dataset, "partition", unnest(findings) AS finding FROM lumbung.verdicts)
    WHERE finding.level = 'row' AND finding.severity = 'error'
    GROUP BY 1 ORDER BY 2 DESC, 1
"""


def days(release: Release, first: str) -> tuple[dict[str, Any], ...]:
    """Return the latest verdict of each partition that begins on or after ``first``
    (YYYY-MM-DD), or whose month does, with its counts.
    """
    query = f"""
        SELECT
            dataset, "partition", verdict, delivered, passed, quarantined, duplicates,
            cells_withheld
        FROM {LATEST}
        WHERE "partition" >= left(?, length("partition")) ORDER BY dataset, "partition"
    """
    return rows_of(release.folder, query, (first,))
