"""How a KPI is held against plain Python: what the gate lets through of a demo table, what may
be shown, and a comparison of every value.
"""

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any

from demo.city import City
from demo.everything import ground_truth
from demo.table import Row, Table, changed, name_of
from pipelines.connectors.contracts import read_contracts
from pipelines.contract.rules.nonresponse import nonresponse
from pipelines.release.release import open_release
from pipelines.settings import PROJECT
from tests.conftest import Harvested

Key = tuple[str, ...]
Values = dict[str, Any]
CITY = "15.71"


WITHHELD: dict[City, Mapping[str, set[date]]] = {}
"""By city and dataset the days of which nothing stands, since the gate withheld them whole: what
it decides is held against the contracts elsewhere, so here the lake's verdicts are taken.
"""


def half_up(exact: Fraction | int, digits: int = 1) -> float:
    """Round exactly half up."""
    return floor(exact * 10**digits + Fraction(1, 2)) / 10**digits


def share(part: int, whole: int) -> float | None:
    """Return a share in percent."""
    return half_up(Fraction(100 * part, whole)) if whole else None


@cache
def fields_of_cells() -> Mapping[tuple[str, str, str], str]:
    """Return, by application, dataset and rule, the field of the cell that it withholds."""
    return {
        (dataset.application, dataset.name, rule.name): dataset.column(rule.column).field
        for contract in read_contracts(PROJECT / "assets" / "contracts")
        for dataset in contract.datasets
        for rule in dataset.all_rules
        if rule.level == "row" and rule.column and nonresponse(rule, dataset) == "item"
    }


def broken(city: City, application: str, dataset: str) -> set[tuple[str, str]]:
    """Return partition and key of every row that the gate puts into quarantine."""
    return {
        (error.partition, error.key)
        for error in ground_truth(city)
        if (error.application, error.dataset) == (application, dataset)
        and error.rule not in ("duplicate", "coverage")
        and (application, dataset, error.rule) not in fields_of_cells()
    }


def emptied(city: City, application: str, dataset: str) -> dict[tuple[str, str], str]:
    """Return the field of every cell that the gate withholds, by the row's partition and key."""
    return {
        (error.partition, error.key): fields_of_cells()[application, dataset, error.rule]
        for error in ground_truth(city)
        if (application, dataset, error.rule) in fields_of_cells()
        and (error.application, error.dataset) == (application, dataset)
    }


def passed(city: City, table: Table, since: date) -> dict[date, list[Row]]:
    """Return the rows of ``table`` that pass the gate, by day from ``since`` on, as they were
    before anything was broken, without the cells and days that it withholds.
    """
    gone = withheld_days(city, table)
    own, bad = table.seen_by(city), broken(city, table.application, table.dataset)
    cells = emptied(city, table.application, table.dataset)
    rows = {
        day: rows
        for day, rows in table.rows(own).items()
        if since <= day < own.today and day not in gone
    }
    return {
        day: [
            changed(row, {place_in(row, cells[place]): None}) if place in cells else row
            for row in here
            if (place := (day.isoformat(), name_of(table, row))) not in bad
        ]
        for day, here in sorted(rows.items())
    }


def withheld_days(city: City, table: Table) -> set[date]:
    """Return the days of a table of which nothing stands."""
    return WITHHELD.get(city, {}).get(f"{table.application}.{table.dataset}", set())


def place_in(row: Row, field: str) -> str:
    """Return where a field lies in a row, which may hold what its delivery puts into another."""
    return field if field.partition(".")[0] in row else field.rpartition(".")[2]


def unknown(
    city: City, table: Table, since: date, *key: str, moment: str = "diubah"
) -> set[tuple[Any, ...]]:
    """Return the keys whose newest version is in quarantine, though its key and time can be read:
    what stands of them is an older one, so nobody knows how they are.
    """
    own, withheld = table.seen_by(city), withheld_versions(city, table.application, table.dataset)
    newest: dict[tuple[Any, ...], tuple[Any, bool]] = {}
    for day, rows in table.rows(own).items():
        for row in rows if since <= day < own.today else ():
            place, name = tuple(row[part] for part in key), (day.isoformat(), name_of(table, row))
            if place not in newest or row[moment] > newest[place][0]:
                newest[place] = row[moment], name in withheld
    return {place for place, (_, is_withheld) in newest.items() if is_withheld}


def withheld_versions(city: City, application: str, dataset: str) -> set[tuple[str, str]]:
    """Return partition and key of the rows in quarantine of which key and time can be read."""
    return {
        (error.partition, error.key)
        for error in ground_truth(city)
        if (error.application, error.dataset) == (application, dataset)
        and error.rule in rules_of_rows()[application, dataset]
    }


