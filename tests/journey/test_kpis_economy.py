"""KPIs of revenue, procurement, LPG, river works and ICT staff against plain Python over the
demo city, suppression included.
"""

import calendar
import csv
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest

from demo.city import City
from demo.systems import epayment, gas_cards, parking, procurement, river_works, surveys, tax
from demo.table import Row, Table
from pipelines.settings import PROJECT
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    compare,
    enough,
    for_days,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    unknown,
    withheld,
)

pytestmark = pytest.mark.xdist_group("city")
CEILING, FEW = 18_000, 5
"""The ceiling price (HET) of a 3 kg cylinder; fewer persons than this are not shown."""
PROVISIONAL = {"status": "provisional", "reason": "running"}


def table(module: ModuleType, dataset: str) -> Table:
    (found,) = (table for table in module.TABLES if table.dataset == dataset)
    return found


def passing_rows(city: City, what: Table) -> list[Row]:
    """Return the window's rows that pass the gate."""
    return [row for rows in passed(city, what, city.window[0]).values() for row in rows]


def complete(city: City, days: int, *tables: Table) -> Any:
    """Return the share of ``days`` days, and of their rows, that passed: the least of the
    tables; a day without rows passed whole.
    """
    found = []
    for table in tables:
        good, rows = passed(city, table, city.window[0]), table.rows(city)
        found.append(
            sum(len(good[day]) / len(rows[day]) if rows.get(day) else 1.0 for day in city.window)
            / days
        )
    return pytest.approx(min(found))


def listed(city: City, what: Table) -> float:
    """Return the share of a snapshot's rows that passed."""
    return len(passing_rows(city, what)) / len(what.rows(city)[city.window[-1]])


def month_of(city: City) -> tuple[str, date, date]:
    """Return the month the window lies in, its first and its last day."""
    ((year, month),) = {(day.year, day.month) for day in city.window}
    return (
        f"{year}-{month:02d}",
        date(year, month, 1),
        date(year, month, calendar.monthrange(year, month)[1]),
    )


def days_of(city: City) -> int:
    return 366 if calendar.isleap(city.today.year) else 365


def distinct(rows: Iterable[Row], field: str) -> int:
    return len({row[field] for row in rows})


def total(rows: Iterable[Row], *fields: str) -> int:
    return sum(row[field] or 0 for row in rows for field in fields)


def facts(name: str, **fields: str) -> list[dict[str, str]]:
    """Return the rows of a register whose ``fields`` are these."""
    with (PROJECT / "assets" / "registers" / f"{name}.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return [
            row
            for row in csv.DictReader(file)
            if all(row[field] == value for field, value in fields.items())
        ]


def shown(row: Values, base: int, counted: int, *, counts: bool = False) -> Values:
    """Return a share as it may be shown; ``counts`` says that its parts are themselves counts of
    what one person may do alone.
    """
    row = {**row, "base_cases": base, "counted_cases": counted}
    hidden = []
    if is_few(base):
        hidden += ["base_cases", "denominator", "value"]
    if is_few(counted) or is_few(abs(base - counted)):
        hidden += ["counted_cases", "numerator", "value"]
    if counts and (is_few(row["numerator"]) or is_few(row["denominator"] - row["numerator"])):
        hidden += ["numerator", "value"]
    return withheld(row, *hidden)


def target(measure: str, year: str) -> int | None:
    """Return the target that was set last for the year."""
    known = sorted(
        facts("targets", kpi="E1", measure=measure, period=year), key=lambda row: row["valid_from"]
    )
    return int(known[-1]["value"]) if known and known[-1]["value"] else None


def of_target(received: int, measure: str, year: str) -> Values:
    due = target(measure, year)
    told = (
        {"status": "provisional", "reason": "running"}
        if due
        else {"status": "not available", "reason": "no_target"}
    )
    return {
        "numerator": received,
        "denominator": due,
        "value": share(received, due) if due else None,
        "unit": "%",
        **told,
    }


