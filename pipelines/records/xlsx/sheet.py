"""The rows of a sheet, one after the other: each a mapping of the columns in which a cell says
something to what it says. A row in which none does is a row without a cell, where another follows.
"""

from collections.abc import Iterator
from zipfile import ZipFile

from pipelines.errors import SourceError
from pipelines.records.xlsx.cells import NO_VALUE, Told, iso, moment, number, unescaped
from pipelines.records.xlsx.markup import told
from pipelines.records.xlsx.package import LONGEST_TEXT, Book

MOST_BLANK = 10_000
"""Rows without a cell among a sheet's records: a cell far below them is no record of the table."""
Row = dict[int, Told]
BOOLEANS = {"1": "true", "0": "false"}


def rows(archive: ZipFile, book: Book, columns: int, where: str) -> Iterator[Row]:
    """Yield the rows of a sheet from the first that says something to the last; SourceError when
    there is more in it than a table has, which is so many ``columns`` at most.
    """
    where = f"{where}: sheet '{book.name}'"
    cells, at, blank = _Cells(book, columns, where), 0, 0
    for _ in told(archive, book.part, cells, where):
        found, cells.rows = cells.rows, []
        for place, row in found:
            if not at and all(cell in ("", NO_VALUE) for cell in row.values()):
                continue
            for _ in range(place - at - 1 if at else 0):
                blank += 1
                if blank > MOST_BLANK:
                    raise SourceError(
                        f"{where}: more than {MOST_BLANK} blank rows above row {place}; ask the"
                        " owner to delete what stands below the table"
                    )
                yield {}
            at = place
            yield row


class _Cells:
    """Makes rows of the markup of a sheet; only those that say something are kept."""

    def __init__(self, book: Book, most_columns: int, where: str) -> None:
        self.rows: list[tuple[int, Row]] = []
        self._book, self._most_columns, self._where = book, most_columns, where
        self._columns: dict[str, int] = {}
        self._is_of_cells = self._is_taken = self._is_inline = self._is_sound = False
        self._at, self._is_numbered, self._size = 0, False, 0
        self._row: Row = {}
        self._column, self._kind, self._style = -1, "n", ""
        self._is_formula = self._has_value = False
        self._parts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell or what a cell holds."""
        if tag == "c":
            if self._is_of_cells:
                self._cell(attributes)
        elif not self._is_of_cells:
            self._is_of_cells = tag == "sheetData"
        elif tag == "v":
            self._is_taken = self._has_value = True
        elif tag == "f":
            self._is_formula = True
        elif tag == "row":
            self._begin(attributes.get("r"))
        elif tag == "is":
            self._is_inline = self._has_value = True
        elif tag == "rPh":
            self._is_sound = True
        elif tag == "t":
            self._is_taken = self._is_inline and not self._is_sound

    def end(self, tag: str) -> None:
        """Keep a cell or a row that is whole."""
        if tag == "v" or tag == "t":
            self._is_taken = False
        elif not self._is_of_cells:
            return
        elif tag == "c":
            self._keep()
        elif tag == "row":
            if any(self._row.values()):
                self.rows.append((self._at, self._row))
        elif tag == "is":
            self._is_inline = False
        elif tag == "rPh":
            self._is_sound = False
        elif tag == "sheetData":
            self._is_of_cells = False

    def text(self, data: str) -> None:
        """Take a piece of what a cell holds."""
        if self._is_taken:
            self._grown(len(data))
            self._parts.append(data)

    def _begin(self, written: str | None) -> None:
        self._is_numbered = written is not None
        self._at = self._at + 1 if written is None else self._below(written)
        self._row, self._size, self._column = {}, 0, -1

    def _below(self, written: str) -> int:
        """Return the number of a row that stands below those before."""
        at = int(written) if written.isdecimal() and len(written) < 9 else 0
        if at <= self._at:
            raise self._damaged(f"row {written[:20]} stands below row {self._at}")
        return at

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            letters = place.rstrip("0123456789")
            if place[len(letters) :] != str(self._at):
                if self._is_numbered:
                    raise self._damaged(f"cell {place[:20]} stands in row {self._at}")
                self._at, self._is_numbered = self._below(place[len(letters) :]), True
            column = self._columns.get(letters)
            self._column = self._columned(letters) if column is None else column
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._is_formula = self._has_value = False
        self._parts = []

    def _columned(self, letters: str) -> int:
        """Return a column such as ``AB``, counted from 0."""
        if not (letters.isascii() and letters.isalpha() and len(letters) < 4):
            raise self._damaged(f"a cell stands at {letters[:20]!r}")
        column = 0
        for letter in letters.upper():
            column = column * 26 + ord(letter) - 64
        self._columns[letters] = column - 1
        return column - 1

    def _keep(self) -> None:
        said = self._said("".join(self._parts))
        if said is None:
            return
        if self._column >= self._most_columns:
            raise SourceError(
                f"{self._where}: a cell of row {self._at} stands in column {self._column + 1}; at"
                f" most {self._most_columns} columns are read; ask the owner to delete what stands"
                " beside the table"
            )
        self._row[self._column] = said

    def _said(self, text: str) -> Told | None:
        """Return what a cell says, None where nothing was written in it."""
        kind = self._kind
        if kind == "s" and text:
            return self._shared(text)
        if kind == "inlineStr" or kind == "str":
            is_empty = not text and (kind == "str" or not self._has_value)
            if not is_empty:
                return unescaped(text)
            return NO_VALUE if self._is_formula and not self._has_value else None
        if not text:
            return NO_VALUE if self._is_formula or kind == "e" else None
        form = self._book.dates.get(self._style)
        if kind == "n":
            return number(text) if form is None else moment(text, form, self._book.since_1904)
        if kind == "b":
            return BOOLEANS.get(text, text)
        return iso(text, form) if kind == "d" else text

    def _shared(self, text: str) -> str:
        try:
            said = self._book.texts[int(text)]
        except (ValueError, IndexError):
            raise self._damaged(f"row {self._at} has a text that the workbook has not") from None
        self._grown(len(said))
        return said

    def _grown(self, letters: int) -> None:
        self._size += letters
        if self._size > LONGEST_TEXT:
            raise SourceError(
                f"{self._where}: row {self._at} has more than {LONGEST_TEXT >> 20} Mi letters; ask"
                " the owner for a sane file"
            )

    def _damaged(self, what: str) -> SourceError:
        return SourceError(f"{self._where}: {what}; ask the owner to save the workbook again")
