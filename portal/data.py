"""The only file of the portal that reads the release: its contracts, its manifest, and rows by SQL. Caches are keyed by release.

Nothing here knows a closed column: a release's views do not hold any.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.cast import identifier
from pipelines.contract import Contract, Dataset, Text
from pipelines.contract_terms import DIMENSIONS
from pipelines.corrections import COMPARED
from pipelines.errors import LakeError
from pipelines.indicators import REASONS
from pipelines.lake import Lake
from pipelines.lifecycle import state_of
from pipelines.receipt import read, value_receipt
from pipelines.release import Release, open_release
from pipelines.settings import lake_path
from pipelines.views import HISTORY

MART = "mart."
"""How the address of a published mart begins."""


@dataclass(frozen=True)
class Kpi:
    """One indicator: its header, what its columns, measures and reasons mean, and its rows by period, in the order of its file."""

    name: str
    header: dict[str, str]
    key: tuple[str, ...]
    columns: dict[str, Text]
    measures: dict[str, Text]
    reasons: dict[str, Text]
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Aggregate:
    """One published mart: its header, its columns' meanings, and the tables it is made of."""

    name: str
    header: dict[str, str]
    columns: dict[str, Text]
    reads: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its address."""
        return f"{MART}{self.name}"

    @property
    def is_suppressed(self) -> bool:
        """Whether small counts are emptied in it."""
        return "cells" not in self.header


@dataclass(frozen=True)
class Correction:
    """One figure that was final and is another now: of which indicator (None when it is gone), what was said of it before and after, by column."""

    name: str
    kpi: Kpi | None
    number: str
    release: str
    made_at: datetime
    key: dict[str, Any]
    values: dict[str, tuple[str | None, str | None]]
    rules: tuple[str | None, str | None]
    causes: tuple[str, ...]


def current() -> Release | None:
    """Return the release that is current at this moment, None before there is one."""
    try:
        return _opened(open_release(Lake(lake_path())).folder)
    except LakeError:
        return None


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Release:
    return Release(folder)


@lru_cache(maxsize=512)
def _rows(folder: Path, query: str, parameters: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    with _opened(folder).connect() as con:
        result = con.execute(query, list(parameters))
        names = [each[0] for each in result.description or ()]
        return tuple(dict(zip(names, row, strict=True)) for row in result.fetchall())


def datasets(release: Release) -> list[tuple[Contract, Dataset]]:
    """Return every dataset with its contract, the closed ones too: that they exist is public."""
    return [(contract, dataset) for contract in release.contracts for dataset in contract.datasets]


def find(release: Release, dataset_id: str) -> tuple[Contract, Dataset] | None:
    """Return the dataset called ``dataset_id``, None when there is none."""
    return next((each for each in datasets(release) if each[1].id == dataset_id), None)


def aggregates(release: Release) -> list[Aggregate]:
    """Return the published marts, by name."""
    models = release.manifest["models"]
    found = []
    for name in release.manifest["tables"]:
        if name.startswith(MART):
            found.append(Aggregate(name.removeprefix(MART), models[name]["header"], _texts(models[name]["columns"]), tuple(models[name]["reads"])))
    return found


def made_of(release: Release, dataset_id: str) -> list[Aggregate]:
    """Return the published marts that are made of a dataset."""
    return [each for each in aggregates(release) if {dataset_id, dataset_id + HISTORY} & set(each.reads)]


def states(release: Release) -> dict[str, str]:
    """Return each application's state: planned, active, degraded or retired."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(release.folder, "SELECT dataset, partition, verdict FROM lumbung.verdicts ORDER BY dataset, partition", ()):
        found.setdefault(row["dataset"], []).append(row)
    return {contract.application: state_of(contract, found)[0] for contract in release.contracts}


