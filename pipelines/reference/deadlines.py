"""When a step is due by its clock: a date, or a moment for a clock of hours. The clocks are
in ``clocks``, the days that count in ``working_days``.
"""

from datetime import date, datetime, timedelta

from pipelines.reference.clocks import CLOCKS
from pipelines.reference.working_days import deadline


def due(
    clock: str, step: str, start: datetime, extended: bool = False, cuti_bersama: bool = True
) -> date | datetime | None:
    """Return when a step that began at ``start`` (its office's zone) is due: a date, or a moment
    for a clock of hours; None without a limit.
    """
    (row,) = [row for row in CLOCKS if (row.clock, row.step) == (clock, step)]
    if row.length is None:
        return None
    length = row.length + (row.extension if extended else 0)
    if row.unit == "hours":
        return start + timedelta(hours=length)
    return (
        start.date() + timedelta(days=length)
        if row.unit == "days"
        else deadline(start.date(), length, cuti_bersama)
    )
