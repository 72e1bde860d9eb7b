"""What a contract must say of files that an office drops, wherever the folder lies."""

from pipelines.contract.fact import Fact
from pipelines.records.facts import READING

DROPPED = (
    *READING,
    Fact(
        "files",
        "name pattern: `{date}` stands for YYYY-MM-DD, `{month}` for YYYY-MM, `{a,b}` for either,"
        " `*` for anything",
        needed=True,
    ),
    Fact("zip", "pattern of the members to read, for ZIP files"),
)
