"""The gate's own database is kept for the next batch, and nothing of this one in it."""

from contextlib import suppress
from pathlib import Path

from quality.database import connected, run


def test_the_database_of_the_next_batch_is_empty_and_in_utc(tmp_path: Path) -> None:
    made, zone = "SELECT count(*) FROM duckdb_tables()", "SELECT current_setting('TimeZone')"
    for number in range(2):
        with connected(tmp_path / f"{number}") as one, connected(tmp_path / f"{number}b") as other:
            assert (run(one, made), run(one, zone)) == ([(0,)], [("UTC",)])
            run(one, "CREATE TABLE bad AS SELECT 1; SET TimeZone = 'Asia/Jakarta'")
            assert (run(one, made), run(other, made)) == ([(1,)], [(0,)])


def test_a_database_is_not_kept_after_an_error_or_what_it_spilled(tmp_path: Path) -> None:
    engines = []
    for number, fails in enumerate((False, True, False)):
        with suppress(ZeroDivisionError), connected(tmp_path / f"{number}") as con:
            engines.append(con.engine)
            run(con, f"SET temp_directory = '{tmp_path / 'spill'}'")
            assert 1 / (not fails)
    assert engines[0] is engines[1] is not engines[2]
    (tmp_path / "spilled").mkdir()
    with connected(tmp_path / "spilled") as con:
        assert con.engine is engines[2]
    with connected(tmp_path / "another") as con:
        assert con.engine is not engines[2]
