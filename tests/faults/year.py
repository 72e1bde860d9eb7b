"""A small town that lives for a year: what its two applications deliver day by day, what goes wrong
by a seed, and what plain Python says must be public of it.

``python -m tests.faults.year FOLDER DAY WRITE`` runs the town's run of one day and kills itself
at the WRITE-th change of a table, as a power cut would.
"""

import csv
import io
import os
import random
import shutil
import signal
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assets.report import Report
from assets.run import run
from pipelines.lake.lake import Lake
from pipelines.lake.tables import Tables
from pipelines.settings import PROJECT
from tests.instance import dagster_instance
from tests.sample import SAMPLE

FIRST = date(2026, 1, 1)
GAUGES = ("G1", "G2", "G3")
HOURS = (2, 6, 10, 14, 18, 22)
RAIN = ("gauge", "measured_at", "rain_mm", "kind", "observer")
TICKET = ("ticket", "changed_at", "opened_at", "status", "hours")
TICKETS = """\
      - name: ticket
        logicalType: string
        primaryKey: true
        primaryKeyPosition: 1
        required: true
        classification: public
        description: Nomor / Number
        examples: [T1]
      - name: changed_at
        logicalType: timestamp
        required: true
        classification: public
        description: Diubah / Changed
        examples: ["2026-01-01T00:00:00+07:00"]
      - name: opened_at
        logicalType: timestamp
        required: true
        classification: public
        description: Dibuka / Opened
        examples: ["2026-01-01T00:00:00+07:00"]
      - name: status
        logicalType: string
        required: true
        classification: public
        description: Keadaan / State
        examples: [open]
        quality:
          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [open, closed]}}
      - name: hours
        logicalType: integer
        classification: public
        logicalTypeOptions: {minimum: 0}
        description: Lama / Duration
        examples: [5]
        customProperties:
          - {property: unit, value: h}
"""
HEADER = """\
-- kpi: {number}
-- title_id: {title}
-- title_en: {title}
-- question_id: {title}?
-- question_en: {title}?
-- row: one month
-- key: period
-- unit: {unit}
-- dimension: environment
-- steward: Dinas Contoh
-- rule_id: none
-- rule_en: none
-- cells: none, no row stands for a person
"""
KPIS = {
    "rain_of_the_month": HEADER.format(number="V91", title="Hujan", unit="mm")
    + """\
WITH months AS (
    SELECT month_of(city_date(measured_at)) AS month, sum(rain_mm) AS rain, count(*) AS readings
    FROM hujan.rain
    GROUP BY ALL
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.rain AS numerator,
    months.readings AS denominator,
    months.rain AS value,
    'mm' AS unit,
    harvest.completeness,
    reason_of(value, 'no_cases', [harvest.gap]) AS reason,
    status_of(value, reason) AS status,
    'none' AS rule_version
FROM months
INNER JOIN mart.harvest_periods AS harvest
    ON
        harvest.dataset = 'hujan.rain'
        AND harvest.kind = 'month'
        AND harvest.first_day = months.month
ORDER BY period
""",
    "tickets_closed_in_a_day": HEADER.format(number="V92", title="Tiket", unit='"%"').replace(
        '"%"', "%"
    )
    + """\
-- reason unsure: Ada yang terbuka atau tidak diketahui / Some are open or not known
WITH months AS (
    SELECT
        month_of(city_date(opened_at)) AS month,
        count(*) FILTER (WHERE status = 'closed' AND hours <= 24) AS in_time,
        count(*) FILTER (WHERE status = 'closed' AND hours IS NOT NULL) AS closed,
        count(*) FILTER (WHERE status = 'open' OR newer_version_withheld OR hours IS NULL) AS unsure
    FROM tiket.tickets
    GROUP BY ALL
)
SELECT
    strftime(months.month, '%Y-%m') AS period,
    city_code() AS region_code,
    months.in_time AS numerator,
    months.closed AS denominator,
    percent(months.in_time, months.closed) AS value,
    '%' AS unit,
    harvest.completeness,
    reason_of(
        value, 'unsure', [harvest.gap, CASE WHEN months.unsure > 0 THEN 'unsure' END]
    ) AS reason,
    status_of(value, reason) AS status,
    'none' AS rule_version
FROM months
INNER JOIN mart.harvest_periods AS harvest
    ON
        harvest.dataset = 'tiket.tickets'
        AND harvest.kind = 'month'
        AND harvest.first_day = months.month
ORDER BY period
""",
}


