"""Whether this machine's clock runs behind what the lake has recorded: then it is wrong, or the
clock was by which that was recorded.

Nothing is ordered by these times; but every time that is told, and which day is over, comes of the
clock. So what a clock ahead took for over is asked for again when it is.
"""

from datetime import datetime

from pipelines.lake import clock, verdicts
from pipelines.lake.lake import Lake
from pipelines.release.release import releases


def runs_behind(lake: Lake) -> str | None:
    """Return what to say when the newest verdict or release was recorded at a time that is still
    to come; None when neither was.
    """
    now = clock.now()
    ahead = [(at, what) for at, what in _newest(lake) if clock.is_to_come(at)]
    if not ahead:
        return None
    at, what = max(ahead)
    return (
        f"the clock says {now:%Y-%m-%d %H:%M} UTC, but {what} was recorded at {at:%Y-%m-%d %H:%M}"
        " UTC, which is still to come. If this clock is wrong, set it (NTP) before the next run,"
        " since it says which days are over. If it is right, the time told of that record is wrong,"
        " and a run without dates asks again for the days that were judged by that clock, each"
        " when it is over; what it judged of days to come is in no release until then"
    )


def _newest(lake: Lake) -> list[tuple[datetime, str]]:
    """Return when the newest verdict and the newest release were recorded, each with its name."""
    found = [
        (row["judged_at"], f"the verdict on {row['dataset']} {row['partition']}")
        for row in verdicts.newest(lake)
    ]
    return [
        *found,
        *((release.made_at, f"release {release.id}") for release in releases(lake)[-1:]),
    ]
