"""Search over everything the catalogue has: datasets (closed ones too: that they exist is public),
published marts and indicators, best first.

Ranked by BM25F: a word counts by the field it stands in and by how few tables have it
(``search_index``). It finds its synonyms by ``portal.words.synonyms``; the last word may be the
beginning of one. Every word asked for must be found.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain, islice

from pipelines.contract.model import Text
from pipelines.release.release import Release
from portal.data.entries import tables
from portal.data.search_index import Index, Phrase, forms, idle_words, index_of, words
from portal.words.synonyms import SYNONYMS

SYNONYM, PREFIX, AGAIN, CLOSED = 0.6, 0.5, 0.3, 0.9
"""What another word for it, the mere beginning of a word, a second word for it, and a table
whose rows are closed count.
"""
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


def search(release: Release, text: str) -> tuple[Hit, ...]:
    """Return the tables that have every word of ``text``, best first; all of them, in the
    catalogue's order, when nothing is asked.
    """
    return _search(release, " ".join(words(text)[:ASKED]))


def suggest(release: Release, text: str) -> Suggestions:
    """Return what else may be asked when ``text`` finds nothing."""
    return Suggestions(_helpful(release, " ".join(words(text)[:LOOKED_AT])), _themes(release))


@lru_cache(maxsize=4)
def _index(release: Release) -> Index:
    return index_of(tables(release))


@lru_cache(maxsize=1024)
def _helpful(release: Release, text: str) -> tuple[str, ...]:
    """Return the first searches near ``text`` that find something: with one word of it
    exchanged, then of one word alone.
    """
    index, words, idle = _index(release), text.split(), idle_words()
    near = [
        (place, match)
        for place, word in enumerate(words)
        for match in get_close_matches(word[:LONGEST], index.written, NEAR, ALIKE)
    ]
    instead = [" ".join([*words[:place], similar, *words[place + 1 :]]) for place, similar in near]
    alone = [similar for _, similar in near] + [word for word in words if word not in idle]
    return tuple(
        islice(
            (
                candidate
                for candidate in dict.fromkeys([*instead, *alone])
                if candidate != text and _search(release, candidate)
            ),
            NEAR,
        )
    )


@lru_cache(maxsize=1024)
def _search(release: Release, text: str) -> tuple[Hit, ...]:
    index = _index(release)
    if not text:
        return tuple(Hit(name, 0.0) for name in index.tables)
    concepts = _concepts(text.split(), index)
    hits = []
    for name in index.tables:
        scores = [
            _best([weight * index.score(name, phrase) for phrase, weight in concept.items()])
            for concept in concepts
        ]
        if all(scores):
            hits.append(Hit(name, sum(scores) * (CLOSED if name in index.closed else 1.0)))
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.name)))


def _best(scores: list[float]) -> float:
    """Return the best of what a thing is called in a table, and a little for the next best: a
    table that says it in two ways is more about it.
    """
    first, second = sorted([*scores, 0.0, 0.0], reverse=True)[:2]
    return first + AGAIN * second


def _concepts(words: list[str], index: Index) -> list[dict[Phrase, float]]:
    """Return, for each word or known phrase asked for, what it may be called, with what each
    name counts.
    """
    idle = idle_words()
    telling = [word for word in words if word not in idle] or words
    concepts: list[dict[Phrase, float]] = []
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
        concepts.append(called)
    return concepts


@lru_cache(maxsize=1)
def _synonyms() -> dict[Phrase, tuple[Phrase, ...]]:
    """Return, by a phrase's stems, the phrases of the same meaning."""
    synonyms: dict[Phrase, tuple[Phrase, ...]] = {}
    for group in SYNONYMS:
        phrases = tuple(tuple(words(phrase)) for phrase in chain(*group))
        for phrase in phrases:
            synonyms[_key(phrase)] = (*synonyms.get(_key(phrase), ()), *phrases)
    return synonyms


def _key(phrase: Phrase) -> Phrase:
    return tuple(forms(word)[-1] for word in phrase)


@lru_cache(maxsize=4)
def _themes(release: Release) -> tuple[Text, ...]:
    """Return the first themes of the table of synonyms, which begins with those asked for most,
    that find something.
    """
    themes = (Text(group[0][0], group[1][0]) for group in SYNONYMS)
    return tuple(theme for theme in themes if _search(release, " ".join(words(theme.id))))[:THEMES]
