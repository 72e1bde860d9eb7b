"""What the gate said of a batch: per partition, passed or withheld, with every finding and the
accounting.

Only values; ``gate`` makes them, ``assets`` stores and shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pipelines.contract.rules.nonresponse import Nonresponse

Word = Literal["passed", "withheld"]


@dataclass(frozen=True)
class Finding:
    """One rule that did not hold in one partition, as values: words are made of it at the edge.

    ``rows`` counts the rows concerned. ``value`` was measured, of a partition, and had to be from
    ``low`` to ``high``, in ``unit`` ("%", "h", None for a number); ``absent`` are the fields that
    the source did not send. ``examples`` never come from closed columns. ``message`` is what a
    source or an engine said, of kind ``source`` and ``gate`` alone, and never leaves the lake.
    ``nonresponse`` says what a row rule cost: a cell ("item") or the row ("unit"). ``accepted``
    says who took the partition's volume for right, and why; it never leaves the lake either.
    """

    rule: str
    kind: str
    column: str | None
    level: Literal["row", "partition"]
    severity: Literal["error", "warning"]
    rows: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    absent: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    message: str | None = None
    nonresponse: Nonresponse | None = None
    accepted: str | None = None

    @property
    def withholds(self) -> bool:
        """Whether this finding alone keeps the partition from being published."""
        return self.level == "partition" and self.severity == "error"


@dataclass(frozen=True)
class PartitionVerdict:
    """One partition's verdict; ``delivered = passed + quarantined + duplicates`` rows. Of rows
    that passed, ``cells_withheld`` cells are empty because their value broke a rule.
    """

    partition: str
    verdict: Word
    delivered: int
    passed: int
    quarantined: int
    duplicates: int
    findings: tuple[Finding, ...]
    cells_withheld: int = 0


@dataclass(frozen=True)
class Verdict:
    """The verdict of a range of partitions; ``quarantine`` is Parquet ``_row, _partition, rules
    VARCHAR[], cells VARCHAR[]``, None when nothing was judged. ``cells`` are the columns that are
    emptied in a row that stays; NULL where the row itself is withheld.
    """

    dataset_id: str
    partitions: tuple[PartitionVerdict, ...]
    quarantine: Path | None

    @property
    def passed(self) -> tuple[str, ...]:
        """Keys of the partitions that may be published."""
        return tuple(
            partition.partition for partition in self.partitions if partition.verdict == "passed"
        )

    def also(self, other: "Verdict") -> "Verdict":
        """Return this verdict with the partitions of another, in order."""
        return replace(
            self,
            partitions=tuple(
                sorted((*self.partitions, *other.partitions), key=lambda verdict: verdict.partition)
            ),
        )

    def failed(self, finding: Finding) -> "Verdict":
        """Return this verdict with every partition withheld for one more reason."""
        return replace(
            self,
            partitions=tuple(
                replace(partition, verdict="withheld", findings=(*partition.findings, finding))
                for partition in self.partitions
            ),
        )


def unread(dataset_id: str, why: Mapping[str, str]) -> Verdict:
    """Return the verdict of partitions whose source could not be read, each with its reason: all
    withheld, nothing delivered.
    """
    return Verdict(
        dataset_id,
        tuple(
            PartitionVerdict(
                key,
                "withheld",
                0,
                0,
                0,
                0,
                (Finding("source", "source", None, "partition", "error", message=message),),
            )
            for key, message in why.items()
        ),
        None,
    )
