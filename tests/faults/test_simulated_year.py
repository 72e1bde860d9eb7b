"""A simulated year: every day something may go wrong, and after each day what is public is counted
again in plain Python from the bytes that were delivered.

The suite lives twelve days of it, ``LUMBUNG_DAYS`` says another number, ``LUMBUNG_FAULTS=all``
(`make faults`) the year: 30 crashes, 20
late corrections, 10 clock errors, 10 half-copied files, 20 broken contracts and models, and bad
newest versions, drawn by ``LUMBUNG_SEED``.
"""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.lake import clock, verdicts
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from tests.faults.year import FIRST, GAUGES, HOURS, RAIN, Town, at, build, text_of

pytestmark = pytest.mark.xdist_group("gate")
DAYS = 365 if os.environ.get("LUMBUNG_FAULTS") == "all" else int(os.environ.get("LUMBUNG_DAYS", 12))
SEED = int(os.environ.get("LUMBUNG_SEED", "1"))
TROUBLES = {
    "crash": 30,
    "late correction": 20,
    "clock": 10,
    "half a file": 10,
    "broken contract": 7,
    "broken mart": 7,
    "broken KPI": 6,
}
"""How often in a year; the days of the suite have each once."""
Row = dict[str, str]


def rows(content: bytes) -> list[Row]:
    """Return the rows of a file that are whole, each once."""
    read = csv.DictReader(io.StringIO(content.decode()))
    whole = (row for row in read if None not in row.values())
    return list({tuple(row.values()): row for row in whole}.values())


def rain(content: bytes) -> Counter[tuple[Any, ...]]:
    """Return what must be public of a day of rain: readings of a real gauge, and no amount where
    that is none.
    """
    good = filter(is_gauge, rows(content))
    return Counter(
        (row["gauge"], moment(row["measured_at"]), amount(row["rain_mm"]), row["kind"])
        for row in good
    )


def is_ticket(row: Row) -> bool:
    return row["status"] in ("open", "closed")


def is_gauge(row: Row) -> bool:
    return re.fullmatch(r"G[0-9]+", row["gauge"]) is not None


def whole_months(days: Mapping[str, bytes], is_good: Callable[[Row], bool]) -> set[str]:
    """Return the months of which every day stands, with 95 % of its rows, or all but one of five or
    more, good, and their shares 95 % on average, or one in all bad.
    """
    counts: dict[str, list[tuple[int, int]]] = {}
    for day, content in days.items():
        delivered = rows(content)
        counted = (len(delivered), sum(map(is_good, delivered)))
        counts.setdefault(day[:7], []).append(counted)
    whole = set()
    for month, of_days in counts.items():
        delivered, good = (sum(column) for column in zip(*of_days, strict=True))
        share = sum(good / delivered if delivered else 1 for delivered, good in of_days)
        is_enough = 20 * good >= 19 * delivered or (delivered - good == 1 and delivered >= 5)
        year, number = map(int, month.split("-"))
        if (
            len(of_days) == monthrange(year, number)[1]
            and is_enough
            and (share / len(of_days) + 1e-9 >= 0.95 or delivered - good <= 1)
        ):
            whole.add(month)
    return whole


def tickets(contents: Iterable[bytes]) -> dict[str, tuple[Any, ...]]:
    """Return by ticket its newest version that is good, and whether a newer one is withheld."""
    newest: dict[str, tuple[Any, ...]] = {}
    withheld: dict[str, datetime] = {}
    for row in (row for content in contents for row in rows(content)):
        ticket, changed = row["ticket"], moment(row["changed_at"])
        if not is_ticket(row):
            withheld[ticket] = max(changed, withheld.get(ticket, changed))
        elif ticket not in newest or newest[ticket][0] < changed:
            hours = int(row["hours"]) if row["hours"] and int(row["hours"]) >= 0 else None
            newest[ticket] = (changed, moment(row["opened_at"]), row["status"], hours)
    return {
        ticket: (*version, ticket in withheld and withheld[ticket] > version[0])
        for ticket, version in newest.items()
    }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def amount(text: str) -> float | None:
    return float(text) if 0 <= float(text) <= 500 else None


