"""One table of a release as everybody says it: its own files, catalogues, pages, feeds, search.
Made of its contract or its model, and nothing else.

What only one kind of table has is a part that the others lack. A file must be readable far away
from all that: ``metadata`` is what it says of itself.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from pipelines.contract.model import Column, Contract, Dataset, Text
from pipelines.lake.views import MARK
from pipelines.models.model import Model
from pipelines.settings import settings

LONGITUDE, LATITUDE, GEOMETRY = "lon", "lat", "geometry"
"""A table is of places when it has the first two as numbers in ``deg``; the third is added to
its files for maps.
"""


@dataclass(frozen=True)
class Field:
    """One published column: ODCS logical type, unit (UCUM or IDR), meaning; whether it is always
    there, whether it is part of the key; the contract's column, None of a model.
    """

    name: str
    type: str
    unit: str | None
    meaning: Text
    required: bool = False
    key: bool = False
    examples: tuple[Any, ...] = ()
    column: Column | None = None

    @property
    def metadata(self) -> dict[str, Any]:
        """What a file says of it."""
        return {
            "name": self.name,
            "type": self.type,
            "unit": self.unit,
            "meaning": _both(self.meaning),
        }


@dataclass(frozen=True)
class Table:
    """One dataset, mart or KPI. ``grain`` is what one row is; ``cadence`` how often it changes;
    ``sources`` the tables it is made of; ``partitions`` its first and last, None where it has none.

    ``content`` is the hash of the receipt of its rows. ``contract``, ``dataset`` and ``limits`` are
    there for a dataset alone, ``model`` for a mart or KPI alone.
    """

    name: str
    title: Text
    description: Text
    grain: Text
    publisher: str
    licence: str
    information_class: str
    cadence: str
    synthetic: bool
    version: str
    fields: tuple[Field, ...]
    content: str | None = None
    theme: str | None = None
    keywords: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    partitions: tuple[str, str] | None = None
    limits: Text | None = None
    contract: Contract | None = None
    dataset: Dataset | None = None
    model: Model | None = None

    @property
    def kind(self) -> str:
        """``dataset``, ``mart`` or ``kpi``."""
        return self.model.layer if self.model else "dataset"

    @property
    def is_open(self) -> bool:
        """Whether its rows are handed out."""
        return self.dataset is None or self.dataset.is_public

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart."""
        return tuple(field.name for field in self.fields if field.key)

    @property
    def has_full_key(self) -> bool:
        """Whether no part of the key is ever empty, as a primary key demands; a mart's row may
        be about an unknown region.
        """
        return all(field.required for field in self.fields if field.key)

    @property
    def is_located(self) -> bool:
        """Whether its rows are places that can be drawn as points (degrees, WGS 84)."""
        fields = {field.name: field for field in self.fields}
        return GEOMETRY not in fields and all(
            name in fields and (fields[name].type, fields[name].unit) == ("number", "deg")
            for name in (LONGITUDE, LATITUDE)
        )

    @property
    def address(self) -> str | None:
        """The absolute address of its page, where the setting says what the portal's address is."""
        home = settings().url
        page = f"kpi/{self.name.removeprefix('kpi.')}" if self.kind == "kpi" else f"d/{self.name}"
        return f"{home}/{page}" if home else None

    @property
    def of_partition(self) -> "Table":
        """What the file of one partition says: nothing that changes with other partitions."""
        fields = tuple(field for field in self.fields if field.name != MARK)
        return replace(self, content=None, fields=fields)

    @property
    def metadata(self) -> str:
        """What a file says of the table, as JSON: without its address, so that files do not change
        when the portal moves. Files are found again by it: changed, every file is made anew.
        """
        said = {
            "name": self.name,
            "title": _both(self.title),
            "publisher": self.publisher,
            "licence": self.licence,
            "synthetic": self.synthetic,
            "columns": [field.metadata for field in self.fields],
            "content": self.content,
            "page": None,
        }
        return json.dumps(said, ensure_ascii=False)


def _both(text: Text) -> dict[str, str]:
    return {"id": text.id, "en": text.en}
