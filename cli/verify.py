"""``lumbung verify``: what is to be verified, in which release, and by which sample. How it is
done is ``pipelines.verify.rebuild``'s business.
"""

import filecmp
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.show import CONSOLE
from pipelines.errors import LakeError, LumbungError, nearest
from pipelines.files.export import FORMS
from pipelines.files.index import File, Published, published
from pipelines.files.make_files import remake_file
from pipelines.lake.durable import sha256_of
from pipelines.lake.lake import Lake
from pipelines.lake.tables import partition_of
from pipelines.receipts.receipt import checked, keep_name
from pipelines.release.manifest import CORRECTIONS
from pipelines.release.release import Release, open_release, releases
from pipelines.verify.rebuild import MODELS, Outcome, Rebuild

_FORMS = "|".join(re.escape(form) for form in sorted(FORMS, key=len, reverse=True))
TEXTS = ("csv", "excel.csv", "json", "ndjson", "geojson")
"""Forms of which the first line that differs can be told."""
OTHERWISE = " (made by other versions of its libraries, or while LUMBUNG_URL was another?)"


def verify(
    lake: Lake, sql: Path, release: str | None, what: str | None, sample: int | None
) -> Iterator[Outcome]:
    """Yield the outcome of each thing verified: a file, a KPI, a mart, a dataset, or without
    ``what`` the release, or ``sample`` parts of it.
    """
    if what is not None and Path(what).is_file():
        yield from _file(lake, sql, release, Path(what))
        return
    rebuild = Rebuild(lake, open_release(lake, release), sql)
    if what is not None:
        if what not in rebuild.pinned and (
            "/" in what or Path(what).suffix.lstrip(".") in ("json", *FORMS)
        ):
            raise LumbungError(
                f"{what}: there is no such file; give the path of a receipt or a published file, or"
                " the name of a KPI, mart or dataset"
            )
        for name in _names_of(rebuild, what):
            yield from rebuild.verify(name)
    else:
        yield from _lacking(rebuild)
        if sample is not None:
            yield from _sample(rebuild, sample)
            return
        for name in rebuild.names():
            yield from rebuild.verify(name)


def report(
    lake: Lake, sql: Path, release: str | None, what: str | None, sample: int | None, quiet: bool
) -> dict[str, Any]:
    """Verify, telling each difference as it is found, and return ``verified`` and, for a whole
    release, ``notes`` on what has moved on since.
    """
    outcomes: list[dict[str, Any]] = []
    for outcome in track(verify(lake, sql, release, what, sample), quiet):
        outcomes.append({"name": outcome.name, "ok": outcome.ok, "said": outcome.said})
        if not quiet and (what is not None or not outcome.ok):
            reason = f": {outcome.said}" if outcome.said else ""
            CONSOLE.print(
                f"{'OK' if outcome.ok else 'DIFFERS'} {outcome.name}{reason}",
                markup=False,
                soft_wrap=True,
            )
    moved_on = _notes(lake, sql, release) if what is None else []
    if not quiet:
        for note in moved_on:
            CONSOLE.print(f"note: {note}", markup=False, soft_wrap=True)
        CONSOLE.print(
            f"{len([shown for shown in outcomes if shown['ok']])} of {len(outcomes)} rebuilt"
            " as published"
        )
    return {"verified": outcomes, "notes": moved_on}


