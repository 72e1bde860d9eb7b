"""Workbooks made of their markup, and any file read as the reader of its form reads it."""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.contract.model import Column, Dataset
from pipelines.lake.delivery import Landed
from pipelines.records.open import READERS
from tests.sample import sample_dataset

HEAD = '<?xml version="1.0"?>'
WORKBOOK = f"""{HEAD}<workbook xmlns:r="r"><sheets>
<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"""
RELATIONS = f"""{HEAD}<Relationships>
<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>"""
STYLES = f"""{HEAD}<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>
<numFmt numFmtId="165" formatCode="[$-421]d mmmm yyyy\\ hh:mm:ss;@"/>
<numFmt numFmtId="166" formatCode='#,##0\\ "hari"'/></numFmts><cellStyleXfs><xf numFmtId="14"/>
</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/>
<xf numFmtId="166"/><xf numFmtId="20"/><xf numFmtId="46"/><xf numFmtId="10"/></cellXfs>
</styleSheet>"""
NUMBER, DAY, MOMENT, COUNT, CLOCK, HOURS, PERCENT = range(7)
"""Styles of cells in ``STYLES``."""


def packed(
    path: Path,
    cells: str | Iterable[bytes] = "",
    *,
    strings: str | None = None,
    workbook: str = WORKBOOK,
    relations: str = RELATIONS,
    styles: str = STYLES,
    level: int = 6,
) -> Path:
    """Write a workbook of one sheet, of which ``cells`` is the markup of the rows or all bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book:
        book.writestr("xl/workbook.xml", workbook)
        book.writestr("xl/_rels/workbook.xml.rels", relations)
        book.writestr("xl/styles.xml", styles)
        if strings is not None:
            book.writestr("xl/sharedStrings.xml", strings)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for part in [sheeted(cells)] if isinstance(cells, str) else cells:
                sheet.write(part)
    return path


def sheeted(cells: str) -> bytes:
    """Return a sheet's markup."""
    return f"{HEAD}<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()


def rows_of(
    path: Path, columns: Sequence[Column] = (), **fetch: object
) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Return the fields and the records of a file, ``_shape`` last."""
    sample = sample_dataset(path.parent)
    return read(path, replace(sample, columns=tuple(columns)), **fetch)


def read(
    path: Path, dataset: Dataset, **fetch: object
) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Return the same for a dataset's own columns."""
    dataset = replace(dataset, source=replace(dataset.source, fetch=fetch))
    with duckdb.connect() as con:
        READERS[path.suffix].read(con, Landed(path, "", path.name, None), dataset, "read")
        found = con.execute("SELECT * EXCLUDE (_shape), _shape FROM read ORDER BY rowid")
        return [name for name, *_ in found.description[:-1]], found.fetchall()
