"""OCDS releases of one contracting process as one compiled release, for datasets that say `merge:
true` (OCDS 1.1, "Merging").

Merging is reading, not fetching: the lake keeps the release packages as delivered, and what is
merged here stands beside them. A row is then a contracting process, so that is what is counted.
Nothing is merged away in silence: a release that lacks ocid, id, date or tag stays a record of its
own, which the contract's required columns send to quarantine, and a process that cannot be merged
without losing something, because one release has two objects of the same id or the same field is a
list here and a text there, stays whole in ``_shape``. ``ocdsmerge`` does the work.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ocdsmerge.exceptions import OCDSMergeError, OCDSMergeWarning
from ocdsmerge.merge import CompiledRelease

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.flat import dump, is_deep
from pipelines.records.json import parse, records_in

MOST_DEPTH = 100
"""Levels of nesting in a package: more is a trap, not a contract."""
NEEDED = ("ocid", "id", "date", "tag")
"""What every release must have."""
ALWAYS: Mapping[tuple[str, ...], str] = {
    ("id",): "omitWhenMerged",
    ("date",): "omitWhenMerged",
    ("tag",): "omitWhenMerged",
    ("parties", "additionalIdentifiers"): "wholeListMerge",
    ("parties", "roles"): "wholeListMerge",
    **{
        (*path, "items", "additionalClassifications"): "wholeListMerge"
        for path in ((step,) for step in ("tender", "awards", "contracts"))
    },
    **{
        (step, "amendment", "changes"): "wholeListMerge"
        for step in ("tender", "awards", "contracts")
    },
    **{
        (step, "amendments", "changes"): "wholeListMerge"
        for step in ("tender", "awards", "contracts")
    },
}
"""The merge rules of the release schema 1.1 that are not the default; its own copy would be
fetched from the web.
"""


def lacking(release: Any) -> list[str]:
    """Return what a release lacks of what every release must have."""
    return [
        name for name in NEEDED if not (release.get(name) if isinstance(release, dict) else None)
    ]


def merged(
    landed: Sequence[Landed],
    dataset: Dataset,
    telling: Callable[[Landed, Dataset], AbstractContextManager[None]],
) -> tuple[Landed, ...]:
    """Return the one file of compiled releases made of all ``landed`` packages, written beside
    the first; nothing when nothing landed. Of a package that cannot be read ``telling`` says which
    it is.
    """
    if not landed:
        return ()
    processes: dict[str, list[tuple[datetime, dict[str, Any]]]] = {}
    releases: list[Any] = []
    for part in landed:
        where = f"{dataset.id}: {part.address}"
        with telling(part, dataset):
            found = records_in(parse(part.path.read_bytes(), where), dataset, where)
            if is_deep(found, MOST_DEPTH):
                raise SourceError(
                    f"{where}: nested deeper than {MOST_DEPTH} levels; ask the owner for a sane"
                    " package"
                )
        for release in found:
            moment = None if lacking(release) else _moment(release["date"], dataset)
            if moment is None:
                releases.append(release)
            else:
                processes.setdefault(str(release["ocid"]), []).append((moment, release))
    releases += [
        _compiled([release for _, release in sorted(dated, key=lambda pair: pair[0])])
        for dated in processes.values()
    ]
    path = landed[0].path.with_name(".compiled.json")
    path.write_text(dump({"releases": releases}), "utf-8")
    return (
        replace(
            landed[0], path=path, address=f"{landed[0].address}, the first of {len(landed)} merged"
        ),
    )


def _moment(date: Any, dataset: Dataset) -> datetime | None:
    try:
        moment = datetime.fromisoformat(date)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(dataset.timezone))


def _compiled(releases: list[dict[str, Any]]) -> Any:
    """Return the compiled release of one process, oldest release first, or the releases
    themselves where merging would lose something.
    """
    distinct = {dump(release): release for release in releases}.values()
    compiled = CompiledRelease(merge_rules=dict(ALWAYS))
    with warnings.catch_warnings():
        warnings.simplefilter("error", OCDSMergeWarning)
        try:
            for distinct_release in distinct:
                compiled.append(distinct_release)
            return releases if _clashes(compiled.data) else compiled.asdict()
        except (OCDSMergeError, OCDSMergeWarning):
            return releases


def _clashes(flattened: Mapping[Any, Any]) -> bool:
    """Say whether a field holds a value in one release and further fields in another: one of the
    two would be lost.
    """
    return any(
        flattened.get(path[:n]) is not None for path in flattened for n in range(1, len(path))
    )
