"""KPIs of revenue, procurement, LPG, river works and ICT staff against plain Python over the
demo city, suppression included.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from fractions import Fraction
from types import ModuleType

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
    broken,
    compare,
    for_days,
    half_up,
    is_few,
    passed,
    rows_of,
    share,
    unknown,
    withheld,
)
from tests.journey.standing import (
    Harvest,
    absent,
    ends,
    harvest,
    harvest_of,
    register_of,
    standing,
    unknown_gap,
    waits,
)

pytestmark = pytest.mark.xdist_group("city")
CEILING, FEW = 18_000, 5
"""The ceiling price (HET) of a 3 kg cylinder; fewer persons than this are not shown."""


def table(module: ModuleType, dataset: str) -> Table:
    (found,) = (table for table in module.TABLES if table.dataset == dataset)
    return found


def passing_rows(city: City, what: Table) -> list[Row]:
    """Return the window's rows that pass the gate."""
    return [row for rows in passed(city, what, city.window[0]).values() for row in rows]


def by_month(city: City, what: Table) -> dict[str, list[Row]]:
    """Return the window's rows that pass the gate, by month; a month of which no row does is not
    there.
    """
    found: dict[str, list[Row]] = defaultdict(list)
    for day, rows in passed(city, what, city.window[0]).items():
        found[f"{day:%Y-%m}"] += rows
    return {month: rows for month, rows in found.items() if rows}


def of_year(rows: dict[str, list[Row]], year: str) -> list[Row]:
    return [row for month, here in rows.items() if month.startswith(year) for row in here]


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
    if counts and (is_few(row["numerator"]) or is_few(abs(row["denominator"] - row["numerator"]))):
        hidden += ["numerator", "value"]
    return withheld(row, *hidden)


def target(measure: str, year: str) -> int | None:
    """Return the target that was set last for the year."""
    known = sorted(
        facts("targets", kpi="E1", measure=measure, period=year), key=lambda row: row["valid_from"]
    )
    return int(known[-1]["value"]) if known and known[-1]["value"] else None


def of_target(received: int, measure: str, year: str, *doubts: str | None) -> Values:
    due = target(measure, year)
    told = standing(*doubts) if due else absent("no_target")
    return {
        "numerator": received,
        "denominator": due,
        "value": share(received, due) if due else None,
        "unit": "%",
        **told,
    }


def part_of(part: int, whole: int, *doubts: str | None) -> Values:
    """Return a share of money, which nothing was set or billed of when there is no whole."""
    row = {"numerator": part, "denominator": whole, "value": share(part, whole), "unit": "%"}
    return row | (standing(*doubts) if whole else absent("no_cases"))


class Bills:
    """The tax bills as they stand: those paid and those issued in the window, and which of them
    have a newer version in quarantine.
    """

    def __init__(self, city: City) -> None:
        what, days = table(tax, "bills"), {*city.window}
        rows = sorted(passing_rows(city, what), key=lambda row: row["diubah"])
        bills = {(row["nop"], row["tahun_pajak"]): row for row in rows}
        self.lost = unknown(city, what, city.window[0], "nop", "tahun_pajak")
        self.whole = harvest(city, what)
        self.paid, self.issued = (defaultdict[str, list[Row]](list) for _ in range(2))
        for row in bills.values():
            if row["status"] == "lunas" and row["dibayar_pada"].date() in days:
                self.paid[f"{row['dibayar_pada']:%Y}"].append(row)
            if row["diterbitkan"].date() in days:
                self.issued[f"{row['diterbitkan']:%Y-%m}"].append(row)

    def known(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if (row["nop"], row["tahun_pajak"]) not in self.lost]


def tax_bills(city: City) -> dict[Key, Values]:
    bills, found = Bills(city), dict[Key, Values]()
    for period, every in bills.issued.items():
        issued = bills.known(every)
        paid = [row for row in issued if row["status"] == "lunas"]
        left = waits(len(issued) - len(paid), period, bills.whole.until)
        doubts = bills.whole.gap(period), unknown_gap(len(every), len(issued)), left
        row = part_of(total(paid, "pokok"), total(issued, "pokok"), *doubts)
        row |= bills.whole.complete(period, len(issued) / len(every))
        found[period, CITY, "pbb_bills"] = shown(row, len(issued), len(paid))
    for year, every in bills.paid.items():
        paid = bills.known(every)
        doubts = bills.whole.gap(year), unknown_gap(len(every), len(paid))
        row = of_target(total(paid, "pokok", "denda"), "pbb", year, *doubts)
        row |= bills.whole.complete(year, len(paid) / len(every))
        found[year, CITY, "pbb"] = shown(row, len(paid), len(paid))
    return found


