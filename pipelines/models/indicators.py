"""What every row of a KPI says, and that it says it: the value with its parts, how complete it is,
and why it is not final or not there.

A row that breaks this is a mistake of the SQL file, told with file and row before anything is
written. ``reason`` is a code: one of ``REASONS`` or of the file's own lines ``-- reason CODE:
Indonesia / English``. A KPI with several measures has a column ``measure`` and a line ``-- measure
NAME: ...`` for each, the one to show first first. The conventions of rounding are macros in
``sql/conventions.sql``.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from pipelines.city import municipality
from pipelines.contract.model import Text
from pipelines.contract.terms import UNITS
from pipelines.errors import ContractError, nearest
from pipelines.models.sqlfile import SqlFile

_COLUMNS = {
    "period": Text("Periode: tahun, bulan atau hari", "Period: year, month or day"),
    "region_code": Text(
        "Kode wilayah Kemendagri; {} untuk seluruh kota",
        "Kemendagri region code; {} for the whole city",
    ),
    "numerator": Text("Pembilang; kosong pada median", "Numerator; empty for a median"),
    "denominator": Text(
        "Penyebut; pada median, banyaknya kasus", "Denominator; for a median, the number of cases"
    ),
    "value": Text("Nilai", "Value"),
    "unit": Text("Satuan nilai (UCUM, atau IDR)", "Unit of the value (UCUM, or IDR)"),
    "completeness": Text(
        "Bagian (0 sampai 1) dari hari periode itu, dan dari barisnya, yang lulus pemeriksaan",
        "Share (0 to 1) of the period's days, and of their rows, that passed the checks",
    ),
    "status": Text(
        "Status: final, sementara atau tidak tersedia",
        "Status: final, provisional or not available",
    ),
    "reason": Text("Kode alasan bila tidak final", "Code of the reason when it is not final"),
    "rule_version": Text("Versi aturan yang dipakai", "Version of the rule that was applied"),
}
VINTAGE = {
    "vintage": Text(
        "Data acuan yang dipakai: penduduk tahun berapa, klaim atau kalender yang mana",
        "Reference data used: population of which year, which claim or calendar",
    )
}
"""A column that a KPI gives beside the others where it stands on such data: newer data is no other
rule, so values of two vintages are compared.
"""
ALWAYS = ("period", "region_code", "measure", "unit", "completeness", "status", "rule_version")
"""The columns of a KPI that are never empty."""
NUMBERS = ("numerator", "denominator", "value", "completeness")
TEXTS = tuple(name for name in (*ALWAYS, "reason") if name not in NUMBERS)
PERIOD = r"\d{4}(-\d{2}(-\d{2})?)?"
STATUSES = ("final", "provisional", "not available")
REASONS = {
    "few": Text(
        "Kurang dari 5 kasus, atau sesedikit itu dapat dihitung darinya; tidak ditampilkan demi"
        " kerahasiaan",
        "Fewer than 5 cases, or so few can be worked out from it; withheld for confidentiality",
    ),
    "incomplete": Text(
        "Belum semua hari dan baris periode ini masuk: belum diterima, atau ditahan",
        "Not all days and rows of the period are in: not delivered, or withheld",
    ),
    "running": Text(
        "Periode belum berakhir ketika sumbernya terakhir diambil",
        "The period was not over when its source was last read",
    ),
    "open_cases": Text("Masih ada kasus yang belum selesai", "Some cases are still open"),
    "no_cases": Text("Tidak ada kasus pada periode ini", "There were no cases in the period"),
    "none_due": Text("Belum ada kasus yang jatuh tempo", "No case is due yet"),
    "old_population": Text(
        "Jumlah penduduk tahun itu belum ada; dipakai yang terakhir diketahui",
        "The population of that year is not known; the last known is used",
    ),
    "no_population": Text(
        "Jumlah penduduk sampai saat itu tidak diketahui", "No population is known up to then"
    ),
    "no_target": Text(
        "Target untuk periode ini tidak diketahui", "No target is known for the period"
    ),
    "estimated_calendar": Text(
        "Hari libur tahun itu masih perkiraan", "The holidays of that year are still estimates"
    ),
    "no_calendar": Text(
        "Kalender hari kerja belum sampai ke hari yang diperlukan",
        "The calendar of working days does not reach a day that is needed",
    ),
    "no_total": Text(
        "Jumlah keseluruhannya tidak diketahui dari sumber mana pun",
        "The total is not known from any source",
    ),
    "not_measured": Text("Sumbernya tidak mencatat ini", "The sources do not record this"),
}
"""Why a value is not final or not there, for every KPI; a file adds its own."""


def kpi_columns() -> dict[str, Text]:
    """Return what every KPI gives, and what each column means; ``period`` is YYYY, YYYY-MM or
    YYYY-MM-DD.
    """
    place, code = _COLUMNS["region_code"], municipality().code
    return {**_COLUMNS, "region_code": Text(place.id.format(code), place.en.format(code))}


def check(model: SqlFile, rows: pa.Table) -> None:
    """ContractError when a KPI's rows do not say what each row must."""
    lacking = [name for name in kpi_columns() if name not in rows.column_names]
    if lacking:
        raise ContractError(
            f"{model.path}: a KPI gives the columns {', '.join(kpi_columns())}; it lacks"
            f" {', '.join(lacking)}"
        )
    unknown = [name for name in model.key if name not in rows.column_names]
    if unknown or "period" not in model.key:
        raise ContractError(
            f"{model.path}:1: the key is {', '.join(model.key)}; it names columns of the SELECT,"
            " period among them"
        )
    seen = set()
    for row in rows.to_pylist():
        place = {name: row[name] for name in model.key}
        wrong = [*_wrong(model, row)]
        if tuple(place.values()) in seen:
            wrong.append("the key is there twice")
        seen.add(tuple(place.values()))
        if wrong:
            raise ContractError(
                f"{model.path}: row"
                f" {', '.join(f'{name} {value}' for name, value in place.items())}:"
                f" {'; '.join(wrong)}"
            )


