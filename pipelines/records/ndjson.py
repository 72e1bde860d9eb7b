"""NDJSON of flat records, read by DuckDB as a stream: only files of which it and ``records.json``,
which reads every other, give the same texts.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import duckdb

from pipelines.contract.model import Dataset
from pipelines.lake.delivery import Landed
from pipelines.records.csv import EVERY_TEXT, USUAL_LINE
from pipelines.records.flat import MOST_FIELDS, reading_of, whole
from pipelines.records.table import unique_names
from pipelines.sqltext import identifier, quoted

LOOKED_AT = 1_000
"""Lines at the beginning of a file that say which fields its records have."""
ODD = "|".join(
    (
        r"^\s*[^{\s]",
        r"[\x00-\x1f]",
        r":\s*\[",
        r"\{.*\{",
        r",\s*\}",
        r"\\u[dD]",
        r":\s*[+-]?(?i:nan|inf)",
        r":\s*-?[0-9.]{16}",
        r":\s*-?[0-9.]+[eE]",
        r":\s*-0(\.0+)?\s*[,}]",
        r":\s*-?[0-9]*\.[0-9]+0\s*[,}]",
        r":\s*-?[0-9]*\.0000",
    )
)
"""What a line may hold that Python's reader and DuckDB's tell differently: no object, a list or an
object in it, control characters, half characters, numbers of another form than the shortest.
"""
APART = b"\x1f"
"""What DuckDB takes for a field's end in a line, so that a line is one field."""


def scan_ndjson(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset
) -> tuple[str, Sequence[str]] | None:
    """Return the SELECT of a file's records, each a flat object whose numbers DuckDB tells as they
    were written, and their fields; it fails at any other. None where the first records are others
    already, or may hold a value where an object is asked for.
    """
    if dataset.source.fetch.get("explode"):
        return None
    reading = reading_of(dataset)
    with landed.path.open(encoding="utf-8-sig", errors="backslashreplace", newline="\n") as lines:
        told = (reading.of_line(line)[0] for line in islice(lines, LOOKED_AT) if line.strip())
        first = [whole(row) for row in told]
    names = list(dict.fromkeys(name for row in first if isinstance(row, dict) for name in row))
    if (
        not names
        or len(names) > MOST_FIELDS
        or unique_names(names) != names
        or not reading.asked.below.keys().isdisjoint(names)
        or not {'"', "\\", "*"}.isdisjoint("".join(names))
        or _holds(landed.path, APART)
    ):
        return None
    listed = ", ".join(map(quoted, names))
    cells = ", ".join(quoted(f'$."{name}"') for name in names)
    fields = ", ".join(f"cells[{n}] AS {identifier(name)}" for n, name in enumerate(names, 1))
    select = f"""
        SELECT {fields}, NULL::VARCHAR AS _shape FROM (
            SELECT CASE WHEN NOT regexp_matches(line, {quoted(ODD)})
                AND (json_keys(line) = [{listed}] OR (list_has_all([{listed}], json_keys(line))
                AND len(list_distinct(json_keys(line))) = len(json_keys(line))))
                THEN json_extract_string(line, [{cells}]) ELSE error('no flat record') END AS cells
            FROM read_csv({quoted(str(landed.path))}, columns = {{'line': 'VARCHAR'}},
                header = false, delim = {quoted(APART.decode())}, quote = '', escape = '',
                auto_detect = false, {EVERY_TEXT}, max_line_size = {USUAL_LINE})
            WHERE starts_with(line, '{{') OR trim(line) <> '')"""
    return select, names


def _holds(path: Path, sign: bytes) -> bool:
    with path.open("rb") as stream:
        return any(sign in chunk for chunk in iter(lambda: stream.read(1 << 20), b""))