class Year:
    """The town, its troubles to come, and what was published as final."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build(folder)
        self.town, self.monkeypatch = Town(folder, SEED), monkeypatch
        self.final: dict[tuple[str, str], tuple[Any, ...]] = {}
        self.had: Counter[str] = Counter()
        self.caught = 0  # halves of files; of the first days it is not known what is usual
        self.broken: dict[Path, tuple[date, str]] = {}
        self.troubles = self._drawn()

    def _drawn(self) -> dict[date, str]:
        times = {name: max(1, count * DAYS // 365) for name, count in TROUBLES.items()}
        which = [name for name, count in times.items() for _ in range(count)]
        days = [FIRST + timedelta(days=number) for number in range(2, DAYS - 2)]
        return dict(zip(self.town.random.sample(days, len(which)), which, strict=True))

    def live(self, day: date) -> None:
        """Live one day: what is delivered, what goes wrong, the run of the next morning."""
        town, trouble = self.town, self.troubles.get(day)
        self.mended(day)
        town.live(day)
        self.monkeypatch.setenv("LUMBUNG_TODAY", str(day + timedelta(days=1)))
        if trouble:
            self.had[trouble] += 1
        match trouble:
            case "half a file":
                whole = town.path("rain", day).read_bytes()
                town.say("rain", day, whole[: len(whole) // 2])
                town.run()
                self.counted()
                stands = str(day) in {row["partition"] for row in self.passed("hujan.rain")}
                self.caught += not stands
                town.say("rain", day, whole)
            case "late correction":
                back = day - timedelta(days=town.random.randint(1, min(3, (day - FIRST).days)))
                readings = [
                    (gauge, at(back, hour), "7.0", "wet", "Warga Sintetis 2")
                    for gauge in GAUGES
                    for hour in HOURS
                ]
                town.say("rain", back, text_of(RAIN, readings))
            case "crash":
                self.crash(day)
            case "broken contract":
                self.break_one(Path("contracts/hujan.odcs.yaml"), "schema:", "schemaa:", day)
            case "broken mart":
                self.break_one(Path("sql/mart/harvest_periods.sql"), "SELECT", "SELECTT", day)
            case "broken KPI":
                self.break_one(Path("sql/kpi/rain_of_the_month.sql"), "rain_mm", "rainn_mm", day)
        with pytest.MonkeyPatch.context() as patch:
            if trouble == "clock":
                turn_clock(patch, day, town.random.choice((-40, 60)))
            town.run()
        self.counted()

    def crash(self, day: date) -> None:
        """Run the day in a process that kills itself between two changes of tables; then count,
        for nobody is there to mend it.
        """
        number = self.town.random.randint(1, 9)
        command = ("-m", "tests.faults.year", self.town.folder, day + timedelta(days=1), number)
        ended = subprocess.run(
            [sys.executable, *map(str, command)], cwd=PROJECT, capture_output=True, text=True
        )
        assert ended.returncode in (-9, 0), ended.stderr[-2000:]

    def break_one(self, path: Path, old: str, new: str, day: date) -> None:
        whole = self.town.folder / path
        _, text = self.broken.get(whole, (day, whole.read_text()))  # it may be broken already
        assert old in text
        self.broken[whole] = (day + timedelta(days=2), text)
        whole.write_text(text.replace(old, new))

    def mended(self, day: date) -> None:
        for path, (until, text) in list(self.broken.items()):
            if until <= day:
                path.write_text(text)
                del self.broken[path]

    def standing(self, name: str) -> dict[str, bytes]:
        """Return by day the bytes that stand of it, by the latest verdicts that passed; the bytes
        are those the lake keeps, whose hashes are a delivery's identity.
        """
        dataset = {"rain": "hujan.rain", "tickets": "tiket.tickets"}[name]
        deliveries: dict[str, dict[str, bytes]] = {}
        for receipt in self.town.lake.deliveries(dataset).glob("*/receipt.json"):
            parts = json.loads(receipt.read_bytes())["parts"]
            contents = [(receipt.parent / part["file"]).read_bytes() for part in parts]
            hashes = "\n".join(hashlib.sha256(content).hexdigest() for content in contents)
            keys = [part["partition"] for part in parts]
            identity = hashlib.sha256(hashes.encode()).hexdigest()[:16]
            deliveries[identity] = dict(zip(keys, contents, strict=True))
        return {
            row["partition"]: deliveries[row["delivery"]][row["partition"]]
            for row in self.passed(dataset)
        }

    def to_be_final(self) -> dict[str, set[str]]:
        """Return, by KPI, the months that are whole, and of tickets have none that is open or not
        known.
        """
        rain_days, ticket_days = self.standing("rain"), self.standing("tickets")
        unsure = {
            f"{opened.astimezone(ZoneInfo('Asia/Jakarta')):%Y-%m}"
            for _, opened, status, hours, is_withheld in tickets(ticket_days.values()).values()
            if status == "open" or hours is None or is_withheld
        }
        return {
            "rain_of_the_month": whole_months(rain_days, is_gauge),
            "tickets_closed_in_a_day": whole_months(ticket_days, is_ticket) - unsure,
        }

    def passed(self, dataset: str) -> list[dict[str, Any]]:
        return verdicts.passed(self.town.lake, dataset)

    def counted(self) -> None:
        """Hold what is public against what plain Python makes of the bytes that stand."""
        release = open_release(self.town.lake)
        with release.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            public = con.execute(
                "SELECT gauge, measured_at, rain_mm, kind FROM hujan.rain"
            ).fetchall()
            current = con.execute(
                "SELECT ticket, changed_at, opened_at, status, hours, newer_version_withheld"
                " FROM tiket.tickets"
            ).fetchall()
            values = con.execute(
                "SELECT name, period, numerator, denominator, value, status FROM lumbung.kpi_values"
            ).fetchall()
            corrected = {
                (kpi, json.loads(key)["period"])
                for kpi, key in con.execute("SELECT kpi, key FROM lumbung.corrections").fetchall()
            }
        expected: Counter[tuple[Any, ...]] = Counter()
        for content in self.standing("rain").values():
            expected += rain(content)
        assert Counter((gauge, at.astimezone(UTC), mm, kind) for gauge, at, mm, kind in public) == (
            expected
        )
        assert max(Counter((gauge, at) for gauge, at, *_ in public).values()) == 1
        assert {
            ticket: (changed.astimezone(UTC), opened.astimezone(UTC), *more)
            for ticket, changed, opened, *more in current
        } == tickets(self.standing("tickets").values())
        due = {(name, month) for name, months in self.to_be_final().items() for month in months}
        final = {(name, period) for name, period, *_, status in values if status == "final"}
        assert final <= due, "none is final before its data are in"
        assert final == due or release.manifest.withheld
        for name, period, *figures, status in values:
            if status == "final":
                before = self.final.get((name, period))
                assert before in (None, (*figures,)) or (name, period) in corrected
                self.final[name, period] = (*figures,)


def turn_clock(patch: pytest.MonkeyPatch, day: date, days: int) -> None:
    """Let the machine's clock be wrong by so many days on the morning after ``day``: what it tells,
    and which days it takes for over.
    """
    patch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=days))
    patch.setenv("LUMBUNG_TODAY", str(day + timedelta(days=1 + days)))


def test_what_is_public_is_right_on_every_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = Year(tmp_path, monkeypatch)
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    for day in days:
        year.live(day)
    assert set(year.had) == set(TROUBLES)
    assert DAYS < 365 or year.caught >= year.had["half a file"] / 2
    for name in ("rain", "tickets"):  # nothing is stuck: the last word of every day stands
        said = {str(day): year.town.path(name, day).read_bytes() for day in days}
        assert year.standing(name) == said
    assert DAYS < 365 or all(len(months) >= 6 for months in year.to_be_final().values())
