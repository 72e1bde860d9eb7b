"""What a contract says, as small frozen values: Contract, Dataset, Column, Rule, Source.

One contract file describes one city application (Open Data Contract Standard,
https://bitol-io.github.io/open-data-contract-standard/). Here are only the values every room reads;
``contract.reader`` makes them from YAML, ``contract.terms`` holds the vocabulary.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pipelines.bilingual import Text
from pipelines.contract.terms import PLACE

Delivery = Literal["events", "changes", "snapshot"]
OPEN_CLASSES = ("berkala", "serta merta", "setiap saat")
"""Information classes that may be published (UU 14/2008 Ps 9, 10, 11); ``dikecualikan`` (Ps 17)
may not.
"""

UNDESCRIBED = ("proposed", "draft")
"""Contract statuses of a system whose owner has not said yet what its records mean; nothing of
it is public.
"""


@dataclass(frozen=True)
class Rule:
    """One thing a batch must satisfy.

    ``level`` "row" withholds a cell or the row under ``name``, "partition" the partition, unless
    ``severity`` is "warning" (recorded and shown, withholds nothing). ``kind`` and ``arguments``
    are listed in ``contract.terms``.
    """

    name: str
    kind: str
    level: Literal["row", "partition"]
    column: str | None = None
    arguments: Mapping[str, Any] | None = None
    severity: Literal["error", "warning"] = "error"
    description: str = ""

    def argument(self, key: str, default: Any = None) -> Any:
        """Return one argument of the rule, or ``default`` where the contract leaves it out."""
        return (self.arguments or {}).get(key, default)


@dataclass(frozen=True)
class Writing:
    """How a source writes a column's values. ``decimal`` and ``thousands`` are marks in numbers.
    ``trim``, ``extract`` (a pattern whose group is the value) and ``values`` (text as written ->
    text that is meant) repair a text, in this order; in how many rows each did is noted.

    ``spellings`` are other names the field has had. Of ``joined`` fields, with a blank between, the
    column's text is made.
    """

    decimal: str = "."
    thousands: str = ""
    trim: bool = False
    extract: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    spellings: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()

    @property
    def repairs(self) -> tuple[str, ...]:
        """The words by which texts are repaired, in their order."""
        return tuple(word for word in ("trim", "extract", "values") if getattr(self, word))


PLAIN = Writing()
"""As the type is read by itself."""


@dataclass(frozen=True)
class Column:
    """One column: ``type`` is an ODCS logical type, ``field`` its (dotted) name at the source,
    ``unit`` a UCUM code or IDR.

    ``kept`` are the fields that are kept of an object, or of each object in an array (none of them:
    plain values only); None keeps all of it.
    """

    name: str
    field: str
    type: str
    meaning: Text
    classification: str
    examples: tuple[Any, ...]
    unit: str | None = None
    unit_field: str | None = None
    required: bool = False
    missing: tuple[str, ...] = ("",)
    formats: tuple[str, ...] = ()
    timezone: str = "UTC"
    rules: tuple[Rule, ...] = ()
    kept: tuple[str, ...] | None = None
    writing: Writing = PLAIN

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that the column may be read from."""
        return self.writing.joined or (self.field, *self.writing.spellings)

    def lacking(self, delivered: Collection[str]) -> tuple[str, ...]:
        """Return the fields that the column lacks in a file with these: one spelling is enough,
        and of several that are joined each is needed.
        """
        if self.writing.joined:
            return tuple(name for name in self.fields if name not in delivered)
        return () if set(self.fields) & set(delivered) else (self.field,)

    @property
    def is_public(self) -> bool:
        """Whether the column may leave its zone; closed unless the contract says ``public``."""
        return self.classification == "public"


@dataclass(frozen=True)
class Source:
    """Where the records lie: the connector's name, the servers to choose from by name, and this
    dataset's fetch facts.

    ``settings.reachable`` gives the Source that a connector reads: ``server`` is then the chosen
    one's facts, environment filled in.
    """

    connector: str
    server: Mapping[str, Any]
    fetch: Mapping[str, Any]


@dataclass(frozen=True)
class Dataset:
    """One table of an application; ``id`` is ``application.name`` and is also its address in the
    lake, in SQL and on the portal.
    """

    application: str
    name: str
    title: Text
    meaning: Text
    grain: Text
    delivery: Delivery
    cadence: str
    partition: Literal["day", "month"]
    partition_by: str | None
    timezone: str
    lookback: int
    information_class: str
    exemption: str | None
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    source: Source
    freshness_hours: float
    retention_days: int
    status: str
    active_from: date
    active_to: date | None

    @property
    def id(self) -> str:
        """``application.name``."""
        return f"{self.application}.{self.name}"

    @property
    def is_now_only(self) -> bool:
        """Whether the source shows only its state of now, so that no past day can be asked for:
        a snapshot without dated files or a window.
        """
        return (
            self.delivery == "snapshot"
            and not self.is_dated
            and not self.source.fetch.get("window")
        )

    @property
    def keeps_past(self) -> bool:
        """Whether the source still shows a past partition as it was, unless somebody corrected it:
        where only the newest version of a record is shown, every change takes a row from one.
        """
        return self.is_dated or self.delivery == "events"

    @property
    def is_dated(self) -> bool:
        """Whether each partition has a file or an address of its own at the source."""
        fetch = self.source.fetch
        stated = f"{fetch.get('files', '')}{fetch.get('path', '')}"
        return "{date}" in stated or "{month}" in stated

    @property
    def refers_to(self) -> frozenset[str]:
        """The datasets whose rows this one's refer to: they are harvested before it."""
        return frozenset(
            str(rule.argument("to")).rpartition(".")[0]
            for rule in self.rules
            if rule.kind == "reference" and rule.level == "partition"
        )

    @property
    def row_key(self) -> tuple[str, ...]:
        """The columns that tell one row of a partition from the others: the key and, of records
        that change, the moment of the version.
        """
        if self.delivery != "changes" or self.partition_by is None or self.partition_by in self.key:
            return self.key
        return (*self.key, self.partition_by)

    @property
    def key_is_a_place(self) -> bool:
        """Whether a row's key is its place in the delivery, so that no two rows have one."""
        places = {column.name for column in self.columns if column.field in PLACE}
        return not places.isdisjoint(self.row_key)

    @cached_property
    def all_rules(self) -> tuple[Rule, ...]:
        """Row rules of the columns first, then the dataset's own."""
        return tuple(rule for column in self.columns for rule in column.rules) + self.rules

    @cached_property
    def public_columns(self) -> tuple[Column, ...]:
        """The columns that may be published; none at all when the dataset's class is closed, or
        its owner has not described it.
        """
        if self.information_class not in OPEN_CLASSES or self.status in UNDESCRIBED:
            return ()
        return tuple(column for column in self.columns if column.is_public)

    @property
    def is_public(self) -> bool:
        """Whether anything of the dataset may be published."""
        return bool(self.public_columns)

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError if the contract has none."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True)
class Contract:
    """One city application and its datasets, as its contract file states them. ``content`` is what
    the file held when it was read, of which ``sha256`` is the hash: the file may change meanwhile.
    """

    application: str
    title: Text
    version: str
    status: str
    dimension: str
    owner: str
    purpose: Text
    limits: Text
    aliases: tuple[str, ...]
    inventory_id: str | None
    licence: str
    tags: tuple[str, ...]
    synthetic: bool
    active_from: date
    active_to: date | None
    datasets: tuple[Dataset, ...]
    path: Path
    sha256: str
    content: bytes = field(repr=False)