def aggregate_rows(release: Release, aggregate: Aggregate, most: int) -> tuple[dict[str, Any], ...]:
    """Return rows of a mart, newest first; those of which nothing is emptied before the others."""
    order = [f"{identifier(each.strip())} DESC" for each in aggregate.header["key"].split(",") if each.strip()]
    ordered = ", ".join([*(["suppressed"] if aggregate.is_suppressed else []), *order]) or "ALL"
    return _rows(release.folder, f"SELECT * FROM {table_of(aggregate.id)} ORDER BY {ordered} LIMIT {int(most)}", ())


def operations(release: Release, day: str | None) -> tuple[dict[str, Any], ...]:
    """Return the operation centre's hours of one day, by kelurahan; of its newest day when ``day`` is None."""
    chosen = "coalesce(TRY_CAST(? AS DATE), (SELECT max(day) FROM mart.operations_hourly))"
    return _rows(release.folder, f"SELECT * FROM mart.operations_hourly WHERE day = {chosen} ORDER BY region_code, hour", (day,))


def operation_days(release: Release) -> list[str]:
    """Return the days the operation centre's table has, newest first."""
    return [str(row["day"]) for row in _rows(release.folder, "SELECT DISTINCT day FROM mart.operations_hourly ORDER BY day DESC", ())]


def table_of(table: str) -> str:
    """Return the name of a mart of the release, quoted."""
    return f"mart.{identifier(table.removeprefix(MART))}"


def verdicts(release: Release, dataset_id: str) -> tuple[dict[str, Any], ...]:
    """Return the latest verdict of each partition, newest first."""
    return _rows(release.folder, "SELECT * FROM lumbung.verdicts WHERE dataset = ? ORDER BY partition DESC", (dataset_id,))


def history(release: Release, dataset_id: str, most: int) -> tuple[dict[str, Any], ...]:
    """Return every verdict there was, newest partition and judgement first."""
    query = "SELECT * FROM lumbung.verdict_history WHERE dataset = ? ORDER BY partition DESC, judged_at DESC LIMIT ?"
    return _rows(release.folder, query, (dataset_id, most))


def published(release: Release, dataset: Dataset) -> set[str]:
    """Return the partitions of which the release holds rows."""
    files = release.manifest["tables"].get(dataset.id, {"files": ()})["files"]
    return {Path(file).parent.name.removeprefix("_partition=") for file in files}


def withheld(release: Release) -> tuple[dict[str, Any], ...]:
    """Return the verdicts that keep a partition from the public, newest first."""
    return _rows(release.folder, "SELECT * FROM lumbung.verdicts WHERE verdict = 'withheld' ORDER BY partition DESC, dataset", ())


def preview(release: Release, dataset: Dataset, rows: int) -> tuple[dict[str, Any], ...]:
    """Return the newest rows a visitor may see."""
    order = "_partition DESC"
    return _rows(release.folder, f"SELECT * EXCLUDE (_partition) FROM {view_of(dataset)} ORDER BY {order} LIMIT {int(rows)}", ())


def count(release: Release, dataset: Dataset) -> int:
    """Return how many rows the dataset's view has."""
    return int(_rows(release.folder, f"SELECT count(*) AS n FROM {view_of(dataset)}", ())[0]["n"])


def kpis(release: Release) -> list[Kpi]:
    """Return the indicators of the release."""
    found = []
    for name in (name for name in release.manifest["tables"] if name.startswith("kpi.")):
        model = release.manifest["models"][name]
        if "key" not in model:
            continue  # a release made before KPIs had keys; the next one has them
        rows = _rows(release.folder, f"SELECT * FROM kpi.{identifier(name[4:])}", ())
        found.append(
            Kpi(name[4:], model["header"], tuple(model["key"]), _texts(model["columns"]), _texts(model["measures"]), REASONS | _texts(model["reasons"]), rows)
        )
    return sorted(found, key=lambda each: (DIMENSIONS.index(each.header["dimension"]), int(each.header["kpi"][1:])))