def track(outcomes: Iterator[Outcome], quiet: bool) -> Iterator[Outcome]:
    """Pass outcomes on; on a terminal, say on standard error how many there are so far and which
    was the last.
    """
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed} {task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    if quiet or not progress.console.is_terminal:
        yield from outcomes
        return
    with progress:
        task = progress.add_task("verified", total=None)
        for outcome in outcomes:
            progress.update(task, advance=1, description=f"verified, the last one {outcome.name}")
            yield outcome


def _notes(lake: Lake, sql: Path, release: str | None) -> list[str]:
    rebuild = Rebuild(lake, open_release(lake, release), sql)
    by_note: dict[str, list[str]] = {}
    for name in (name for name, pinned in rebuild.pinned.items() if pinned.receipt):
        with suppress(LakeError):  # a receipt that cannot be read is an outcome
            for note in rebuild.notes(name):
                by_note.setdefault(note, []).append(name)
    newest = releases(lake)[-1].id
    older = (
        []
        if release or rebuild.release.id == newest
        else [f"the current release is {rebuild.release.id}, and there is a newer one, {newest}"]
    )
    return [
        *older,
        *(
            f"{names[0]}{f' and {len(names) - 1} more' if names[1:] else ''}: {note}"
            for note, names in by_note.items()
        ),
    ]


def _lacking(rebuild: Rebuild) -> Iterator[Outcome]:
    for name in rebuild.pinned:
        if name not in rebuild.names() and name != CORRECTIONS:
            yield Outcome(
                name, "has no receipt: it was made before there were any; `lumbung run` makes one"
            )


def _sample(rebuild: Rebuild, size: int) -> Iterator[Outcome]:
    every, chosen = [], dict[str, list[str]]()
    for name in rebuild.names():
        try:
            every += [(name, part) for part in rebuild.parts(name)]
        except (LumbungError, OSError) as error:
            yield Outcome(name, str(error))
    for name, part in SystemRandom().sample(every, min(size, len(every))):
        chosen.setdefault(name, []).append(part)
    for name, parts in chosen.items():
        yield from rebuild.verify(name, parts)


def _names_of(rebuild: Rebuild, what: str) -> list[str]:
    """Return the tables that are meant: one by its name or a KPI's name, or those of a KPI's
    number.
    """
    numbers: dict[str, list[str]] = {}
    for name in (name for name in rebuild.names() if name.startswith("kpi.")):
        numbers.setdefault(rebuild.release.manifest.models[name].header.number, []).append(name)
    named = [name for name in (what, f"kpi.{what}") if name in rebuild.names()]
    if named or what.upper() in numbers:
        return named or numbers[what.upper()]
    names = [
        *rebuild.names(),
        *numbers,
        *(name.partition(".")[2] for tables in numbers.values() for name in tables),
    ]
    raise LumbungError(
        f"'{what}' is no file, and no KPI, mart or dataset of release {rebuild.release.id};"
        f" {nearest(what, names)}"
    )


def _file(lake: Lake, sql: Path, release: str | None, path: Path) -> Iterator[Outcome]:
    """Verify a receipt, a file of the lake that a release pins, or a file that was downloaded
    from the portal.
    """
    named = [open_release(lake, release)] if release else list(reversed(releases(lake)))
    if path.suffix == ".json" and not _is_list(path):
        receipt = checked(path)
        if receipt["kind"] == "value":
            holder = open_release(lake, receipt["release"])
        else:
            holder = next(
                (
                    candidate
                    for candidate in named
                    if (pinned := candidate.manifest.tables.get(receipt["name"]))
                    and pinned.receipt == keep_name(receipt)
                ),
                named[0],
            )
        yield from Rebuild(lake, holder, sql).receipt(receipt)
        return
    inside = (
        str(path.resolve().relative_to(lake.root))
        if path.resolve().is_relative_to(lake.root)
        else ""
    )
    for candidate in named:
        name = next(
            (name for name, table in candidate.manifest.tables.items() if inside in table.files),
            None,
        )
        if name is not None:
            partition = partition_of(path)
            yield from Rebuild(lake, candidate, sql).verify(
                name, () if name.partition(".")[0] in MODELS else (partition,)
            )
            return
    yield from _download(lake, sql, named, path)


def _is_list(path: Path) -> bool:
    """Whether a JSON file is a table's rows; a receipt is an object."""
    with path.open("rb") as stream:
        return stream.read(64).lstrip().startswith(b"[")


def _download(lake: Lake, sql: Path, named: list[Release], path: Path) -> Iterator[Outcome]:
    """Verify a downloaded file: the release that lists it, found by its hash or else by its
    name, must give it again, byte by byte.
    """
    listed = _listed(named, sha256_of(path))
    match = re.match(
        r"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*?)(?:\.(\d{4}-\d{2}(?:-\d{2})?))?(?:"
        rf" ?\(\d+\))?\.({_FORMS})$",
        path.name,
    )
    if listed is None and match is None:
        forms = ", ".join(FORMS)
        raise LumbungError(
            f"{path}: not a receipt (.json), not a file of the lake, and not named as a download"
            f" is: NAME.FORM, FORM one of {forms}"
        )
    name, partition, form = (
        (listed[1].name, listed[2].partition, listed[2].form)
        if listed
        else (match[1], match[2], match[3])
        if match
        else ("", None, "")
    )
    message = ""
    with TemporaryDirectory(prefix="lumbung-") as folder:
        for release in [listed[0]] if listed else named:
            rebuilt = remake_file(lake, release, name, form, partition, Path(folder))
            if rebuilt is None:
                continue
            if filecmp.cmp(rebuilt, path, shallow=False):
                yield Outcome(f"{path}: as release {release.id} gives it")
                yield from Rebuild(lake, release, sql).verify(
                    name, (partition,) if partition else ()
                )
                return
            difference = (
                _first_line(rebuilt, path)
                if form in TEXTS
                else f"its bytes are others{OTHERWISE if listed else ''}"
            )
            message = (
                message or f"release {release.id}{' lists it, but' if listed else ''}: {difference}"
            )
    missing = f"no release publishes {name}.{form}"
    yield Outcome(str(path), f"no release gives this file; {message}" if message else missing)


def _listed(named: list[Release], digest: str) -> tuple[Release, Published, File] | None:
    """Return the newest release that lists a file with this hash, with the table and the file;
    None when none does.
    """
    for release in named:
        # made before there were lists, or its list is damaged: then it is made again and compared
        with suppress(LakeError):
            for table in published(release.folder).values():
                for file in table.files:
                    if file.sha256 == digest:
                        return release, table, file
    return None


def _first_line(ours: Path, theirs: Path) -> str:
    with (
        ours.open(encoding="utf-8") as rebuilt_file,
        theirs.open(encoding="utf-8", errors="replace") as given_file,
    ):
        pairs = zip_longest(rebuilt_file, given_file, fillvalue="")
        for number, (rebuilt, given) in enumerate(pairs, 1):
            if rebuilt != given:
                return (
                    f"line {number} is {given.rstrip()!r} in the file and"
                    f" {rebuilt.rstrip()!r} rebuilt"
                )
    return "its line ends are others"
