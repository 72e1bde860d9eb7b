"""The parts of a workbook: which sheet is read, where it lies in the archive, its texts, and which
styles of cells are dates. The rows of the sheet are ``sheet``'s business.
"""

import posixpath
from array import array
from dataclasses import dataclass, field
from zipfile import ZipFile

from pipelines.errors import SourceError
from pipelines.records.xlsx.cells import BUILT_IN, Form, form, unescaped
from pipelines.records.xlsx.markup import Elements, told

MOST_PARTS, MOST_STYLES, MOST_TEXT, LONGEST_TEXT = 10_000, 100_000, 256 << 20, 16 << 20
"""Parts of a workbook, styles of cells (Excel: 65,490), bytes of a workbook's texts,
letters of one of them (Excel: 32,767).
"""


class Texts:
    """The texts that cells share, each once, by number. As bytes, since a million short texts are
    four times as large as that.
    """

    def __init__(self, where: str = "") -> None:
        self._where = where
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._parts: list[str] | None = None
        self._is_taken = self._is_sound = False
        self._size = 0

    def __getitem__(self, number: int) -> str:
        """Return a text; IndexError where there is none of that number."""
        if number < 0:
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a text, or a piece of it; how it sounds (``rPh``) is no piece of it."""
        if tag == "si":
            self._parts, self._size = [], 0
        elif tag == "rPh":
            self._is_sound = True
        elif tag == "t":
            self._is_taken = self._parts is not None and not self._is_sound

    def end(self, tag: str) -> None:
        """Keep a text that is whole."""
        if tag == "si" and self._parts is not None:
            self._bytes += unescaped("".join(self._parts)).encode()
            self._ends.append(len(self._bytes))
            self._parts = None
            if len(self._bytes) + 8 * len(self._ends) > MOST_TEXT:
                raise SourceError(
                    f"{self._where}: texts of more than {MOST_TEXT >> 20} MiB; ask the owner to"
                    " split the workbook"
                )
        elif tag == "rPh":
            self._is_sound = False
        elif tag == "t":
            self._is_taken = False

    def text(self, data: str) -> None:
        """Take a piece of a text."""
        if self._is_taken and self._parts is not None:
            self._size += len(data)
            if self._size > LONGEST_TEXT:
                raise SourceError(
                    f"{self._where}: a text of more than {LONGEST_TEXT >> 20} Mi letters; ask the"
                    " owner for a sane file"
                )
            self._parts.append(data)


@dataclass
class Styles:
    """The styles of cells that are dates, by number as a cell writes it."""

    where: str
    dates: dict[str, Form] = field(default_factory=dict)
    _codes: dict[str, Form | None] = field(default_factory=dict)
    _count: int = 0
    _is_of_cells: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep a format of numbers, or which one a style has."""
        number = attributes.get("numFmtId", "")
        if tag == "cellXfs":
            self._is_of_cells = True
        elif tag == "numFmt":
            self._codes[number] = form(attributes.get("formatCode", ""))
        elif tag == "xf" and self._is_of_cells:
            built_in = BUILT_IN.get(int(number)) if number.isdecimal() and len(number) < 4 else None
            shown = self._codes.get(number, built_in)
            if shown is not None:
                self.dates[str(self._count)] = shown
            self._count += 1
        if max(self._count, len(self._codes)) > MOST_STYLES:
            raise SourceError(
                f"{self.where}: more than {MOST_STYLES} styles of cells; the file is not to be"
                " trusted"
            )

    def end(self, tag: str) -> None:
        """Leave the list of cells' styles."""
        if tag == "cellXfs":
            self._is_of_cells = False

    def text(self, data: str) -> None:
        """Pass over a text."""


@dataclass(frozen=True)
class Book:
    """A workbook's sheet ``name`` in the archive's member ``part``, and what its cells need."""

    name: str
    part: str
    texts: Texts
    dates: dict[str, Form]
    since_1904: bool


def opened(archive: ZipFile, requested: str | None, where: str) -> Book:
    """Return the sheet that is ``requested``, else the first that can be seen; SourceError when
    there is none.
    """
    members = {
        name.replace("\\", "/").removeprefix("/").lower(): name for name in archive.namelist()
    }
    package = _relations(archive, members, "", where)
    main = next((part for kind, part in package.values() if kind == "officeDocument"), None)
    main = main or "xl/workbook.xml"
    if main not in members or main.endswith(".bin"):
        raise SourceError(
            f"{where}: no workbook in it, as in an XLSB or ODS file; ask the owner to save it as"
            " XLSX"
        )
    relations = _relations(archive, members, main, where)
    parts = _elements(archive, members[main], where, "sheet", "workbookPr")
    sheets = [
        (attributes.get("name", ""), attributes.get("state", "visible"), relations.get(key))
        for tag, attributes in parts
        if tag == "sheet"
        for key in [next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")]
    ]
    name, part = _chosen(sheets, requested, where)
    if part not in members:
        raise SourceError(
            f"{where}: sheet '{name}' is not in the workbook; ask the owner to save it again"
        )
    texts, styles = Texts(where), Styles(where)
    for kind, handler in (("sharedStrings", texts), ("styles", styles)):
        member = next((p for k, p in relations.values() if k == kind and p in members), None)
        if member:
            for _ in told(archive, members[member], handler, where):
                pass
    since_1904 = any(
        tag == "workbookPr" and attributes.get("date1904") in ("1", "true", "on")
        for tag, attributes in parts
    )
    return Book(name, members[part], texts, styles.dates, since_1904)


def _chosen(
    sheets: list[tuple[str, str, tuple[str, str] | None]], requested: str | None, where: str
) -> tuple[str, str]:
    """Return the name of the sheet that is read and the part it lies in."""
    tables = [
        (name, state, part[1])
        for name, state, part in sheets
        if part is not None and part[0] == "worksheet"
    ]
    if requested is not None:
        for name, _, part in tables:
            if name == requested:
                return name, part
    names = ", ".join(name for name, *_ in tables) or "none"
    if requested is not None:
        raise SourceError(f"{where}: no sheet '{requested}'; the workbook has {names}")
    for name, state, part in tables:
        if state == "visible":
            return name, part
    if tables:
        raise SourceError(
            f"{where}: every sheet is hidden ({names}); name one under fetch.sheet, or ask the"
            " owner to show it"
        )
    raise SourceError(f"{where}: a workbook without a sheet of cells; ask the owner for one")


def _relations(
    archive: ZipFile, members: dict[str, str], part: str, where: str
) -> dict[str, tuple[str, str]]:
    """Return the kind and the place of the parts that ``part`` names, by what it calls them; what
    lies outside the archive is none of them.
    """
    folder, name = posixpath.split(part)
    member = members.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if member is None:
        return {}
    return {
        attributes.get("Id", ""): (
            attributes.get("Type", "").rpartition("/")[2],
            posixpath.normpath(
                posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))
            )
            .lstrip("/")
            .lower(),
        )
        for _, attributes in _elements(archive, member, where, "Relationship")
        if attributes.get("TargetMode") != "External"
    }


def _elements(
    archive: ZipFile, member: str, where: str, *tags: str
) -> list[tuple[str, dict[str, str]]]:
    found = Elements(*tags)
    for _ in told(archive, member, found, where):
        if len(found.found) > MOST_PARTS:
            raise SourceError(
                f"{where}: {member}: more than {MOST_PARTS} parts; the file is not to be trusted"
            )
    return found.found