def corrections(release: Release, most: int) -> list[Correction]:
    """Return the corrected figures, those of the newest release first; none in a release older than the list of them."""
    if "lumbung.corrections" not in release.manifest["tables"]:
        return []
    known = {kpi.name: kpi for kpi in kpis(release)}
    rows = _rows(release.folder, "SELECT * FROM lumbung.corrections ORDER BY release DESC, kpi, key DESC", ())
    found = []
    for (made_by, name, key), each in groupby(rows, lambda row: (row["release"], row["kpi"], row["key"])):
        changes = {row["column"]: row for row in each}
        values = {column: (changes[column]["old_value"], changes[column]["new_value"]) for column in COMPARED if column in changes}
        one = next(iter(changes.values()))
        versions = (one["old_rule_version"], one["new_rule_version"])
        found.append(
            Correction(name, known.get(name), one["number"], made_by, one["made_at"], json.loads(key), values, versions, tuple(one["cause"].split(", ")))
        )
    return found[:most]


def _texts(words: dict[str, dict[str, str]]) -> dict[str, Text]:
    return {name: Text(text["id"], text["en"]) for name, text in words.items()}


def trends(release: Release, kpi: Kpi) -> tuple[dict[str, Any], ...]:
    """Return a KPI's values beside those they may be compared with, in the order of its rows; none where a release has no such view."""
    if "kpi_trend" not in release.manifest.get("views", ()):
        return ()
    return _rows(release.folder, "SELECT * FROM lumbung.kpi_trend WHERE name = ? ORDER BY ALL", (kpi.name,))


def latest(release: Release) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return, by KPI, the last good value of each of its measures and places: the whole city first, what has a value first, then by measure."""
    if "kpi_latest" not in release.manifest.get("views", ()):
        return {}
    order = {kpi.name: list(kpi.measures) for kpi in kpis(release)}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(release.folder, "SELECT * FROM lumbung.kpi_latest ORDER BY region_code, part NULLS FIRST", ()):
        found.setdefault(row["name"], []).append(row)
    return {name: tuple(sorted(rows, key=lambda row: _first(row, order[name]))) for name, rows in found.items()}


def _first(row: dict[str, Any], measures: list[str]) -> tuple[int, bool, int]:
    return len(row["region_code"]), row["value"] is None, measures.index(row["measure"]) if row["measure"] else 0


def region_names(release: Release) -> dict[str, str]:
    """Return the name of each region of the newest edition of the code list, by code."""
    return {row["code"]: row["name"] for row in _rows(release.folder, "SELECT code, name FROM reference.regions ORDER BY valid_from NULLS FIRST", ())}


def not_computed(release: Release) -> tuple[dict[str, Any], ...]:
    """Return the indicators that no system of the city records, and why."""
    return _rows(release.folder, "SELECT * FROM lumbung.kpi_not_computed", ()) if "kpi_not_computed" in release.manifest.get("views", ()) else ()


def receipt_of(release: Release, name: str, key: dict[str, str]) -> dict[str, Any] | None:
    """Return the receipt of a table of the release, or of the one value of a KPI that ``key`` names; None where there is none."""
    digest = release.manifest["tables"].get(name, {}).get("receipt")
    if digest is None:
        return None
    try:
        table = read(Lake(lake_path()), digest)
    except LakeError:
        return None
    if not key:
        return table
    columns = release.manifest["models"].get(name, {}).get("key", ())
    if not name.startswith("kpi.") or set(key) != set(columns):
        return None
    for row in _rows(release.folder, f"SELECT * FROM kpi.{identifier(name[4:])}", ()):
        if all(str(row[column]) == key[column] for column in columns):
            return value_receipt(release, name, row, table)
    return None


def sql_of(release: Release, kpi: Kpi) -> str:
    """Return the SQL file a KPI was made with."""
    lake = Lake(lake_path())
    return lake.kept(read(lake, release.manifest["tables"][f"kpi.{kpi.name}"]["receipt"])["sql"], "sql").read_text("utf-8")


def view_of(dataset: Dataset) -> str:
    """Return the name of a dataset's view in the release, quoted."""
    return f"{identifier(dataset.application)}.{identifier(dataset.name)}"