def expected_local_revenue_realised(city: City) -> dict[Key, Values]:
    period, first, last = month_of(city)
    year, days = period[:4], (last - first).days + 1
    handed, by_qris, settled = (
        table(parking, "deposits"),
        table(parking, "payments"),
        table(epayment, "settlements"),
    )
    deposits, payments, electronic = (
        passing_rows(city, handed),
        passing_rows(city, by_qris),
        passing_rows(city, settled),
    )
    attendants = distinct(deposits, "id_jukir")
    bills = {
        (row["nop"], row["tahun_pajak"]): row
        for row in sorted(passing_rows(city, table(tax, "bills")), key=lambda row: row["diubah"])
    }
    lost = unknown(city, table(tax, "bills"), city.window[0], "nop", "tahun_pajak")
    paid_ever = [
        key
        for key, row in bills.items()
        if row["status"] == "lunas" and row["dibayar_pada"].date() in city.window
    ]
    issued_ever = [key for key, row in bills.items() if row["diterbitkan"].date() in city.window]
    paid, issued = (
        [bills[key] for key in keys if key not in lost] for keys in (paid_ever, issued_ever)
    )
    issued_paid, elsewhere = (
        [row for row in issued if row["status"] == "lunas"],
        [row for row in electronic if row["KANAL"] != "teller"],
    )
    parts = {
        "parking_deposits": (
            total(deposits, "setor"),
            total(deposits, "target"),
            attendants,
            attendants,
            handed,
        ),
        "pbb_bills": (
            total(issued_paid, "pokok"),
            total(issued, "pokok"),
            len(issued),
            len(issued_paid),
            table(tax, "bills"),
        ),
        "without_counter": (
            total(elsewhere, "NOMINAL"),
            total(electronic, "NOMINAL"),
            len(electronic),
            len(elsewhere),
            settled,
        ),
    }
    found = {
        (period, CITY, measure): shown(
            {
                "numerator": part,
                "denominator": whole,
                "value": share(part, whole),
                "unit": "%",
                "completeness": complete(city, days, source),
                **PROVISIONAL,
            },
            base,
            counted,
        )
        for measure, (part, whole, base, counted, source) in parts.items()
    }
    bill = found[period, CITY, "pbb_bills"]
    bill["completeness"] = pytest.approx(
        bill["completeness"].expected * len(issued) / len(issued_ever)
    )
    least = min(attendants, len(payments))
    revenue = of_target(total(deposits, "setor") + total(payments, "nominal"), "parking", year)
    found[year, CITY, "parking"] = shown(
        {**revenue, "completeness": complete(city, days_of(city), handed, by_qris)}, least, least
    )
    revenue = of_target(total(paid, "pokok", "denda"), "pbb", year)
    found[year, CITY, "pbb"] = shown(
        {
            **revenue,
            "completeness": pytest.approx(
                complete(city, days_of(city), table(tax, "bills")).expected
                * len(paid)
                / len(paid_ever)
            ),
        },
        len(paid),
        len(paid),
    )
    return found


def expected_local_supplier_share(city: City) -> dict[Key, Values]:
    period, _, last = month_of(city)
    signed = [
        release
        for release in procurement.build(city)[0]
        if release["tag"] == ["contract"]
        and datetime.fromisoformat(release["date"]).date() in city.window
    ]
    worth = sum(
        contract["value"]["amount"] for release in signed for contract in release["contracts"]
    )
    row = {
        "numerator": None,
        "denominator": worth,
        "value": None,
        "unit": "%",
        "contracts": len(signed),
        "completeness": pytest.approx(len(city.window) / last.day),
        "status": "not available",
        "reason": "not_measured",
    }
    return {(period, CITY, "local"): row, (period, CITY, "small"): row}


def expected_lpg_quota_used(city: City) -> dict[Key, Values]:
    period, first, last = month_of(city)
    cards, outlets, sold = (table(gas_cards, name) for name in ("cards", "outlets", "redemptions"))
    held = {
        row["nomor"]: row
        for row in passing_rows(city, cards)
        if row["terbit"] <= last and (row["dicabut"] is None or row["dicabut"] >= first)
    }
    redeemed, month = passing_rows(city, sold), complete(city, last.day, sold)
    above, by_held = (
        [row for row in redeemed if row["harga"] > CEILING],
        [row for row in redeemed if row["kartu"] in held],
    )
    parts = {
        "quota_used": (
            total(by_held, "tabung"),
            for_days(total(held.values(), "kuota"), len(city.window), period),
            len(held),
            distinct(by_held, "kartu"),
            cards,
        ),
        "above_ceiling": (
            len(above),
            len(redeemed),
            distinct(redeemed, "kartu"),
            distinct(above, "kartu"),
            outlets,
        ),
    }
    return {
        (period, CITY, measure): shown(
            {
                "numerator": part,
                "denominator": whole,
                "value": share(part, whole),
                "unit": "%",
                "completeness": pytest.approx(min(month.expected, listed(city, register))),
                **PROVISIONAL,
            },
            base,
            counted,
            counts=True,
        )
        for measure, (part, whole, base, counted, register) in parts.items()
    }


