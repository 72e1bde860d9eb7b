"""A small contract over CSV files that tests change one thing at a time; ``SAMPLE`` is what
CONTRIBUTING's example looks like.
"""

import os
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Dataset
from pipelines.contract.server import reachable
from pipelines.lake.delivery import Window
from pipelines.lake.tables import Tables

SAMPLE = """\
apiVersion: v3.1.0
kind: DataContract
id: {application}
name: Contoh / Sample
version: 1.0.0
status: active
domain: environment
description:
  purpose: Data sintetis untuk uji. / Synthetic data for tests.
  limitations: Bukan data sebenarnya. / Not real data.
team:
  name: Dinas Contoh
customProperties:
  - {{property: title, value: {{id: Pos hujan, en: Rain gauges}}}}
  - {{property: licence, value: CC-BY-4.0}}
  - {{property: activeFrom, value: "2026-01-01"}}
  - {{property: synthetic, value: true}}
servers:
  - server: folder
    type: local
    path: {folder}
    format: csv
    customProperties:
      - {{property: connector, value: file}}
slaProperties:
  - {{property: freshness, value: 2, unit: d}}
  - {{property: retention, value: 1, unit: y}}
schema:
  - name: rain
    logicalType: object
    dataGranularityDescription: Satu pengukuran / one reading
    description: Curah hujan per pos. / Rainfall by gauge.
    customProperties:
      - {{property: title, value: {{id: Curah hujan, en: Rainfall}}}}
      - {{property: delivery, value: {delivery}}}
      - {{property: cadence, value: daily}}
      - {{property: partitionBy, value: measured_at}}
      - {{property: informationClass, value: berkala}}
      - {{property: missing, value: ["", "-"]}}
      - property: fetch
        value: {{files: "rain_{{date}}.csv"}}
    quality:
      - {{name: volume, metric: rowCount, mustBeBetween: [{least}, 1000000]}}
      - {{name: dry_has_no_rain, type: custom, engine: lumbung,
          implementation: {{row: "kind <> 'dry' OR rain_mm = 0"}}}}
      - {{name: quarantine_share, type: custom, engine: lumbung,
          implementation: {{quarantine_share: 0.5}}}}
{quality}
    properties:
      - name: gauge
        logicalType: string
        primaryKey: true
        primaryKeyPosition: 1
        required: true
        classification: public
        logicalTypeOptions: {{pattern: "^G[0-9]+$", maxLength: 6}}
        description: Pos / Gauge
        examples: [G1, G22]
      - name: measured_at
        logicalType: timestamp
        primaryKey: true
        primaryKeyPosition: 2
        required: true
        classification: public
        description: Waktu ukur / Time of reading
        examples: ["2026-01-01T00:00:00+07:00"]
      - name: rain_mm
        logicalType: number
        classification: public
        logicalTypeOptions: {{minimum: 0, maximum: 500}}
        description: Curah hujan / Rainfall
        examples: [0, 12.5]
        customProperties:
          - {{property: unit, value: mm}}
      - name: kind
        logicalType: string
        classification: public
        description: Keadaan / Condition
        examples: [dry, wet]
        quality:
          - {{metric: invalidValues, mustBe: 0, arguments: {{validValues: [dry, wet]}}}}
      - name: observer
        logicalType: string
        classification: personal
        logicalTypeOptions: {{minLength: 3}}
        description: Pencatat / Observer
        examples: [Warga Sintetis 1]
"""
HEADER = "gauge,measured_at,rain_mm,kind,observer"
ZONE = ZoneInfo("Asia/Jakarta")


def write_sample(
    contracts: Path,
    folder: Path,
    application: str = "hujan",
    delivery: str = "events",
    least: int = 1,
    quality: str = "",
) -> Path:
    """Write the sample contract into ``contracts`` and return its path."""
    contracts.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = contracts / f"{application}.odcs.yaml"
    lines = "".join(f"      - {line}\n" for line in quality.splitlines()).rstrip("\n")
    path.write_text(
        SAMPLE.format(
            application=application, folder=folder, delivery=delivery, least=least, quality=lines
        ),
        "utf-8",
    )
    return path


def sample_dataset(tmp: Path, **changes: object) -> Dataset:
    """Read the sample contract's one dataset, its server filled in."""
    return reachable(
        read_contract(write_sample(tmp / "contracts", tmp / "drop", **changes)).datasets[0]
    )  # type: ignore[arg-type]


def row(
    day: date,
    gauge: int = 1,
    hour: int = 8,
    rain: str = "1.5",
    kind: str = "wet",
    observer: str = "Warga Sintetis 1",
) -> str:
    """Return one good line of the sample's CSV."""
    return f"G{gauge},{day}T{hour:02d}:00:00+07:00,{rain},{kind},{observer}"


def drop(folder: Path, day: date, lines: list[str]) -> Path:
    """Drop one day's file, which has lain there for an hour."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rain_{day}.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    hour_ago = time.time_ns() - 3600 * 10**9
    os.utime(path, ns=(hour_ago, hour_ago))
    return path


def window(first: date, days: int = 1) -> Window:
    """Return the window of whole days beginning with ``first``."""
    start = datetime(first.year, first.month, first.day, tzinfo=ZONE)
    return Window(
        start,
        start + timedelta(days=days),
        tuple((first + timedelta(days=n)).isoformat() for n in range(days)),
    )


def put(
    lake: Tables,
    table: Path,
    partitions: Sequence[str],
    rows: pa.Table,
    metadata: dict[str, str] | None = None,
) -> int:
    """Replace partitions of a table by rows that are at hand; return the new version."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("rows", rows)
        return lake.replace(con, table, partitions, "FROM rows", metadata)
