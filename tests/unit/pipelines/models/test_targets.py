"""A target that no indicator has is a finding of ``lumbung check``: it would never be shown."""

from pathlib import Path

import pytest

from cli.contracts import lint
from pipelines.models.sqlfile import read_sql_files
from pipelines.models.targets import unmatched
from pipelines.settings import PROJECT

HEADER = "target_id,kpi,measure,period,value,unit,valid_from,source,reason\n"
CONTRACTS = PROJECT / "assets" / "contracts"
MODELS = read_sql_files(PROJECT / "sql")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("E1,parking", None),
        ("E1,pbb", None),
        ("G1,", None),
        ("L5,cards", "targets.csv:2: target T9: indicator L5 has no measure 'cards'; "),
        ("E1,parkin", "indicator E1 has no measure 'parkin'; did you mean 'parking'?"),
        ("G1,all", "indicator G1 has no measure 'all'; leave it empty"),
        ("E1,", "indicator E1 has no measure ''; "),
        ("X9,parking", "there is no indicator 'X9'; "),
    ],
)
def test_a_target_names_an_indicator_and_a_measure_that_exist(
    tmp_path: Path, target: str, said: str | None
) -> None:
    (tmp_path / "targets.csv").write_text(f"{HEADER}T9,{target},2024,1,%,2024-01-01,press,\n")
    found = [*unmatched(MODELS, tmp_path)]
    assert len(found) == (said is not None) and all(str(said) in problem for problem in found)


def test_a_city_without_targets_has_none_that_are_wrong(tmp_path: Path) -> None:
    assert [*unmatched(MODELS, tmp_path)] == []


def test_check_holds_the_citys_targets_against_its_indicators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lint([PROJECT / "sql"], CONTRACTS)[0] == []
    (tmp_path / "targets.csv").write_text(f"{HEADER}T9,L5,cards,2019,1,%,2019-01-01,press,\n")
    monkeypatch.setenv("LUMBUNG_REGISTERS", str(tmp_path))
    ((problem,), _) = lint([PROJECT / "sql"], CONTRACTS)
    assert problem.startswith(f"{tmp_path / 'targets.csv'}:2: target T9")
