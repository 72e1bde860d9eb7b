"""What a found dataset is like: its records opened as a harvest opens them, its fields described,
its key, what places its rows, and where its files differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from pipelines.contract.writing import NUMBERS
from pipelines.draft.drift import drift_of
from pipelines.draft.field import Field, described
from pipelines.draft.found import Found
from pipelines.draft.key import Key, key_of
from pipelines.draft.placing import Placing, placing_of
from pipelines.errors import SourceError
from pipelines.lake.delivery import MEMORY, THREADS
from pipelines.records.open import DELIVERED, open_records
from pipelines.sqltext import identifier

MOST_CELLS = 8_000_000
"""So many values are looked at."""
ITEM = "item"
"""What the names of a wide table's fields are called when it is read long."""
WIDE, FIGURES = 40, 0.8
"""So many fields of which this share are figures make a table wide."""


@dataclass(frozen=True)
class Profile:
    """One dataset: ``rows`` records of which ``looked_at`` were, ``broken`` that do not fit their
    header, its fields, key and placing; ``left_out`` are fields that few files have; ``notes`` are
    what a person has to know.
    """

    found: Found
    rows: int
    looked_at: int
    broken: int
    fields: tuple[Field, ...]
    key: Key
    placing: Placing
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def profiled(found: Found, folder: Path) -> Profile:
    """Return what ``found`` is like; what does not fit in memory waits in ``folder``. A wide table
    of figures is read long. SourceError where it cannot be read or has no record.
    """
    profile = _opened(found, folder)
    numbers = [one for one in profile.fields if one.type in NUMBERS or not one.filled]
    if len(profile.fields) < WIDE or len(numbers) < FIGURES * len(profile.fields):
        return profile
    keep = [one.field for one in profile.fields if one not in numbers]
    source = found.dataset.source
    fetch = {**source.fetch, "unpivot": {"keep": keep, "name": ITEM, "value": "value"}}
    note = (
        f"{len(numbers)} of {len(profile.fields)} fields are figures: the table is read long, a row"
        " a figure; say what their names and values are called (unpivot)"
    )
    long = replace(
        found,
        dataset=replace(found.dataset, source=replace(source, fetch=fetch)),
        notes=(*found.notes, note),
    )
    return _opened(long, folder)


def _opened(found: Found, folder: Path) -> Profile:
    folder.mkdir(parents=True, exist_ok=True)
    config = {"memory_limit": MEMORY, "threads": THREADS, "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=config) as con:  # type: ignore[arg-type]
        con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        try:
            open_records(con, found.landed, found.dataset, folder)
        except SourceError as error:
            said = str(error)
            for part in found.landed:
                said = said.replace(str(part.path), part.address)
            raise SourceError(said) from error
        return _profiled(con, found)


def _profiled(con: duckdb.DuckDBPyConnection, found: Found) -> Profile:
    dataset = found.dataset
    rows, broken = con.execute("SELECT count(*), count(_shape) FROM delivered").fetchall()[0]
    if rows == broken:
        raise SourceError(
            f"{found.landed[0].address if found.landed else dataset.source.server}: has no record"
            f" to draft from ({broken:,} lines do not fit the header); name a source with records"
        )
    held = con.execute("SELECT DISTINCT name, field FROM delivered_fields").fetchall()
    field_of = dict(held)
    delivered = [name for name, *_ in con.execute("DESCRIBE delivered").fetchall()]
    columns = {field_of.get(name, name): name for name in delivered if name not in DELIVERED}
    names = [*columns]
    drift = drift_of(con, found, names)
    notes = [*drift.notes]
    listed_names = ", ".join(
        _one_of(name, [columns[one] for one in (name, *drift.spellings.get(name, ()))])
        for name in drift.fields
    )
    most = MOST_CELLS // len(drift.fields)
    frame = con.execute(
        f"SELECT _hint, {listed_names} FROM delivered WHERE _shape IS NULL LIMIT {most}"
    ).pl()
    if frame.height < rows - broken:
        notes.append(f"what is said is of the first {frame.height:,} of {rows:,} records")
    fields = tuple(
        described(
            con,
            name,
            _distinct(frame[name]),
            frame.height,
            dataset.timezone,
            drift.spellings.get(name, ()),
        )
        for name in drift.fields
    )
    if broken:
        notes.append(
            f"{broken:,} of {rows:,} lines do not fit the header; they would wait in quarantine"
        )
    if 2 * sum(name.startswith("column_") for name in names) >= len(names) > 1:
        notes.append("half of the header is empty: is the first row the header?")
    return Profile(
        found,
        rows,
        frame.height,
        broken,
        fields,
        key_of(frame, fields),
        placing_of(con, dataset, fields),
        drift.left_out,
        (*found.notes, *notes),
    )


def _one_of(field: str, columns: Sequence[str]) -> str:
    """Return the text of a field that stands in one column, or in several as files call it."""
    first, *others = map(identifier, columns)
    filled = ", ".join(f"nullif({name}, '')" for name in (first, *others))
    return f"{f'coalesce({filled})' if others else first} AS {identifier(field)}"


def _distinct(column: pl.Series) -> pl.DataFrame:
    """Return a field's distinct texts and how often each came."""
    counted = column.alias("text").value_counts(name="n")
    return counted.drop_nulls("text").with_columns(pl.col("n").cast(pl.Int64))
