"""What is withheld of a batch, and that the rest stays in its order."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.harvest import publish
from pipelines.harvest.publish import without_withheld

ROWS = 300_000
"""Rows of more than one row group, which two threads read at a time."""
BAD = st.dictionaries(
    st.integers(1, 40),
    st.none() | st.lists(st.sampled_from(["a", "the b"]), min_size=1, unique=True),
    max_size=40,
)


def left(con: duckdb.DuckDBPyConnection, rows: int, bad: str) -> list[tuple[int, int, int]]:
    staged = f'SELECT i AS _row, i AS a, -i AS "the b" FROM range(1, {rows + 1}) t(i)'
    return con.execute(without_withheld(con, staged, bad)).fetchall()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(bad=BAD, span=st.integers(1, 50))
def test_rows_and_cells_are_withheld_and_nothing_else(
    bad: dict[int, list[str] | None], span: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(publish, "SPAN", span)
        con.execute("CREATE TABLE bad (_row BIGINT, cells VARCHAR[])")
        if bad:
            con.executemany("INSERT INTO bad VALUES (?, ?)", list(bad.items()))
        found = left(con, 40, "FROM bad")
    assert found == [
        (n, None if "a" in cells else n, None if "the b" in cells else -n)
        for n, cells in ((n, bad.get(n, [])) for n in range(1, 41))
        if cells is not None
    ]


def test_two_batches_on_one_connection_do_not_meet() -> None:
    with duckdb.connect() as con:
        staged = "SELECT i AS _row FROM range(1, 5) t(i)"
        first = without_withheld(con, staged, "SELECT 1 AS _row, NULL::VARCHAR[] AS cells")
        second = without_withheld(con, staged, "SELECT 2 AS _row, NULL::VARCHAR[] AS cells")
        assert con.execute(first).fetchall() == [(2,), (3,), (4,)]
        assert con.execute(second).fetchall() == [(1,), (3,), (4,)]


def test_many_rows_stay_in_their_order(tmp_path: Path) -> None:
    staged, kept = tmp_path / "staged.parquet", tmp_path / "kept.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT i AS _row, i // 2 AS a FROM range(1, {ROWS + 1}) t(i)) TO '{staged}'"
        )
        bad = f"SELECT _row, NULL::VARCHAR[] AS cells FROM '{staged}' WHERE _row % 1009 = 0"
        rows = without_withheld(con, f"SELECT * FROM '{staged}'", bad)
        con.execute(f"COPY ({rows}) TO '{kept}'")
        found = con.execute(f"SELECT _row FROM '{kept}'").fetchnumpy()["_row"].tolist()
    assert found == [n for n in range(1, ROWS + 1) if n % 1009]
