"""Small cells of a published mart are emptied with every figure that stands on them; what its
header does not describe is not published.
"""

import itertools
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import ContractError
from pipelines.models.disclosure import LEAST, disclosed
from pipelines.models.sqlfile import read_sql_file

HEADER = """-- title_id: Surat
-- title_en: Letters
-- row: one month and place
-- class: setiap saat
-- steward: Dinas Contoh
-- key: month, place
-- cells letters: days
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
        return disclosed(found, con.execute(found.query).to_arrow_table()).to_pylist()


@settings(deadline=None)
@given(st.integers(0, 12))
def test_one_to_four_units_are_emptied_and_nothing_else_is(tmp_path_factory, letters: int) -> None:
    (row,) = shown(tmp_path_factory.mktemp("mart"), QUERY.replace("7", str(letters)))
    small = 1 <= letters < LEAST
    assert (row["month"], row["place"], row["letters"]) == (
        "2026-01",
        "A",
        None if small else letters,
    )
    assert (row["days"] is None, row["suppressed"]) == (letters < LEAST, letters < LEAST)
    assert letters < LEAST or float(row["days"]) == 1.5


CHAIN = """-- cells sent: share
-- cells signed: share
-- cells paid:
-- within: letters > sent > signed > paid
-- column sent: Dikirim / Sent
-- column signed: Ditandatangani / Signed
-- column paid: Dibayar / Paid
-- column share: Bagian / Share
"""


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_what_is_shown_of_a_chain_tells_of_no_one_to_four(
    tmp_path_factory, counts: list[int]
) -> None:
    letters, sent, signed, paid = counts = sorted(counts, reverse=True)
    query = (
        f"SELECT '2026-01' AS month, 'A' AS place, {letters} AS letters, {sent} AS sent, {signed}"
        f" AS signed, {paid} AS paid, 1 AS days, 0.5 AS share"
    )
    (row,) = shown(tmp_path_factory.mktemp("mart"), query, HEADER + CHAIN)
    seen = [row[name] for name in ("letters", "sent", "signed", "paid") if row[name] is not None]
    assert not any(1 <= figure < LEAST for figure in seen)
    assert not any(1 <= more - fewer < LEAST for more, fewer in itertools.pairwise(seen))
    assert (row["share"] is None) == (
        row["sent"] is None or row["signed"] is None or (0 in (sent, signed))
    )
    assert row["suppressed"] or [*seen, row["days"]] == [*counts, 1 if letters else 0]


def test_a_count_that_has_outgrown_the_one_before_it_tells_the_difference_too(
    tmp_path: Path,
) -> None:
    query = (
        "SELECT '2026-01' AS month, 'A' AS place, 7 AS letters, 9 AS sent, 9 AS signed, 20 AS paid,"
        " 1.5 AS days, 0.5 AS share"
    )
    (row,) = shown(tmp_path, query, HEADER + CHAIN)
    assert [row[name] for name in ("letters", "sent", "signed", "paid")] == [7, None, None, 20]


def test_figures_over_nobody_and_counts_that_are_not_known_are_emptied(tmp_path: Path) -> None:
    (row,) = shown(tmp_path, QUERY.replace("7", "0"))
    assert (row["letters"], row["days"], row["suppressed"]) == (0, None, True)
    (row,) = shown(tmp_path, QUERY.replace("7", "CAST(NULL AS INTEGER)"))
    assert (row["days"], row["suppressed"]) == (None, True)
    (row,) = shown(tmp_path, QUERY.replace("7", "0").replace("1.5", "0"))
    assert (row["letters"], row["days"], row["suppressed"]) == (0, 0, False)


def test_a_figure_that_stands_on_nothing_named_is_refused(tmp_path: Path) -> None:
    header = HEADER + "-- column wage: Upah / Wage\n"
    with pytest.raises(ContractError, match=r"says what they stand on: wage"):
        shown(tmp_path, QUERY + ", 80000 AS wage", header)
    assert (
        shown(tmp_path, QUERY + ", 80000 AS wage", header + "-- cells none: wage\n")[0]["wage"]
        == 80000
    )


def test_a_row_that_stands_for_nobody_is_shown_whole(tmp_path: Path) -> None:
    assert (
        shown(
            tmp_path,
            QUERY.replace("7", "1"),
            HEADER.replace("cells letters: days", "cells: none, cameras are devices"),
        )[0]["letters"]
        == 1
    )


def test_a_column_nobody_described_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"applicant.*Only what is described is published"):
        shown(tmp_path, QUERY + ", 'Warga Sintetis 1' AS applicant")
    with pytest.raises(ContractError, match="does not give: days"):
        shown(tmp_path, "SELECT '2026-01' AS month, 'A' AS place, 7 AS letters")


def test_a_published_mart_says_what_its_cells_are(tmp_path: Path) -> None:
    for wrong in (
        "",
        "-- cells: none\n",
        "-- cells none: days\n",
        "-- cells: none, nobody\n-- cells letters: days\n",
    ):
        with pytest.raises(ContractError, match="say what a figure stands on"):
            model(tmp_path, HEADER.replace("-- cells letters: days\n", wrong))
    with pytest.raises(ContractError, match="class 'terbuka'"):
        model(tmp_path, HEADER.replace("setiap saat", "terbuka"))


def test_a_mart_without_an_open_class_stays_inside(tmp_path: Path) -> None:
    assert not model(
        tmp_path, "\n".join(line for line in HEADER.splitlines() if "class" not in line) + "\n"
    ).is_public
    assert not model(tmp_path, HEADER.replace("setiap saat", "dikecualikan")).is_public
    assert model(tmp_path).is_public


REGIONAL = HEADER.replace("month, place", "month, region_code").replace(
    "column place", "column region_code"
)


def regional(tmp: Path, header: str, *rows: tuple[str, int, int]) -> dict[str, tuple]:
    """Return (letters, days, suppressed) of every region of one month."""
    query = " UNION ALL ".join(
        f"SELECT '2026-01' AS month, '{code}' AS region_code, {letters} AS letters, {days} AS days"
        for code, letters, days in rows
    )
    return {
        row["region_code"]: (row["letters"], row["days"], row["suppressed"])
        for row in shown(tmp, query, header)
    }


GONE = (None, None, True)


def test_a_cell_emptied_in_one_part_is_emptied_in_the_next_smallest_too(tmp_path: Path) -> None:
    parts = [
        ("15.71.01", 9, 20),
        ("15.71.02", 3, 4),
        ("15.71.03", 7, 10),
        ("15.71.04", 7, 11),
        ("15.71.05", 0, 0),
    ]
    found = regional(tmp_path, REGIONAL, ("15.71", 26, 45), *parts)
    assert {code for code, row in found.items() if row == GONE} == {
        "15.71.02",
        "15.71.03",
    }, "of equal counts the first code, and none of 0"
    assert all(
        found[code] == (letters, days, False)
        for code, letters, days in [("15.71", 26, 45), *parts]
        if found[code] != GONE
    )


def test_with_no_other_part_the_whole_is_emptied_and_two_emptied_parts_need_nothing(
    tmp_path: Path,
) -> None:
    assert regional(
        tmp_path, REGIONAL, ("15.71", 8, 9), ("15.71.02", 3, 4), ("15.71.05", 0, 0)
    ) == {"15.71": GONE, "15.71.02": GONE, "15.71.05": (0, 0, False)}
    assert regional(
        tmp_path,
        REGIONAL,
        ("15.71", 12, 9),
        ("15.71.01", 3, 4),
        ("15.71.02", 2, 3),
        ("15.71.03", 7, 2),
    )["15.71.03"] == (7, 2, False)


def test_parts_without_their_whole_of_another_whole_or_of_nobody_are_left(tmp_path: Path) -> None:
    parts = [("15.71.01", 3, 4), ("15.71.02", 7, 9), ("15.72", 40, 41)]
    assert regional(tmp_path, REGIONAL, *parts)["15.71.02"] == (7, 9, False)
    nobody = REGIONAL.replace("cells letters: days", "cells: none, cameras are devices")
    query = (
        "SELECT '2026-01' AS month, '15.71' AS region_code, 7 AS letters, 8 AS days UNION ALL"
        " SELECT '2026-01', '15.71.01', 3, 4"
    )
    assert [row["letters"] for row in shown(tmp_path, query, nobody)] == [7, 3]


TWICE = """-- cells signed: share
-- column signed: Ditandatangani / Signed
-- column share: Bagian / Share
-- within: letters > signed
"""


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)),
        min_size=1,
        max_size=6,
    )
)
def test_no_emptied_part_is_the_whole_less_the_parts_that_are_shown(
    tmp_path_factory, cells: list[tuple[int, int, int, int]]
) -> None:
    """Two counts that are emptied apart, each with a figure that adds up, so that one of them
    may be emptied in one part and the other in another.
    """
    parts = [
        (f"15.71.{n:02}", letters, min(signed, letters), days, share)
        for n, (letters, signed, days, share) in enumerate(cells, start=1)
    ]
    rows = [("15.71", *map(sum, zip(*(part[1:] for part in parts), strict=True))), *parts]
    names = ("letters", "signed", "days", "share")
    query = " UNION ALL ".join(
        f"SELECT '2026-01' AS month, '{code}' AS region_code, "
        + ", ".join(f"{n} AS {name}" for n, name in zip(row, names, strict=True))
        for code, *row in rows
    )
    found = {
        row["region_code"]: row
        for row in shown(tmp_path_factory.mktemp("mart"), query, REGIONAL + TWICE)
    }
    for place, name in enumerate(names, start=1):
        if found["15.71"][name] is not None:
            rest = found["15.71"][name] - sum(found[part[0]][name] or 0 for part in parts)
            assert all(part[place] != rest for part in parts if found[part[0]][name] is None), (
                f"{name} of {found}"
            )
