"""Where the tables of a release are read: its file of views, opened read-only in the city's time.
How the file is made stands in ``views``.
"""

from pathlib import Path

import duckdb

from pipelines.city import municipality
from pipelines.sqltext import quoted

VIEWS = "release.duckdb"


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """Open the tables of the release in this folder, read-only."""
    con = duckdb.connect(str(release / VIEWS), read_only=True)
    con.execute(f"SET TimeZone = {quoted(municipality().zone.key)}")
    return con
