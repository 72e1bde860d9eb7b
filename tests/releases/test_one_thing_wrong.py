"""One thing wrong stops only itself: a model that cannot be made is withheld alone with what rests
on it, and the release goes on showing it as it was last made.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cli.show import withheld_models
from pipelines.files.export import FORMS
from pipelines.files.index import published
from pipelines.files.table import Table
from pipelines.files.workbook import write_xlsx
from pipelines.release.release import open_release
from pipelines.verify.rebuild import Rebuild
from pipelines.verify.views import views_difference
from portal.app import app
from tests.released import DAYS, KPI, MART, SmallHouse, released
from tests.sample import HEADER, SAMPLE, row
from tests.town import THIRD, Town

pytestmark = pytest.mark.xdist_group("gate")
Command = Callable[..., tuple[int, str, str]]
SECOND_KPI = KPI.replace("-- kpi: V77", "-- kpi: V78").replace(
    "mart.rain_daily", "mart.other_daily"
)
DAY_AS_TEXT = MART.replace(
    "SELECT city_date(measured_at) AS day",
    "SELECT strftime(city_date(measured_at), '%Y-%m-%d') AS day",
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Two marts, a KPI on each, two days released."""
    town = Town(tmp_path)
    released(tmp_path, models={"mart.other_daily": MART, "kpi.other_days": SECOND_KPI})
    yield town


BROKEN = {
    "does not run": MART.replace("kind <> 'none'", "kindd <> 'none'"),
    "is no SQL": MART.replace("GROUP BY 1", "GROUP BY BY"),
    "lacks a header": MART.replace("-- row: one day\n", ""),
    "breaks its key": MART.replace("WHERE kind", "CROSS JOIN range(2) WHERE kind").replace(
        "GROUP BY 1", "GROUP BY 1, range"
    ),
    "overflows": MART.replace("sum(rain_mm)", "(sum(rain_mm) * 1e9)::TINYINT"),
    "reads nobody's table": MART.replace("FROM hujan.rain", "FROM hujan.rein"),
    "asks the clock": MART.replace("sum(rain_mm) AS", "epoch(now()) AS"),
}
UNREADABLE = ("is no SQL", "lacks a header", "asks the clock")


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_mart_is_withheld_with_what_rests_on_it_and_no_more(town: Town, how: str) -> None:
    before = {name: town.rows(name) for name in ("mart.rain_daily", "kpi.rainy_days")}
    town.write("mart.rain_daily", BROKEN[how])
    report = town.harvested()
    after = town.release
    assert report.release == after.id
    assert {name: why.reason for name, why in after.manifest.withheld.items()} == {
        "mart.rain_daily": "unreadable" if how in UNREADABLE else "fails",
        "kpi.rainy_days": "rests",
    }
    assert after.manifest.withheld["kpi.rainy_days"].because == "mart.rain_daily"
    assert {said.partition(" is withheld")[0] for said in report.errors} == {*before}
    assert {name: town.rows(name) for name in before} == before
    assert len(town.rows("mart.other_daily")) == 3 and town.rows("kpi.other_days")[0][2] == 3
    rebuild = Rebuild(town.lake, after, town.folder / "sql")
    assert [model["model"] for model in withheld_models(town.lake)] == [
        "kpi.rainy_days",
        "mart.rain_daily",
    ]
    for name in (*before, "mart.other_daily", "kpi.other_days"):
        outcomes = [*rebuild.verify(name)]
        assert outcomes and [outcome.said for outcome in outcomes if not outcome.ok] == []


def test_what_is_mended_is_made_anew_and_no_longer_withheld(town: Town) -> None:
    town.write("mart.rain_daily", BROKEN["does not run"])
    town.harvested()
    town.write("mart.rain_daily", MART)
    assert town.harvested().errors == []
    assert town.release.manifest.withheld == {} and len(town.rows("mart.rain_daily")) == 3


