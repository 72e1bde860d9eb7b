"""The table that everybody is asked about: a day of rain readings, brought through the whole
pipeline into a release.
"""

import shutil
from datetime import date
from pathlib import Path

import duckdb

from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.sample import write_sample

DAY = date(2026, 1, 1)
NAME = "hujan.rain"
GAUGES = 5000


def deliver(folder: Path, rows: int) -> Path:
    """Write one day's file of ``rows`` readings, two of five dry."""
    path = folder / f"rain_{DAY}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"""
            COPY (SELECT 'G' || (i % {GAUGES}) AS gauge,
                         strftime(TIMESTAMP '{DAY} 00:00:00' + to_seconds(86 * (i // {GAUGES})),
                         '%Y-%m-%dT%H:%M:%S+07:00') AS measured_at,
                         CASE WHEN hash(i) % 5 < 2 THEN 0.0
                              ELSE round((hash(i) % 1000) / 20.0, 1) END AS rain_mm,
                         CASE WHEN hash(i) % 5 < 2 THEN 'dry' ELSE 'wet' END AS kind,
                         'Warga Sintetis ' || (i % 97) AS observer
                  FROM range({rows}) t(i)) TO '{path}' (FORMAT csv, HEADER)""")
    return path


def release(folder: Path, rows: int) -> Path:
    """Harvest that day into a lake and make a release of it; return the lake. What lies there
    already is taken.
    """
    lake = folder / "lake"
    if (lake / "releases" / "current").exists():
        return lake
    import dagster as dg

    from assets.run import run

    deliver(folder / "drop", rows)
    write_sample(folder / "contracts", folder / "drop")
    (folder / "sql").mkdir(exist_ok=True)
    shutil.copy(PROJECT / "sql" / "conventions.sql", folder / "sql" / "conventions.sql")
    with dg.DagsterInstance.ephemeral() as instance:
        report = run(
            instance,
            folder / "contracts",
            Lake(lake),
            folder / "sql",
            [],
            DAY,
            DAY,
            lambda *_: None,
        )
    if report.errors or report.withheld:
        raise SystemExit(f"the table was not published: {report}")
    return lake


def csv_of(lake: Path) -> Path:
    """Return the table's file of the release as CSV, which peers load."""
    from pipelines.files.index import published
    from pipelines.release.release import open_release

    file = published(open_release(Lake(lake)).folder)[NAME].file("csv")
    if file is None:
        raise SystemExit(f"{lake}: the release has no CSV of {NAME}")
    return lake / file.path
