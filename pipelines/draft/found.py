"""A dataset as its source gives it before anybody described it: where it lies, what is landed of
it, and what there is to say of that.
"""

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipelines.bilingual import Text
from pipelines.city import municipality
from pipelines.contract.model import Dataset, Source
from pipelines.lake.delivery import Landed, Part, Window
from pipelines.lake.partitions import window_of

NOTHING = Text("", "")
ANY_DAY = "2000-01-01"
"""The window of a source that is not asked for days."""
LONGEST_NAME = 63


@dataclass(frozen=True)
class Found:
    """One dataset of a source: ``dataset`` has no columns yet, its Source is what the connector
    was asked with; ``written`` are the server's facts as a contract states them, under the name
    ``server``; ``notes`` are what a person has to know or decide.
    """

    dataset: Dataset
    server: str
    written: Mapping[str, Any]
    landed: tuple[Landed, ...]
    notes: tuple[str, ...] = ()


def undescribed(
    application: str,
    name: str,
    server: Mapping[str, Any],
    fetch: Mapping[str, Any],
    partition: Literal["day", "month"] = "day",
) -> Dataset:
    """Return a dataset of which only the place is known."""
    return Dataset(
        application=application,
        name=name,
        title=NOTHING,
        meaning=NOTHING,
        grain=NOTHING,
        delivery="snapshot",
        cadence="irregular",
        partition=partition,
        partition_by=None,
        timezone=municipality().zone.key,
        lookback=0,
        information_class="dikecualikan",
        exemption=None,
        columns=(),
        key=(),
        rules=(),
        source=Source(str(server["connector"]), server, fetch),
        freshness_hours=0,
        retention_days=0,
        status="draft",
        active_from=date(2000, 1, 1),
        active_to=None,
    )


def whole_window(dataset: Dataset) -> Window:
    """Return a window for a connector that is asked for everything there is."""
    return window_of(dataset, [ANY_DAY])


def landed_in(folder: Path, parts: Iterable[Part]) -> tuple[Landed, ...]:
    """Keep the parts of a delivery in ``folder`` for as long as it is looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    landed = []
    for number, part in enumerate(parts):
        path = folder / f"{number:05d}-{re.sub(r'[^A-Za-z0-9._-]', '_', part.name)[-80:]}"
        if isinstance(part.body, Path):
            shutil.copyfile(part.body, path)
        else:
            path.write_bytes(part.body)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        landed.append(Landed(path, digest, part.address, part.partition))
    return tuple(landed)


def slug(text: str) -> str:
    """Return a text as a name of the house (lower case letters, digits, _), empty where nothing of
    it is a letter or digit.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    name = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")
    return (f"n{name}" if name[:1].isdigit() else name)[:LONGEST_NAME].rstrip("_")


def apart(names: Iterable[str]) -> list[str]:
    """Return names of which none is there twice: later ones end in _2, _3."""
    told: dict[str, None] = {}
    for name in names:
        chosen, number = name, 2
        while chosen in told:
            end = f"_{number}"
            chosen, number = f"{name[: LONGEST_NAME - len(end)]}{end}", number + 1
        told[chosen] = None
    return list(told)
