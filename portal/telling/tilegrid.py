"""Places made ready to be drawn: tiles of regions with their names, an operator's own boundaries
when there are any, a grid of degrees and a scale bar.
"""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, floor, radians
from pathlib import Path
from typing import Any

from pipelines.city import municipality
from pipelines.errors import LumbungError
from pipelines.reference.regions import tiles
from pipelines.settings import settings
from portal.words.say import number

SHORT = 11
"""Letters of a region's name on one line of its tile."""
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Degrees between the lines of a grid; from about 500 m on."""
KM = 1 / 111.32
"""Degrees of latitude in a kilometre."""
BARS = (0.5, 1, 2, 5, 10, 20, 50)
"""Kilometres a scale bar may stand for."""


@dataclass(frozen=True)
class Tile:
    """A region's place on the grid, its name, and the name in lines that fit on the tile."""

    code: str
    column: int
    row: int
    name: str
    short: str


def placed(names: Mapping[str, str], letters: int) -> list[Tile]:
    """Return the tiles of a level, by the letters of its codes (8: kecamatan, 13: kelurahan)."""
    tiles_ = []
    for code, (column, row) in tiles().items():
        if len(code) == letters:
            name = names.get(code, code)
            tiles_.append(Tile(code, column, row, name, textwrap.fill(name, SHORT)))
    return tiles_


def boundaries() -> list[dict[str, Any]]:
    """Return the features of the operator's boundary file, none when there is none. LumbungError
    says what is wrong with it.
    """
    path = settings().regions_geojson
    if path is None:
        return []
    return _boundaries(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=2)
def _boundaries(path: Path, _: int) -> list[dict[str, Any]]:
    try:
        features = json.loads(path.read_bytes())["features"]
        return [
            {
                "type": "Feature",
                "properties": {"code": str(feature["properties"]["code"])},
                "geometry": feature["geometry"],
            }
            for feature in features
            if feature["geometry"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = (
            "it is a FeatureCollection in degrees (WGS 84) whose features say their region in the"
            f" property code, such as {municipality().code}.01 or {municipality().code}.01.1001"
        )
        raise LumbungError(
            f"LUMBUNG_REGIONS_GEOJSON={path}: the boundaries cannot be read ({error!r}); {remedy}"
        ) from error


def graticule(rows: tuple[Mapping[str, Any], ...], lang: str) -> list[dict[str, Any]]:
    """Return lines of longitude and latitude around points (GeoJSON), what stands beside them
    (lon, lat, text), and a scale bar (``bar`` is true).
    """
    south, north = min(row["lat"] for row in rows), max(row["lat"] for row in rows)
    west, east = min(row["lon"] for row in rows), max(row["lon"] for row in rows)
    step = next(
        (candidate for candidate in STEPS if max(north - south, east - west) / candidate <= 6),
        STEPS[-1],
    )
    lats, lons = _stops(south, north, step), _stops(west, east, step)
    lines = [_line([(lons[0], lat), (lons[-1], lat)]) for lat in lats] + [
        _line([(lon, lats[0]), (lon, lats[-1])]) for lon in lons
    ]
    lines += [
        {"lon": lons[0] - step / 3, "lat": lat, "text": f"{number(lat, lang, 3)}°"} for lat in lats
    ]
    lines += [
        {"lon": lon, "lat": lats[0] - step / 5, "text": f"{number(lon, lang, 3)}°"} for lon in lons
    ]
    km = max(
        (candidate for candidate in BARS if candidate * KM <= (lons[-1] - lons[0]) / 3),
        default=BARS[0],
    )
    long, low = km * KM / cos(radians(south)), lats[0] - step / 2
    lines.append({**_line([(lons[-1] - long, low), (lons[-1], low)]), "bar": True})
    return [
        *lines,
        {"lon": lons[-1] - long / 2, "lat": low - step / 6, "text": f"{number(km, lang)} km"},
    ]


def _stops(low: float, high: float, step: float) -> list[float]:
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    return [round(count * step, 6) for count in range(first, last + 1)]


def _line(points: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in points]},
        "bar": False,
    }
