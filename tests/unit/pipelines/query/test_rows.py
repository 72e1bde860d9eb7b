"""Pages, filters, totals, forms and aggregates of random tables, held against polars; what a
statement may not do; its time limit.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count as counter
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import QueryError, UnreadableError, ValueQueryError
from pipelines.query import engine
from pipelines.query.engine import ARROW, FORMS, Page, export, page_of, total_of
from pipelines.query.query import OPERATORS, Filter, Measure, Query, Sort

TYPES = {
    "n": "integer",
    "s": "string",
    "x": "number",
    "at": "timestamp",
    "is": "boolean",
    "on": "date",
    "j": "array",
}
SCHEMA = {
    "n": pl.Int64,
    "s": pl.String,
    "x": pl.Float64,
    "at": pl.Datetime("us", "UTC"),
    "is": pl.Boolean,
    "on": pl.Date,
    "j": pl.String,
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "n": st.sampled_from([None, 0, 1, -1, 2, 2**53 + 1, -(2**63), 2**63 - 1]),
    "s": st.sampled_from(
        [None, "", "a", "A", "ab", "é", "it's", '"q",\n;', "%_\\", "''--", "NULL"]
    ),
    "x": st.sampled_from([None, 0.0, 0.1, 0.1 + 0.2, -1.5, 1e300, 5e-324]),
    "at": st.sampled_from(
        [
            None,
            *(
                datetime(2026, 1, 1, hour, 0, 0, micro, UTC)
                for hour in (0, 17, 23)
                for micro in (0, 1)
            ),
        ]
    ),
    "is": st.sampled_from([None, True, False]),
    "on": st.sampled_from([None, date(2026, 1, 1), date(2024, 2, 29), date(1, 1, 1)]),
    "j": st.sampled_from([None, "[]", '["a",1]']),
}
TABLES = st.lists(st.fixed_dictionaries(VALUES), max_size=40)
SORTS = st.lists(
    st.tuples(st.sampled_from(list(TYPES)), st.booleans()),
    max_size=3,
    unique_by=lambda row: row[0],
)
NUMBERED = counter()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    (folder / "files").mkdir()
    return folder


def written(root: Path, rows: list[dict[str, Any]]) -> tuple[pl.DataFrame, Query]:
    table = pl.DataFrame(rows, SCHEMA, orient="row").with_row_index("_at")
    path = root / "files" / f"{next(NUMBERED)}.parquet"
    table.drop("_at").write_parquet(path, row_group_size=7)
    return table, Query(path, tuple(TYPES.items()))


def pages(root: Path, query: Query) -> Iterator[Page]:
    while True:
        page = page_of(root, query, "parquet")
        yield page
        if page.last is None:
            return
        query = replace(query, after=page.last)


@given(TABLES, SORTS, st.integers(1, 9))
@settings(max_examples=80, deadline=None)
def test_pages_hold_every_row_once_in_the_order_asked_for(
    root: Path, rows: list[dict[str, Any]], sort: list[tuple[str, bool]], limit: int
) -> None:
    table, query = written(root, rows)
    query = replace(query, sort=tuple(Sort(*column) for column in sort), limit=limit)
    found = list(pages(root, query))
    order = [*(name for name, _ in sort), "_at"]
    expected = table.sort(
        order, descending=[*(down for _, down in sort), False], nulls_last=True, maintain_order=True
    ).drop("_at")
    shown = pl.concat([pl.DataFrame(pl.from_arrow(page.table)) for page in found]).cast(SCHEMA)  # type: ignore[arg-type]
    assert shown.equals(expected)
    assert all(page.table.num_rows == limit for page in found[:-1])
    assert total_of(root, query) == len(rows)


def held(operator: str, column: str, values: tuple[Any, ...]) -> pl.Expr:
    """The same filter in polars."""
    if operator in ("null", "not_null"):
        return pl.col(column).is_null() if operator == "null" else pl.col(column).is_not_null()
    if operator == "in":
        return pl.any_horizontal([pl.col(column) == value for value in values])
    if operator == "contains":
        return pl.col(column).str.to_lowercase().str.contains(values[0].lower(), literal=True)
    if operator == "starts":
        return pl.col(column).str.to_lowercase().str.starts_with(values[0].lower())
    names: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
        "eq": pl.Expr.eq,
        "ne": pl.Expr.ne,
        "gt": pl.Expr.gt,
        "gte": pl.Expr.ge,
        "lt": pl.Expr.lt,
        "lte": pl.Expr.le,
    }
    return names[operator](pl.col(column), values[0])


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, str, tuple[Any, ...]]:
    operator = draw(st.sampled_from(list(OPERATORS)))
    column = "s" if operator in ("contains", "starts") else draw(st.sampled_from(list(TYPES)))
    many = {"null": 0, "not_null": 0, "in": 3}.get(operator, 1)
    return (
        operator,
        column,
        tuple(draw(VALUES[column].filter(lambda value: value is not None)) for _ in range(many)),
    )


@given(TABLES, st.lists(conditions(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_filters_leave_what_polars_leaves_and_the_total_is_exact(
    root: Path, rows: list[dict[str, Any]], asked: list[Any]
) -> None:
    table, query = written(root, rows)
    filters = tuple(
        Filter(
            column,
            operator,
            tuple(str(value) if isinstance(value, date) else value for value in values),
        )
        for operator, column, values in asked
    )
    query = replace(query, filters=filters, limit=1000)
    expected = table.filter([held(*value) for value in asked]).drop("_at")
    (page,) = pages(root, query)
    for limit in (1, 3):
        seen = page_of(root, replace(query, limit=limit), "json", 2)
        assert seen.total == (len(expected) if len(expected) < limit + 3 else None)
        assert len(seen.lines("\n").splitlines()) == min(limit, len(expected))
    assert pl.DataFrame(pl.from_arrow(page.table)).cast(SCHEMA).equals(expected)  # type: ignore[arg-type]
    assert total_of(root, query) == len(expected)


@given(TABLES.filter(bool))
@settings(max_examples=40, deadline=None)
def test_every_form_says_the_same(root: Path, rows: list[dict[str, Any]]) -> None:
    table, query = written(root, rows)
    query = replace(query, limit=1000)
    told = json.loads(b"[" + page_of(root, query, "json").lines(",") + b"]")
    for whole in (False, True):
        read = {"ndjson": page_of(root, query, "ndjson").lines("\n")}
        for form in (*FORMS, ARROW) if whole else ("csv", "parquet", ARROW):
            with export(
                root,
                replace(query, limit=None) if whole else page_of(root, query, form).table,
                form,
            ) as file:
                read[form] = file.read()
        assert [json.loads(line) for line in read["ndjson"].splitlines()] == told
        stored = pl.read_parquet(io.BytesIO(read["parquet"])).cast(SCHEMA)  # type: ignore[arg-type]
        assert stored.equals(table.drop("_at"))
        with pa.ipc.open_stream(read[ARROW]) as stream:
            assert pl.DataFrame(pl.from_arrow(stream.read_all())).cast(SCHEMA).equals(stored)  # type: ignore[arg-type]
        text = pl.read_csv(io.BytesIO(read["csv"]), infer_schema=False)
        assert text.height == len(rows)
        for name in ("n", "x"):
            assert text[name].cast(SCHEMA[name]).equals(stored[name])
        assert [
            None if moment is None else datetime.fromisoformat(moment) for moment in text["at"]
        ] == stored["at"].to_list()
    assert [row["n"] for row in told] == stored["n"].to_list() and [
        row["x"] for row in told
    ] == stored["x"].to_list()
    assert [row["s"] for row in told] == stored["s"].to_list()
    assert [row["j"] for row in told] == [
        None if text is None else json.loads(text) for text in stored["j"]
    ]
    assert [
        None if row["at"] is None else datetime.fromisoformat(row["at"]) for row in told
    ] == stored["at"].to_list()


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_figures_of_groups_are_those_of_polars(root: Path, rows: list[dict[str, Any]]) -> None:
    small = [
        {
            **row,
            "n": None if row["n"] is None else row["n"] % 97,
            "x": None if row["x"] is None else row["x"] % 7,
        }
        for row in rows
    ]
    table, query = written(root, small)
    kinds = [
        ("count", ""),
        ("sum", "n"),
        ("mean", "x"),
        ("min", "at"),
        ("max", "s"),
        ("count_distinct", "s"),
        ("median", "n"),
    ]
    query = replace(
        query,
        group=("is",),
        measures=tuple(Measure(*kind) for kind in kinds),
        sort=(Sort("count", True),),
        limit=100,
    )
    found = json.loads(b"[" + page_of(root, query, "json").lines(",") + b"]")
    expected = (
        table.group_by("is")
        .agg(
            count=pl.len(),
            sum_n=pl.when(pl.col("n").count() > 0).then(pl.col("n").sum()),
            mean_x=pl.col("x").mean(),
            min_at=pl.col("at").min(),
            max_s=pl.col("s").max(),
            count_distinct_s=pl.col("s").drop_nulls().n_unique(),
            median_n=pl.col("n").median(),
        )
        .sort(["count", "is"], descending=[True, False], nulls_last=True)
        .to_dicts()
    )
    for row in found:
        row["min_at"] = None if row["min_at"] is None else datetime.fromisoformat(row["min_at"])
    assert [{**row, "mean_x": None} for row in found] == [
        {**row, "mean_x": None} for row in expected
    ]
    assert [row["mean_x"] for row in found] == [
        None if row["mean_x"] is None else pytest.approx(row["mean_x"]) for row in expected
    ]
    assert total_of(root, query) == len(expected)


def test_numbers_that_are_none_are_empty_in_json(root: Path) -> None:
    path = root / "files" / "odd.parquet"
    pl.DataFrame({"x": [float("nan"), float("inf"), 1.0]}).write_parquet(path)
    assert (
        page_of(root, Query(path, (("x", "number"),), limit=10), "json").lines(",")
        == b'{"x":null},{"x":null},{"x":1.0}'
    )


def test_pages_go_on_past_numbers_that_are_none(root: Path) -> None:
    path = root / "files" / "nans.parquet"
    values = [float("nan"), 2.0, None, float("-inf"), float("nan"), float("inf"), None, 2.0]
    pl.DataFrame({"x": values, "at": range(8)}).write_parquet(path)
    for down in (False, True):
        query = Query(
            path, (("x", "number"), ("at", "integer")), ("at",), sort=(Sort("x", down),), limit=1
        )
        found = [page.table.column("at")[0].as_py() for page in pages(root, query)]
        assert found == ([0, 4, 5, 1, 7, 3, 2, 6] if down else [3, 1, 7, 5, 0, 4, 2, 6])


def test_a_sum_of_integers_is_exact_beyond_what_they_hold(root: Path) -> None:
    path = root / "files" / "big.parquet"
    pl.DataFrame({"n": [2**63 - 1] * 5}).write_parquet(path)
    query = Query(path, (("n", "integer"),), measures=(Measure("sum", "n"),), limit=1)
    assert json.loads(page_of(root, query, "json").lines(",")) == {"sum_n": 5 * (2**63 - 1)}


def test_the_database_opens_no_file_but_the_lakes_and_takes_no_other_setting(
    root: Path, tmp_path: Path
) -> None:
    database = engine._database(root)
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    for statement in (
        f"SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('/etc/hostname')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/x.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
        "SELECT * FROM outside_frame",
    ):
        with pytest.raises(engine.duckdb.Error):
            database.cursor().execute(statement)
    assert not list(tmp_path.glob("out.csv"))


def test_an_answer_that_takes_too_long_is_stopped_and_the_next_one_is_not(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "files" / "long.parquet"
    pl.DataFrame({"n": range(3_000_000)}).select(n=pl.col("n").hash()).cast(
        pl.Float64
    ).write_parquet(path)
    query = Query(path, (("n", "number"),), sort=(Sort("n"),))
    monkeypatch.setattr(engine, "EXPORT_SECONDS", 0.02)
    with pytest.raises(QueryError, match="longer"):
        export(root, query, "csv")
    assert list(Path(engine._folder().name).iterdir()) == []
    assert total_of(root, query) == 3_000_000


def test_an_answer_that_needs_too_much_memory_is_stopped(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "files" / "wide.parquet"
    pl.DataFrame({"s": [f"{number:0>200}" for number in range(400_000)]}).write_parquet(path)
    monkeypatch.setattr(engine, "MEMORY", "32MB")
    engine._database.cache_clear()
    with pytest.raises(QueryError, match="memory"):
        export(root, Query(path, (("s", "string"),), sort=(Sort("s"),)), "csv")
    engine._database.cache_clear()


@pytest.mark.parametrize("broken", [None, b"PAR1 no Parquet PAR1"])
def test_a_file_that_is_gone_or_broken_is_told_without_its_path(
    root: Path, broken: bytes | None
) -> None:
    path = root / "files" / f"{next(NUMBERED)}.parquet"
    if broken:
        path.write_bytes(broken)
    query = Query(path, (("n", "integer"),), limit=3)
    for answer in (
        lambda: page_of(root, query, "json"),
        lambda: total_of(root, query),
        lambda: export(root, query, "csv"),
    ):
        with pytest.raises(UnreadableError, match="try again later") as told:
            answer()
        assert path.name not in str(told.value) and "SELECT" not in str(told.value)


@pytest.mark.parametrize(
    ("column", "value"),
    [("n", "many"), ("n", "9" * 30), ("at", "yesterday"), ("on", "2026-02-30"), ("is", "perhaps")],
)
def test_a_value_that_its_column_has_not_is_the_reader_s_mistake(
    root: Path, column: str, value: str
) -> None:
    _, query = written(root, [dict.fromkeys(TYPES)])
    with pytest.raises(ValueQueryError, match="own type") as told:
        total_of(root, replace(query, filters=(Filter(column, "eq", (value,)),)))
    assert value not in str(told.value)
