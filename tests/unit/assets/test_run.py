"""What ends a command before it asks any source for anything or serves anything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.cities import BANDUNG, write_city
from tests.sample import write_sample


@pytest.mark.parametrize("asked", [("run",), ("check",), ("serve",)], ids=" ".join)
def test_regions_of_another_city_are_told_at_once(
    asked: tuple[str, ...],
    tmp_path: Path,
    command: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    regions = PROJECT / "assets" / "regions.yaml"
    city = write_city(tmp_path / "city", f"{BANDUNG}regions: {regions}\n")
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(city))
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    code, out, err = command(*asked, "--contracts", tmp_path / "contracts")
    told = " ".join((out + err).split())
    assert code == 1 and "these are the regions of 15.71, and the city's file says" in told
    assert not list(tmp_path.glob("lake/[!d]*")), "nothing but Dagster's state is written"
