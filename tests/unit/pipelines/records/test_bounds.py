"""What is small on the wire is not large here: work and memory are bounded by what a file says."""

import json
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract.rules.kinds import kind_of_row
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.open import open_records
from tests.sample import sample_dataset


def count(folder: Path, name: str, content: bytes, **fetch: object) -> tuple[int, int]:
    """Return how many records a file has, and how many of them are set aside."""
    path, dataset = folder / name, sample_dataset(folder)
    path.write_bytes(content)
    dataset.source.fetch.update(fetch)
    with duckdb.connect() as con:
        open_records(con, [Landed(path, "", name, "2026-01-01")], dataset, folder)
        return con.execute("SELECT count(*), count(_shape) FROM delivered").fetchall()[0]


def wide(rows: int) -> bytes:
    return json.dumps([{f"k{n}": n for n in range(1000)}, *({} for _ in range(rows))]).encode()


def test_one_wide_record_among_many_without_fields_is_set_aside(tmp_path: Path) -> None:
    assert count(tmp_path, "x.json", wide(20_000)) == (20_001, 1)
    assert count(tmp_path, "y.json", wide(900)) == (901, 0)


def test_rows_of_parquet_that_say_nothing_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([None] * 3_000_000, pa.int8())}), tmp_path / "many")
    with pytest.raises(SourceError, match=r"bytes of Parquet give 3000000 rows.*at most \d+ are"):
        count(tmp_path, "x.parquet", (tmp_path / "many").read_bytes())
    pq.write_table(pa.table({"a": pa.array([1] * 50_000)}), tmp_path / "few")
    assert count(tmp_path, "y.parquet", (tmp_path / "few").read_bytes()) == (50_000, 0)


def layers(each: int, deep: int) -> str:
    """Return a catalogue of one dataset above layers of nodes that point to all of the next."""
    lines = ["@prefix : <http://x/> .", "@prefix dcat: <http://www.w3.org/ns/dcat#> ."]
    lines.append(f":d a dcat:Dataset ; :p {', '.join(f':n0_{n}' for n in range(each))} .")
    for layer in range(deep):
        below = ", ".join(f":n{layer + 1}_{n}" for n in range(each))
        lines += [f":n{layer}_{n} :p {below} ." for n in range(each)]
    return "\n".join(lines)


def test_layers_of_nodes_are_followed_only_so_often(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"records follow what they point to over|characters for"):
        count(tmp_path, "x.ttl", layers(20, 4).encode())
    assert count(tmp_path, "y.ttl", layers(4, 4).encode()) == (1, 0)


def test_a_package_that_is_nested_without_end_is_its_own_partitions_error(tmp_path: Path) -> None:
    release = {"ocid": "o", "id": "1", "date": "2026-01-01T00:00:00Z", "tag": ["planning"]}
    deep = json.dumps({"releases": [release]}).replace('"1"', "[" * 400 + "]" * 400)
    with pytest.raises(SourceError, match="nested deeper than 100 levels") as told:
        count(tmp_path, "x.json", deep.encode(), records="releases", merge=True)
    assert told.value.partition == "2026-01-01"


def test_an_example_is_held_against_its_pattern_by_the_engine_of_the_gate() -> None:
    holds, started = kind_of_row("pattern").holds, time.process_time()
    assert not holds("a" * 40 + "!", "^(a+)+$", "string")
    assert time.process_time() - started < 1
    assert holds("G12", "^G[0-9]+$", "string") and holds("it's 5", r"\d$", "string")
    assert holds("x", "(", "string"), "what is no pattern is told of the pattern itself"