def check_types(model: SqlFile, columns: pa.Schema) -> None:
    """ContractError when a column that every KPI gives is of a type that cannot hold its values."""
    for name, is_right, kind in (
        *((name, pa.types.is_string, "text") for name in TEXTS),
        *((name, _is_number, "a number") for name in NUMBERS),
    ):
        if name in columns.names and not is_right(columns.field(name).type):
            raise ContractError(
                f"{model.path}: {name} is {kind}; the SELECT gives {columns.field(name).type}"
            )


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _wrong(model: SqlFile, row: Mapping[str, Any]) -> Iterable[str]:
    if not re.fullmatch(PERIOD, str(row["period"])):
        yield f"period '{row['period']}' is not YYYY, YYYY-MM or YYYY-MM-DD"
    if row["status"] not in STATUSES:
        yield f"status '{row['status']}' is not one of {', '.join(STATUSES)}"
    if (row["value"] is None) != (row["status"] == "not available"):
        yield (
            f"status '{row['status']}' beside the value {row['value']}: a value that is not there,"
            " and no other, is 'not available'"
        )
    if (row["reason"] is None) != (row["status"] == "final"):
        yield (
            f"status '{row['status']}' beside the reason {row['reason']}: what is not final, and"
            " nothing else, has a reason"
        )
    if row["reason"] is not None and row["reason"] not in {*REASONS, *model.reasons}:
        yield (
            f"reason '{row['reason']}': write a line '-- reason {row['reason']}: Indonesia /"
            " English'"
        )
    if "measure" in row and row["measure"] not in model.measures:
        yield (
            f"measure '{row['measure']}': write a line '-- measure {row['measure']}: Indonesia /"
            " English'"
        )
    if row["completeness"] is None or not 0 <= row["completeness"] <= 1:
        yield f"completeness {row['completeness']} is not a share from 0 to 1"
    if not is_unit(str(row["unit"])):
        yield (
            f"unit '{row['unit']}': {nearest(str(row['unit']), UNITS)}; or what is counted, such as"
            " {cards} or /1000{people}"
        )
    yield from (f"{name} is empty" for name in ("region_code", "rule_version") if not row[name])


def is_unit(code: str) -> bool:
    """Whether a value may have this unit: one of a contract's, what is counted in braces, their
    product, or how many there are for so many others.
    """
    per = re.fullmatch(r"/\d+(.+)", code)
    return code in UNITS or all(
        part in UNITS or re.fullmatch(r"\{[A-Za-z][A-Za-z ]*\}", part)
        for part in (per[1] if per else code).split(".")
    )
