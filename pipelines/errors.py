"""The one small family of errors Lumbung raises, and how one names what is allowed instead.

Each message hands over the remedy: what failed, where (file and key), what is allowed, what to do.
Bad *data* is never an exception: it is a verdict (see ``quality``).
"""

import difflib
from collections.abc import Iterable, Sequence

GLANCE = 40
"""Words of a list of what is allowed that are told."""


class LumbungError(Exception):
    """Anything Lumbung refuses to do; the text is meant for the person at the keyboard."""


class ContractError(LumbungError):
    """A file that people write (a contract, a model, the city's file) cannot be read as it
    stands; carries every problem found, each with its file and line.
    """


class SourceError(LumbungError):
    """A source did not deliver what its contract promises: down, short, or speaking another format.

    ``partition`` is set where only that partition's own file is concerned; the others are read
    without it.
    """

    partition: str | None = None


class LakeError(LumbungError):
    """The lake cannot do what was asked: no such table, partition, release, or no space left."""


class QueryError(LumbungError):
    """A question about published rows was stopped: it took more time or memory than one reader
    may have.
    """


class ValueQueryError(QueryError):
    """A question about published rows asks for a value that its column's type has not: the
    reader's mistake, told as such.
    """


class UnreadableError(QueryError):
    """The published rows asked for cannot be read at this moment, through no fault of the
    reader.
    """


def close(name: str, allowed: Iterable[str]) -> str:
    """Return "did you mean 'x'?", nothing when nothing is near."""
    lowered = {word.lower(): word for word in allowed}
    matches = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    return f"did you mean '{lowered[matches[0]]}'?" if matches else ""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return "did you mean 'x'?", or what is allowed when nothing is near: all of it when that
    can be read at a glance.
    """
    words: Sequence[str] = sorted(allowed)
    if hint := close(name, words):
        return hint
    more = f" and {len(words) - GLANCE} more" if words[GLANCE:] else ""
    return f"allowed: {', '.join(words[:GLANCE])}{more}"
