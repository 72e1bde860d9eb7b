"""What check says of SQL: each model, view and clean SQL is bound to the types that contracts
state, and a name or type that is wrong is told with file, line, column and the nearest name.
"""

import re
import shutil
from pathlib import Path

import pytest

from cli.contracts import lint
from pipelines.settings import PROJECT, contracts_path
from tests.released import KPI, MART
from tests.sample import write_sample

VIEW = "SELECT gauge, max(rain_mm) AS rain_mm\nFROM hujan.rain\nGROUP BY ALL\n"
CLEAN = "SELECT * REPLACE (rain_mm || '0' AS rain_mm), wind AS force\nFROM delivered\n"
GOOD = {
    "mart/rain_daily": MART,
    "kpi/rainy_days": KPI,
    "view/wettest": VIEW,
    "clean/hujan.rain": CLEAN,
}
WRONG = {
    "a column that is not there": (
        "mart/rain_daily",
        ("sum(rain_mm)", "sum(rain_m)"),
        r'11:43: Referenced column "rain_m" not found .*; did you mean \'rain_mm\'\?',
    ),
    "a table that is not there": (
        "mart/rain_daily",
        ("hujan.rain", "hujan.rein"),
        r"12: reads hujan\.rein, which no contract describes; did you mean 'hujan\.rain'\?",
    ),
    "a type that is not that": (
        "mart/rain_daily",
        ("kind <> 'none'", "kind > measured_at"),
        r"13:12: Cannot compare values of type VARCHAR and type TIMESTAMP",
    ),
    "a function that is none": (
        "mart/rain_daily",
        ("sum(rain_mm)", "summ(rain_mm)"),
        r"11:39: Scalar Function with name summ does not exist",
    ),
    "no SELECT": ("mart/rain_daily", ("GROUP BY 1", "GROUP BY BY"), r"syntax error"),
    "a key that is not given": (
        "mart/rain_daily",
        ("-- key: day", "-- key: dya"),
        r"1: the key is dya; the SELECT gives no dya",
    ),
    "a column that is not described": (
        "mart/rain_daily",
        ("-- column rain_mm: Hujan / Rain\n", ""),
        r" columns without a line .*: rain_mm",
    ),
    "a column described that is not given": (
        "mart/rain_daily",
        ("count(DISTINCT observer) AS observers", "1 AS observer"),
        r" columns .* its SELECT does not give: observers",
    ),
    "a column of a mart": (
        "kpi/rainy_days",
        ("WHERE rain_mm > 0", "WHERE rain > 0"),
        r'26:7: Referenced column "rain" not found .*; did you mean \'rain_mm\'\?',
    ),
    "a mart that nobody makes": (
        "kpi/rainy_days",
        ("mart.rain_daily", "mart.rain_dialy"),
        r"25: reads mart\.rain_dialy, which nobody has; did you mean 'mart\.rain_daily'\?",
    ),
    "a column that every KPI gives": (
        "kpi/rainy_days",
        ("    1 AS completeness,\n", ""),
        r" it lacks completeness",
    ),
    "a type that no KPI gives": (
        "kpi/rainy_days",
        ("1 AS completeness", "'all' AS completeness"),
        r" completeness is a number; the SELECT gives string",
    ),
    "a closed column in a view": (
        "view/wettest",
        ("gauge, max", "observer, max"),
        r'1:8: Referenced column "observer" not found',
    ),
    "a view that is none": ("view/wettest", ("GROUP BY ALL", "GROUP"), r"syntax error"),
    "a clean SQL's table": (
        "clean/hujan.rain",
        ("delivered", "deliverd"),
        r"2:6: Table with name deliverd does not exist; did you mean 'delivered'\?",
    ),
    "a field that clean SQL drops": (
        "clean/hujan.rain",
        ("SELECT *", "SELECT * EXCLUDE (gauge, _line)"),
        r"1: the SELECT gives no _line, gauge; ",
    ),
    "a type of clean SQL": (
        "clean/hujan.rain",
        ("rain_mm || '0'", "rain_mm + [1]"),
        r"1:\d+: ",
    ),
}


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """SQL of every kind beside a contract, and nothing wrong."""
    folder = tmp_path / "sql"
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    for name, text in GOOD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(f"{name}.sql").write_text(text, "utf-8")
    shutil.copy(PROJECT / "sql" / "conventions.sql", folder / "conventions.sql")
    return folder


