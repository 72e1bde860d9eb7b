"""Search over everything the catalogue has: datasets (closed ones too: that they exist is public),
published marts and indicators, best first.

Ranked by BM25F: a word counts by the field it stands in (``WEIGHTS``) and by how few tables have
it. A word of either language finds its other forms by Snowball's stemmers (Sastrawi knows more
Indonesian, but its dictionary may not be used commercially) and its synonyms by
``portal.words.synonyms``; the last word may be the beginning of one. Every word asked for must be
found. https://doi.org/10.1561/1500000019, section 3.5.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain, islice
from math import log
from pathlib import Path

import snowballstemmer

from pipelines.city import municipality
from pipelines.contract.model import Column, Contract, Dataset, Text
from pipelines.models.header import Header
from pipelines.release.release import Release
from portal.data import indicators, tables
from portal.data.release import opened
from portal.words.synonyms import EMPTY, SYNONYMS

WEIGHTS = {"title": 5.0, "name": 3.0, "column": 1.0, "text": 0.7, "value": 0.7}
SYNONYM, PREFIX, AGAIN, CLOSED = 0.6, 0.5, 0.3, 0.9
"""What another word for it, the mere beginning of a word, a second word for it, and a table
whose rows are closed count.
"""
SATURATION, LENGTH = 1.2, 0.6
"""BM25F's k1 and b."""
SHORTEST = 2
"""Letters from which on the last word may be the beginning of another."""
THEMES, NEAR, ALIKE = 8, 4, 0.75
"""How many themes and near words are suggested at most, and how alike a near word is (1: the
same letters).
"""
ASKED = 20
"""Words of a search that count; what is pasted beyond them is left out."""
LOOKED_AT, LONGEST = 5, 40
"""How many words of a search that finds nothing are looked at for near ones, and how many
letters of each: looking costs in proportion.
"""

Fields = Mapping[str, Sequence[str]]
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A table that was found, by name (``application.dataset``, ``mart.name``, ``kpi.name``);
    the score compares hits of one search only.
    """

    name: str
    score: float


@dataclass(frozen=True)
class Suggestions:
    """What may help when nothing was found: searches with words that do occur, and the themes
    people ask for most.
    """

    searches: tuple[str, ...]
    themes: tuple[Text, ...]


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
        found = [
            max(
                (self.rarity(form) * self.tables[name].get(form, 0.0) for form in forms(word)),
                default=0.0,
            )
            for word in phrase
        ]
        return sum(found) / len(found) if all(found) else 0.0


def search(release: Release, text: str) -> tuple[Hit, ...]:
    """Return the tables that have every word of ``text``, best first; all of them, in the
    catalogue's order, when nothing is asked.
    """
    return _search(release.folder, " ".join(words(text)[:ASKED]))


def suggest(release: Release, text: str) -> Suggestions:
    """Return what else may be asked when ``text`` finds nothing."""
    return Suggestions(
        _helpful(release.folder, " ".join(words(text)[:LOOKED_AT])), _themes(release.folder)
    )


@lru_cache(maxsize=1024)
def _helpful(folder: Path, text: str) -> tuple[str, ...]:
    """Return the first searches near ``text`` that find something: with one word of it
    exchanged, then of one word alone.
    """
    index, asked, idle = _index(folder), text.split(), _idle()
    near = [
        (place, each)
        for place, word in enumerate(asked)
        for each in get_close_matches(word[:LONGEST], index.written, NEAR, ALIKE)
    ]
    instead = [" ".join([*asked[:place], each, *asked[place + 1 :]]) for place, each in near]
    alone = [each for _, each in near] + [word for word in asked if word not in idle]
    return tuple(
        islice(
            (
                each
                for each in dict.fromkeys([*instead, *alone])
                if each != text and _search(folder, each)
            ),
            NEAR,
        )
    )


@lru_cache(maxsize=1024)
def _search(folder: Path, text: str) -> tuple[Hit, ...]:
    index = _index(folder)
    if not text:
        return tuple(Hit(name, 0.0) for name in index.tables)
    concepts = _concepts(text.split(), index)
    found = []
    for name in index.tables:
        scores = [
            _best([weight * index.score(name, phrase) for phrase, weight in concept.items()])
            for concept in concepts
        ]
        if all(scores):
            found.append(Hit(name, sum(scores) * (CLOSED if name in index.closed else 1.0)))
    return tuple(sorted(found, key=lambda hit: (-hit.score, hit.name)))


def _best(scores: list[float]) -> float:
    """Return the best of what a thing is called in a table, and a little for the next best: a
    table that says it in two ways is more about it.
    """
    first, second = sorted([*scores, 0.0, 0.0], reverse=True)[:2]
    return first + AGAIN * second


def _idle() -> frozenset[str]:
    """Return the words that tell nothing apart here, the city's name among them."""
    return EMPTY | frozenset(municipality().short.lower().split())


