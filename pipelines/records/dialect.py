"""How a CSV file is written, found before it is read: its encoding, delimiter and header.

Facts under ``fetch.csv``: ``delimiter`` (else a first line ``sep=;`` says it, as Excel writes, else
it is the one of , ; tab | by which the header has most of the contract's fields, then most lines
the header's width), ``encoding`` (else utf-8, or what a mark or the zero bytes of UTF-16 say),
``header_row`` (lines before the header).
"""

import codecs
import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed

LONGEST_HEADER, LONGEST_FIELD, LOOKED_AT = 1 << 20, 64 << 20, 20
"""Characters of a header and of any field; lines behind it that show which delimiter is meant."""
DELIMITERS = ",;\t|"
UTF8 = ("utf-8", "utf8", "utf-8-sig", "ascii")
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
OTHERS = (
    (b"PK\x03\x04", "a ZIP archive, as an XLSX workbook is"),
    (b"\xd0\xcf\x11\xe0", "a workbook of before 2007"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "a PDF"),
    (b"PAR1", "Parquet"),
)
"""How files begin that are no text."""
STATE = "state it under fetch.csv.encoding, or ask the owner for UTF-8"


@dataclass(frozen=True)
class Dialect:
    """A file as UTF-8, its delimiter, the names of its header, and the lines that end with it."""

    path: Path
    delimiter: str
    header: Sequence[str]
    lines: int
    is_plain: bool
    """Whether each of these lines is one for everybody, quotes or not."""


def dialect_of(landed: Landed, dataset: Dataset) -> Dialect:
    """Return how a CSV file is written; SourceError where it is none, has no header, or is not in
    the encoding that is stated.
    """
    facts: Mapping[str, Any] = dataset.source.fetch.get("csv", {})
    where, stated = f"{dataset.id}: {landed.address}", facts.get("delimiter")
    if stated is not None and (len(str(stated)) != 1 or str(stated) in '"\r\n\0'):
        raise SourceError(
            f"{where}: fetch.csv.delimiter is {str(stated)!r}; it is one character and no quote"
        )
    path = _as_utf8(landed.path, facts.get("encoding"), where)
    skip, asked = int(facts.get("header_row", 0)), {column.field for column in dataset.columns}
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        lines = [stream.readline(LONGEST_HEADER + 1) for _ in range(skip + 1)]
        said = re.fullmatch(r'"?sep=(.)"?[\r\n]*', lines[0], re.IGNORECASE | re.DOTALL)
        if said and skip == 0:
            lines, skip = [*lines, stream.readline(LONGEST_HEADER + 1)], 1
        _check_header(lines[-1], where)
        lines += list(islice(iter(lambda: stream.readline(LONGEST_HEADER + 1), ""), LOOKED_AT))
    delimiter = str(stated or (said[1] if said else _delimiter(lines, skip, asked)))
    try:
        header, count = _header(lines, skip, delimiter)
    except csv.Error as error:
        raise SourceError(
            f"{where}: line {skip + 1} is no header by the delimiter {delimiter!r}: {error}; state"
            " fetch.csv.delimiter or header_row, or ask the owner for a header line"
        ) from error
    if count > skip + 1 and sum(line.count('"') for line in lines[skip:count]) % 2:
        raise SourceError(
            f"{where}: line {skip + 1}, the header: a quote opened here is not closed; ask the"
            " owner for a header line"
        )
    if broken := undecodable(lines[skip]):
        if not asked & {*header}:
            raise SourceError(f"{where}: line {skip + 1}, the header: {broken}; {STATE}")
        header = [
            name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in header
        ]
    is_plain = count == skip + 1 and not any('"' in line for line in lines[:skip])
    return Dialect(path, delimiter, header, count, is_plain)


def undecodable(text: str) -> str | None:
    """Return what is no UTF-8 in a text that was read with its bytes kept, None where all is."""
    found = re.search("[\udc80-\udcff]", text)
    if found is None:
        return None
    byte = ord(found[0]) - 0xDC00
    return f"byte 0x{byte:02X} is no UTF-8, so it may be windows-1252"


def _as_utf8(path: Path, stated: str | None, where: str) -> Path:
    """Return ``path`` itself when it is UTF-8, else a transcoded copy beside it."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for begins, what in OTHERS:
        if start.startswith(begins):
            raise SourceError(
                f"{where}: is {what}, no CSV; ask the owner for CSV, or name the file by its form"
            )
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    encoding = marked or str(stated or _by_zeros(start, where) or "utf-8")
    if encoding.lower().replace("_", "-") in UTF8:
        return path
    aside = path.with_name(f".{path.name}.utf8")
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            aside.open("w", encoding="utf-8", newline="") as target,
        ):
            while chunk := source.read(1 << 20):
                target.write(chunk)
    except LookupError as error:
        raise SourceError(
            f"{where}: fetch.csv.encoding is {encoding!r}, which is none; such as utf-8,"
            " windows-1252, utf-16-le"
        ) from error
    except UnicodeError as error:
        raise SourceError(f"{where}: is not whole {encoding}: {error}; {STATE}") from error
    return aside


def _by_zeros(start: bytes, where: str) -> str | None:
    """Return which UTF-16 a text without a mark is in by the zero bytes of its first line, None
    where it has none.
    """
    line = start.split(b"\n", 1)[0]
    low, high = line[0::2], line[1::2]
    for half, other, name in ((high, low, "utf-16-le"), (low, high, "utf-16-be")):
        if half.count(0) * 2 > len(half) and not other.count(0):
            return name
    if line.count(0) * 2 >= max(len(line), 4):
        raise SourceError(
            f"{where}: line 1 is mostly zero bytes, so it is no UTF-8; if it is UTF-16 or UTF-32,"
            f" {STATE}"
        )
    return None


def _check_header(line: str, where: str) -> None:
    if not line.strip():
        raise SourceError(
            f"{where}: the file has no header line; an export without records still carries its"
            " header"
        )
    if len(line) > LONGEST_HEADER:
        raise SourceError(
            f"{where}: its header line has over {LONGEST_HEADER >> 20} MiB; ask the owner for a"
            " file with lines"
        )
    if line.lstrip().startswith("<"):
        raise SourceError(
            f"{where}: looks like an HTML page, not CSV; the source answered with an error page"
            " or a spreadsheet saved as HTML"
        )


def _delimiter(lines: Sequence[str], skip: int, asked: set[str]) -> str:
    """Return the delimiter by which the header has most of the fields ``asked`` for."""
    there = [sign for sign in DELIMITERS if sign in lines[skip]] or [","]

    def fit(sign: str) -> tuple[int, int, int]:
        try:
            header, _ = _header(lines, skip, sign)
        except csv.Error:
            return 0, 0, 0
        widths = [line.count(sign) + 1 for line in lines[skip + 1 :] if line.strip()]
        return len(asked & {*header}), widths.count(len(header)), lines[skip].count(sign)

    return max(there, key=fit) if len(there) > 1 else there[0]


def _header(lines: Sequence[str], skip: int, delimiter: str) -> tuple[list[str], int]:
    """Return the names of a header and how many lines end with it."""
    reader = csv.reader(lines, delimiter=delimiter)
    names = next(islice(reader, skip, None), [])
    return [name.strip() for name in names], reader.line_num
