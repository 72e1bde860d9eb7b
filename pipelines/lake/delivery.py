"""What passes between the steps: the Window asked for, the Parts a connector brings, the Batch that
goes to the gate.

Only values; who makes them says so. ``connectors/*`` yield Parts, ``lake.land`` keeps them,
``records`` opens them as a table of texts, ``refine`` turns that table into a Batch,
``quality.gate.judge`` judges the Batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

THREADS, MEMORY = 2, "448MiB"
"""What a DuckDB uses for a delivery, and for a batch: what a row group of each thread needs, on any
machine, and no more for more rows; the rest waits on disk.
"""


@dataclass(frozen=True)
class Window:
    """The half-open time ``[start, end)`` that was asked for, zone-aware, and its partition keys
    (``2026-11-23`` or ``2026-11``) in order.
    """

    start: datetime
    end: datetime
    partitions: tuple[str, ...]


@dataclass(frozen=True)
class Fingerprint:
    """What a file or table at the source was when it was read: ``of`` is its name there, ``mark``
    another text whenever it may have been changed, empty where nothing tells that; ``sha256`` its
    content's hash where that is not the Part's.
    """

    of: str
    mark: str
    sha256: str | None = None


@dataclass(frozen=True)
class Standing:
    """What is known of a partition that passed: how many rows were delivered for it, and, by their
    names, the fingerprints of what they came from.
    """

    delivered: int
    prints: Mapping[str, Fingerprint]


@dataclass(frozen=True)
class Part:
    """One piece of a delivery, byte for byte: a page, a file, a result set.

    ``name`` ends in the extension that says how to read it (``records.open`` knows them).
    ``partition`` is set when the source itself says which partition the piece belongs to (the date
    in a file's name); it places rows that cannot place themselves. ``fingerprint`` tells later
    whether the file it came from was changed since; ``fingerprints`` tell it by partition, of a
    piece that holds several.
    """

    name: str
    body: bytes | Path
    address: str
    partition: str | None = None
    fingerprint: Fingerprint | None = None
    fingerprints: Mapping[str, Fingerprint] = field(default_factory=dict)


@dataclass(frozen=True)
class Landed:
    """A Part as the lake keeps it: the file, its hash, and what its receipt says."""

    path: Path
    sha256: str
    address: str
    partition: str | None


@dataclass(frozen=True)
class Usual:
    """How many rows came for partitions that one can be compared with, oldest first, whether these
    are the days of one weekday, and the most that passed of itself since a person took a number for
    right, None when it has not passed yet.
    """

    counts: tuple[int, ...] = ()
    standing: int | None = None
    is_of_weekday: bool = False


@dataclass(frozen=True)
class Batch:
    """A range of partitions, typed and staged, ready to be judged.

    ``staged`` is a Parquet file with the contract's columns typed, and ``_row`` (BIGINT,
    unique), ``_partition`` (VARCHAR, one of ``partitions``), ``_refused`` (VARCHAR[], names of
    the rules refinement itself saw broken: ``<column>.type``, ``<column>.unit``, ``placed``,
    ``shape``; NULL or empty when none), ``_texts`` (JSON of the delivered texts by column, for
    refused rows only) and ``_again`` (BOOLEAN, false where no other row has the same
    ``row_key``). Exact duplicates are already out of it: ``delivered`` = rows in ``staged`` +
    ``duplicates``, for every partition. ``absent`` names, per partition, the contract's fields
    that its delivery did not have at all. ``references`` gives, per dataset id, the Parquet
    files of that dataset's current clean rows. ``usual`` is what is known of a partition's
    volume; ``accepted`` says who takes another one for right, and why. ``garbled`` says, per
    partition, what is wrong with the first of what is no record, without a value of it.
    """

    staged: Path
    partitions: tuple[str, ...]
    delivered: Mapping[str, int]
    duplicates: Mapping[str, int]
    absent: Mapping[str, tuple[str, ...]]
    references: Mapping[str, tuple[str, ...]]
    usual: Mapping[str, Usual] = field(default_factory=dict)
    accepted: str | None = None
    garbled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
