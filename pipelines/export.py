"""One table of a release as one file: CSV or Parquet, rows in one order, so that the same release gives the same bytes."""

from pathlib import Path

from pipelines.cast import identifier
from pipelines.release import Release

FORMATS = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet"}


def select_of(release: Release, name: str) -> str | None:
    """Return the SELECT of an open dataset or a published mart or KPI; None for anything else."""
    schema, _, table = name.partition(".")
    view = f"{identifier(schema)}.{identifier(table)}"
    if schema in ("mart", "kpi"):
        return f"SELECT * FROM {view} ORDER BY ALL" if name in release.manifest["tables"] else None
    is_open = any(dataset.id == name and dataset.is_public for contract in release.contracts for dataset in contract.datasets)
    return f"SELECT * EXCLUDE (_partition) FROM {view} ORDER BY ALL" if is_open else None


def export(release: Release, select: str, form: str, path: Path) -> int:
    """Write what ``select`` gives as ``path``, there or not there, and return how many rows that are."""
    aside = path.with_suffix(f"{path.suffix}.making")
    with release.connect() as con:
        rows = con.execute(f"COPY ({select}) TO '{aside}' ({FORMATS[form]})").fetchall()[0][0]
    aside.rename(path)
    return int(rows)