def expected_river_cleaning_wages(city: City) -> dict[Key, Values]:
    period, _, last = month_of(city)
    year, attended, wages = (
        period[:4],
        table(river_works, "worker_days"),
        table(river_works, "payments"),
    )
    worked, paid = passing_rows(city, attended), passing_rows(city, wages)
    came, got = distinct(worked, "id_pekerja"), distinct(paid, "id_pekerja")
    stated = {
        int(row["value"])
        for row in facts(
            "claims", subject="PakarKasih", measure="budget", status="stated", as_of=year
        )
    }
    budget, amount = stated.pop() if len(stated) == 1 else None, total(paid, "jumlah")
    of_year = (
        {"status": "provisional", "reason": "running"}
        if budget
        else {"status": "not available", "reason": "no_budget"}
    )
    rows = {
        (period, "worker_days"): (
            len(worked),
            None,
            len(worked),
            "{people}.d",
            came,
            complete(city, last.day, attended),
            PROVISIONAL,
        ),
        (period, "wage_paid"): (
            amount,
            None,
            amount,
            "IDR",
            got,
            complete(city, last.day, wages),
            PROVISIONAL,
        ),
        (year, "budget_paid"): (
            amount,
            budget,
            share(amount, budget) if budget else None,
            "%",
            got,
            complete(city, days_of(city), wages),
            of_year,
        ),
    }
    found: dict[Key, Values] = {}
    for (when, measure), (
        numerator,
        denominator,
        value,
        unit,
        workers,
        completeness,
        status,
    ) in rows.items():
        row = {
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "unit": unit,
            "workers": workers,
            "completeness": completeness,
            **status,
        }
        found[when, CITY, measure] = withheld(
            row, *(["workers", "numerator", "value"] if is_few(workers) else [])
        )
    return found


def expected_ict_staff_and_training(city: City) -> dict[Key, Values]:
    period, _, _ = month_of(city)
    staff, trainings = table(surveys, "staff"), table(surveys, "trainings")
    here, held = (
        Counter(row["kode_opd"] for row in passing_rows(city, staff)),
        passing_rows(city, trainings),
    )
    with (PROJECT / "assets" / "registers" / "agencies.csv").open(newline="") as register:
        agencies = [row for row in csv.DictReader(register) if row["role"] != "instansi vertikal"]
    for agency in agencies:
        here.setdefault(agency["agency_code"], 0)
    everybody, small = here.total(), sum(count for count in here.values() if count < FEW)
    mean = half_up(Fraction(everybody, len(here)), 2)
    rows = {
        (period, "staff_per_agency "): (
            everybody,
            len(here),
            mean,
            "{staff}",
            small or everybody,
            staff,
        )
    }
    rows |= {
        (period, f"staff {agency}"): (count, None, count, "{staff}", count, staff)
        for agency, count in here.items()
    }
    for year in {row["tanggal"][:4] for row in held}:
        those = [row for row in held if row["tanggal"][:4] == year]
        hours = total(those, "jam")
        shared = sum((row["jam"] or 0) * row["peserta"] for row in those)
        rows[year, "training_hours "] = (
            hours,
            None,
            hours,
            "h",
            total(those, "peserta"),
            trainings,
        )
        rows[year, "participant_hours "] = (
            shared,
            None,
            shared,
            "h",
            total(those, "peserta"),
            trainings,
        )
    found: dict[Key, Values] = {}
    for (when, measure), (numerator, denominator, value, unit, cases, source) in rows.items():
        over = len(when) == 4 and int(when) < city.window[-1].year
        there = listed(city, source)
        told = (
            {"status": "provisional", "reason": "incomplete" if over else "running"}
            if not over
            or not enough(len(source.rows(city)[city.window[-1]]), len(passing_rows(city, source)))
            else {"status": "final", "reason": None}
        )
        row = {
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "unit": unit,
            "cases": cases,
            "completeness": there,
            **told,
        }
        found[when, CITY, measure] = withheld(
            row, *(["cases", "numerator", "value"] if is_few(cases) else [])
        )
    return found


EXPECTED: dict[str, Callable[[City], dict[Key, Values]]] = {
    "local_revenue_realised": expected_local_revenue_realised,
    "local_supplier_share": expected_local_supplier_share,
    "lpg_quota_used": expected_lpg_quota_used,
    "river_cleaning_wages": expected_river_cleaning_wages,
    "ict_staff_and_training": expected_ict_staff_and_training,
}


def by_agency(rows: Iterable[Values]) -> list[Values]:
    """Return the rows with the agency, if a row has one, as a part of the measure's name."""
    return [
        (
            {**row, "measure": f"{row['measure']} {row['agency_code']}"}
            if "agency_code" in row
            else row
        )
        for row in rows
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_kpi_of_the_economy_agrees_with_plain_python(name: str, harvested: Harvested) -> None:
    assert compare(name, by_agency(rows_of(harvested, name)), EXPECTED[name](harvested.city)) > 0
