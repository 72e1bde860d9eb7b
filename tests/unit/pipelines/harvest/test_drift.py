"""A live source against its contract: what came, went and changed is told as a difference,
values of closed columns never.
"""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from cli.live import compare, lines
from pipelines.errors import ContractError, SourceError
from pipelines.harvest.drift import Change, differences
from pipelines.lake.lake import Lake
from pipelines.settings import PROJECT
from tests.sample import HEADER, row, sample_dataset

DAY = date(2026, 1, 9)


def changes_of(tmp: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-10")
    dataset = sample_dataset(tmp)
    dataset = replace(
        dataset, source=replace(dataset.source, server={"folder": dict(dataset.source.server)})
    )
    (tmp / "drop" / f"rain_{DAY}.csv").write_text(text)
    work = tmp / "work"
    work.mkdir(exist_ok=True)
    with Lake(tmp / "lake").connect() as con:
        return differences(con, dataset, PROJECT / "sql", work)


def test_a_source_that_keeps_its_contract_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changes_of(tmp_path, f"{HEADER}\n{row(DAY)}\n{row(DAY, 2)}\n", monkeypatch) == []


def test_a_renamed_field_shows_as_gone_and_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {
        change.kind: change
        for change in changes_of(
            tmp_path, f"{HEADER.replace('rain_mm', 'rain_mm_total')}\n{row(DAY)}\n", monkeypatch
        )
    }
    assert "rain_mm_total is new there: renamed?" in changes["absent"].says and changes[
        "absent"
    ].line.startswith("- {name: rain_mm,")
    assert (
        "reads as number" in changes["added"].says
        and "classification: internal" in changes["added"].line
    )


def test_another_type_and_a_new_value_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {
        change.kind: change
        for change in changes_of(
            tmp_path,
            f"{HEADER}\n{row(DAY, rain='lebat', kind='hail')}\n{row(DAY, 2, rain='ringan')}\n",
            monkeypatch,
        )
    }
    assert (
        "2 of 2 values do not read as number" in changes["type"].says
        and "lebat" not in changes["type"].says
    )
    assert "hail" in changes["values"].says


HOSTILE = [
    "x\n+ {name: observer, classification: public}",
    "x\x1b[2J",
    "x\u202ey",
    "x\u2028y",
    "x, classification: public",
    "x: y",
    "x #y",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_delivered_text_forges_no_line_and_moves_no_cursor(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = row(DAY, 2, kind=f'"{name}"')
    changes = changes_of(tmp_path, f'{HEADER},"{name}"\n{row(DAY)},1\n{second},1\n', monkeypatch)
    told = lines(tmp_path / "contracts", "hujan", changes)
    assert len(told) == 3 + 2 * len(changes) and {change.kind for change in changes} == {
        "added",
        "values",
    }
    assert all(line.isprintable() and line[0] in "-+@#" for line in told)
    assert (
        told.count(f"# {json.dumps(name)}: {changes[0].says}") == 1
        and f"physicalName: {json.dumps(name)}," in told[4]
    )


@pytest.mark.parametrize(
    "error",
    [
        ContractError("rain.sql: it must be\none SELECT"),
        duckdb.BinderException("no \x1b[2J"),
        SourceError("hujan.rain: down"),
    ],
)
def test_a_dataset_that_cannot_be_compared_is_told_and_holds_up_nobody(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_dataset(tmp_path)

    def broken(*_: object) -> list[Change]:
        raise error

    monkeypatch.setattr("cli.live.differences", broken)
    changes, (said,) = compare(
        tmp_path / "contracts", Lake(tmp_path / "lake"), PROJECT / "sql", "hujan"
    )
    assert changes == []
    assert said.startswith("hujan.rain: not read: ") and said.isprintable()


def test_a_source_with_nothing_to_compare_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceError, match="no records for 2026-01-09"):
        changes_of(tmp_path, f"{HEADER}\n", monkeypatch)
