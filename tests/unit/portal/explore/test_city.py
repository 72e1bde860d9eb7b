"""What the pages about the city are made of: what may be compared, which system has stopped,
what is kept back, what conformance says of which release.
"""

from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.release.conformance import Result, read_results, write_results
from portal.data import compared
from portal.words.say import PARTS, number

OLD, NEW = "20260101T000000Z-0123456789abcdef", "20260102T000000Z-fedcba9876543210"
CHECK = Result("dcat", "validator", "ok", "47 datasets", "pyshacl 0.40", "2026-01-01T00:00:00Z", "")


def value(**changed: Any) -> dict[str, Any]:
    return {
        "period": "2026-01",
        "value": 1.0,
        "unit": "%",
        "rule_version": "1",
        "reason": None,
        **changed,
    }


@pytest.mark.parametrize(
    ("second", "between", "why"),
    [
        (value(), (), None),
        (value(reason="few_days"), (), None),
        (None, (), "no_pair"),
        (value(value=None), (), "no_pair"),
        (value(unit="h"), (), "other_rule"),
        (value(rule_version="2"), (), "other_rule"),
        (value(), (value(rule_version="2"),), "other_rule"),
        (value(reason="incomplete"), (), "not_whole"),
        (value(reason="running"), (), "not_whole"),
        (value(period="2026"), (), "other_span"),
    ],
)
def test_two_values_are_compared_only_where_they_say_the_same(
    second: dict[str, Any] | None, between: tuple[dict[str, Any], ...], why: str | None
) -> None:
    assert compared.refusal(value(), second, between) == why


def test_results_of_an_older_release_are_told_as_that_ones(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert read_results(lake, NEW) is None
    write_results(lake, OLD, [CHECK])
    assert read_results(lake, NEW) == (OLD, [CHECK]) == read_results(lake, OLD)
    write_results(lake, NEW, [CHECK, CHECK])
    assert read_results(lake, OLD) == (OLD, [CHECK]) and read_results(lake, NEW) == (
        NEW,
        [CHECK, CHECK],
    )


def test_damaged_or_made_up_results_are_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = write_results(lake, OLD, [CHECK])
    path.write_text('[{"check": "dcat"}]', "utf-8")
    with pytest.raises(LakeError, match="make conformance"):
        read_results(lake, OLD)
    with pytest.raises(LakeError, match="results ok, failed, not run"):
        write_results(lake, OLD, [Result("dcat", "validator", "fine", "", "", "", "")])


def test_a_word_stands_in_one_file_alone() -> None:
    keys = [key for part in PARTS for key in part.WORDS]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_a_figure_that_is_no_number_is_a_dash() -> None:
    assert [number(value, "id", 1) for value in (None, float("nan"), float("inf"), 1.5)] == [
        "–",
        "–",
        "–",
        "1,5",
    ]
