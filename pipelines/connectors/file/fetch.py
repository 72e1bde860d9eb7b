"""Files dropped in a folder, in any form that ``records.open`` reads, each also inside a ZIP.

The server's `path` is the folder; the facts of ``fetch`` are those of ``dropped``. A link out of
the folder is refused.
"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.connectors.dropped.files import meant, parts
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Window


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield every matching file of the window, oldest name first; SourceError for a missing
    folder or a file that is a trap.
    """
    for path, partition in listing(dataset):
        if partition is None or partition in window.partitions:
            try:
                yield from parts(dataset, path, path.name, partition, str(path))
            except SourceError as error:
                error.partition = partition
                raise


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
