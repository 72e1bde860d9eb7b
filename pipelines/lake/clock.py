"""The clock by which the lake tells when something was recorded.

Which record is newer is said by sequences that the lake gives, as a machine's clock can be wrong;
what was judged at a moment that is still to come by this one is asked for again. Which day it is in
the city is ``partitions``' business.
"""

from datetime import UTC, datetime, timedelta

ALLOWED = timedelta(minutes=5)
"""How far clocks of machines that share a lake may differ."""


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def is_to_come(moment: datetime) -> bool:
    """Whether a moment that was recorded lies ahead of this clock: one of two clocks is wrong."""
    return moment > now() + ALLOWED
