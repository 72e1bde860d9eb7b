"""The parts of ``make bench`` that need no city, each over a little."""

from pathlib import Path

import polars as pl
import pytest

from tests.bench.files import FORMS, STEPS, deliver
from tests.bench.measure import MEASURES

pytestmark = pytest.mark.xdist_group("gate")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_reaches_its_partition_and_its_floor(form: str, tmp_path: Path) -> None:
    deliver(tmp_path, 12_000, form)
    floor, by_hand, ours = (MEASURES[name](tmp_path, form) for name in ("floor", "by hand", "ours"))
    assert by_hand["seconds"] > 0 < floor["seconds"]
    assert ours["to public"] == pytest.approx(sum(ours[step] for step in STEPS))
    assert min(ours.values()) > 0
    published = pl.read_parquet(tmp_path / "public.parquet").sort("gauge", "measured_at")
    public = tmp_path / "lake" / "public"
    (ours_published,) = public.glob("**/*.parquet")
    kept = pl.read_parquet(ours_published, hive_partitioning=False).sort("gauge", "measured_at")
    assert len(published) > 11_900 and published.equals(kept.select(published.columns))


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_both_readers_bring_the_same_texts(form: str, tmp_path: Path) -> None:
    """Polars tells 1.0 in NDJSON as 1, and a moment in Parquet in its own form."""
    deliver(tmp_path, 2_000, form)
    texts = []
    for engine in ("duckdb", "polars"):
        assert MEASURES["read"](tmp_path, form, engine)["seconds"] > 0
        texts.append(pl.read_parquet(tmp_path / "texts.parquet").drop("_shape", strict=False))
    told_anew = {"ndjson": "rain_mm", "parquet": "measured_at"}
    same = [name for name in texts[0].columns if name != told_anew.get(form)]
    assert len(texts[0]) == 2_000 and texts[0].select(same).equals(texts[1].select(same))


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_both_casts_bring_the_same_rows(form: str, tmp_path: Path) -> None:
    deliver(tmp_path, 2_000, form)
    frames = []
    for floor in ("floor", "polars floor"):
        assert MEASURES[floor](tmp_path, form)["seconds"] > 0
        frames.append(pl.read_parquet(tmp_path / "floor.parquet"))
    assert len(frames[0]) == 2_000 and frames[0].equals(frames[1])


def test_days_are_backfilled_in_one_run_and_in_several(tmp_path: Path) -> None:
    for runs in (1, 2):
        (tmp_path / str(runs)).mkdir()
        figures = MEASURES["backfill"](tmp_path / str(runs), 2, runs)
        assert figures["a run"] == figures["seconds"] / runs


def test_days_are_told_apart_from_the_same_rows_as_one_partition(tmp_path: Path) -> None:
    figures = MEASURES["partitions"](tmp_path, 3, 2)
    more = figures["seconds"] - figures["whole"]
    assert figures["a partition"] == pytest.approx(more / (2 * 2))
    assert min(figures["seconds"], figures["whole"]) > 0


def test_every_part_is_tried() -> None:
    """The others are slow: ``tests/journey/test_bench_of_the_city.py``."""
    here = {"floor", "polars floor", "by hand", "ours", "read", "backfill", "partitions"}
    assert {*MEASURES} == here | {"instructions", "gate_alone", "processes", "city"}