def test_a_column_may_change_its_type(town: Town) -> None:
    first = town.release.id
    town.write("mart.rain_daily", DAY_AS_TEXT)
    town.write("kpi.rainy_days", KPI.replace("month_of(day)", "month_of(day::DATE)"))
    report = town.harvested()
    assert report.errors == [] and town.release.manifest.withheld == {}
    assert [day for day, *_ in town.rows("mart.rain_daily")] == [*map(str, (*DAYS, THIRD))]
    with open_release(town.lake, first).connect() as con:
        assert con.execute("SELECT max(day) FROM mart.rain_daily").fetchone() == (DAYS[-1],)


def test_pages_say_which_figures_are_as_they_were_last_made(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write("mart.rain_daily", BROKEN["does not run"])
    town.harvested()
    monkeypatch.setenv("LUMBUNG_LAKE", str(town.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    listed = client.get("/withheld?lang=en").text
    assert "It rests on Daily rain, which is withheld" in listed and "kindd" not in listed
    assert "Its computation fails" in client.get("/d/mart.rain_daily?lang=en").text
    assert "It rests on Daily rain" in client.get("/kpi/rainy_days?lang=en").text
    assert "kindd" not in client.get("/kpi/rainy_days?lang=en").text
    assert "computation fails" not in client.get("/d/mart.other_daily?lang=en").text


PARTS = {
    "portal.light.table_page.tables.preview": ("/d/hujan.rain", "Preview"),
    "portal.light.table_page._gate": ("/d/hujan.rain", "Quality"),
    "portal.light.described.versions": ("/d/hujan.rain", "Versions"),
    "portal.light.described.lineage": ("/d/mart.rain_daily", "Lineage"),
    "portal.light.parts.headline": ("/kpi", ""),
}


@pytest.mark.parametrize("what", PARTS)
def test_a_part_of_a_page_that_fails_leaves_the_rest(
    house: SmallHouse, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("secret words of an engine")

    path, word = PARTS[what]
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    whole = client.get(f"{path}?lang=en").text
    monkeypatch.setattr(what, fails)
    answer = client.get(f"{path}?lang=en")
    assert answer.status_code == 200 and "secret words" not in answer.text
    said = f"Part of this page cannot be shown at the moment: {word}."
    assert (said in answer.text) == bool(word) and said not in whole
    assert len(answer.text) > 0.6 * len(whole)


def test_a_form_that_cannot_be_written_costs_itself_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(con: object, table: Table, rows: str, path: Path) -> None:
        path.write_bytes(b"half a workb")
        if table.name == "hujan.rain":
            raise ValueError("year 10000 is out of range")
        write_xlsx(con, table, rows, path)  # type: ignore[arg-type]

    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=failing))
    assert town.harvested().errors == []
    tables = published(town.release.folder)
    assert tables["hujan.rain"].lacking == {"xlsx": "failed"}
    assert tables["hujan.rain"].file("xlsx") is None and tables["hujan.rain"].file("csv")
    assert tables["mart.rain_daily"].lacking == {} and tables["mart.rain_daily"].file("xlsx")
    monkeypatch.setenv("LUMBUNG_LAKE", str(town.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    assert "XLSX: This file could not be made" in client.get("/d/hujan.rain/files?lang=en").text


def test_a_model_that_never_was_made_is_left_out_and_said_so(town: Town) -> None:
    town.write("mart.new_daily", BROKEN["does not run"])
    town.harvested()
    assert town.release.manifest.withheld["mart.new_daily"].reason == "fails"
    assert "mart.new_daily" not in town.release.manifest.tables


UNTIL = """      - name: valid_until
        logicalType: timestamp
        classification: public
        description: Berlaku sampai / Valid until
        examples: ["9999-12-31T23:59:59Z"]
      - name: amount
        logicalType: number
        classification: public
        description: Jumlah / Amount
        examples: [1.5]
        customProperties:
          - {{property: unit, value: mm}}
"""
ODD = {
    "no end": ("9999-12-31T23:59:59Z", "1"),
    "before our era": ("0001-01-01T00:00:00Z", "1"),
    "before Excel": ("1899-12-31T00:00:00Z", "-1e307"),
    "the largest number": ("2026-01-03T00:00:00Z", "1.7976931348623157e308"),
    "the smallest number": ("2026-01-03T00:00:00Z", "5e-324"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("how", ODD)
def test_a_value_at_the_end_of_its_type_is_published_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command, how: str
) -> None:
    monkeypatch.setattr("tests.sample.SAMPLE", SAMPLE + UNTIL)
    monkeypatch.setattr("tests.sample.HEADER", f"{HEADER},valid_until,amount")
    monkeypatch.setattr(
        "tests.released.row", lambda *a, **k: f"{row(*a, **k)},{','.join(ODD[how])}"
    )
    town = Town(released(tmp_path).lake.root.parent)
    tables = published(town.release.folder)
    assert tables["hujan.rain"].lacking == {}
    forms = {file.form for file in tables["hujan.rain"].files if file.partition is None}
    assert forms == {form for form, facts in FORMS.items() if not facts.is_located}
    monkeypatch.setenv("LUMBUNG_LAKE", str(town.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True)
    for path in (
        "/d/hujan.rain",
        "/download/hujan.rain.json",
        "/download/hujan.rain.xlsx",
        "/api/v1/tables/hujan.rain/rows",
        "/d/hujan.rain/files",
        "/app/dataset?id=hujan.rain",
    ):
        answer = client.get(path)
        assert answer.status_code < 400, f"{path}: {answer.text[:300]}"
    for query in ("SELECT * FROM hujan.rain", "SELECT max(valid_until) FROM hujan.rain"):
        code, _, err = command("sql", query)
        assert (code, err) == (0, ""), err


VIEW = "SELECT gauge, max(rain_mm) AS rain_mm FROM hujan.rain GROUP BY ALL"
BROKEN_VIEWS = {
    "does not bind": VIEW.replace("gauge", "gage"),
    "reads what is closed": VIEW.replace("gauge", "observer"),
    "is not UTF-8": "SELECT 'caf\udce9' AS name",
}


@pytest.mark.parametrize("how", BROKEN_VIEWS)
def test_a_broken_view_is_withheld_alone_and_its_last_good_version_serves(
    town: Town, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    for name in ("wettest", "others", "new"):
        town.write(f"view.{name}", VIEW)
    path = town.folder / "sql" / "view" / "new.sql"
    path.unlink()
    assert town.harvested().errors == []
    rows = town.rows("lumbung.wettest")
    for name in ("wettest", "new"):
        path.with_stem(name).write_text(BROKEN_VIEWS[how], errors="surrogateescape")
    report = town.harvested("G3,2026-01-03T08:00:00+07:00,7.5,wet,Warga Sintetis 3")
    after = town.release
    assert report.release == after.id and len(rows) == 2
    reason = "unreadable" if how == "is not UTF-8" else "fails"
    assert {name: why.written() for name, why in after.manifest.withheld.items()} == {
        "lumbung.new": {"reason": reason},
        "lumbung.wettest": {"reason": reason},
    }
    assert len(report.errors) == 2 and all(".sql" in said for said in report.errors)
    assert [*after.manifest.views] == ["others", "wettest"]
    assert len(town.rows("lumbung.wettest")) == len(town.rows("lumbung.others")) == 3
    assert views_difference(town.lake, after) == ""
    monkeypatch.setenv("LUMBUNG_LAKE", str(town.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    listed = client.get("/withheld?lang=en").text
    assert "lumbung.wettest" in listed and "gage" not in listed


def test_macros_that_are_no_sql_withhold_every_model_and_the_release_is_made(town: Town) -> None:
    conventions = town.folder / "sql" / "conventions.sql"
    conventions.write_text(conventions.read_text() + "\nCREATE MACRO half(x) AS x /;")
    before = town.rows("mart.rain_daily")
    report = town.harvested()
    assert report.release == town.release.id and len(town.rows("hujan.rain")) == 6
    assert len(town.release.manifest.withheld) == 4 and town.rows("mart.rain_daily") == before
