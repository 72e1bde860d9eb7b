"""A part of a workbook as events of its markup, read some of it at a time by expat, which builds no
tree. What would make expat itself hold much is refused: a document type (its entities are how a
small file becomes a large one), a tag without end, nesting and names without end.
"""

from collections.abc import Iterator
from pyexpat import ExpatError, ParserCreate
from typing import Protocol
from zipfile import ZipFile

from pipelines.errors import SourceError
from pipelines.records.archive import chunks

LONGEST_TAG, MOST_NAMES, DEEPEST = 1 << 20, 10_000, 100


class Handler(Protocol):
    """What is told of each element, by its name without a namespace, and of the text between."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    def end(self, tag: str) -> None:
        """End an element."""

    def text(self, data: str) -> None:
        """Take a piece of text."""


class Elements:
    """A handler that keeps the tag and the attributes of elements of some tags; no text."""

    def __init__(self, *tags: str) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []
        self._tags = tags

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep the element."""
        if tag in self._tags:
            self.found.append((tag, attributes))

    def end(self, tag: str) -> None:
        """Pass over an end."""

    def text(self, data: str) -> None:
        """Pass over a text."""


def told(archive: ZipFile, member: str, handler: Handler, where: str) -> Iterator[None]:
    """Tell ``handler`` the elements of a member, and yield now and then; SourceError when it is
    not XML, or markup that no workbook has.
    """
    where = f"{where}: {member}"
    names: dict[str, str] = {}
    depth = given = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _refused(where, f"elements within more than {DEEPEST} others")
        handler.start(
            names.get(name) or names.setdefault(name, name.rpartition(":")[2]), attributes
        )

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(names[name])

    def doctype(*_: object) -> None:
        raise _refused(where, "a document type")

    interned: dict[str, str] = {}
    parser = ParserCreate(intern=interned)
    parser.buffer_text, parser.buffer_size = True, 1 << 16
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = doctype
    try:
        for chunk in chunks(archive, archive.getinfo(member), where):
            given += len(chunk)
            parser.Parse(chunk, False)
            if given - parser.CurrentByteIndex > LONGEST_TAG:
                raise _refused(where, f"a tag of more than {LONGEST_TAG >> 20} MiB")
            if len(interned) > MOST_NAMES:
                raise _refused(where, f"more than {MOST_NAMES} names of elements and attributes")
            yield
        parser.Parse(b"", True)
    except ExpatError as error:
        raise SourceError(f"{where}: {error}; ask the owner to save it again") from error
    yield


def _refused(where: str, what: str) -> SourceError:
    return SourceError(f"{where}: {what}, which no workbook has; the file is not to be trusted")