def build(folder: Path) -> None:
    """Lay out the town: two contracts, the marts of harvests, a KPI on each dataset."""
    rain = SAMPLE.format(
        application="hujan", folder=folder / "drop", delivery="events", least=1, quality=""
    )
    (folder / "drop").mkdir(parents=True)
    (folder / "contracts").mkdir()
    (folder / "contracts" / "hujan.odcs.yaml").write_text(rain)
    head = rain.partition("    properties:\n")[0]
    custom = head.index("      - {name: dry_has_no_rain")
    after = head.index("      - {name: quarantine_share")
    tickets = f"{head[:custom]}{head[after:]}    properties:\n{TICKETS}"
    for old, new in (
        ("id: hujan", "id: tiket"),
        ("name: rain", "name: tickets"),
        ("rain_{date}", "tickets_{date}"),
        ("delivery, value: events", "delivery, value: changes"),
        ("partitionBy, value: measured_at", "partitionBy, value: changed_at"),
    ):
        assert old in tickets, old
        tickets = tickets.replace(old, new)
    (folder / "contracts" / "tiket.odcs.yaml").write_text(tickets)
    (folder / "sql" / "kpi").mkdir(parents=True)
    (folder / "sql" / "mart").mkdir()
    shutil.copy(PROJECT / "sql" / "conventions.sql", folder / "sql")
    for mart in (PROJECT / "sql" / "mart").glob("harvest_*.sql"):
        shutil.copy(mart, folder / "sql" / "mart")
    for name, text in KPIS.items():
        (folder / "sql" / "kpi" / f"{name}.sql").write_text(text)


@dataclass
class Town:
    """The town on its disk, and the records that its applications will send once more."""

    folder: Path
    seed: int
    resent: dict[date, list[tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    def path(self, name: str, day: date) -> Path:
        return self.folder / "drop" / f"{name}_{day}.csv"

    def say(self, name: str, day: date, content: bytes) -> None:
        """Drop a file."""
        self.path(name, day).write_bytes(content)

    def live(self, day: date) -> None:
        """Drop what both applications say of a day."""
        draw = self.random
        rain = [
            (gauge, at(day, hour), f"{draw.uniform(0, 40):.1f}", "wet", "Warga Sintetis 1")
            for gauge in GAUGES
            for hour in HOURS
        ]
        if draw.random() < 0.2:
            rain.append(rain[0])  # an exact duplicate
        if draw.random() < 0.2:
            rain.append(("X9", at(day, 9), "1.0", "wet", "Warga Sintetis 1"))  # a key that is none
        if draw.random() < 0.2:
            rain[1] = (*rain[1][:2], "9999", *rain[1][3:])  # an optional cell that is wrong
        self.say("rain", day, text_of(RAIN, rain))
        self.say("tickets", day, text_of(TICKET, self.changes(day)))

    def changes(self, day: date) -> list[tuple[str, ...]]:
        """Return what changed among the tickets: some are opened, and closed a day or two later,
        so that by the tenth day of the next month none of a month is open.
        """
        draw = self.random
        number = (day - FIRST).days
        opened = [(f"T{number}a", day), (f"T{number}b", day)]
        rows = [(name, at(on, 9), at(on, 9), "open", "") for name, on in opened]
        for back in (1, 2):
            on = day - timedelta(days=back)
            if on < FIRST:
                continue
            name = f"T{number - back}{'ab'[back - 1]}"
            hours = str(24 * back + draw.choice((-2, 2)))
            right = (name, at(day, 12), at(on, 9), "closed", hours)
            wrong = draw.choices(
                (right, (*right[:3], "closd", hours), (*right[:4], "-1")), (8, 1, 1)
            )[0]  # a version that is bad, or an optional cell of it
            rows.append(wrong)
            if wrong != right:
                later = day + timedelta(days=3)
                self.resent.setdefault(later, []).append((name, at(later, 13), *right[2:]))
        return rows + self.resent.get(day, [])

    def run(self) -> Report:
        """Run the town, of every day that is due."""
        with dagster_instance() as instance:
            return run(
                instance,
                self.folder / "contracts",
                self.lake,
                self.folder / "sql",
                [],
                None,
                None,
                lambda *_: None,
            )


def at(day: date, hour: int) -> str:
    return f"{day}T{hour:02d}:00:00+07:00"


def text_of(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([header, *rows])
    return stream.getvalue().encode()


def kill_at(write: int) -> None:
    """Let this process kill itself at its n-th change of a table."""
    count = 0

    def counted(name: str) -> None:
        original = getattr(Tables, name)

        def change(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == write:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        setattr(Tables, name, change)

    for name in ("replace", "append", "rewrite"):
        counted(name)


if __name__ == "__main__":
    place, day, number = sys.argv[1:]
    os.environ["LUMBUNG_TODAY"] = day
    kill_at(int(number))
    Town(Path(place), 0).run()
