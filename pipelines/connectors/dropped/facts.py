"""What a contract must say of files that an office drops, wherever the folder lies."""

from collections.abc import Mapping
from typing import Any

from pipelines.contract.fact import Fact
from pipelines.records.facts import READING
from pipelines.yamltext import Key, YamlText

LONGEST = 7 * 24 * 3600
DROPPED = (
    *READING,
    Fact(
        "files",
        "name pattern: `{date}` stands for YYYY-MM-DD, `{month}` for YYYY-MM, `{a,b}` for either,"
        " `*` for anything",
        needed=True,
    ),
    Fact("zip", "pattern of the members to read, for ZIP files"),
    Fact(
        "settle",
        "seconds a file must have lain unchanged before it is read, for one that is written with"
        " pauses; unless given, a file of the last minute is looked at twice",
    ),
)


def check_settle(text: YamlText, key: Key, fetch: Mapping[str, Any]) -> None:
    """Record a time to settle that is none."""
    stated = fetch.get("settle")
    if stated is not None and (
        isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 < stated <= LONGEST
    ):
        text.problem(
            key, f"fetch: settle is seconds, above 0 and {LONGEST} at most; found {stated!r}"
        )
