"""Where the synthetic city's records lie: the kelurahan there were on a day, and a made-up point
within reach of each.

The layout is no map of Jambi: kecamatan stand on a grid, their kelurahan around them, so that a
point and a code that a record names belong together and two systems put the same kelurahan in the
same place.
"""

import math
from datetime import date
from random import Random

from pipelines.reference.regions import kelurahan

KELURAHAN = kelurahan(date(2023, 1, 1))
"""The 68 codes since January 2023."""
SOUTH, NORTH, WEST, EAST = -1.70, -1.50, 103.50, 103.70
GRID = (
    ("06", "05", "04", "03"),
    ("09", "01", "10", "08"),
    ("07", "02", "11"),
)
"""Kecamatan by the last digits of their code, from north-west to south-east."""
AROUND, REACH = 0.016, 0.0029
"""Degrees from a kecamatan's middle to its kelurahan's, and from there to a kelurahan's farthest
point.
"""


def kelurahan_on(day: date) -> tuple[str, ...]:
    """Return the codes there were on ``day``: 62 until 2022, 68 since."""
    return KELURAHAN if day >= date(2023, 1, 1) else kelurahan(day)


def centre(code: str) -> tuple[float, float]:
    """Return latitude and longitude of a kelurahan's made-up middle."""
    row, column = next(
        (n, line.index(code[6:8])) for n, line in enumerate(GRID) if code[6:8] in line
    )
    turn = 2 * math.pi * int(code[-2:]) / 12
    lat = NORTH - (NORTH - SOUTH) * (2 * row + 1) / (2 * len(GRID)) + AROUND * math.sin(turn)
    lon = WEST + (EAST - WEST) * (2 * column + 1) / (2 * len(GRID[0])) + AROUND * math.cos(turn)
    return lat, lon


def point(code: str, dice: Random) -> tuple[float, float]:
    """Return latitude and longitude of a made-up point of a kelurahan."""
    lat, lon = centre(code)
    return round(lat + dice.uniform(-REACH, REACH), 6), round(lon + dice.uniform(-REACH, REACH), 6)