def expected_local_revenue_realised(city: City) -> dict[Key, Values]:
    handed, by_qris = (harvest(city, table(parking, name)) for name in ("deposits", "payments"))
    settled = harvest(city, table(epayment, "settlements"))
    deposits, payments, electronic = (
        by_month(city, what)
        for what in (
            table(parking, "deposits"),
            table(parking, "payments"),
            table(epayment, "settlements"),
        )
    )
    found = tax_bills(city)
    for period, rows in deposits.items():
        row = part_of(total(rows, "setor"), total(rows, "target"), handed.gap(period))
        attendants = distinct(rows, "id_jukir")
        found[period, CITY, "parking_deposits"] = shown(
            row | handed.complete(period), attendants, attendants
        )
    for period, rows in electronic.items():
        elsewhere = [row for row in rows if row["KANAL"] != "teller"]
        row = part_of(total(elsewhere, "NOMINAL"), total(rows, "NOMINAL"), settled.gap(period))
        found[period, CITY, "without_counter"] = shown(
            row | settled.complete(period), len(rows), len(elsewhere)
        )
    for year in handed.periods(4):
        cash, paid = of_year(deposits, year), of_year(payments, year)
        gaps = [whole.gap(year) for whole in (handed, by_qris)]
        gap = "running" if "running" in gaps else "incomplete" if any(gaps) else None
        row = of_target(total(cash, "setor") + total(paid, "nominal"), "parking", year, gap)
        least = min(handed.completeness(year), by_qris.completeness(year))
        cases = min(distinct(cash, "id_jukir"), len(paid))
        row |= {"completeness": pytest.approx(least)}
        found[year, CITY, "parking"] = shown(row, cases, cases)
    return found


def expected_local_supplier_share(city: City) -> dict[Key, Values]:
    days, bad = {*city.window}, broken(city, "sirajakoja", "contracts")
    signed: dict[date, list[Row]] = defaultdict(list)
    for release in procurement.build(city)[0]:
        day = datetime.fromisoformat(release["date"]).date()
        if release["tag"] == ["contract"] and day in days:
            signed[day].append(release)
    counts = {day: len(rows) for day, rows in signed.items()}
    whole = harvest_of(city, "sirajakoja", "contracts", counts)
    found: dict[Key, Values] = {}
    for period in whole.periods():
        here = [
            release
            for day, rows in signed.items()
            for release in rows
            if f"{day:%Y-%m}" == period and (str(day), release["ocid"]) not in bad
        ]
        worth = sum(
            contract["value"]["amount"] for release in here for contract in release["contracts"]
        )
        row = {
            "numerator": None,
            "denominator": worth,
            "unit": "%",
            "contracts": len(here),
            **whole.complete(period),
            **absent("not_measured"),
        }
        found |= {(period, CITY, "local"): row, (period, CITY, "small"): row}
    return found


def expected_lpg_quota_used(city: City) -> dict[Key, Values]:
    tables = {name: table(gas_cards, name) for name in ("cards", "outlets", "redemptions")}
    cards, whole = passing_rows(city, tables["cards"]), harvest(city, tables["redemptions"])
    found: dict[Key, Values] = {}
    for period, redeemed in by_month(city, tables["redemptions"]).items():
        first, last = ends(period)
        held = {
            row["nomor"]: row
            for row in cards
            if row["terbit"] <= last and (row["dicabut"] is None or row["dicabut"] >= first)
        }
        above = [row for row in redeemed if row["harga"] > CEILING]
        by_held = [row for row in redeemed if row["kartu"] in held]
        quota = for_days(total(held.values(), "kuota"), len(whole.within(period)), period)
        parts = {
            "quota_used": (
                total(by_held, "tabung"),
                quota,
                len(held),
                distinct(by_held, "kartu"),
                "cards",
            ),
            "above_ceiling": (
                len(above),
                len(redeemed),
                distinct(redeemed, "kartu"),
                distinct(above, "kartu"),
                "outlets",
            ),
        }
        for measure, (part, base, base_cases, counted, name) in parts.items():
            register = register_of(city, tables[name])
            row = part_of(part, base, whole.gap(period), register.gap_of(period))
            least = min(whole.completeness(period), register.completeness)
            row |= {"completeness": pytest.approx(least)}
            found[period, CITY, measure] = shown(row, base_cases, counted, counts=True)
    return found


def budget_of(year: str) -> int | None:
    """Return the year's budget, None when the claims disagree or there is none."""
    claims = facts("claims", subject="PakarKasih", measure="budget", status="stated", as_of=year)
    stated = {int(row["value"]) for row in claims}
    return stated.pop() if len(stated) == 1 else None


def of_workers(
    number: int, unit: str, rows: list[Row], whole: Harvest, period: str, budget: int | None = None
) -> Values:
    """Return what was worked or paid, or the share of its budget, as it may be shown."""
    row = {
        "numerator": number,
        "denominator": budget,
        "value": share(number, budget) if budget else number,
        "unit": unit,
        "workers": distinct(rows, "id_pekerja"),
        **whole.told(period),
    }
    if unit == "%" and not budget:
        row |= absent("no_budget")
    return withheld(row, *(["workers", "numerator", "value"] if is_few(row["workers"]) else []))


def expected_river_cleaning_wages(city: City) -> dict[Key, Values]:
    attended, wages = table(river_works, "worker_days"), table(river_works, "payments")
    came, got = harvest(city, attended), harvest(city, wages)
    found: dict[Key, Values] = {}
    for period, rows in by_month(city, attended).items():
        found[period, CITY, "worker_days"] = of_workers(len(rows), "{people}.d", rows, came, period)
    paid = by_month(city, wages)
    for period, rows in paid.items():
        found[period, CITY, "wage_paid"] = of_workers(
            total(rows, "jumlah"), "IDR", rows, got, period
        )
    for year in {period[:4] for period in paid}:
        rows = of_year(paid, year)
        found[year, CITY, "budget_paid"] = of_workers(
            total(rows, "jumlah"), "%", rows, got, year, budget_of(year)
        )
    return found


def expected_ict_staff_and_training(city: City) -> dict[Key, Values]:
    period = f"{city.window[-1]:%Y-%m}"
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
        register = register_of(city, source)
        row = {
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "unit": unit,
            "cases": cases,
            "completeness": register.completeness,
            **standing(register.gap_of(when)),
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
