"""Which partition a message belongs to: that of its own time, read exactly as ``cast`` will read it
when the message becomes a row.

A message that does not say when it happened, or names a day on which it cannot have happened
(before the system was there, or after tomorrow), belongs to the day it came; the gate then says
what is wrong with it.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines.contract.cast import cast
from pipelines.contract.model import Column, Dataset, Text
from pipelines.lake.partitions import key_of
from pipelines.sqltext import quoted


class Placing:
    """The places of one dataset's messages; for one thread."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.field = str(dataset.source.fetch.get("time") or "")
        field = f"payload.{self.field}"
        column = next(
            (
                candidate
                for candidate in dataset.columns
                if candidate.field == field and candidate.type in ("timestamp", "date")
            ),
            None,
        )
        column = column or Column(
            "at", field, "timestamp", Text("", ""), "internal", (), timezone=dataset.timezone
        )
        local = (
            f"({cast(column, 'said')})"
            if column.type == "date"
            else f"({cast(column, 'said')} AT TIME ZONE {quoted(dataset.timezone)})"
        )
        self._query = (
            f"SELECT left({local}::DATE::VARCHAR, 10) FROM (SELECT unnest($said::VARCHAR[]) AS"
            " said)"
        )
        self._con = duckdb.connect(config={"threads": "1"})
        self._con.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        """Give the engine back."""
        self._con.close()

    def places(self, payloads: Sequence[bytes], now: datetime) -> list[str]:
        """Return the partition of each payload that came at ``now``."""
        came = now.astimezone(ZoneInfo(self.dataset.timezone)).date()
        days: list[str | None] = [None] * len(payloads)
        if self.field:
            days = [
                day
                for (day,) in self._con.execute(
                    self._query, {"said": [self._text_of(payload) for payload in payloads]}
                ).fetchall()
            ]
        first, last = self.dataset.active_from.isoformat(), (came + timedelta(days=1)).isoformat()
        came_key = key_of(self.dataset, came)
        return [day[: len(came_key)] if day and first <= day <= last else came_key for day in days]

    def _text_of(self, payload: bytes) -> str | None:
        """Return the text that the payload's field will have as a column."""
        try:
            value: Any = json.loads(payload, parse_float=_Written, parse_int=_Written)
            for step in self.field.split("."):
                value = value[step]
            value.encode()
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return None
        return str(value)


class _Written(str):
    """A number as it was written; a number has no fields."""
