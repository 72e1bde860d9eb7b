"""A workbook that is a trap hurts nothing but itself: each is read in one process that may have
little more memory, and what is said of it is held here.
"""

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.errors import SourceError
from pipelines.records import columnar, grid
from pipelines.records.xlsx import package
from tests.unit.pipelines.records.books import HEAD, RELATIONS, WORKBOOK, packed, rows_of, sheeted

pytestmark = pytest.mark.xdist_group("traps")

MIB = 1 << 20
SPARE = 400 * MIB
"""Bytes of memory that the reader may take beyond what it begins with."""
LONG = '<row><c t="inlineStr"><is><t>'
CELL = '<c t="s"><v>0</v></c>'
ENTITIES = (
    "<!DOCTYPE x ["
    + "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    + '<!ENTITY e0 "ha">]>'
)
READ = f"""
import json, resource, sys, time, tempfile
from dataclasses import replace
from pathlib import Path
import duckdb
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.open import open_records
from tests.sample import sample_dataset

folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))
dataset = sample_dataset(folder)
dataset = replace(dataset, source=replace(dataset.source, fetch={{}}))
con = duckdb.connect()
con.execute("SET threads = 1; SET memory_limit = '200MiB'")


def told(path):
    try:
        open_records(con, [Landed(path, "", path.name, None)], dataset, folder)
        return f"{{con.execute('SELECT count(*) FROM delivered').fetchone()[0]}} records"
    except SourceError as error:
        return str(error)


traps = sorted(Path(sys.argv[1]).glob("*.xlsx"))
assert told(traps.pop(0)) == "1 records", "a sound one, by which all that reads is there"
held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + {SPARE},) * 2)
for path in traps:
    begun = time.process_time()
    print(json.dumps([path.stem, told(path), time.process_time() - begun]), flush=True)
"""


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def far(place: str) -> str:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return (
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{place}"><v>1</v></c></row>'
    )


def around(begin: str, content: bytes, times: int, end: str) -> Iterator[bytes]:
    """Yield a sheet with so many times the content in it."""
    start, _, stop = sheeted("|").partition(b"|")
    yield start + begin.encode()
    for _ in range(times):
        yield content
    yield end.encode() + stop


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size // 2).hex().encode()


def pointing(target: str, mode: str = "Internal") -> str:
    return RELATIONS.replace(
        'Target="worksheets/sheet1.xml"', f'Target="{target}" TargetMode="{mode}"'
    )


