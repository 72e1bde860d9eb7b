"""A live source against its contract: what came, went and changed is told as a difference, values of closed columns never."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.drift import Change, differences
from pipelines.errors import SourceError
from pipelines.lake import Lake
from pipelines.settings import HOUSE
from tests.sample import HEADER, row, sample_dataset

DAY = date(2026, 1, 9)


def found(tmp: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    dataset = sample_dataset(tmp)
    dataset = replace(dataset, source=replace(dataset.source, server={"folder": dict(dataset.source.server)}))
    (tmp / "drop" / f"rain_{DAY}.csv").write_text(text)
    work = tmp / "work"
    work.mkdir(exist_ok=True)
    with Lake(tmp / "lake").connect() as con:
        return differences(con, dataset, HOUSE / "sql", work)


def test_a_source_that_keeps_its_contract_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(tmp_path, f"{HEADER}\n{row(DAY)}\n{row(DAY, 2)}\n", monkeypatch) == []


def test_a_renamed_field_shows_as_gone_and_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {each.kind: each for each in found(tmp_path, f"{HEADER.replace('rain_mm', 'rain_mm_total')}\n{row(DAY)}\n", monkeypatch)}
    assert "'rain_mm_total' is new there: renamed?" in changes["absent"].says and changes["absent"].line.startswith("- {name: rain_mm,")
    assert "reads as number" in changes["added"].says and "classification: internal" in changes["added"].line


def test_another_type_and_a_new_value_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {each.kind: each for each in found(tmp_path, f"{HEADER}\n{row(DAY, rain='lebat', kind='hail')}\n{row(DAY, 2, rain='ringan')}\n", monkeypatch)}
    assert "2 of 2 values do not read as number" in changes["type"].says and "lebat" not in changes["type"].says
    assert "hail" in changes["values"].says


def test_a_source_with_nothing_to_compare_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="no records for 2026-01-09"):
        found(tmp_path, f"{HEADER}\n", monkeypatch)
