"""Indicators: their rows, what their values may be compared with, the last good one of
each, those nobody can compute.
"""

from typing import Any

from pipelines.contract.model import Text
from pipelines.lake.lake import Lake
from pipelines.models.indicators import REASONS
from pipelines.models.model import Model
from pipelines.receipts.receipt import read
from pipelines.release.release import Release
from pipelines.settings import lake_path
from pipelines.sqltext import identifier
from portal.data.rows import rows_of


def kpis(release: Release) -> list[Model]:
    """Return the indicators of the release, but those made before KPIs had keys; the next release
    has them.
    """
    manifest = release.manifest
    models = [manifest.models[name] for name in manifest.tables if name.startswith("kpi.")]
    return sorted((kpi for kpi in models if kpi.key), key=lambda kpi: kpi.header.order)


def rows(release: Release, kpi: Model) -> tuple[dict[str, Any], ...]:
    """Return a KPI's rows by period, in the order of its file."""
    return rows_of(release.folder, f"SELECT * FROM kpi.{identifier(kpi.stem)}", ())


def distinct(release: Release, kpi: Model, column: str) -> list[str]:
    """Return what a KPI's rows say in a column, each once; nothing where it has no such column."""
    return sorted({str(row[column]) for row in rows(release, kpi) if row.get(column)})


def reason(kpi: Model, code: str) -> Text:
    """Return what a reason means that a KPI's row gives: one of its own, or one that every KPI
    may give.
    """
    return kpi.reasons.get(code) or REASONS[code]


def trends(release: Release, kpi: Model) -> tuple[dict[str, Any], ...]:
    """Return a KPI's values beside those they may be compared with, in the order of its rows;
    none where a release has no such view.
    """
    if "kpi_trend" not in release.manifest.views:
        return ()
    return rows_of(
        release.folder, "SELECT * FROM lumbung.kpi_trend WHERE name = ? ORDER BY ALL", (kpi.stem,)
    )


def place_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a value is of, whatever its period: indicator, measure, region and part."""
    return row["name"], row["measure"], row["region_code"], row["part"]


def comparable(release: Release) -> dict[tuple[Any, ...], tuple[dict[str, Any], ...]]:
    """Return, by place, the newest whole period's row of ``kpi_trend`` after those before it
    that it may be compared with, without a gap, oldest first.
    """
    if "kpi_trend" not in release.manifest.views:
        return {}
    places: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
    for row in rows_of(
        release.folder, "SELECT * FROM lumbung.kpi_trend WHERE is_whole ORDER BY period", ()
    ):
        places.setdefault(place_of(row), {})[row["period"]] = row
    return {place: _run(rows) for place, rows in places.items()}


def _run(rows: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    values = [rows[max(rows)]]
    while values[-1]["change_reason"] is None:
        values.append(rows[values[-1]["previous_period"]])
    return tuple(reversed(values))


def latest(release: Release) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return, by KPI, the last good value of each of its measures and places: the whole city
    first, what has a value first, then by measure.
    """
    if "kpi_latest" not in release.manifest.views:
        return {}
    order = {kpi.stem: list(kpi.measures) for kpi in kpis(release)}
    by_place: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(
        release.folder,
        "SELECT * FROM lumbung.kpi_latest ORDER BY region_code, part NULLS FIRST",
        (),
    ):
        by_place.setdefault(row["name"], []).append(row)
    return {
        name: tuple(sorted(rows, key=lambda row: _first(row, order[name])))
        for name, rows in by_place.items()
    }


def _first(row: dict[str, Any], measures: list[str]) -> tuple[int, bool, int]:
    return (
        len(row["region_code"]),
        row["value"] is None,
        measures.index(row["measure"]) if row["measure"] else 0,
    )


def region_names(release: Release) -> dict[str, str]:
    """Return the name of each region of the newest edition of the code list, by code."""
    return {
        row["code"]: row["name"]
        for row in rows_of(
            release.folder,
            "SELECT code, name FROM reference.regions ORDER BY valid_from NULLS FIRST",
            (),
        )
    }


def not_computed(release: Release) -> tuple[dict[str, Any], ...]:
    """Return the indicators that no system of the city records, and why."""
    return (
        rows_of(release.folder, "SELECT * FROM lumbung.kpi_not_computed", ())
        if "kpi_not_computed" in release.manifest.views
        else ()
    )


def sql_of(release: Release, kpi: Model) -> str:
    """Return the SQL file a KPI was made with."""
    lake = Lake(lake_path())
    receipt = read(lake, str(release.manifest.tables[kpi.name].receipt))
    return lake.stored(receipt["sql"], "sql").read_text("utf-8")
