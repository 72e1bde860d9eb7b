"""Placing and counting: nothing guessed, nothing lost, nothing counted twice."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.connectors.file.fetch import fetch
from pipelines.contract.model import Dataset
from pipelines.errors import ContractError
from pipelines.harvest.refine import refine
from pipelines.harvest.typed import FEW, _own_partition
from pipelines.lake.delivery import Batch
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import keys_between, window_of
from pipelines.settings import PROJECT
from tests.sample import drop, row, sample_dataset, window

DAY = date(2026, 1, 1)


def batch_of(
    dataset: Dataset, tmp: Path, days: int = 1, sql: Path = PROJECT / "sql"
) -> tuple[Batch, list[tuple]]:
    span, lake = window(DAY, days), Lake(tmp / "lake")
    with lake.connect() as con:
        batch = refine(
            con,
            lake.land(dataset.id, "run", fetch(dataset, span), span.partitions),
            dataset,
            span,
            tmp / "work",
            {},
            sql,
        )
        return (
            batch,
            con.execute(
                f"SELECT _row, _partition, _refused FROM '{batch.staged}' ORDER BY _row"
            ).fetchall(),
        )


def test_a_row_is_placed_by_its_own_date_in_the_citys_zone(tmp_path: Path) -> None:
    late = f"G1,{DAY}T16:59:59Z,1,wet,Warga Sintetis 1"
    after = f"G1,{DAY}T17:00:00Z,1,wet,Warga Sintetis 1"
    drop(tmp_path / "drop", DAY, [late, after]).rename(tmp_path / "drop" / "rain.csv")
    dataset = sample_dataset(tmp_path)
    dataset = replace(dataset, source=replace(dataset.source, fetch={"files": "rain.csv"}))
    _, rows = batch_of(dataset, tmp_path, 2)
    assert [(key, refused) for _, key, refused in rows] == [
        ("2026-01-01", None),
        ("2026-01-02", None),
    ]


def test_a_dated_file_holds_its_own_day_whatever_else_was_asked_for(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1), row(DAY + timedelta(days=1), 2)])
    for days in (1, 2):
        _, rows = batch_of(sample_dataset(tmp_path), tmp_path, days)
        assert [(key, refused) for _, key, refused in rows] == [
            ("2026-01-01", None),
            ("2026-01-01", ["placed"]),
        ]


def test_a_row_from_another_day_is_kept_and_refused(tmp_path: Path) -> None:
    drop(
        tmp_path / "drop",
        DAY,
        [row(DAY, 1), row(DAY + timedelta(days=40), 2), "G3,tomorrow,1,wet,Warga"],
    )
    _, rows = batch_of(sample_dataset(tmp_path), tmp_path)
    assert [(key, refused) for _, key, refused in rows] == [
        ("2026-01-01", None),
        ("2026-01-01", ["placed"]),
        ("2026-01-01", ["measured_at.type", "placed"]),
    ]


def test_another_unit_is_refused_never_converted(tmp_path: Path) -> None:
    dataset = sample_dataset(tmp_path)
    columns = tuple(
        replace(column, unit_field="kind") if column.name == "rain_mm" else column
        for column in dataset.columns
    )
    drop(
        tmp_path / "drop",
        DAY,
        [row(DAY, 1, kind="mm"), row(DAY, 2, kind="inch"), row(DAY, 3, kind="", rain="-")],
    )
    _, rows = batch_of(replace(dataset, columns=columns), tmp_path)
    assert [refused for *_, refused in rows] == [None, ["rain_mm.unit"], None]


LINES = st.sampled_from(
    [
        row(DAY, 1),
        row(DAY, 1, rain="7"),
        row(DAY, 2),
        row(DAY, 3, rain="x"),
        row(DAY, 3, rain="y"),
        "G4",
        row(DAY + timedelta(days=1), 5),
        row(DAY + timedelta(days=9), 6),
        "a,b,c,d,e,f",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(LINES, max_size=15), is_placed=st.booleans())
def test_delivered_is_staged_plus_duplicates(
    lines: list[str], is_placed: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also where the key is the line in the file, which no two rows have in common."""
    tmp = tmp_path_factory.mktemp("count")
    drop(tmp / "drop", DAY, lines)
    dataset = sample_dataset(tmp)
    if is_placed:
        line = replace(
            dataset.column("gauge"), name="line", field="_line", type="integer", rules=()
        )
        dataset = replace(dataset, columns=(*dataset.columns, line), key=("line",))
    batch, rows = batch_of(dataset, tmp, 2)
    assert sum(batch.delivered.values()) == len(lines)
    for key in batch.partitions:
        assert batch.delivered[key] - batch.duplicates[key] == sum(day == key for _, day, _ in rows)
    assert sum(batch.duplicates.values()) == len(lines) - len(set(lines))
    with duckdb.connect() as con:
        once = con.execute(
            f"SELECT gauge, measured_at, _partition FROM '{batch.staged}' WHERE NOT _again"
        ).fetchall()
        every = con.execute(f"SELECT gauge, measured_at, _partition FROM '{batch.staged}'")
        assert max(Counter(every.fetchall())[key] for key in once or [None]) <= 1


