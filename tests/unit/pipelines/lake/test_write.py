"""Which files a SELECT's rows are written into, in which order, and what a failure leaves."""

from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from pipelines.errors import LakeError
from pipelines.lake import write
from pipelines.lake.tables import Tables, by_partition

DAYS = [f"2026-01-{day:02d}" for day in range(1, 10)]


@pytest.mark.parametrize("together", [1, 500, write.TOGETHER])
def test_rows_keep_their_order_however_many_partitions_are_written_together(
    together: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "TOGETHER", together)
    lake, table = Tables(), tmp_path / "it's" / "rain"
    rows = (
        "SELECT i AS value, '2026-01-0' || (1 + hash(i) % 9) AS _partition FROM range(20000) t(i)"
        " WHERE NOT (_partition = '2026-01-03' AND i > 50)"
    )
    with duckdb.connect() as con:
        for _ in range(2):
            lake.replace(con, table, DAYS, rows)
        files = by_partition(lake.files(table))
        assert list(files) == DAYS
        for key, (file,) in files.items():
            expected = con.execute(
                f"SELECT value FROM ({rows}) WHERE _partition = ? ORDER BY value", [key]
            ).fetchall()
            read = con.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [file])
            assert read.fetchall() == expected
    told = DeltaTable(table).get_add_actions().to_struct_array().to_pylist()
    assert len(told) == len(DAYS)
    assert {Path(file).stat().st_size for (file,) in files.values()} == {
        add["size_bytes"] for add in told
    }


def test_partitions_of_which_one_cannot_be_written_leave_no_file(tmp_path: Path) -> None:
    table = tmp_path / "rain"
    table.mkdir()
    (table / f"_partition={DAYS[4]}").write_text("in the way")
    rows = "SELECT i AS value, '2026-01-0' || (1 + i // 400) AS _partition FROM range(3600) t(i)"
    with duckdb.connect(config={"threads": 2}) as con:
        with pytest.raises(duckdb.Error):
            Tables().replace(con, table, DAYS, rows)
        assert con.execute("SELECT current_setting('threads')").fetchall() == [(2,)]
    assert not [*table.rglob("*.parquet")]


@pytest.mark.parametrize(
    ("there", "new", "is_kept"),
    [
        ("2.5::DOUBLE", "2::BIGINT", True),
        ("2::BIGINT", "2.0::DOUBLE", True),
        ("'x'", "2::BIGINT", False),
        ("2.5::DOUBLE", "'2.5'", False),
        ("true", "1::BIGINT", False),
        ("TIMESTAMPTZ '2026-01-01'", "DATE '2026-01-01'", False),
        ("2::BIGINT", "2.5::DOUBLE", False),
        ("2.5::DOUBLE", "'x'", False),
        ("2::BIGINT", "'02'", False),
    ],
)
def test_a_column_keeps_its_type_and_every_value_its_own(
    there: str, new: str, is_kept: bool, tmp_path: Path
) -> None:
    lake, table = Tables(), tmp_path / "rain"
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        lake.replace(con, table, DAYS[:1], f"SELECT {there} AS a, '{DAYS[0]}' AS _partition")
        rows = f"SELECT {new} AS a, '{DAYS[1]}' AS _partition UNION ALL SELECT NULL, '{DAYS[1]}'"
        held, told = lake.columns(table), str(con.sql(f"SELECT {new}").fetchall()[0][0])
        if not is_kept:
            with pytest.raises(LakeError, match=r"column 'a' is [\w ]+ there, and [12] of its new"):
                lake.replace(con, table, DAYS[1:2], rows)
            assert len([*table.glob("*/*.parquet")]) == 1
            return
        lake.replace(con, table, DAYS[1:2], rows)
        assert lake.columns(table) == held
        (file,) = by_partition(lake.files(table))[DAYS[1]]
        values = [str(a) for (a,) in con.execute(f"SELECT a FROM '{file}' ORDER BY a").fetchall()]
        assert values in ([told, "None"], [f"{told}.0", "None"], [told.removesuffix(".0"), "None"])
