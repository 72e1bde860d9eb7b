"""What a contract must say of one table of a SQL database."""

from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.records.facts import READING

DATABASE = Connector(
    __name__,
    "url",
    (
        *READING,
        Fact("table", "the table or view, `schema.table` if needed", needed=True),
        Fact(
            "time",
            "the column compared with the window's days in the dataset's zone; left out for a"
            " snapshot of the whole table",
        ),
        Fact("columns", "the columns to read, all unless given"),
        Fact(
            "changed",
            "the column that says when a row was last changed, if there is one: by it a value that"
            " was corrected long after is seen, not only rows that came or went",
        ),
    ),
    looks_at="rows and newest `changed` of each passed day of events by `time`, in one query",
)
