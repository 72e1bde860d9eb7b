"""JSON is read some records at a time, and brings what it brought when it was held whole."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakSet

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records import elements as one_by_one
from pipelines.records import flat
from pipelines.records import json as records
from pipelines.records.table import unique_names
from tests.sample import sample_dataset

NAMES = st.sampled_from(["a", "A", "b", "é", "_shape", "_line", " ", "c.d", 'q"'])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just("\ud83d")
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
ROWS = st.lists(
    st.one_of(
        st.dictionaries(st.text("abcdABC_", max_size=2), st.none() | st.text("xé", max_size=2)),
        st.text("xé", max_size=3),
    ),
    max_size=12,
)


def filled_whole(rows: Sequence[records.Row], most: int) -> tuple[list[str], list[tuple]]:
    """Return the columns and rows that a table has which is made of all rows at once."""
    rows = [records.dump(r) if isinstance(r, dict) and len(r) > most else r for r in rows]
    counts = Counter(name for row in rows if isinstance(row, dict) for name in row)
    fields = list(counts)
    if len(fields) > most:
        common = {name for name, _ in counts.most_common(most)}
        fields = [name for name in fields if name in common]
        rows = [r if isinstance(r, str) or r.keys() <= common else records.dump(r) for r in rows]
    table = [
        (row, *[None] * len(fields))
        if isinstance(row, str)
        else (None, *(row.get(field) for field in fields))
        for row in rows
    ]
    return ["_shape", *unique_names(fields)], table


@MANY
@given(rows=ROWS, lines=st.integers(1, 5), most=st.integers(1, 6))
def test_rows_that_come_some_at_a_time_make_the_table_of_all(
    rows: list[records.Row], lines: int, most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(records, "LINES", lines)
        patch.setattr(records, "MOST_FIELDS", most)
        patch.setattr(flat, "MOST_FIELDS", most)
        records.fill(con, "t", lambda: iter(rows))
        found = con.execute("SELECT _shape, * EXCLUDE (_shape) FROM t ORDER BY rowid")
        columns = [name for name, *_ in found.description]
        assert (columns, found.fetchall()) == filled_whole(rows, most)


class Record(dict[str, str | None]):
    """A record of which one can see whether it is still held."""

    __hash__ = object.__hash__


def test_only_some_rows_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LINES", 10)
    held: WeakSet[Record] = WeakSet()

    def rows() -> Iterator[Record]:
        for number in range(200):
            record = Record({"a": str(number)})
            held.add(record)
            assert len(held) <= 30
            yield record

    with duckdb.connect() as con:
        records.fill(con, "t", rows)
        assert con.execute("SELECT count(a), max(rowid) FROM t").fetchall() == [(200, 199)]


def test_an_element_is_there_before_the_document_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_by_one, "CHUNK", 10)
    path = tmp_path / "x.json"
    path.write_text('{"v": [' + '{"a": 1}, ' * 9 + "no end")
    found = one_by_one.elements(path, ["v"], records.DECODER)
    assert [next(found) for _ in range(9)] == [{"a": "1"}] * 9
    with pytest.raises(ValueError):
        next(found)


@MANY
@given(
    listed=st.lists(VALUES, max_size=5),
    path=st.sampled_from([[], ["v"], ["v", "w"]]),
    beside=st.dictionaries(NAMES, VALUES, max_size=2),
    space=st.sampled_from([None, 1, "\t"]),
    chunk=st.integers(1, 9),
    cut=st.integers(0, 60),
    put=st.sampled_from(["", "", "", ",", "]", "}", '"', "{", "[", "1", "e5", " ", "\ufeff", "x"]),
)
def test_elements_are_those_of_the_whole_document_or_none_is_said_to_be(
    listed: list,
    path: list[str],
    beside: dict,
    space: int | str | None,
    chunk: int,
    cut: int,
    put: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    document: Any = listed
    for step in reversed(path):
        document = {**beside, step: document}
    text = json.dumps(document, indent=space)
    odd = text[:cut] + put + text[cut:]
    file = tmp_path_factory.mktemp("json") / "x.json"
    file.write_text(odd, "utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_by_one, "CHUNK", chunk)
        try:
            found = list(one_by_one.elements(file, path, records.DECODER))
        except ValueError:
            assert put or any(isinstance(value, (int, float)) for value in listed)
            return
    whole = records.DECODER.decode(odd.removeprefix("\ufeff"))
    for step in path:
        whole = whole[step]
    assert [records.dump(value) for value in found] == [records.dump(value) for value in whole]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("[" + "1.50, " * 99 + "2]", None),
        ('[{"a": 1.50}, {"a": -0}]', [("1.50",), ("-0",)]),
    ],
)
def test_what_is_not_plainly_a_list_is_read_whole(
    text: str, rows: list[tuple] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_by_one, "CHUNK", 3)
    dataset = sample_dataset(tmp_path)
    dataset.source.fetch["records"] = "$" if text[0] == "[" else "v"
    path = tmp_path / "x.json"
    path.write_text(text)
    with duckdb.connect() as con:
        records.read_json(con, Landed(path, "", path.name, None), dataset, "t")
        found = con.execute("SELECT * EXCLUDE (_shape) FROM t" if rows else "FROM t").fetchall()
    assert found == (rows or [*[("1.50",)] * 99, ("2",)])


def test_a_list_that_is_named_twice_is_not_the_last_of_two(tmp_path: Path) -> None:
    dataset, path = sample_dataset(tmp_path), tmp_path / "x.json"
    dataset.source.fetch["records"] = "v"
    path.write_text('{"v": [{"a": 1}], "v": [{"a": 2}]}')
    with duckdb.connect() as con, pytest.raises(SourceError, match="holds 'v' more than once"):
        records.read_json(con, Landed(path, "", path.name, None), dataset, "t")
