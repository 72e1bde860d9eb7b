"""Verdicts of the gate: the latest of each partition, all there were, and those that keep something from the public."""

from typing import Any

from pipelines.release import Release
from portal.data.release import rows_of


def verdicts(release: Release, dataset_id: str) -> tuple[dict[str, Any], ...]:
    """Return the latest verdict of each partition, newest first."""
    return rows_of(release.folder, "SELECT * FROM lumbung.verdicts WHERE dataset = ? ORDER BY partition DESC", (dataset_id,))


def history(release: Release, dataset_id: str, most: int) -> tuple[dict[str, Any], ...]:
    """Return every verdict there was, newest partition and judgement first."""
    query = "SELECT * FROM lumbung.verdict_history WHERE dataset = ? ORDER BY partition DESC, judged_at DESC LIMIT ?"
    return rows_of(release.folder, query, (dataset_id, most))


def withheld(release: Release) -> tuple[dict[str, Any], ...]:
    """Return the verdicts that keep a partition from the public, newest first."""
    return rows_of(release.folder, "SELECT * FROM lumbung.verdicts WHERE verdict = 'withheld' ORDER BY partition DESC, dataset", ())
