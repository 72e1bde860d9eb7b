"""The words Lumbung adds to the Open Data Contract Standard, and what each may hold.

ODCS leaves room under ``customProperties``; these are the only properties allowed there. One table
a level: the reader checks against it, ``lumbung new`` explains from it, CONTRIBUTING is tested
against it. No reading happens here.
"""

from dataclasses import dataclass

NAME = r"^[a-z][a-z0-9_]{0,62}$"
DIMENSIONS = ("economy", "people", "governance", "environment", "mobility", "living")
CLASSIFICATIONS = ("public", "internal", "personal", "specific")
"""``personal`` and ``specific`` are UU 27/2022 Ps 4 general and specific personal data."""
INFORMATION_CLASSES = ("berkala", "serta merta", "setiap saat", "dikecualikan")
DELIVERIES = ("events", "changes", "snapshot")
CADENCES = ("hourly", "daily", "weekly", "monthly", "yearly", "once", "irregular")
RECORD, PLACE, PERIOD = "_record", ("_line", "_file"), "_period"
"""What a column may name as its field beside the source's own: the whole record as JSON, its
line, which file of the delivery it stands in, and the day or month that file is of.
"""
OWN = (RECORD, *PLACE, PERIOD)
TYPES = ("string", "integer", "number", "boolean", "date", "timestamp", "object", "array")
STATUSES = ("proposed", "draft", "active", "deprecated", "retired")
UNITS = (
    "1",
    "%",
    "ug/m3",
    "mg/m3",
    "[ppm]",
    "Cel",
    "m",
    "km",
    "m2",
    "m3",
    "m/s",
    "km/h",
    "deg",
    "mm",
    "s",
    "min",
    "h",
    "d",
    "wd",
    "wk",
    "mo",
    "a",
    "IDR",
    "[ispu]",
    "g",
    "kg",
    "t",
    "L",
    "mL",
    "ha",
    "ms",
    "Hz",
    "V",
    "A",
    "W",
    "kW",
    "kW.h",
    "hPa",
    "dB[SPL]",
    "lx",
)
"""UCUM codes (https://ucum.org), plus IDR (ISO 4217), wd (working day) and [ispu] (index points,
P.14/2020).
"""
ANNOTATION = r"\{[a-z][a-z ]*\}"
"""What is counted, as UCUM annotates it: ``{people}``, ``{vehicles}``."""


@dataclass(frozen=True)
class Term:
    """One property: ``kind`` names the check in the reader (text, texts, date, flag, count,
    bilingual, mapping or one of ``allowed``).
    """

    kind: str
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()


APPLICATION = {
    "title": Term("bilingual", "name shown to the public, {id: ..., en: ...}", required=True),
    "inventoryId": Term("text", "row in the city's inventory of systems, such as S01"),
    "aliases": Term("texts", "other names people use for the same system"),
    "licence": Term(
        "text", "SPDX id of the licence of what is published, such as CC-BY-4.0", required=True
    ),
    "activeFrom": Term("date", "first day the system has records", required=True),
    "activeTo": Term(
        "date", "last day, if the system stopped: silence after it is truth, not failure"
    ),
    "synthetic": Term(
        "flag", "true when the records are made up for the demo; said wherever they are shown"
    ),
}
DATASET = {
    "title": Term("bilingual", "name shown to the public, {id: ..., en: ...}", required=True),
    "delivery": Term(
        "choice",
        "events: never change; changes: rows that change; snapshot: whole table each time",
        True,
        DELIVERIES,
    ),
    "cadence": Term(
        "choice", "how often the source has something new; sets the schedule", True, CADENCES
    ),
    "partition": Term(
        "choice", "size of one partition, day unless the volume is small", False, ("day", "month")
    ),
    "partitionBy": Term(
        "text",
        "column whose date places the row (events: when it happened, changes: when it changed)",
    ),
    "timezone": Term(
        "text",
        "IANA zone in which a day begins and naive times are read, the city's unless given",
    ),
    "lookback": Term("count", "partitions fetched again before the asked ones, for late rows"),
    "informationClass": Term(
        "choice",
        "UU 14/2008: berkala Ps 9, serta merta Ps 10, setiap saat Ps 11, dikecualikan Ps 17",
        True,
        INFORMATION_CLASSES,
    ),
    "exemption": Term(
        "text", "for dikecualikan: the article and letter, such as UU 14/2008 Ps 17 huruf h"
    ),
    "missing": Term("texts", "texts that mean no value, such as ['', '-', '---', 'N/A']"),
    "trim": Term("flag", "true where blanks around every text mean nothing"),
    "server": Term(
        "text", "the server this dataset is read from, the contract's first unless given"
    ),
    "fetch": Term(
        "mapping",
        "what the connector needs for this dataset, as its facts.py declares",
        required=True,
    ),
}
COLUMN = {
    "unit": Term("unit", "UCUM code or IDR; required for numbers, 1 when there is none"),
    "unitField": Term(
        "text",
        "field of the record that states the unit; a value in another unit than ours is withheld",
    ),
    "missing": Term("texts", "texts that mean no value in this column, instead of the dataset's"),
    "formats": Term(
        "texts",
        "date or time formats tried in turn, as strptime writes them, excel-serial, unix-seconds or"
        " unix-milliseconds; months and days by name in English or Indonesian",
    ),
    "decimal": Term("choice", "the mark before decimals, a point unless given", False, (".", ",")),
    "thousands": Term(
        "choice", "the mark between thousands, none unless given", False, (".", ",", " ", "'")
    ),
    "trim": Term("flag", "whether blanks around a text mean nothing, instead of the dataset's"),
    "extract": Term(
        "text",
        "a pattern (RE2) whose one group is the value, such as '^Rp *(.+)$'; a text that it does"
        " not match stays as it is",
    ),
    "values": Term(
        "mapping", 'what the source writes -> what is meant, such as {"Ya": true, "PM2,5": PM25}'
    ),
    "spellings": Term("texts", "other names that the field has in some files, instead of its own"),
    "fields": Term(
        "texts", "several fields of which the text is made, a blank between, such as [tahun, bulan]"
    ),
}
SERVER = {
    "connector": Term("text", "which connector reads this server", required=True),
    "url": Term(
        "text",
        "address of a database or SFTP server, scheme://user@host:port/name; ${VARIABLE:-default}"
        " is filled in",
    ),
    "secrets": Term(
        "mapping", "name of the secret -> name of the environment variable that holds it"
    ),
    "auth": Term(
        "mapping",
        "how a web server asks who we are, if not by a bearer token: style header or oauth2, and"
        " that style's facts",
    ),
    "host_key": Term(
        "text", "an SFTP server's public key or SHA256:fingerprint, as its owner states it"
    ),
    "headers": Term("mapping", "fixed request headers"),
    "limits": Term(
        "mapping",
        "timeout_seconds, response_bytes, attempts, for sftp files, total_bytes, file_seconds too:"
        " raise them only with a reason",
    ),
}
LEVELS = {"application": APPLICATION, "dataset": DATASET, "column": COLUMN, "server": SERVER}
