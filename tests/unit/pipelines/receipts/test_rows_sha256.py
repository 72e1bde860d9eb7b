"""The hash of a table's rows, whatever their order."""

import hashlib

import pyarrow as pa
import pytest

from pipelines.receipts import receipt
from pipelines.receipts.receipt import rows_sha256


def test_no_rows_have_the_hash_of_nothing_and_take_no_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = pa.table({"n": [1, 2], "at": pa.array([None, 0], pa.timestamp("us", "UTC"))})
    assert rows_sha256(rows) == rows_sha256(rows.take([1, 0])) != rows_sha256(rows[:1])
    with receipt._engine().cursor() as con:
        con.register("_rows", rows[:0])
        query = (
            "SELECT sha256(coalesce(string_agg(sha256(to_json(_rows)::VARCHAR)), '')) FROM _rows"
        )
        asked = con.execute(query).fetchall()[0][0]
    monkeypatch.setattr(receipt, "_engine", None)
    assert rows_sha256(rows[:0]) == asked == hashlib.sha256().hexdigest()
