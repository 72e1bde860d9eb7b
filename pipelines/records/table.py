"""What every table of texts in this room has: column names that DuckDB can tell apart, columns of
ours, and so many records in memory at a time. What fills one is each form's own business.
"""

OURS = ("_row", "_file", "_line", "_hint", "_shape", "_why", "_misplaced", "_partition")
"""Columns of delivered and placed rows that are no field of a source."""
LINES = 50_000
"""So many records are held at a time of a file that DuckDB does not read itself."""


def unique_names(names: list[str]) -> list[str]:
    """Return header names stripped, blank ones as ``column_<n>``, repeated ones and those of our
    own columns with ``_2``, ``_3`` behind.
    """
    unique: list[str] = []
    taken, tried = set(OURS), dict[str, int]()
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"column_{position}"
        chosen, suffix = base, tried.get(base.lower(), 2)
        while chosen.lower() in taken:
            chosen, suffix = f"{base}_{suffix}", suffix + 1
        tried[base.lower()] = suffix
        taken.add(chosen.lower())
        unique.append(chosen)
    return unique
