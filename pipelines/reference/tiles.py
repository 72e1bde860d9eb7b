"""Where each region of Kota Jambi lies, roughly: a tile a region on a grid, north up and west left,
for maps that need no boundary file.

Laid out by hand from the city's known geography: the Batanghari runs from west to east below Danau
Teluk and Pelayangan; Telanaipura, Danau Sipin, Pasar Jambi and Jambi Timur lie along its south
bank; Alam Barajo and Kota Baru to the south-west, Jelutung in the middle, Jambi Selatan and Paal
Merah to the south-east. Neighbours are near each other; areas, distances and borders are not true,
and a map made of this says so.
"""

from pipelines.reference.regions import CITY

KECAMATAN = """
.   06  05  .
01  10  04  03
09  07  08  02
.   .   .   11
"""
KELURAHAN = """
.     .     .     .     06.01 06.02 06.04 .     05.02 05.03 05.04 .     .
.     .     .     .     .     06.03 06.05 .     05.01 05.05 05.06 .     .
01.10 01.03 01.02 01.04 10.03 10.02 10.01 04.02 04.01 03.05 03.04 03.06 03.02
.     01.12 01.11 01.01 10.05 10.04 04.04 04.03 03.03 03.10 03.08 03.07 03.01
09.04 09.01 09.05 09.02 07.02 08.02 08.06 08.01 08.04 02.05 02.06 02.03 .
.     09.06 09.07 09.03 07.01 08.05 08.03 08.07 02.04 02.02 11.01 11.02 .
.     .     .     07.12 07.04 07.05 07.11 .     11.05 11.06 11.03 .     .
.     .     .     .     07.06 .     .     .     11.04 .     .     .     .
"""
"""A region by the last digits of its code: 06.01 is 15.71.06.1001."""


def tiles() -> dict[str, tuple[int, int]]:
    """Return column and row, from the north-west corner, of every kecamatan and kelurahan there
    is now; each level is a grid of its own.
    """
    found = {}
    for grid in (KECAMATAN, KELURAHAN):
        for row, line in enumerate(grid.strip().splitlines()):
            for column, cell in enumerate(line.split()):
                if cell != ".":
                    found[_code(cell)] = (column, row)
    return found


def _code(cell: str) -> str:
    kecamatan, _, kelurahan = cell.partition(".")
    return f"{CITY}.{kecamatan}.10{kelurahan}" if kelurahan else f"{CITY}.{kecamatan}"
