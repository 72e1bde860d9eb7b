"""What a contract must say of a folder of this machine: its path, and which files are meant."""

from pipelines.connectors.dropped.facts import DROPPED, check_settle
from pipelines.contract.connector import Connector

FILE = Connector(
    __name__,
    "path",
    DROPPED,
    check_fetch=check_settle,
    looks_at="size and time of each file with a date in its name, then its content",
)
