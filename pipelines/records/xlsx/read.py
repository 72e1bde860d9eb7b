"""A workbook as a table: its sheet's header and records, each cell as a text that the contract's
columns read.

``fetch.sheet`` names the sheet, else the first that can be seen. The first row that says something
is the header.
"""

from itertools import chain
from zipfile import ZIP_DEFLATED, ZIP_STORED

import duckdb

from pipelines.contract.model import Column, Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records import archive
from pipelines.records.grid import MOST_COLUMNS, fill
from pipelines.records.xlsx.cells import Midnight, Told
from pipelines.records.xlsx.package import opened
from pipelines.records.xlsx.sheet import rows

BINARY = b"\xd0\xcf\x11\xe0"
"""How a file of Excel before 2007 begins, and a workbook with a password."""


def read_xlsx(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of one sheet, every cell as text; blank rows at the end are no records.
    SourceError when it is no workbook, or one that is a trap.
    """
    where = f"{dataset.id}: {landed.address}"
    with landed.path.open("rb") as stream:
        if stream.read(len(BINARY)) == BINARY:
            raise SourceError(
                f"{where}: no XLSX workbook but one of Excel before 2007, or one with a password;"
                " ask the owner to save it as XLSX without one"
            )
    with archive.opened(landed.path, f"{where}: not a readable XLSX workbook") as packed:
        for entry in archive.trusted(packed, where):
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise SourceError(
                    f"{where}: entry '{entry.filename}' is packed as no workbook's is; ask the"
                    " owner to save it again"
                )
        book = opened(packed, dataset.source.fetch.get("sheet"), where)
        reads, wide = _reads(dataset), dataset.source.fetch.get("unpivot", {})

        fields = {column.field for column in dataset.columns}

        def tell(field: str, midnight: Midnight) -> str:
            is_wide = wide and field not in wide["keep"]
            return midnight.told(reads.get(wide["value"] if is_wide else field))

        def header(cell: Told) -> str:
            if isinstance(cell, str):
                return cell
            return cell.told(cell.moment in fields or reads.get(wide.get("name", "")))

        sheet = rows(packed, book, MOST_COLUMNS, where)
        head = {place: header(cell) for place, cell in next(sheet, {}).items()}
        fill(con, table, chain([head], sheet), f"{where}: sheet '{book.name}'", tell)


def _reads(dataset: Dataset) -> dict[str, bool]:
    """Return of each field that a column reads as a time whether it reads a time of day."""
    reads: dict[str, bool] = {}
    for column in dataset.columns:
        if column.type in ("date", "timestamp"):
            reads[column.field] = reads.get(column.field, False) or _has_time(column)
    return reads


def _has_time(column: Column) -> bool:
    """Say whether a column reads a midnight by its time of day only: of formats, none of which is
    of a bare ISO date, the one that is there was written for such a text.
    """
    return "%Y-%m-%d" not in column.formats if column.formats else column.type == "timestamp"
