"""A small house of one application, a mart and a KPI, harvested for two days through Dagster and
released: seconds, not minutes.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from assets.report import Report
from assets.run import run
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.instance import dagster_instance
from tests.sample import drop, row, write_sample

DAYS = (date(2026, 1, 1), date(2026, 1, 2))
OBSERVER = "Warga Sintetis 77"
MART = """\
-- title_id: Hujan harian
-- title_en: Daily rain
-- row: one day
-- class: berkala
-- steward: Dinas Contoh
-- key: day
-- cells: none, rain is no person
-- column day: Hari / Day
-- column rain_mm: Hujan / Rain
-- column observers: Pencatat / Observers
SELECT city_date(measured_at) AS day, sum(rain_mm) AS rain_mm, count(DISTINCT observer) AS observers
FROM hujan.rain
WHERE kind <> 'none'
GROUP BY 1
ORDER BY 1
"""
KPI = """\
-- kpi: V77
-- title_id: Hari hujan
-- title_en: Rainy days
-- question_id: Berapa hari hujan?
-- question_en: How many days had rain?
-- row: one month
-- key: period
-- unit: "{day}"
-- dimension: environment
-- steward: Dinas Contoh
-- rule_id: none
-- rule_en: none
-- cells: none, rain is no person
SELECT
    strftime(month_of(day), '%Y-%m') AS period,
    city_code() AS region_code,
    count(*) AS numerator,
    count(*) AS denominator,
    count(*) AS value,
    '{day}' AS unit,
    1 AS completeness,
    'final' AS status,
    CAST(NULL AS VARCHAR) AS reason,
    'none' AS rule_version
FROM mart.rain_daily
WHERE rain_mm > 0
GROUP BY ALL
ORDER BY 1
"""


@dataclass(frozen=True)
class SmallHouse:
    """Where its contracts, SQL and lake are, and what the run reported."""

    contracts: Path
    sql: Path
    lake: Lake
    report: Report


def released(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    kpi: str = KPI,
    least: int = 1,
    more: Sequence[str] = (),
    models: Mapping[str, str] | None = None,
    beside: Sequence[str] = (),
) -> SmallHouse:
    """Build the house in ``folder``, harvest both days and make a release, with ``settings`` in
    the environment, ``more`` lines in the last day's file and more ``models`` by ``layer.name``.
    Applications ``beside`` the first deliver the same files.
    """
    for application in ("hujan", *beside):
        write_sample(folder / "contracts", folder / "drop", application, least=least)
    for day in DAYS:
        lines = [row(day, gauge, observer=OBSERVER) for gauge in (1, 2)]
        drop(folder / "drop", day, [*lines, *(more if day == DAYS[-1] else ())])
    for name, text in {"mart.rain_daily": MART, "kpi.rainy_days": kpi, **(models or {})}.items():
        layer, _, stem = name.partition(".")
        (folder / "sql" / layer).mkdir(parents=True, exist_ok=True)
        (folder / "sql" / layer / f"{stem}.sql").write_text(text)
    shutil.copy(PROJECT / "sql" / "conventions.sql", folder / "sql" / "conventions.sql")
    lake = Lake(folder / "lake")
    with pytest.MonkeyPatch.context() as patch, dagster_instance() as instance:
        for name, value in (settings or {}).items():
            patch.setenv(name, value)
        report = run(
            instance,
            folder / "contracts",
            lake,
            folder / "sql",
            [],
            DAYS[0],
            DAYS[-1],
            lambda *_: None,
        )
    return SmallHouse(folder / "contracts", folder / "sql", lake, report)
