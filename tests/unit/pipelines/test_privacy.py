"""Small cells of a published mart are emptied; what its header does not describe is not published."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import ContractError
from pipelines.privacy import LEAST, disclosed
from pipelines.sqlfile import read_sql_file

HEADER = """-- title_id: Surat
-- title_en: Letters
-- row: one month and place
-- class: setiap saat
-- steward: Dinas Contoh
-- dimensions: month, place
-- cells: letters
-- column month: Bulan / Month
-- column place: Tempat / Place
-- column letters: Surat / Letters
-- column days: Hari / Days
"""
QUERY = "SELECT '2026-01' AS month, 'A' AS place, 7 AS letters, 1.5 AS days"


def model(tmp: Path, header: str = HEADER, query: str = QUERY):
    path = tmp / "letters.sql"
    path.write_text(header + query)
    return read_sql_file(path, "mart")


def shown(tmp: Path, query: str = QUERY, header: str = HEADER) -> list[dict]:
    found = model(tmp, header, query)
    with duckdb.connect() as con:
        return disclosed(con, found, con.execute(found.query).to_arrow_table()).to_pylist()


@given(st.integers(0, 12))
def test_one_to_four_units_are_emptied_and_nothing_else_is(tmp_path_factory, letters: int) -> None:
    (row,) = shown(tmp_path_factory.mktemp("mart"), QUERY.replace("7", str(letters)))
    small = 1 <= letters < LEAST
    assert row == {"month": "2026-01", "place": "A", "letters": None if small else letters, "days": None if small else row["days"], "suppressed": small}
    assert small or float(row["days"]) == 1.5


@given(st.integers(5, 12), st.integers(0, 12))
def test_a_count_of_some_of_them_is_emptied_when_it_or_the_rest_is_small(tmp_path_factory, letters: int, signed: int) -> None:
    signed = min(signed, letters)
    header = HEADER.replace("cells: letters", "cells: letters, signed") + "-- column signed: Ditandatangani / Signed\n"
    (row,) = shown(tmp_path_factory.mktemp("mart"), f"SELECT '2026-01' AS month, 'A' AS place, {letters} AS letters, 1.5 AS days, {signed} AS signed", header)
    small = 1 <= signed < LEAST or 1 <= letters - signed < LEAST
    assert (row["letters"], row["signed"], row["suppressed"]) == (letters, None if small else signed, small)


def test_a_row_that_stands_for_nobody_is_shown_whole(tmp_path: Path) -> None:
    assert shown(tmp_path, QUERY.replace("7", "1"), HEADER.replace("cells: letters", "cells: none, cameras are devices"))[0]["letters"] == 1


def test_a_column_nobody_described_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"applicant.*Only what is described is published"):
        shown(tmp_path, QUERY + ", 'Warga Sintetis 1' AS applicant")
    with pytest.raises(ContractError, match="does not give: days"):
        shown(tmp_path, "SELECT '2026-01' AS month, 'A' AS place, 7 AS letters")


def test_a_published_mart_says_what_its_cells_are(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="needs cells"):
        model(tmp_path, HEADER.replace("-- cells: letters\n", ""))
    with pytest.raises(ContractError, match="why no row stands for persons"):
        model(tmp_path, HEADER.replace("cells: letters", "cells: none"))
    with pytest.raises(ContractError, match="class 'terbuka'"):
        model(tmp_path, HEADER.replace("setiap saat", "terbuka"))


def test_a_mart_without_an_open_class_stays_inside(tmp_path: Path) -> None:
    assert not model(tmp_path, "\n".join(line for line in HEADER.splitlines() if "class" not in line) + "\n").is_public
    assert not model(tmp_path, HEADER.replace("setiap saat", "dikecualikan")).is_public
    assert model(tmp_path).is_public
