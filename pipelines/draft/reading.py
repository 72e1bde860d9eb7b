"""How a file's form is read: the facts of ``fetch`` that its reader needs said (dialect, encoding,
lines above the header, where a JSON answer has its list), found by looking at it.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import fastexcel

from pipelines.draft.written import listed
from pipelines.errors import ContractError, SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.json import parse

DELIMITERS = ",;\t|"
LOOKED_AT = 60
"""Lines at the beginning of a CSV file that say where its header stands."""
FEWEST = 3
"""Rows of a sheet that is a table: a header and two records."""
LINE = 4096
"""Bytes at the beginning that say whether every other one is zero."""
DEEPEST = 4
PAGED = ("next", "next_page", "total", "total_count", "count", "numFound")
"""Names beside a list that say that there is more of it."""
GTFS = ("stops.txt", "routes.txt")


def reading(landed: Landed) -> tuple[dict[str, Any], list[str]]:
    """Return the facts of ``fetch`` that this file's reader needs, and what a person has to know
    of it; ContractError where it is of a protocol that is not drafted yet.
    """
    match landed.path.suffix.lower():
        case ".csv":
            return _csv(landed.path)
        case ".json":
            return _json(landed)
        case ".xlsx":
            return _workbook(landed)
    return {}, []


def refuse_feed(where: str, members: Sequence[str]) -> None:
    """Raise ContractError for an archive that is a GTFS feed: it has a connector of its own."""
    if set(GTFS) <= {Path(member).name for member in members}:
        raise ContractError(_is_protocol(where, "GTFS", "gtfs"))


def _is_protocol(where: str, protocol: str, connector: str) -> str:
    return (
        f"{where}: is {protocol}, which is not drafted yet; `lumbung new NAME` without --from"
        f" writes a contract to fill in, the connector is {connector} (docs/contracts.md)"
    )


def _csv(path: Path) -> tuple[dict[str, Any], list[str]]:
    facts: dict[str, Any] = {}
    encoding = _encoding(path)
    if encoding != "utf-8":
        facts["encoding"] = encoding
    with path.open(encoding=_decoding(path, encoding), errors="replace", newline="") as stream:
        lines = list(islice(stream, LOOKED_AT))
    delimiter, above = _dialect(lines)
    if above:
        facts["header_row"] = above
    header = lines[above] if above < len(lines) else ""
    if delimiter != max(DELIMITERS, key=header.count):
        facts["delimiter"] = delimiter
    notes = [f"the file is not UTF-8; read as {encoding}"] if "encoding" in facts else []
    if above:
        notes.append(f"{above} lines stand above the header")
    return ({"csv": facts} if facts else {}), notes


def _dialect(lines: Sequence[str]) -> tuple[str, int]:
    """Return the delimiter by which most lines have equally many cells, and how many lines stand
    above the first of these that could be a header.
    """
    best = (0, 0, DELIMITERS[0], 0)
    for delimiter in DELIMITERS:
        rows = list(csv.reader(lines, delimiter=delimiter))
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        above = next(
            (n for n, row in enumerate(rows) if len(row) == width and _could_be_header(row)), 0
        )
        best = max(best, (count, width, delimiter, above), key=lambda tried: tried[:2])
    return best[2], best[3]


def _could_be_header(row: Sequence[str]) -> bool:
    named = [cell for cell in row if cell.strip() and not cell.strip().isdigit()]
    return 2 * len(named) > len(row)


def _encoding(path: Path) -> str:
    """Return utf-8, also of a file with a damaged letter here and there (and of UTF-16, which its
    mark tells); else the code page that Windows writes here.
    """
    decoder, broken, whole = codecs.getincrementaldecoder("utf-8")("replace"), 0, 0
    with path.open("rb") as stream:
        start = stream.read(LINE)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-8"
        if 3 * start.count(0) > len(start):
            return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        stream.seek(0)
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            text = decoder.decode(chunk)
            broken += text.count("\ufffd")
            whole += sum(letter > "\x7f" for letter in text) if not text.isascii() else 0
    if not broken or 2 * broken <= whole:
        return "utf-8"
    try:
        path.read_text("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _decoding(path: Path, encoding: str) -> str:
    with path.open("rb") as stream:
        is_utf16 = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if is_utf16 else encoding.replace("utf-8", "utf-8-sig")


def _json(landed: Landed) -> tuple[dict[str, Any], list[str]]:
    document = parse(landed.path.read_bytes(), landed.address)
    _refuse_document(document, landed.address)
    lists = sorted(_lists(document, "$"), key=lambda found: -found[1])
    if not lists:
        raise SourceError(
            f"{landed.address}: holds no list of records (objects); a contract needs one"
        )
    path, count = lists[0]
    notes = []
    if isinstance(document, dict):
        said = [name for name in PAGED if document.get(name)]
        if said:
            notes.append(
                f"beside its list of {count} the answer has {', '.join(said)}: it may be one page"
                " of several (fetch: paging)"
            )
    return ({} if path == "$" else {"records": path}), notes


def _refuse_document(document: Any, where: str) -> None:
    if not isinstance(document, dict):
        return
    listed = document.get("value")
    first = listed[0] if isinstance(listed, list) and listed else None
    if isinstance(first, dict) and any("@iot." in name for name in (*document, *first)):
        raise ContractError(_is_protocol(where, "SensorThings", "sensorthings"))
    for name in ("releases", "records"):
        listed = document.get(name)
        first = listed[0] if isinstance(listed, list) and listed else None
        if isinstance(first, dict) and "ocid" in first:
            raise ContractError(_is_protocol(where, "OCDS", "ocds"))
    if {"help", "success", "result"} <= set(document):
        raise ContractError(_is_protocol(where, "CKAN's Action API", "ckan"))


def _lists(node: Any, path: str, depth: int = 0) -> Iterator[tuple[str, int]]:
    """Yield every list of objects, by its dotted path, with its length."""
    if isinstance(node, list):
        if any(isinstance(element, dict) for element in node):
            yield path, len(node)
    elif isinstance(node, dict) and depth < DEEPEST:
        for name, inner in node.items():
            if "." not in name:
                yield from _lists(inner, name if path == "$" else f"{path}.{name}", depth + 1)


def _workbook(landed: Landed) -> tuple[dict[str, Any], list[str]]:
    """Return the sheet that has records, where the first has none, and which others there are."""
    try:
        book = fastexcel.read_excel(str(landed.path))
        heights = {
            name: book.load_sheet(name, header_row=None, n_rows=FEWEST).height
            for name in book.sheet_names
        }
    except fastexcel.FastExcelError as error:
        raise SourceError(
            f"{landed.address}: not a readable XLSX workbook: {error}; ask the owner to save it"
            " again"
        ) from error
    first, *_ = book.sheet_names
    chosen = next((name for name in heights if heights[name] == FEWEST), first)
    others = [name for name in book.sheet_names if name != chosen]
    notes = [f"only the sheet {listed([chosen])} is read; others: {listed(others)}"]
    return ({} if chosen == first else {"sheet": chosen}), notes if others else []
