"""What a model says of itself above its SELECT: its lines ``-- key: value``, read here once, for
the SQL file and for the manifest of every release that keeps them.

Which lines a file must have is ``sqlfile``'s business.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.contract.model import OPEN_CLASSES, Text
from pipelines.contract.terms import DIMENSIONS

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