def _concepts(asked: list[str], index: Index) -> list[dict[Phrase, float]]:
    """Return, for each word or known phrase asked for, what it may be called, with what each
    name counts.
    """
    idle = _idle()
    telling = [word for word in asked if word not in idle] or asked
    found: list[dict[Phrase, float]] = []
    while telling:
        phrase = next(
            phrase
            for length in range(min(4, len(telling)), 0, -1)
            if (phrase := tuple(telling[:length])) and (length == 1 or _key(phrase) in _synonyms())
        )
        telling = telling[len(phrase) :]
        called = dict.fromkeys(_synonyms().get(_key(phrase), ()), SYNONYM) | {phrase: 1.0}
        if not telling and len(phrase[-1]) >= SHORTEST:
            called |= {
                (word,): PREFIX
                for word in index.written
                if word.startswith(phrase[-1]) and (word,) not in called and len(phrase) == 1
            }
        found.append(called)
    return found


@lru_cache(maxsize=1)
def _synonyms() -> dict[Phrase, tuple[Phrase, ...]]:
    """Return, by a phrase's stems, the phrases of the same meaning."""
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for group in SYNONYMS:
        phrases = tuple(tuple(words(each)) for each in chain(*group))
        for phrase in phrases:
            found[_key(phrase)] = (*found.get(_key(phrase), ()), *phrases)
    return found


def _key(phrase: Phrase) -> Phrase:
    return tuple(forms(word)[-1] for word in phrase)


def words(text: str) -> list[str]:
    """Return the words of a text without case and diacritics."""
    plain = "".join(
        each
        for each in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(each)
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


@lru_cache(maxsize=4)
def _index(folder: Path) -> Index:
    release = opened(folder)
    found: dict[str, Fields] = {
        dataset.id: _of_dataset(contract, dataset) for contract, dataset in tables.datasets(release)
    }
    for each in tables.aggregates(release):
        found[each.id] = _of_model(each.id, each.header, each.columns.values(), each.columns)
    for kpi in indicators.kpis(release):
        found[f"kpi.{kpi.name}"] = _of_model(
            f"kpi.{kpi.name}",
            kpi.header,
            [*kpi.columns.values(), *kpi.measures.values()],
            kpi.columns,
        )
    split = {
        name: {field: words(" ".join(texts)) for field, texts in fields.items()}
        for name, fields in found.items()
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
    closed = frozenset(
        dataset.id for _, dataset in tables.datasets(release) if not dataset.is_public
    )
    idle = _idle()
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
    found: defaultdict[str, float] = defaultdict(float)
    for field, there in fields.items():
        length = 1 - LENGTH + LENGTH * len(there) / means[field]
        for word in there:
            for form in forms(word):
                found[form] += WEIGHTS[field] / length
    return {word: weight / (SATURATION + weight) for word, weight in found.items()}


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


def _of_model(
    name: str, header: Header, meanings: Iterable[Text], columns: Iterable[str]
) -> Fields:
    return {
        "title": _both(header.title),
        "name": [name, header.number],
        "column": [*columns, *(text for meaning in meanings for text in _both(meaning))],
        "text": [*_both(header.question), header.row, *_both(header.rule), header.steward],
        "value": [],
    }


def _both(text: Text) -> tuple[str, str]:
    return text.id, text.en


@lru_cache(maxsize=4)
def _themes(folder: Path) -> tuple[Text, ...]:
    """Return the first themes of the table of synonyms, which begins with those asked for most,
    that find something.
    """
    themes = (Text(group[0][0], group[1][0]) for group in SYNONYMS)
    return tuple(each for each in themes if _search(folder, " ".join(words(each.id))))[:THEMES]
