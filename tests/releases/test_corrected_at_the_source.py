"""A day that was corrected at a web source months after it passed: the next run sees it, reads that
day alone, and what was final and is another now stands among the corrections.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import build_defs
from assets.report import Report
from assets.run import run
from assets.timetable import END, START
from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from tests.instance import dagster_instance
from tests.released import released
from tests.sample import ZONE, drop, row
from tests.served import Answer, Served, serve

pytestmark = pytest.mark.xdist_group("gate")
FIRST, TODAY = date(2026, 1, 1), date(2026, 4, 2)
DRY = FIRST + timedelta(days=4)
FOLDER = """\
    type: local
    path: {}/drop
    format: csv
    customProperties:
      - {{property: connector, value: file}}
"""
WEB = """\
    type: api
    location: {}
    customProperties:
      - {{property: connector, value: rest}}
      - {{property: limits, value: {{attempts: 1}}}}
"""
PAGED = """\
        value:
          path: /rain
          records: data
          paging: {style: offset, parameter: offset, size_parameter: size, total_field: total}
          window: {start: since, end: until}
"""


class Rain:
    """A REST interface of a gauge's readings, one a day; ``is_down`` answers nothing else."""

    def __init__(self) -> None:
        days = (FIRST + timedelta(days=number) for number in range((TODAY - FIRST).days))
        self.readings = [(day, 0 if day == DRY else 1) for day in days]
        self.is_down = False

    def __call__(self, _: str, __: str, query: Mapping[str, str], ___: object) -> Answer:
        if self.is_down:
            return 503, {}, b""
        start, end = (datetime.fromisoformat(query[name]).date() for name in ("since", "until"))
        found = [reading for reading in self.readings if start <= reading[0] < end]
        skip = int(query["offset"])
        rows = [
            {
                "gauge": "G1" if number == 0 or day != found[number - 1][0] else "G2",
                "measured_at": datetime(day.year, day.month, day.day, 8, tzinfo=ZONE).isoformat(),
                "rain_mm": rain,
                "kind": "wet",
                "observer": "Warga Sintetis 1",
            }
            for number, (day, rain) in enumerate(found)
        ]
        page = rows[skip : skip + int(query.get("size", 1000))]
        body = json.dumps({"data": page, "total": len(rows)}).encode()
        return 200, {"Content-Type": "application/json"}, body


@pytest.fixture
def rain() -> Rain:
    return Rain()


@pytest.fixture
def source(rain: Rain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A house whose rain comes from the web, harvested up to the end of March, and another
    application beside it.
    """
    monkeypatch.setenv("LUMBUNG_TODAY", TODAY.isoformat())
    released(tmp_path, beside=("sumur",))
    contract = tmp_path / "contracts" / "hujan.odcs.yaml"
    text = contract.read_text("utf-8")
    with serve(rain) as served:
        for was, now in (
            (FOLDER.format(tmp_path), WEB.format(served.url)),
            ('        value: {files: "rain_{date}.csv"}\n', PAGED),
        ):
            assert was in text
            text = text.replace(was, now)
        contract.write_text(text, "utf-8")
        report = run_of(tmp_path, ["hujan"], FIRST)
        assert report.errors == [] and len(report.datasets["hujan.rain"]) == 91
        served.taken()
        yield served


def run_of(folder: Path, applications: list[str], first: date | None = None) -> Report:
    with dagster_instance() as instance:
        return run(
            instance,
            folder / "contracts",
            Lake(folder / "lake"),
            folder / "sql",
            applications,
            first,
            None,
            lambda *_: None,
        )


def asked(report: Report) -> list[tuple[str, str, int]]:
    rows = report.datasets["hujan.rain"]
    return [(row["partition"], row["verdict"], row["passed"]) for row in rows]


def test_a_correction_of_three_months_ago_is_read_alone_and_published_as_one(
    source: Served, rain: Rain, tmp_path: Path
) -> None:
    report = run_of(tmp_path, ["hujan"])
    assert report.errors == [] and asked(report) == []
    assert len(source.taken()) == 1, "one total over all of it"
    rain.readings = sorted([*rain.readings, (DRY, 7)])
    report = run_of(tmp_path, ["hujan"])
    assert report.errors == [] and asked(report) == [(str(DRY), "passed", 2)]
    looks, reads = [], []
    for _, _, query in source.taken():
        (looks if query.get("size") else reads).append(query)
    assert len(looks) <= 1 + 2 * 7 and len(reads) == 1, "halves of halves, then the day itself"
    with open_release(Lake(tmp_path / "lake")).connect() as con:
        found = con.execute(
            "SELECT rain_mm FROM hujan.rain WHERE _partition = ? ORDER BY ALL", [str(DRY)]
        ).fetchall()
        corrected = con.execute(
            'SELECT old_value::DOUBLE, new_value::DOUBLE FROM lumbung.corrections WHERE "column" ='
            " 'value' ORDER BY sequence"
        ).fetchall()
    assert found == [(0,), (7,)]
    assert corrected[-1] == (30, 31), "the dry day had rain"
    assert asked(run_of(tmp_path, ["hujan"])) == [] and len(source.taken()) == 1


def test_dagster_asks_for_the_same_days_and_a_source_that_is_down_stops_nothing_else(
    source: Served, rain: Rain, tmp_path: Path
) -> None:
    defs = build_defs(tmp_path / "contracts", Lake(tmp_path / "lake"), tmp_path / "sql")
    schedules = {schedule.name: schedule for schedule in defs.schedules or ()}
    assert "sumur__rain_revisit_schedule" not in schedules, "its sensor sees what is dropped"
    schedule = schedules["hujan__rain_revisit_schedule"]
    assert isinstance(schedule, dg.ScheduleDefinition)
    with dg.DagsterInstance.ephemeral() as instance:

        def requested() -> list[tuple[str, str]]:
            night = datetime(2026, 4, 2, 3, 45, tzinfo=ZONE)
            context = dg.build_schedule_context(instance, scheduled_execution_time=night)
            tick = schedule.evaluate_tick(context)
            return [(request.tags[START], request.tags[END]) for request in tick.run_requests or ()]

        assert requested() == []
        more = [(DRY + timedelta(days=after), 7) for after in (0, 1, 40)]
        rain.readings = sorted([*rain.readings, *more])
        first, second, third = (str(day) for day, _ in more)
        assert requested() == [(first, second), (third, third)]
        rain.is_down = True
        with pytest.raises(Exception, match="answered 503"):
            requested()
    drop(tmp_path / "drop", date(2026, 1, 1), [row(date(2026, 1, 1), rain="3")])
    report = run_of(tmp_path, [])
    (error,) = [error for error in report.errors if "hujan.rain" in error]
    assert "answered 503" in error and "could not be looked at for corrections" in error
    assert report.release and asked(report) == []
    assert ("2026-01-01", "passed") in [
        (row["partition"], row["verdict"]) for row in report.datasets["sumur.rain"]
    ]
