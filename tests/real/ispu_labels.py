"""What a table of ISPU sub-indices says of each day, held against the rule in force on that day;
every disagreement is listed, none is mended.

The rule gives the highest sub-index, the parameters that have it and the category. A file says the
same three, and may be wrong in each; a row dated before 14 July 2020 is judged by KEP-45/1997,
which knows no PM2.5 and no NO2 below 200.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from pipelines.reference.ispu import Regime, regime

NOTHING = ("", "---")
NO_DATA = "TIDAK ADA DATA"
SERIAL_ZERO = date(1899, 12, 30)
NAMES = {
    "pm10": "PM10",
    "pm_10": "PM10",
    "pm25": "PM2.5",
    "pm_duakomalima": "PM2.5",
    "so2": "SO2",
    "co": "CO",
    "o3": "O3",
    "no2": "NO2",
    "hc": "HC",
}
"""A file's column -> the parameter."""
PARAMETERS = {
    "PM10": "PM10",
    "PM25": "PM2.5",
    "PM2.5": "PM2.5",
    "PM2,5": "PM2.5",
    "SO2": "SO2",
    "CO": "CO",
    "O3": "O3",
    "NO2": "NO2",
    "HC": "HC",
}
"""A file's word for the critical parameter -> the parameter."""


@dataclass(frozen=True)
class Disagreement:
    """One thing a row says that the rule does not; ``line`` counts from the header, 1."""

    kind: str
    file: str
    line: int
    day: date
    station: str
    values: Mapping[str, int | None]
    says: str
    rule: str

    def __str__(self) -> str:
        values = " ".join(
            f"{name}={'-' if value is None else value}" for name, value in self.values.items()
        )
        return (
            f"{self.kind}: {self.file}:{self.line} {self.day} {self.station}: {values}; file says"
            f" {self.says}; {self.rule}"
        )


def day_of(text: str) -> date:
    """Return a date that is written out, or a spreadsheet's serial number."""
    return (
        date.fromisoformat(text) if "-" in text else SERIAL_ZERO + timedelta(days=int(float(text)))
    )


def is_given(rule: Regime, parameter: str, index: int) -> bool:
    """Whether the rule can give ``parameter`` this index at all."""
    return parameter in rule.anchors and (index == 0 or index >= rule.anchors[parameter][1][0][1])


def disagreements(file: str, rows: Iterable[Mapping[str, str]]) -> list[Disagreement]:
    """Return everything in which ``rows``, as the file writes them, and the rule do not agree."""
    return list(
        chain.from_iterable(_of_row(file, line, row) for line, row in enumerate(rows, start=2))
    )


def _of_row(file: str, line: int, row: Mapping[str, str]) -> Iterator[Disagreement]:
    day = day_of(row["tanggal"])
    rule = regime(day)
    values = {
        NAMES[name]: None if text in NOTHING else int(text)
        for name, text in row.items()
        if name in NAMES
    }
    known = {name: value for name, value in values.items() if value is not None}
    judged = {name: value for name, value in known.items() if is_given(rule, name, value)}
    highest = max(judged.values(), default=None)
    critical = [name for name, value in judged.items() if value == highest]
    category = NO_DATA if highest is None else rule.category(highest).upper()
    said, label, named = row["max"], row["categori"], row["critical"]
    wrong: dict[str, str] = {}
    if "periode_data" in row and row["periode_data"] != f"{day:%Y%m}":
        wrong["date_outside_period"] = f"period {row['periode_data']}"
    if len(known) < len(values):
        wrong["missing_index" if known else "no_index"] = (
            f"{len(known)} of {len(values)} sub-indices"
        )
    if judged != known:
        wrong["index_not_in_rule"] = ", ".join(sorted(known.keys() - judged.keys()))
    if said in NOTHING or int(said) != highest:
        wrong["highest_differs"] = f"max {said}"
    if label != category:
        wrong["category_differs"] = label
    if named in NOTHING:
        if highest is not None:
            wrong["critical_missing"] = "no critical parameter"
    elif PARAMETERS.get(named) not in values:
        wrong["critical_has_no_column"] = f"critical {named}"
    elif PARAMETERS[named] not in rule.anchors:
        wrong["critical_not_in_rule"] = f"critical {named}"
    elif PARAMETERS[named] not in critical:
        wrong["critical_not_highest"] = f"critical {named}"
    says = (
        f"{rule.version} says {'no index' if highest is None else highest} {'/'.join(critical)}"
        f" {category}"
    )
    for kind, what in wrong.items():
        yield Disagreement(
            kind,
            file,
            line,
            day,
            row.get("stasiun", row.get("lokasi_spku", "")),
            values,
            what,
            says,
        )
