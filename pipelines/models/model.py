"""A mart or KPI as everybody but its maker knows it: what its file says of it, what it reads. Its
lines ``-- key: value`` are read here once, for SQL files and for the manifests that keep them.

Which lines a file must have is ``sqlfile``'s business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.contract.model import OPEN_CLASSES, Text
from pipelines.contract.terms import DIMENSIONS

SUPPRESSED = "suppressed"
NOBODY = "none"
"""What stands in the line ``cells`` of a model of which no row stands for persons."""


@dataclass(frozen=True)
class Header:
    """The lines by their key, as they are kept; what a model does not state is an empty text."""

    lines: Mapping[str, str]

    @property
    def title(self) -> Text:
        """The model's name."""
        return self._text("title")

    @property
    def question(self) -> Text:
        """What an indicator answers."""
        return self._text("question")

    @property
    def rule(self) -> Text:
        """The law or standard an indicator is counted by; one text for both languages in what was
        written before there were two.
        """
        rule = self._text("rule")
        both = self.lines.get("rule", "")
        return Text(rule.id or both, rule.en or both)

    @property
    def row(self) -> str:
        """What one row means."""
        return self.lines["row"]

    @property
    def number(self) -> str:
        """An indicator's number, such as ``E1``."""
        return self.lines.get("kpi", "")

    @property
    def dimension(self) -> str:
        """An indicator's dimension."""
        return self.lines.get("dimension", "")

    @property
    def order(self) -> tuple[int, int]:
        """An indicator's place among all: by dimension, then by number."""
        return DIMENSIONS.index(self.dimension), int(self.number[1:])

    @property
    def unit(self) -> str:
        """The unit of an indicator's figures."""
        return self.lines.get("unit", "")

    @property
    def steward(self) -> str:
        """The agency that answers for what is published."""
        return self.lines.get("steward", "")

    @property
    def information_class(self) -> str:
        """The information class a mart states."""
        return self.lines.get("class", "")

    @property
    def is_open(self) -> bool:
        """Whether it states a class that is open."""
        return self.information_class in OPEN_CLASSES

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one row of what is published from another."""
        return tuple(name.strip() for name in self.lines.get("key", "").split(",") if name.strip())

    @property
    def counts_persons(self) -> bool:
        """Whether a row may stand for persons, so that small counts are emptied."""
        return not self.lines.get("cells", "").startswith(f"{NOBODY},")

    def _text(self, key: str) -> Text:
        return Text(*(self.lines.get(f"{key}_{lang}", "") for lang in ("id", "en")))


@dataclass(frozen=True)
class Model:
    """One mart or KPI: what its file says of it, the tables it reads, the hash of its SQL. ``key``
    is empty in a release made before models had keys.
    """

    name: str
    header: Header
    key: tuple[str, ...]
    columns: Mapping[str, Text]
    measures: Mapping[str, Text]
    reasons: Mapping[str, Text]
    reads: tuple[str, ...]
    sha256: str

    @property
    def layer(self) -> str:
        """``mart`` or ``kpi``."""
        return self.name.partition(".")[0]

    @property
    def stem(self) -> str:
        """Its name in its layer, which is its file's."""
        return self.name.partition(".")[2]

    @classmethod
    def read(cls, name: str, entry: Mapping[str, Any]) -> "Model":
        """Return the model that ``written`` gave, or what older code wrote in its place."""
        return cls(
            name,
            Header(entry["header"]),
            tuple(entry.get("key", ())),
            _texts(entry.get("columns", {})),
            _texts(entry.get("measures", {})),
            _texts(entry.get("reasons", {})),
            tuple(entry.get("reads", ())),
            entry["sha256"],
        )

    def written(self) -> dict[str, Any]:
        """Return it as a manifest has it."""
        return {
            "header": dict(self.header.lines),
            "key": list(self.key),
            "columns": _written_texts(self.columns),
            "measures": _written_texts(self.measures),
            "reasons": _written_texts(self.reasons),
            "reads": list(self.reads),
            "sha256": self.sha256,
        }


def _texts(words: Mapping[str, Mapping[str, str]]) -> dict[str, Text]:
    return {name: Text(text["id"], text["en"]) for name, text in words.items()}


def _written_texts(words: Mapping[str, Text]) -> dict[str, dict[str, str]]:
    return {name: {"id": text.id, "en": text.en} for name, text in words.items()}