def test_what_is_right_is_bound_and_read(sql: Path) -> None:
    problems, read = lint([sql], sql.parent / "contracts")
    assert problems == []
    assert {str(Path(path).relative_to(sql)) for path in read} == {
        *(f"{name}.sql" for name in GOOD),
        "conventions.sql",
    }


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_bind_is_told_with_its_place(sql: Path, what: str) -> None:
    name, (right, wrong), said = WRONG[what]
    path = sql / f"{name}.sql"
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), "utf-8")
    for asked in (sql, path.parent, path):
        problems, _ = lint([asked], sql.parent / "contracts")
        assert re.search(f"^{re.escape(str(path))}:.*{said}", "\n".join(problems)), problems
    others = {f"{other}.sql" for other in GOOD} - {f"{name}.sql"}
    if name != "mart/rain_daily":
        assert lint([sql / other for other in others], sql.parent / "contracts")[0] == []


def test_a_renamed_column_is_told_of_the_sql_that_reads_it(
    sql: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = sql.parent / "contracts" / "hujan.odcs.yaml"
    text = contract.read_text("utf-8").replace("rain_mm", "depth_mm")
    contract.write_text(text, "utf-8")
    monkeypatch.setenv("LUMBUNG_SQL", str(sql))
    problems, _ = lint([contract], contract.parent)
    told = {Path(problem.partition(":")[0]).stem for problem in problems}
    assert told == {"rain_daily", "wettest"}
    assert all('"rain_mm"' in problem for problem in problems)


def test_sql_is_not_held_against_a_contract_that_is_wrong(sql: Path) -> None:
    contract = sql.parent / "contracts" / "hujan.odcs.yaml"
    write_sample(sql.parent / "contracts", sql.parent / "drop", "sungai")
    contract.write_text("apiVersion: [", "utf-8")
    problems, _ = lint([sql / "mart" / "rain_daily.sql"], contract.parent)
    assert len(problems) == 1 and "not held against hujan, whose contract is wrong" in problems[0]


@pytest.mark.parametrize("content", (b"\xff\xfe", b""))
@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_cannot_be_read_is_told_alone(sql: Path, name: str, content: bytes) -> None:
    path = sql / f"{name}.sql"
    path.write_bytes(content)
    problems, _ = lint([sql], sql.parent / "contracts")
    assert problems and all(problem.startswith(f"{path}:") for problem in problems)


def test_macros_that_are_no_sql_are_told_once(sql: Path) -> None:
    (sql / "conventions.sql").write_text("CREATE MACRO half(x) AS x /", "utf-8")
    problems, _ = lint([sql], sql.parent / "contracts")
    assert problems[0].startswith(f"{sql / 'conventions.sql'}: ") and "Parser Error" in problems[0]


def test_clean_sql_of_no_dataset_is_told(sql: Path) -> None:
    (sql / "clean" / "hujan.rain.sql").rename(sql / "clean" / "hujan.rian.sql")
    problems, _ = lint([sql], sql.parent / "contracts")
    assert problems == [
        f"{sql / 'clean' / 'hujan.rian.sql'}:1: the file's name is the dataset whose shape it puts"
        " right, and no contract describes 'hujan.rian'; did you mean 'hujan.rain'?"
    ]


def test_marts_may_read_one_another_in_any_order_and_in_no_circle(sql: Path) -> None:
    later = MART.replace(
        "FROM hujan.rain",
        "FROM (SELECT *, TIMESTAMPTZ '2026-01-01' AS measured_at, '' AS kind, '' AS observer"
        " FROM mart.rain_daily)",
    )
    (sql / "mart" / "all_rain.sql").write_text(later, "utf-8")
    assert lint([sql], sql.parent / "contracts")[0] == []
    path = sql / "mart" / "rain_daily.sql"
    path.write_text(MART.replace("FROM hujan.rain", "FROM mart.all_rain"), "utf-8")
    problems, _ = lint([sql], sql.parent / "contracts")
    assert any("made of one another in a circle" in problem for problem in problems)


def test_everything_of_the_project_is_right() -> None:
    problems, read = lint([PROJECT / "sql" / "clean"], contracts_path())
    assert problems == [] and len(read) == 1
