"""Where the synthetic city's records lie: the kelurahan there were on a day, and a made-up point within reach of each."""

from datetime import date

from pipelines.reference.regions import kelurahan

KELURAHAN = kelurahan(date(2023, 1, 1))
"""The 68 codes since January 2023."""


def kelurahan_on(day: date) -> tuple[str, ...]:
    """Return the codes there were on ``day``: 62 until 2022, 68 since."""
    return KELURAHAN if day >= date(2023, 1, 1) else kelurahan(day)
