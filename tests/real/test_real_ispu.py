"""Jakarta's published air index, row by row against the rule in force on each row's day: what
they do not agree on is counted exactly, by kind.
"""

import csv
import os
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.real.ispu_labels import Disagreement, disagreements

FOLDER = Path(os.environ.get("LUMBUNG_REAL", PROJECT.parent / "shared" / "real"))
here = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"the real files are not here ({FOLDER}), so none of them was judged; set LUMBUNG_REAL",
)
Row = dict[str, str]
DAY = {
    "tanggal": "2021-02-01",
    "stasiun": "DKI1",
    "pm10": "59",
    "pm25": "79",
    "so2": "21",
    "co": "26",
    "o3": "15",
    "no2": "31",
    "max": "79",
    "critical": "PM25",
    "categori": "SEDANG",
}
"""A row the rule agrees with."""


class Cells(HTMLParser):
    """Every cell of a table, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
        self.is_open = tag in ("th", "td")

    def handle_endtag(self, tag: str) -> None:
        self.is_open = False

    def handle_data(self, data: str) -> None:
        if self.is_open:
            self.rows[-1][-1] += data


def rows_of(name: str) -> list[Row]:
    path = FOLDER / name
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))
    cells = Cells()
    cells.feed(path.read_text("utf-8"))
    return [dict(zip(cells.rows[0], row, strict=True)) for row in cells.rows[1:]]


EXPECTED: dict[str, tuple[int, dict[str, int]]] = {
    "jkt_spku_2021-02.csv": (140, {"missing_index": 10, "no_index": 2, "highest_differs": 2}),
    "jkt_ispu_2022.xls": (
        365,
        {
            "date_outside_period": 28,
            "index_not_in_rule": 28,
            "critical_not_in_rule": 24,
            "highest_differs": 24,
            "category_differs": 13,
            "critical_missing": 1,
        },
    ),
}
"""File -> its rows, and in how many of them what does not agree. February 2022 is dated 2020,
when the rule knew no PM2.5.
"""
ALTERED = {
    "category_differs": {"categori": "BAIK"},
    "highest_differs": {"max": "78"},
    "critical_not_highest": {"critical": "PM10"},
    "critical_has_no_column": {"critical": "HC"},
    "critical_missing": {"critical": ""},
    "missing_index": {"co": "---"},
    "date_outside_period": {"periode_data": "202102", "tanggal": "2021-03-01"},
}
"""Kind -> what of a row is altered to make it so, and nothing else."""
OLD = {**DAY, "tanggal": "2020-07-13", "pm25": "---", "no2": "---"}
"""A row of the last day of KEP-45/1997, whose PM10 decides."""


def kinds(found: list[Disagreement]) -> dict[str, int]:
    return dict(Counter(disagreement.kind for disagreement in found))


@here
@pytest.mark.parametrize("name", EXPECTED)
def test_every_disagreement_of_a_real_file_is_listed(name: str) -> None:
    rows = rows_of(name)
    found = disagreements(name, rows)
    print(
        f"{name}: {len(rows)} rows, {len({case.line for case in found})} of them with {len(found)}"
        f" disagreements: {kinds(found)}",
        *found,
        sep="\n  ",
    )
    assert (len(rows), kinds(found)) == EXPECTED[name]


@here
def test_dated_by_their_period_the_rows_of_2020_agree() -> None:
    """Their labels are those of the rule of 2022: the year of the date is the mistake, and it is
    listed, not mended.
    """
    rows = [
        {**row, "tanggal": row["tanggal"].replace("2020-", "2022-")}
        for row in rows_of("jkt_ispu_2022.xls")
    ]
    assert kinds(disagreements("jkt_ispu_2022.xls", rows)) == {"critical_missing": 1}


@here
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_row_altered_on_purpose_is_listed(name: str) -> None:
    rows = rows_of(name)
    listed = {disagreement.line for disagreement in disagreements(name, rows)}
    line = next(
        n
        for n in range(2, len(rows) + 2)
        if n not in listed and rows[n - 2]["categori"] == "SEDANG"
    )
    rows[line - 2] = {**rows[line - 2], "categori": "BAIK"}
    assert [
        (disagreement.kind, disagreement.says)
        for disagreement in disagreements(name, rows)
        if disagreement.line == line
    ] == [("category_differs", "BAIK")]


@pytest.mark.parametrize("kind", ALTERED)
def test_a_row_altered_on_purpose_is_listed_under_its_kind_alone(kind: str) -> None:
    assert disagreements("made", [DAY]) == []
    (found,) = disagreements("made", [DAY, {**DAY, **ALTERED[kind]}])
    assert (found.kind, found.file, found.line, found.station) == (kind, "made", 3, "DKI1")
    assert "PM2.5=79" in str(found) and "79 PM2.5 SEDANG" in str(found)


@pytest.mark.parametrize(
    ("day", "index", "label", "wrong"),
    [
        ("2020-07-13", "200", "SANGAT TIDAK SEHAT", None),
        ("2020-07-14", "200", "SANGAT TIDAK SEHAT", "TIDAK SEHAT"),
        ("2020-07-14", "200", "TIDAK SEHAT", None),
        ("2020-07-13", "200", "TIDAK SEHAT", "SANGAT TIDAK SEHAT"),
        ("2020-07-13", "300", "BERBAHAYA", None),
        ("2020-07-14", "300", "BERBAHAYA", "SANGAT TIDAK SEHAT"),
        ("2020-07-13", "199", "TIDAK SEHAT", None),
        ("2020-07-14", "301", "BERBAHAYA", None),
    ],
)
def test_200_and_300_change_category_with_the_rule(
    day: str, index: str, label: str, wrong: str | None
) -> None:
    row = {
        **OLD,
        "tanggal": day,
        "pm10": index,
        "max": index,
        "critical": "PM10",
        "categori": label,
    }
    found = [
        disagreement
        for disagreement in disagreements("made", [row])
        if disagreement.kind != "missing_index"
    ]
    assert [disagreement.kind for disagreement in found] == (["category_differs"] if wrong else [])
    assert wrong is None or found[0].rule.endswith(f" {wrong}")


def test_an_index_the_rule_of_its_day_does_not_know_decides_nothing() -> None:
    row = {
        **OLD,
        "pm25": "180",
        "no2": "190",
        "max": "180",
        "critical": "PM25",
        "categori": "TIDAK SEHAT",
    }
    found = {disagreement.kind: disagreement for disagreement in disagreements("made", [row])}
    assert sorted(found) == [
        "category_differs",
        "critical_not_in_rule",
        "highest_differs",
        "index_not_in_rule",
    ]
    assert found["index_not_in_rule"].says == "NO2, PM2.5"
    assert found["category_differs"].rule == "KEP-45/MENLH/10/1997 says 59 PM10 SEDANG"
