"""The clock by which the lake tells when something was recorded.

It only tells: which record is newer is said by sequences that the lake gives, as a machine's clock
can be wrong. Which day it is in the city is ``partitions``' business.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)
