"""Where the tables of a release are read: its file of views, opened read-only in the city's time.
How the file is made stands in ``views``, and what becomes of it in a lake that was moved in
``place``.
"""

from pathlib import Path

import duckdb

from pipelines.city import municipality
from pipelines.release.place import place_of
from pipelines.sqltext import quoted


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """Open the tables of the release in this folder, read-only."""
    with place_of(release) as place:
        con = duckdb.connect(str(place.views), read_only=True)
    con.execute(f"SET TimeZone = {quoted(municipality().zone.key)}")
    return con