@cache
def rules_of_rows() -> Mapping[tuple[str, str], set[str]]:
    """Return by dataset the rules that cost a row and leave its key and time beyond doubt."""
    return {
        (dataset.application, dataset.name): {
            rule.name
            for rule in dataset.all_rules
            if rule.level == "row"
            and rule.kind not in ("placed", "shape")
            and rule.column not in {*dataset.key, dataset.partition_by}
            and nonresponse(rule, dataset) == "unit"
        }
        for contract in read_contracts(PROJECT / "assets" / "contracts")
        for dataset in contract.datasets
    }


def complete(city: City, table: Table, since: date, month: str) -> float:
    """Return the share of a month's days, and of their rows, that passed; a day without rows
    passed whole.
    """
    own, bad = (
        table.seen_by(city),
        Counter(day for day, _ in broken(city, table.application, table.dataset)),
    )
    year, number = map(int, month.split("-"))
    rows = {
        day: len(rows)
        for day, rows in table.rows(own).items()
        if since <= day < own.today
        and f"{day:%Y-%m}" == month
        and day not in withheld_days(city, table)
    }
    return (
        sum(1 - bad[day.isoformat()] / many if many else 1.0 for day, many in rows.items())
        / calendar.monthrange(year, number)[1]
    )


def enough(delivered: int, kept: int) -> bool:
    """Whether so many rows make a period whole: 95 of 100, or all but one of five or more."""
    return 20 * kept >= 19 * delivered or (delivered >= 5 and delivered - kept == 1)


def for_days(whole: int, days: int, month: str) -> int:
    """Return what a month's whole is for so many of its days, half rounded up."""
    length = calendar.monthrange(*map(int, month.split("-")))[1]
    return (2 * whole * days + length) // (2 * length)


def is_few(count: int | None) -> bool:
    """Whether a count may not be shown: 1 to 4, or not known."""
    return count is None or 1 <= count < 5


def withheld(row: Values, *names: str) -> Values:
    """Return ``row`` as it is shown when ``names`` may not be."""
    told = (
        {"status": "not available", "reason": "few"}
        if "value" in names and row["value"] is not None
        else {}
    )
    return {**row, **dict.fromkeys(names), **told, "suppressed": bool(names)}


def by_region(
    rows: Mapping[Key, Values], hidden: Mapping[Key, set[str]], cells: Mapping[str, tuple[str, ...]]
) -> dict[Key, Values]:
    """Return city and kecamatan as shown when ``hidden`` may not be, nor what would let the city
    tell the one kecamatan that hides a number other than 0.
    """
    gone = {key: set(names) for key, names in hidden.items()}
    sums = [
        (count, name)
        for count, figures in cells.items()
        for name in (count, *figures)
        if name != "value"
    ]
    for period, measure in sorted(
        {(period, measure) for period, region, measure in rows if region == CITY}
    ):
        whole, kecamatan = (
            (period, CITY, measure),
            sorted(key for key in rows if (key[0], key[2]) == (period, measure) and key[1] != CITY),
        )
        steady = False
        while not steady:
            steady = True
            for count, name in sums:
                secret = [key for key in kecamatan if name in gone[key]]
                if (
                    name in gone[whole]
                    or not secret
                    or len([key for key in secret if rows[key][name] != 0]) > 1
                ):
                    continue
                open_ones = [
                    key
                    for key in kecamatan
                    if name not in gone[key] and rows[key][name] and rows[key][count]
                ]
                second = (
                    sorted(open_ones, key=lambda key: (rows[key][count], key[1]))[0]
                    if open_ones
                    else whole
                )
                gone[second] |= {count, name}
                for part, figures in cells.items():
                    gone[second] |= set(figures) if part in gone[second] else set()
                steady = False
    return {key: withheld(row, *gone[key]) for key, row in rows.items()}


def rows_of(harvested: Harvested, name: str) -> list[Values]:
    """Return the rows of a KPI as they are released."""
    with open_release(harvested.lake).connect() as con:
        return con.execute(f"FROM kpi.{name}").to_arrow_table().to_pylist()


def compare(
    name: str, rows: Iterable[Mapping[str, Any]], expected: Mapping[Key, Mapping[str, Any]]
) -> int:
    """Hold every released row against ``expected``, none missing and none beside it; return how
    many values were compared.
    """
    got = {
        tuple(row[part] for part in ("period", "region_code", "measure") if part in row): dict(row)
        for row in rows
    }
    assert set(got) == set(expected), f"{name}: keys {set(got) ^ set(expected)}"
    compared = 0
    for key, values in expected.items():
        for column, value in values.items():
            assert got[key][column] == value, (
                f"{name} {key} {column}: released {got[key][column]!r}, recomputed {value!r}"
            )
            compared += 1
    print(f"{compared} values of {name} compared in {len(expected)} rows")
    return compared
