"""Files dropped in a folder, in any form that ``records.open`` reads, each also inside a ZIP.

The server's `path` is the folder; the facts of ``fetch`` are those of ``dropped``. A link out of
the folder is refused, and so is a file that is still being written.
"""

import errno
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.connectors.dropped.arrival import (
    APART,
    Dropped,
    check_same,
    differs,
    looked_at_again,
    refused,
)
from pipelines.connectors.dropped.files import meant, parts
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Standing, Window


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield every matching file of the window, oldest name first; SourceError for a missing
    folder, a file that is a trap or one that is still being written.
    """
    files = [
        _seen(dataset, path, partition)
        for path, partition in listing(dataset)
        if partition is None or partition in window.partitions
    ]
    if young := looked_at_again(dataset, files):
        time.sleep(APART)
        for file in young:
            check_same(dataset, file, _seen(dataset, Path(file.path), file.partition))
    for file in files:
        with _held(dataset, file) as path:
            yield from parts(dataset, file, path)
        check_same(dataset, file, _seen(dataset, Path(file.path), file.partition))


def look(dataset: Dataset, _: Window, known: Mapping[str, Standing]) -> Iterator[str]:
    """Yield the partitions whose files were changed, or joined by others. A file that was touched
    and says the same is none of these.
    """
    for path, partition in listing(dataset):
        if partition in known and differs(_seen(dataset, path, partition), known[partition], path):
            yield partition


def listing(dataset: Dataset) -> Iterator[tuple[Path, str | None]]:
    """Yield every matching file with the partition its name states, oldest name first."""
    folder = Path(str(dataset.source.server.get("path", ""))).resolve()
    if not folder.is_dir():
        raise SourceError(
            f"{dataset.id}: there is no folder {folder}; create it, or correct the server's path"
            " (see LUMBUNG_* settings)"
        )
    for name, partition in meant(dataset, (entry.name for entry in folder.iterdir())):
        path = folder / name
        if not path.is_file():
            continue
        if path.resolve().parent != folder:
            raise SourceError(
                f"{dataset.id}: {path} is a link that leads out of the folder; put the file itself"
                " there"
            )
        yield path, partition


@contextmanager
def _held(dataset: Dataset, file: Dropped) -> Iterator[Path]:
    """Hold the file that was looked at open, and yield a path to it whatever takes its name
    meanwhile; a link that did is not followed.
    """
    path = Path(file.path)
    try:
        real = path.resolve(strict=True)
        if real.parent != path.parent:
            raise OSError(errno.ELOOP, "it is a link that leads out of the folder")
        held = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise refused(
            f"{dataset.id}: {file.path}: cannot be opened ({error.strerror}); the next run asks"
            " again",
            file.partition,
        ) from error
    try:
        yield Path(f"/dev/fd/{held}")
    finally:
        os.close(held)


def _seen(dataset: Dataset, path: Path, partition: str | None) -> Dropped:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise refused(
            f"{dataset.id}: {path}: went away while it was looked at; the next run asks again",
            partition,
        ) from None
    return Dropped(path.name, partition, str(path), str(path), found.st_size, found.st_mtime_ns)