ZONES = ("Asia/Jakarta", "Asia/Beirut", "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu")
"""Among them zones whose day began at one o'clock, or twice, on some days of these years."""


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("partition", ["day", "month"])
def test_a_few_partitions_are_told_apart_as_the_zones_own_calendar_does(
    zone: str, partition: Literal["day", "month"], tmp_path: Path
) -> None:
    dataset = replace(sample_dataset(tmp_path), timezone=zone, partition=partition)
    for year, month in ((2018, 11), (2024, 3), (2024, 10), (2026, 1)):
        first = date(year, month, 1)
        keys = keys_between(replace(dataset, active_from=first), first, date(year, month, 28))
        span = window_of(dataset, keys)
        few, many = (
            _own_partition(dataset, replace(span, partitions=keys * times))
            for times in (1, FEW + 1)
        )
        assert "AT TIME ZONE" in many and "AT TIME ZONE" not in few
        with Lake(tmp_path / "lake").connect() as con:
            told = con.execute(
                f"SELECT {few}, {many} FROM (SELECT unnest(generate_series(TIMESTAMPTZ"
                f" '{span.start}' - INTERVAL 1 DAY, TIMESTAMPTZ '{span.end}' + INTERVAL 1 DAY,"
                " INTERVAL 10 MINUTE)) AS measured_at)"
            ).fetchall()
        assert {own for own, _ in told} == {*keys, None}
        assert all(own == (day if day in keys else None) for own, day in told)


def test_clean_sql_shapes_what_was_delivered_and_may_lose_nothing(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, 1, kind="WET"), row(DAY, 2)])
    folder = tmp_path / "sql" / "clean"
    folder.mkdir(parents=True)
    (folder / "hujan.rain.sql").write_text("SELECT * REPLACE (lower(kind) AS kind) FROM delivered")
    batch, _ = batch_of(sample_dataset(tmp_path), tmp_path, sql=tmp_path / "sql")
    with duckdb.connect() as con:
        assert con.execute(f"SELECT DISTINCT kind FROM '{batch.staged}'").fetchall() == [("wet",)]
    (folder / "hujan.rain.sql").write_text("SELECT * FROM delivered WHERE kind = 'WET'")
    with pytest.raises(ContractError, match="1 rows are lost"):
        batch_of(sample_dataset(tmp_path), tmp_path, sql=tmp_path / "sql")


def test_rows_stay_in_the_order_of_their_delivery_whatever_clean_sql_does(tmp_path: Path) -> None:
    drop(tmp_path / "drop", DAY, [row(DAY, gauge) for gauge in (1, 2, 3)])
    folder = tmp_path / "sql" / "clean"
    folder.mkdir(parents=True)
    (folder / "hujan.rain.sql").write_text("SELECT * FROM delivered ORDER BY gauge DESC")
    batch, _ = batch_of(sample_dataset(tmp_path), tmp_path, sql=tmp_path / "sql")
    assert duckdb.sql(f"SELECT gauge FROM '{batch.staged}'").fetchall() == [
        ("G1",),
        ("G2",),
        ("G3",),
    ]


def test_many_rows_without_their_duplicates_stay_in_their_order(tmp_path: Path) -> None:
    dataset, rows = sample_dataset(tmp_path), 300_000
    moment = "strftime(TIMESTAMP '2026-01-01' + to_seconds(i % 80000), '%Y-%m-%dT%H:%M:%S+07:00')"
    twice = f"SELECT i FROM range({rows}) t(i) UNION ALL SELECT i * 1009 FROM range(200) t(i)"
    path = drop(tmp_path / "drop", DAY, [])
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'G' || i AS gauge, {moment} AS measured_at, 1 AS rain_mm, 'wet' AS kind,"
            f" 'Warga Sintetis' AS observer FROM ({twice})) TO '{path}' (HEADER)"
        )
    batch, staged = batch_of(dataset, tmp_path)
    assert batch.duplicates == {DAY.isoformat(): 200}
    assert [row for row, *_ in staged] == list(range(1, rows + 1))
    in_file = duckdb.sql(f"SELECT _row FROM '{batch.staged}'").fetchnumpy()["_row"].tolist()
    assert in_file == list(range(1, rows + 1))
