"""IKM, the public satisfaction index, of an SKM survey: its nine elements, the index and its
grades. Source: PermenPANRB 14/2017, annex.

``IKM = sum over the elements of (mean score * 1/9) * 25``: the weight is exactly 1/9, not 0.11,
which would take a point off. A missing answer is left out of its element's mean only. The grade is
that of the index rounded half up to two decimals, since the annex leaves gaps (64.99 to 65.00).
Many agencies swap U8 and U9, so an element is known by its label, never by its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from pipelines.reference.table import reference_table

RULE_VERSION = "PermenPANRB 14/2017"
ELEMENTS = {
    "U1": ("Persyaratan", "Requirements"),
    "U2": ("Sistem, mekanisme, dan prosedur", "System, mechanism and procedure"),
    "U3": ("Waktu penyelesaian", "Time"),
    "U4": ("Biaya/tarif", "Fees"),
    "U5": ("Produk spesifikasi jenis pelayanan", "Product as specified"),
    "U6": ("Kompetensi pelaksana", "Competence of staff"),
    "U7": ("Perilaku pelaksana", "Conduct of staff"),
    "U8": ("Penanganan pengaduan, saran, dan masukan", "Handling of complaints and suggestions"),
    "U9": ("Sarana dan prasarana", "Facilities"),
}
GRADES = (
    ("D", "25.00", "Tidak baik", "Not good"),
    ("C", "65.00", "Kurang baik", "Less good"),
    ("B", "76.61", "Baik", "Good"),
    ("A", "88.31", "Sangat baik", "Very good"),
)
"""Grade, least index, meaning."""


def ikm(scores: Mapping[str, Sequence[int | None]]) -> Fraction | None:
    """Return the exact index of the answers 1 to 4 by element; None when an element has no
    answer. ValueError unless all nine are there.
    """
    if set(scores) != set(ELEMENTS):
        raise ValueError(
            f"the elements are {', '.join(ELEMENTS)}; these were given: {', '.join(sorted(scores))}"
        )
    means = []
    for answers in scores.values():
        scored = [answer for answer in answers if answer is not None]
        if not scored:
            return None
        means.append(Fraction(sum(scored), len(scored)))
    return sum(means, Fraction(0)) * 25 / 9


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Return an exact value rounded half up."""
    scaled = value * 10**places + Fraction(1, 2)
    return (
        Decimal(scaled.numerator // scaled.denominator)
        .scaleb(-places)
        .quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    )


def grade(index: Fraction) -> str:
    """Return the grade of an unrounded index; ValueError outside 25 to 100."""
    if not 25 <= index <= 100:
        raise ValueError(f"an index lies between 25 and 100, not at {float(index)}")
    return [name for name, least, *_ in GRADES if rounded(index) >= Decimal(least)][-1]


@reference_table(
    grade=pa.string(),
    least=pa.float64(),
    below=pa.float64(),
    meaning=pa.string(),
    meaning_en=pa.string(),
    rule_version=pa.string(),
)
def grades() -> Iterator[tuple[Any, ...]]:
    """Yield one row per grade; ``below`` is not included and empty at the top."""
    bounds = [float(least) for _, least, *_ in GRADES]
    for (name, _, meaning, english), least, below in zip(
        GRADES, bounds, [*bounds[1:], None], strict=True
    ):
        yield name, least, below, meaning, english, RULE_VERSION
