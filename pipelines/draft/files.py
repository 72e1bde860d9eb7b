"""Which files are one dataset: those whose names differ in a date or a number alone. A ZIP's
members go together in the same way.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.connectors.dropped.files import meant
from pipelines.connectors.registry import fetch_of
from pipelines.contract.model import Dataset, Source
from pipelines.draft.found import Found, landed_in, slug, undescribed, whole_window
from pipelines.draft.reading import reading, refuse_feed
from pipelines.errors import ContractError, SourceError
from pipelines.lake.delivery import Landed
from pipelines.lake.partitions import window_of
from pipelines.records.archive import members
from pipelines.records.open import READERS

DAY = r"(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
MONTH = r"(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?![\d-])"
UNSAID = r"(?<!\d)(?:19|20)\d\d[_. ]?(?:0[1-9]|1[0-2])(?:[_. ]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
"""Dates of a name that no pattern of a contract says."""
READ = {*READERS, ".xls", ".htm"} - {".pb"}
MOST_FILES = 62
"""So many dated files of one dataset are looked at, the newest."""


def found_in_files(
    application: str, paths: Sequence[Path], folder: Path
) -> tuple[list[Found], list[str]]:
    """Return the datasets that files and folders hold, and what of a folder is none, and why;
    ContractError for a path that is not there or holds nothing that is read.
    """
    by_folder: dict[Path, list[str]] = {}
    for path in paths:
        names = _names(path)
        by_folder.setdefault(path if path.is_dir() else path.parent, []).extend(names)
    found, left_out = list[Found](), list[str]()
    for place, names in by_folder.items():
        for number, (pattern, group) in enumerate(_together(names).items()):
            target = folder / f"files-{len(found)}-{number}"
            try:
                found += _group(application, place.resolve(), pattern, group, target)
            except (ContractError, SourceError) as error:
                if place not in paths:
                    raise
                left_out.append(str(error))
    if not found:
        raise ContractError("\n".join(left_out))
    return found, left_out


def _names(path: Path) -> list[str]:
    if not path.exists():
        raise ContractError(
            f"{path}: there is no such file or folder; name a file, a folder, a ZIP, http(s)://,"
            " postgresql://…#table, mysql://…#table or sqlite:///file#table"
        )
    if path.is_file() and path.suffix.lower() not in READ:
        raise ContractError(
            f"{path}: '{path.suffix}' files are not read; formats are {', '.join(sorted(READ))}"
        )
    if path.is_file():
        return [path.name]
    names = [
        entry.name
        for entry in sorted(path.iterdir())
        if entry.is_file() and entry.suffix.lower() in READ and not entry.name.startswith(".")
    ]
    if not names:
        raise ContractError(
            f"{path}: holds no file that is read; formats are {', '.join(sorted(READ))}"
        )
    return names


def _together(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names by the pattern that means them: those of several that differ in numbers
    alone have ``*`` there.
    """
    dated: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        pattern = re.sub(MONTH, "{month}", re.sub(DAY, "{date}", name, count=1), count=1)
        if pattern.count("{") > 1:
            pattern = pattern.replace("{month}", "*")
        dated.setdefault(pattern, []).append(name)
    rough: dict[str, list[str]] = {}
    for pattern in dated:
        rough.setdefault(re.sub(r"\d+", "*", pattern), []).append(pattern)
    return {
        patterns[0] if len(patterns) == 1 else pattern: [
            name for one in patterns for name in dated[one]
        ]
        for pattern, patterns in rough.items()
    }


def _group(
    application: str, place: Path, pattern: str, names: list[str], folder: Path
) -> list[Found]:
    """Return the dataset of a group of files, of ZIPs one for each group of their members."""
    if PurePosixPath(pattern).suffix.lower() != ".zip":
        return [_found(application, place, pattern, names, folder, {})]
    inside = members(place / names[-1], str(place / names[-1]))
    refuse_feed(str(place / names[-1]), inside)
    inner = [PurePosixPath(name).name for name in inside]
    groups = _together(name for name in inner if Path(name).suffix.lower() in READ - {".zip"})
    if not groups:
        raise ContractError(
            f"{place / names[-1]}: no member is read; formats are {', '.join(sorted(READ))}"
        )
    return [
        _found(application, place, pattern, names, folder / str(number), {"zip": _starred(member)})
        for number, member in enumerate(groups)
    ]


def _starred(pattern: str) -> str:
    return re.sub(r"\{\w+\}", "*", pattern)


def _found(
    application: str,
    place: Path,
    pattern: str,
    names: list[str],
    folder: Path,
    facts: dict[str, Any],
) -> Found:
    suffix = Path(str(facts.get("zip", pattern))).suffix.lower()
    server = {"connector": "file", "type": "local", "path": str(place), "format": suffix[1:]}
    facts = {"files": pattern, **facts}
    size = "month" if "{month}" in pattern else "day"
    named = re.sub(r"\{\w+\}|\*", "", str(facts.get("zip", pattern)).rpartition(".")[0])
    name = slug(named) or "records"
    dataset = undescribed(application, name, server, facts, size)
    landed, notes = _landed(dataset, names, folder)
    if not landed:
        raise ContractError(f"{place}: nothing is read by {facts}; check the file's name")
    of_form, said = _reading(landed)
    if unsaid := re.search(UNSAID, re.sub(r"\{\w+\}", "", names[0])):
        notes.append(
            f"the date in the name ('{unsaid[0]}') places no rows: only YYYY-MM-DD ({{date}}) and"
            " YYYY-MM ({month}) do; ask for such names"
        )
    source = Source("file", server, {**facts, **of_form})
    return Found(replace(dataset, source=source), "folder", server, landed, (*notes, *said))


def _reading(landed: Sequence[Landed]) -> tuple[dict[str, Any], list[str]]:
    """Return how most of the files are read, and which are written otherwise."""
    every = [reading(part) for part in landed]
    facts = [of_form for of_form, _ in every]
    usual = max(facts, key=facts.count)
    others = [
        PurePosixPath(part.address).name
        for part, of_form in zip(landed, facts, strict=True)
        if of_form != usual
    ]
    notes = every[facts.index(usual)][1]
    if others:
        notes.append(f"{len(others)} of {len(facts)} files are written otherwise: {others[0]}")
    return usual, notes


def _landed(dataset: Dataset, names: list[str], folder: Path) -> tuple[Any, list[str]]:
    """Fetch the files by the connector that will, dated ones of the newest days alone."""
    keys = sorted({key for _, key in meant(dataset, names) if key})
    notes = [] if len(keys) <= MOST_FILES else [f"the newest {MOST_FILES} of {len(keys)} files"]
    window = window_of(dataset, keys[-MOST_FILES:]) if keys else whole_window(dataset)
    return landed_in(folder, fetch_of("file")(dataset, window)), notes
