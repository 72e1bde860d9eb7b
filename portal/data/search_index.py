"""The words of every table of the catalogue, weighed for search: datasets (closed ones too: that
they exist is public, their values are not), published marts and indicators.

A word counts by the field it stands in (``WEIGHTS``), and less the longer the field. A word of
either language is known by its other forms, by Snowball's stemmers (Sastrawi knows more Indonesian,
but its dictionary may not be used commercially). https://doi.org/10.1561/1500000019, section 3.5.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log

import snowballstemmer

from pipelines.city import municipality
from pipelines.contract.model import Column, Contract, Dataset, Text
from pipelines.files.table import Table
from pipelines.models.model import Model
from portal.words.synonyms import EMPTY

WEIGHTS = {"title": 5.0, "name": 3.0, "column": 1.0, "text": 0.7, "value": 0.7}
SATURATION, LENGTH = 1.2, 0.6
"""BM25F's k1 and b."""

Fields = Mapping[str, Sequence[str]]
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """The weight of every word in every table (words as ``forms`` gives them), the words as
    written, and which tables hold no open row.
    """

    tables: dict[str, dict[str, float]]
    counts: Counter[str]
    written: tuple[str, ...]
    closed: frozenset[str]

    def rarity(self, word: str) -> float:
        """Return how much a word tells apart, from near 0 (all tables have it)."""
        return log(1 + (len(self.tables) - self.counts[word] + 0.5) / (self.counts[word] + 0.5))

    def score(self, name: str, phrase: Phrase) -> float:
        """Return what a phrase counts in a table: 0 unless all of its words are there."""
        documents = [
            max(
                (self.rarity(form) * self.tables[name].get(form, 0.0) for form in forms(word)),
                default=0.0,
            )
            for word in phrase
        ]
        return sum(documents) / len(documents) if all(documents) else 0.0


def index_of(tables: Mapping[str, Table]) -> Index:
    """Return the index of a release's tables."""
    split = {
        name: {field: words(" ".join(texts)) for field, texts in _fields(table).items()}
        for name, table in tables.items()
    }
    means = {
        field: sum(len(fields[field]) for fields in split.values()) / max(1, len(split)) or 1.0
        for field in WEIGHTS
    }
    weighed = {name: _weights(fields, means) for name, fields in split.items()}
    written = dict.fromkeys(
        word
        for fields in split.values()
        for field in ("title", "name", "column", "value")
        for word in fields[field]
        if len(word) > 2
    )
    closed = frozenset(name for name, table in tables.items() if not table.is_open)
    idle = idle_words()
    return Index(
        weighed,
        Counter(chain(*weighed.values())),
        tuple(word for word in written if word not in idle),
        closed,
    )


def _weights(fields: dict[str, list[str]], means: dict[str, float]) -> dict[str, float]:
    """Return how much of each word a table has, all fields together, saturated: the tenth time
    it stands there tells little.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for field, there in fields.items():
        length = 1 - LENGTH + LENGTH * len(there) / means[field]
        for word in there:
            for form in forms(word):
                scores[form] += WEIGHTS[field] / length
    return {word: weight / (SATURATION + weight) for word, weight in scores.items()}


def _fields(table: Table) -> Fields:
    """Return the texts of a table by the field they stand in."""
    if table.contract and table.dataset:
        return _of_dataset(table.contract, table.dataset)
    return _of_model(table.model) if table.model else {}


def _of_dataset(contract: Contract, dataset: Dataset) -> Fields:
    return {
        "title": _both(dataset.title),
        "name": [
            dataset.id,
            contract.inventory_id or "",
            *_both(contract.title),
            *contract.aliases,
            *contract.tags,
        ],
        "column": [
            text for column in dataset.columns for text in (column.name, *_both(column.meaning))
        ],
        "text": [
            *_both(dataset.meaning),
            *_both(contract.purpose),
            *_both(dataset.grain),
            contract.owner,
        ],
        "value": [text for column in dataset.public_columns for text in _values(column)],
    }


def _values(column: Column) -> list[str]:
    """Return the words that rows of a column may hold, as far as its contract names them:
    allowed values and examples.
    """
    allowed = [
        value for rule in column.rules if rule.kind == "one_of" for value in rule.argument("one_of")
    ]
    return [
        value
        for value in (*allowed, *column.examples)
        if isinstance(value, str) and not re.search(r"\d", value)
    ]


def _of_model(model: Model) -> Fields:
    header, meanings = model.header, (*model.columns.values(), *model.measures.values())
    return {
        "title": _both(header.title),
        "name": [model.name, header.number],
        "column": [*model.columns, *(text for meaning in meanings for text in _both(meaning))],
        "text": [*_both(header.question), header.row, *_both(header.rule), header.steward],
        "value": [],
    }


def _both(text: Text) -> tuple[str, str]:
    return text.id, text.en


def idle_words() -> frozenset[str]:
    """Return the words that tell nothing apart here, the city's name among them."""
    return EMPTY | frozenset(municipality().short.lower().split())


def words(text: str) -> list[str]:
    """Return the words of a text without case and diacritics."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return re.findall(r"[^\W_]+", plain)


@lru_cache(maxsize=20_000)
def forms(word: str) -> tuple[str, ...]:
    """Return a word and its English and Indonesian stems, each once."""
    return tuple(
        dict.fromkeys(
            [
                word,
                *(
                    snowballstemmer.stemmer(language).stemWord(word)
                    for language in ("english", "indonesian")
                ),
            ]
        )
    )
