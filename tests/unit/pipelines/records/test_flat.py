"""What a record of JSON holds is in its row, or told: nothing that a contract asks for is NULL
because it stands elsewhere, is something else, or is there twice.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contract.model import Column, Dataset, Text
from pipelines.harvest.refine import refine
from pipelines.lake.delivery import Landed
from pipelines.records.flat import DECODER, Misplacing, Reading, asked_of, dump, flat
from tests.sample import sample_dataset, window


def asking(tmp: Path, *fields: tuple[str, str, str], **fetch: Any) -> Dataset:
    """Return a snapshot whose columns have these names, fields and types."""
    dataset = sample_dataset(tmp, delivery="snapshot")
    columns = tuple(
        Column(name, field, kind, Text("", ""), "public", ("1",)) for name, field, kind in fields
    )
    line = Column("line", "_line", "integer", Text("", ""), "public", (1,))
    return replace(
        dataset,
        columns=(*columns, line),
        key=("line",),
        partition_by=None,
        source=replace(dataset.source, fetch=fetch),
    )


def typed(dataset: Dataset, tmp: Path, *files: tuple[str, bytes]) -> list[tuple[Any, ...]]:
    """Return the typed rows of files, with the rules that each breaks."""
    from datetime import date

    landed = []
    for name, content in files:
        (tmp / name).write_bytes(content)
        landed.append(Landed(tmp / name, "", name, None))
    with duckdb.connect() as con:
        refine(con, landed, dataset, window(date(2026, 1, 1)), tmp / "work", {}, tmp)
        names = ", ".join(column.name for column in dataset.columns[:-1])
        return con.execute(f"SELECT {names}, _refused FROM typed ORDER BY _row").fetchall()


def as_form(form: str, records: list[str]) -> tuple[str, bytes]:
    text = f"[{','.join(records)}]" if form == "json" else "\n".join(records)
    return f"x.{form}", text.encode()


OTHER = [
    ('{"a": {"b": "x"}, "n": 1, "s": "t"}', ("x", 1.0, "t", None)),
    ('{"a": null, "n": null}', (None, None, None, None)),
    ('{"a": {}, "s": {}}', (None, None, "{}", None)),
    ('{"a": ""}', (None, None, None, None)),
    ('{"a": {"b": null}}', (None, None, None, None)),
    ('{"a": "x", "n": {"v": 2}}', (None, None, None, ["n.type", "b.type"])),
    ('{"a": [{"b": "x"}]}', (None, None, None, ["b.type"])),
    ('{"a": false, "s": {"v": null}}', (None, None, None, ["b.type", "s.type"])),
    ('{"a": 0, "a.b": "y"}', ("y", None, None, None)),
    ('{"a": {"b": "x"}, "a.b": "y"}', (None, None, None, ["shape"])),
]


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_what_stands_elsewhere_or_is_something_else_is_no_missing_value(
    form: str, tmp_path: Path
) -> None:
    dataset = asking(tmp_path, ("b", "a.b", "string"), ("n", "n", "number"), ("s", "s", "string"))
    for several in (OTHER, OTHER[:1] * 3, *([one] for one in OTHER)):
        found = typed(dataset, tmp_path, as_form(form, [record for record, _ in several]))
        told = [(*row[:3], row[3] and sorted(row[3])) for row in found]
        assert told == [(*row[:3], row[3] and sorted(row[3])) for _, row in several]


def test_flat_lines_hold_a_value_above_what_is_asked_for(tmp_path: Path) -> None:
    dataset = asking(tmp_path, ("b", "a.b", "string"), ("n", "n", "number"))
    lines = ['{"a": null, "n": 1}'] * 1200 + ['{"a": "x", "n": 2}']
    found = typed(dataset, tmp_path, as_form("ndjson", lines))
    assert found[-1] == (None, 2.0, ["b.type"]) and {row[2] is None for row in found[:-1]} == {True}


def test_an_object_that_is_asked_for_is_whole(tmp_path: Path) -> None:
    dataset = asking(tmp_path, ("o", "o", "object"), ("v", "o.v", "number"), ("t", "o", "string"))
    record = '{"o": {"v": 1.50, "w": {"x": [1]}}}'
    assert typed(dataset, tmp_path, as_form("json", [record])) == [
        ('{"v": 1.50, "w": {"x": [1]}}', 1.5, None, ["t.type"])
    ]


def test_the_elements_of_a_list_hold_something_else(tmp_path: Path) -> None:
    dataset = asking(tmp_path, ("v", "l.v", "number"), ("b", "a.b", "string"), explode="l")
    records = ['{"l": [{"v": 1}, 7, {"v": {"w": 1}}], "a": "x"}', '{"a": {"b": "x"}, "l": [null]}']
    assert typed(dataset, tmp_path, as_form("json", records)) == [
        (1.0, None, ["b.type"]),
        (None, None, ["v.type", "b.type"]),
        (None, None, ["v.type", "b.type"]),
        (None, "x", None),
    ]


def test_clean_sql_that_puts_it_right_is_believed(tmp_path: Path) -> None:
    dataset = asking(tmp_path, ("b", "a.b", "string"), ("n", "n", "number"))
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "hujan.rain.sql").write_text(
        'SELECT _row, _file, _line, _hint, _shape, "a.b", n FROM delivered'
    )
    found = typed(dataset, tmp_path, as_form("json", ['{"a": "x", "n": 1}', '{"a": {"b": "y"}}']))
    assert found == [(None, 1.0, ["b.type"]), ("y", None, None)]


TWINS = {
    "json": ('[{"nama": "1", "Nama": "2"}, {"Nama": "3"}]', '[{"NAMA": "4", "nama": "5"}]'),
    "ndjson": ('{"nama": "1", "Nama": "2"}\n{"Nama": "3"}', '{"NAMA": "4", "nama": "5"}'),
    "csv": ("nama;Nama\n1;2\n;3\n", "NAMA;nama\n4;5\n"),
}


@pytest.mark.parametrize("form", TWINS)
@pytest.mark.parametrize("asked", [("nama", "Nama"), ("Nama", "nama"), ("NAMA", "nama")])
def test_names_keep_their_case(form: str, asked: tuple[str, str], tmp_path: Path) -> None:
    held = [{"nama": "1", "Nama": "2"}, {"nama": None, "Nama": "3"}, {"NAMA": "4", "nama": "5"}]
    dataset = asking(
        tmp_path, ("x", asked[0], "string"), ("y", asked[1], "string"), ("z", "_record", "string")
    )
    dataset = replace(dataset, columns=tuple(replace(c, missing=("",)) for c in dataset.columns))
    first, second = TWINS[form]
    for files in ((first, second), (second, first)):
        named = [(f"{n}.{form}", text.encode()) for n, text in enumerate(files)]
        found = typed(dataset, tmp_path, *named)
        expected = held if files[0] == first else [held[2], *held[:2]]
        assert [row[:2] for row in found] == [(e.get(asked[0]), e.get(asked[1])) for e in expected]
        for row, every in zip(found, expected, strict=True):
            record = {name: text for name, text in json.loads(row[2]).items() if text}
            assert record == {name: text for name, text in every.items() if text}


def test_columns_of_parquet_keep_their_case(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"Nama": ["1"], "nama": ["2"]}), tmp_path / "s")
    dataset = asking(tmp_path, ("x", "nama", "string"), ("y", "Nama", "string"))
    assert typed(dataset, tmp_path, ("x.parquet", (tmp_path / "s").read_bytes())) == [
        ("2", "1", None)
    ]


def test_a_contract_that_names_the_column_instead_of_the_field_is_read_as_before(
    tmp_path: Path,
) -> None:
    dataset = asking(tmp_path, ("x", "a_2", "string"), ("y", "B_2", "string"))
    assert typed(dataset, tmp_path, ("x.csv", b"a,a,b,B\n1,2,3,4\n")) == [("2", "4", None)]


def test_a_field_that_is_asked_for_is_no_other_with_this_name_for_its_column(
    tmp_path: Path,
) -> None:
    dataset = asking(tmp_path, ("x", "B_2", "string"), ("y", "B", "string"))
    assert typed(dataset, tmp_path, ("x.csv", b"b,B,B_2\n1,2,3\n")) == [("3", "2", None)]


def test_names_of_one_spelling_are_kept_apart_when_a_table_is_made_long(tmp_path: Path) -> None:
    dataset = asking(
        tmp_path,
        ("t", "T", "string"),
        ("lot", "lot", "string"),
        ("free", "free", "string"),
        unpivot={"keep": ["T"], "name": "lot", "value": "free"},
    )
    found = typed(dataset, tmp_path, ("x.csv", b"t,T,p,P\n1,2,3,4\n"))
    assert sorted(found) == [("2", "P", "4", None), ("2", "p", "3", None), ("2", "t", "1", None)]


REPEATED = [
    '{"a": 1, "a": 2}',
    '{"a": 1, "a": 1}',
    '{"b": {"c": 1, "c": null}}',
    '{"b": [{"c": 1.50, "c": [2]}]}',
    '{"a": 1, "\\u0061": 2}',
]


@pytest.mark.parametrize("form", ["json", "ndjson"])
@pytest.mark.parametrize("record", REPEATED)
def test_a_record_that_names_a_field_twice_is_set_aside_with_all_it_says(
    form: str, record: str, tmp_path: Path
) -> None:
    dataset = asking(tmp_path, ("a", "a", "string"))
    plain = ['{"a": "x"}', '{"a": "y", "b": 1}']
    for records in ([record], [*plain, record], plain * 600 + [record]):
        found = typed(dataset, tmp_path, as_form(form, records))
        assert found[-1] == (None, ["shape"]) and len(found) == len(records)
        assert all(refused is None for _, refused in found[:-1])
        with duckdb.connect() as con:
            from pipelines.records.open import open_records

            name, content = as_form(form, records)
            (tmp_path / name).write_bytes(content)
            open_records(con, [Landed(tmp_path / name, "", name, None)], dataset, tmp_path)
            ((told,),) = con.sql(
                "SELECT _shape FROM delivered ORDER BY _row DESC LIMIT 1"
            ).fetchall()
        pairs = json.loads(record, object_pairs_hook=list, parse_float=str)
        assert json.loads(told, object_pairs_hook=list, parse_float=str) == pairs


NAMES = st.sampled_from(["a", "b", "a.b", "n", "b.n"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from(["", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=st.dictionaries(NAMES, VALUES, max_size=3))
def test_whatever_a_record_holds_where_something_is_asked_for_is_told(
    record: dict, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By a plain look at every way in which the dots of a name may be read."""
    folder = tmp_path_factory.mktemp("flat")
    asked = asked_of(asking(folder, *((f"c{n}", f, "string") for n, f in enumerate(FIELDS))))
    (row,) = Reading(asked, None).rows(DECODER.decode(json.dumps(record)))
    if isinstance(row, str):
        assert DECODER.decode(row) == DECODER.decode(dump(record))
        return
    told = row.misplaced if isinstance(row, Misplacing) else {}
    for name in FIELDS:
        values, above = read(record, name.split("."))
        if any(isinstance(value, dict) and value for value in values) or (above and not values):
            assert name in told
        elif values:
            assert name in row and name not in told
    assert flat(DECODER.decode(json.dumps(record))) == dict(row)


FIELDS = ("a", "a.b", "a.b.n", "n", "b.n")


def read(record: dict, steps: list[str]) -> tuple[list[Any], bool]:
    """Return the values that a dotted name may mean, and whether anything stands above it."""
    values, above = [], False
    for count in range(1, len(steps) + 1):
        name = ".".join(steps[:count])
        if name not in record:
            continue
        value = record[name]
        if count == len(steps):
            values.append(value)
        elif isinstance(value, dict):
            inner, is_above = read(value, steps[count:])
            values, above = values + inner, above or is_above
        elif value is not None:
            above = True
    return values, above