def overstated(path: Path) -> None:
    """Write a workbook whose sheet is packed by another method, of which no reader sees an end."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as book:
        book.writestr("xl/workbook.xml", WORKBOOK)


def cut(path: Path) -> None:
    packed(path, inline("x") * 100)
    path.write_bytes(path.read_bytes()[:-40])


def flipped(path: Path) -> None:
    packed(path, f"<row>{inline('x') * 100}</row>", level=0)
    path.write_bytes(path.read_bytes().replace(b"<t>x</t>", b"<t>y</t>", 1))


def shared(text: str) -> str:
    return f"{HEAD}<sst><si><t>{text}</t></si></sst>"


STYLE = "<xf numFmtId='0'/>"
STYLES = f"{HEAD}<styleSheet><cellXfs>{STYLE * 100_001}</cellXfs></styleSheet>"
NAMES = "".join(f"<n{n}/>" for n in range(60_000)).encode()
TRAPS: dict[str, tuple[Callable[[Path], object], str]] = {
    "far column": (lambda p: packed(p, far("XFD200000")), "stands in column 16384; at most 1000"),
    "far row": (
        lambda p: packed(p, far("CV1048576")),
        "more than 10000 blank rows above row 1048576; ask the owner to delete what stands below",
    ),
    "blanks": (
        lambda p: packed(p, around("", b" " * MIB, 64, "")),
        "'xl/worksheets/sheet1.xml' unpacks 200 times its size or more; the file is not to be tr",
    ),
    "blank rows": (
        lambda p: packed(
            p,
            f'<row r="1">{inline("a")}</row><row r="2">{inline("b")}</row>'
            + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 200_000)),
        ),
        "1 records",
    ),
    "entities": (
        lambda p: packed(p, [(ENTITIES + f"<worksheet>{inline('&e9;')}</worksheet>").encode()]),
        "sheet1.xml: a document type, which no workbook has",
    ),
    "entities in texts": (
        lambda p: packed(p, strings=ENTITIES + "<sst><si><t>&e9;</t></si></sst>"),
        "sharedStrings.xml: a document type, which no workbook has",
    ),
    "outside entity": (
        lambda p: packed(
            p, [b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>']
        ),
        "a document type, which no workbook has",
    ),
    "long cell": (
        lambda p: packed(
            p,
            around('<row><c t="inlineStr"><is><t>', noise(MIB), 200, "</t></is></c></row>"),
            level=1,
        ),
        "row 1 has more than 16 Mi letters; ask the owner for a sane file",
    ),
    "long text": (
        lambda p: packed(p, strings=shared(noise(20 * MIB).decode()), level=1),
        "a text of more than 16 Mi letters",
    ),
    "one text in all cells": (
        lambda p: packed(p, f"<row>{CELL * 900}</row>", strings=shared("x" * 32_767)),
        "row 1 has more than 16 Mi letters",
    ),
    "wide": (
        lambda p: packed(p, f"<row>{''.join(f'<c><v>{n}</v></c>' for n in range(100_000))}</row>"),
        "row 1 stands in column 1001; at most 1000 columns are read",
    ),
    "long tag": (
        lambda p: packed(p, around('<row a="', noise(MIB), 30, '"/>'), level=1),
        "a tag of more than 1 MiB, which no workbook has",
    ),
    "deep": (lambda p: packed(p, "<a>" * 200_000), "elements within more than 100 others"),
    "names": (lambda p: packed(p, [sheeted("|").replace(b"|", NAMES)]), "10000 names of elements"),
    "styles": (lambda p: packed(p, styles=STYLES, level=0), "more than 100000 styles of cells"),
    "outside": (
        lambda p: packed(p, relations=pointing("../../../../etc/passwd")),
        "sheet 'S' is not in the workbook; ask the owner to save it again",
    ),
    "elsewhere": (
        lambda p: packed(p, relations=pointing("http://127.0.0.1/x.xml", "External")),
        "a workbook without a sheet of cells",
    ),
    "packed otherwise": (overstated, "'xl/workbook.xml' is packed as no workbook's is"),
    "cut": (cut, "not a readable XLSX workbook: not a readable ZIP"),
    "flipped": (flipped, "cannot be read (Bad CRC-32"),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float]]:
    folder = tmp_path_factory.mktemp("traps")
    packed(folder / "a sound one.xlsx", f"<row>{inline('a')}</row><row>{inline('b')}</row>")
    for name, (write, _) in TRAPS.items():
        write(folder / f"{name}.xlsx")
    ran = subprocess.run(
        [sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, timeout=200
    )
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, (found[-1:], ran.stderr[-2000:])
    return {name: (told, seconds) for name, told, seconds in found}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_told_and_costs_little(trap: str, said: dict[str, tuple[str, float]]) -> None:
    told, seconds = said[trap]
    assert TRAPS[trap][1] in told
    assert seconds < 10


def test_a_table_of_texts_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "MOST_LETTERS", 1 << 20)
    monkeypatch.setattr(grid, "LETTERS", 1 << 18)
    path = packed(tmp_path / "x.xlsx", f"<row>{CELL}</row>" * 100, strings=shared("x" * 32_767))
    with pytest.raises(SourceError, match="a table of more than 0 Gi letters; ask the owner to sp"):
        rows_of(path)


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("MOST_TEXT", 3 << 20, "texts of more than 3 MiB; ask the owner to split the workbook"),
        ("MOST_PARTS", 0, "more than 0 parts; the file is not to be trusted"),
    ],
)
def test_what_a_workbook_holds_has_an_end(
    limit: str, most: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, limit, most)
    strings = f"{HEAD}<sst>{'<si/>' * 500_000}</sst>"
    with pytest.raises(SourceError, match=said):
        rows_of(packed(tmp_path / "x.xlsx", strings=strings, level=0))


def test_a_page_that_is_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "LARGEST_PAGE", 1 << 20)
    path = tmp_path / "x.html"
    path.write_bytes(b" " * (1 << 20) + b"<table>")
    with pytest.raises(SourceError, match="a page of more than 1 MiB; ask the owner for it as CSV"):
        rows_of(path)


@pytest.mark.parametrize("page", [b"", b"  \n", b"<!-- nothing -->", b"<p>Error 503</p>"])
def test_a_page_without_a_table_is_told(page: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_bytes(page)
    with pytest.raises(SourceError, match="an HTML page without a table"):
        rows_of(path)


def test_a_table_of_a_page_has_columns_with_an_end(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text(f"<table><tr>{'<td>a</td>' * 1_001}</tr></table>")
    with pytest.raises(SourceError, match="a table of 1001 columns; at most 1000 are read"):
        rows_of(path)


def test_a_table_of_a_page_keeps_what_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    rows = ["<td> a </td><td>b</td>", "<td>1</td><td></td>", "<td></td><td></td>", "<td>2</td>", ""]
    blank = "<tr><td></td><td></td></tr>"
    path.write_text(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}{blank * 3}</table>")
    assert rows_of(path) == (["a", "b"], [("1", "", None), ("", "", None), (None, None, "2")])
