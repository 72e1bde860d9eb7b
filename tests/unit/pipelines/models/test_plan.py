"""Which models a run makes, in which order, over made-up files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.models.plan import planned

HEADER = "-- row: one\n-- title_id: Contoh\n-- title_en: Sample\n"
Mart = Callable[[str, str], None]


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    (tmp_path / "mart").mkdir()

    def write(name: str, query: str) -> None:
        (tmp_path / "mart" / f"{name}.sql").write_text(HEADER + query)

    return write


def test_a_mart_is_made_after_the_marts_that_it_reads_whatever_their_names(
    mart: Mart, tmp_path: Path
) -> None:
    mart("a", "SELECT * FROM mart.b")
    mart("b", "SELECT * FROM mart.c")
    mart("c", "SELECT * FROM lumbung.passed")
    assert [model.name for model in planned(tmp_path, ()).models] == ["c", "b", "a"]


def test_what_rests_on_a_withheld_mart_is_withheld_whatever_its_name(
    mart: Mart, tmp_path: Path
) -> None:
    mart("a", "SELECT * FROM mart.b")
    mart("b", "SELECT * FROM mart.c")
    mart("c", "SELECT * FROM lumbung.nothing")
    plan = planned(tmp_path, ())
    assert {name: (told.reason, told.because) for name, told in plan.withheld.items()} == {
        "mart.a": ("rests", "mart.b"),
        "mart.b": ("rests", "mart.c"),
        "mart.c": ("fails", ""),
    }
    assert plan.models == ()
