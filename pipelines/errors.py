"""The one small family of errors Lumbung raises.

Each message hands over the remedy: what failed, where (file and key), what is allowed, what to do.
Bad *data* is never an exception: it is a verdict (see ``quality``).
"""


class LumbungError(Exception):
    """Anything Lumbung refuses to do; the text is meant for the person at the keyboard."""


class ContractError(LumbungError):
    """A contract cannot be read as it stands; carries every problem found, each with its file
    and line.
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
