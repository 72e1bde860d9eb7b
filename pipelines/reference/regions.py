"""The regions of the city, dated, from the file that the city's file names under ``regions``; a
city without one has just its own code. Join by code at the record's date.

The levels are Kemendagri's: the city, its kecamatan, their kelurahan. What the file holds stands in
``regions.schema.json``; which regions there are, and where they are taken from, in the file.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.city import Municipality, municipality
from pipelines.errors import nearest
from pipelines.reference.table import reference_table
from pipelines.yamltext import Kind, YamlText, against_schema, read_yaml

REGIONS = Kind("file of regions", "'kecamatan:'", "regions in the city's file")


@dataclass(frozen=True)
class Regions:
    """What a file of regions says: ``rows`` of the table, and column and row of each tile by the
    code of its region.
    """

    rows: tuple[tuple[Any, ...], ...] = ()
    tiles: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@reference_table(
    is_of_city=True,
    code=pa.string(),
    name=pa.string(),
    level=pa.string(),
    parent_code=pa.string(),
    bps_code=pa.string(),
    valid_from=pa.date32(),
    valid_to=pa.date32(),
)
def regions() -> Iterator[tuple[Any, ...]]:
    """Yield one row per region and span of validity, ``valid_to`` not included; no
    ``valid_from`` where it was there in every edition read.
    """
    city = municipality()
    yield city.code, city.name.id, "kota", city.code[:2], city.bps_code, None, None
    yield from regions_of(city).rows


def kelurahan(day: date) -> tuple[str, ...]:
    """Return the codes of the kelurahan there were on ``day``, in order."""
    return tuple(
        row["code"]
        for row in regions().to_pylist()
        if row["level"] == "kelurahan" and (row["valid_from"] is None or row["valid_from"] <= day)
    )


def tiles() -> Mapping[str, tuple[int, int]]:
    """Return column and row, from the north-west corner, of every kecamatan and kelurahan there
    is now, each level on a grid of its own; for maps that need no boundary file.
    """
    return regions_of(municipality()).tiles


def regions_of(city: Municipality) -> Regions:
    """Return the regions of ``city``; ContractError carries every problem of its file."""
    return _read_once(city.regions, city.code, city.bps_code) if city.regions else Regions()


@cache
def _read_once(path: Path, city: str, bps: str) -> Regions:
    text = read_yaml(path, REGIONS)
    against_schema(text, json.loads(Path(__file__).with_name("regions.schema.json").read_bytes()))
    text.refuse()
    _refuse_another_city(text, city)
    rows = _rows(text, city, bps)
    tiles = _tiles(text, city, {row[0] for row in rows})
    text.refuse()
    return Regions(rows, tiles)


def _refuse_another_city(text: YamlText, city: str) -> None:
    """Raise ContractError, once and not of every region, where no region is the city's."""
    cities = {code[: len(city)] for code in text.document["kecamatan"]}
    if cities and city not in cities:
        text.problem(
            ("kecamatan",),
            f"these are the regions of {', '.join(sorted(cities))}, and the city's file says"
            f" codes.kemendagri: {city}; correct that code, or name the city's own file of regions",
        )
        text.refuse()


def _rows(text: YamlText, city: str, bps: str) -> tuple[tuple[Any, ...], ...]:
    since, rows = text.document.get("since", {}), []
    for code, described in text.document["kecamatan"].items():
        if not re.fullmatch(re.escape(city) + r"\.\d{2}", code):
            text.problem(
                ("kecamatan", code), f"is no kecamatan of the city; its codes are {city}.NN"
            )
        if not described.get("bps", bps).startswith(bps):
            text.problem(
                ("kecamatan", code, "bps"),
                f"{described['bps']} does not begin with {bps}, the city's codes.bps;"
                " correct either",
            )
        rows.append((code, described["name"], "kecamatan", city, described.get("bps")))
        for serial, name in described["kelurahan"].items():
            if not re.fullmatch(r"\d{4}", serial):
                text.problem(
                    ("kecamatan", code, "kelurahan", serial),
                    'is not the last four digits of a kelurahan\'s code, such as "1001"',
                )
            rows.append((f"{code}.{serial}", name, "kelurahan", code, None))
    for code in since:
        if code not in {row[0] for row in rows}:
            text.problem(
                ("since", code), f"is no region here; {nearest(code, [row[0] for row in rows])}"
            )
    return tuple((*row[:5], _day(text, since, row[0]), None) for row in rows)


def _day(text: YamlText, since: Mapping[str, str], code: str) -> date | None:
    try:
        return date.fromisoformat(since[code]) if code in since else None
    except ValueError:
        text.problem(("since", code), f"there is no day {since[code]}")
        return None


def _tiles(text: YamlText, city: str, codes: set[str]) -> dict[str, tuple[int, int]]:
    positions = {}
    for level, grid in text.document.get("tiles", {}).items():
        for row, line in enumerate(grid.strip().splitlines()):
            for column, cell in enumerate(line.split()):
                kecamatan, _, kelurahan = cell.partition(".")
                code = f"{city}.{kecamatan}" + (f".10{kelurahan}" if kelurahan else "")
                if cell == ".":
                    continue
                if code not in codes:
                    text.problem(("tiles", level), f"tile {cell} is {code}, no region here")
                positions[code] = (column, row)
    return positions
