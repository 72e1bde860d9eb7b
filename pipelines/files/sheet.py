"""The rows of a workbook's sheet, written as xlsxwriter writes them in constant memory, byte for
byte, but a batch at a time: it makes eight calls of each cell, which took most of a release's time.

What a cell holds is ``workbook``'s business; here is how it is said in SpreadsheetML.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Cell = Callable[[Any], str]
"""Returns of a value what a cell says after its place."""
REPEATED = 4096
"""So many values of a column are kept as they were written: most columns say few things often."""
PLAIN = 16_383
"""Up to so many characters a text is surely short enough for Excel, which counts in UTF-16."""
_SPECIAL = re.compile(r"[\x00-\x1f&<>\ufffe\uffff]|_x|^\s|\s$")
"""What is in every text that is not written just as it is."""


class Sheet(Worksheet):
    """A worksheet in constant memory that takes whole rows."""

    fh: Any

    def write_rows(self, above: int, rows: Iterable[Sequence[Any]], cells: Sequence[Cell]) -> None:
        """Write rows below the one with the number ``above``, counted from 0: each value as the
        cell of its column says, none for no value.
        """
        self._write_single_row(above + 1)
        columns = [(xl_col_to_name(place), cell) for place, cell in enumerate(cells)]
        lines = []
        for number, row in enumerate(rows, above + 2):
            line = "".join(
                [
                    f'<c r="{name}{number}"{cell(value)}'
                    for (name, cell), value in zip(columns, row, strict=True)
                    if value is not None
                ]
            )
            if line:
                lines.append(f'<row r="{number}">{line}</row>')
                self.dim_rowmax = number - 1
        self.fh.write("".join(lines))

    def number(self, value: float) -> str:
        """Return the cell of a number."""
        return f"><v>{value:.16G}</v></c>"

    def boolean(self, value: bool) -> str:
        """Return the cell of a truth value."""
        return f' t="b"><v>{value:d}</v></c>'

    def moments(self, style: Format) -> Callable[[datetime], str]:
        """Return what makes the cell of a moment in this style."""
        return lambda moment: (
            f' s="{style._get_xf_index()}"><v>{self._convert_date_time(moment):.16G}</v></c>'
        )

    def text(self, value: str) -> str:
        """Return the cell of a text."""
        if _SPECIAL.search(value) or len(value) > PLAIN:
            return self._special(value)
        return f' t="inlineStr"><is><t>{value}</t></is></c>'

    def _special(self, value: str) -> str:
        units = value.encode("utf-16-le")[: 2 * self.xls_strmax]
        said = self._escape_control_characters(units.decode("utf-16-le", "ignore"))
        space = ' xml:space="preserve"' if re.search(r"^\s|\s$", said) else ""
        return f' t="inlineStr"><is><t{space}>{self._escape_data(said)}</t></is></c>'


def repeated(cell: Cell) -> Cell:
    """Return the same cell, which remembers what it said of the last values."""
    return lru_cache(REPEATED)(cell)
