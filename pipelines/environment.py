"""Which settings there are, declared: each an environment variable ``LUMBUNG_<NAME>`` with its
type, its default and what it means, from which the documents' table is made. Nothing else says a
default. One whose value may hold a secret (an address: user and password, a token) has
``repr=False``, and no message shows it.

The code asks ``pipelines.settings``, which imports this module where a value is needed: its library
takes a fifth of a second to import. https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

import os
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeInt,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "LUMBUNG_"
HERE = Path(__file__).resolve().parent.parent
"""Where contracts, SQL and registers lie beside the code."""
WEB = re.compile(r"(?i:https?)://[^\s/?#@]+(/[^\s?#]*)?")
MAIL = re.compile(r"[A-Za-z0-9._+-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
"""A mail address, as ``city.schema.json`` has it."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAYS = (date(1970, 1, 1), date(2199, 12, 31))
"""The first and the last day that may be pretended; days before and after it are counted with."""


def variable(name: str) -> str:
    """Return the environment variable of the setting ``name``."""
    return PREFIX + name.upper()


def _web(address: str) -> str:
    """Return an address without its last slash; ValueError for one that no browser opens, and for
    one with a user, which would stand in every catalogue.
    """
    try:
        parts = urlsplit(address)
        usable = bool(WEB.fullmatch(address) and parts.hostname and parts.port != 0)
    except ValueError:  # a port over 65535, half an IPv6 address; its words repeat the address
        usable = False
    if not usable:
        raise ValueError(
            "an address such as https://data.kota.go.id is needed, with a port from 1 to 65535 if"
            " any, and no user, query or fragment"
        )
    return address.rstrip("/")


def _mail(address: str) -> str:
    """Return a mail address alone; ValueError for anything else, since catalogues make a
    ``mailto:`` of it.
    """
    alone = address.strip().removeprefix("mailto:")
    if not MAIL.fullmatch(alone):
        raise ValueError("a mail address alone, such as informasi@kota.go.id, is needed")
    return alone


def _day(written: Any) -> date:
    """Return the day of a date written as the documents say; pydantic takes seconds too."""
    try:
        if DAY.fullmatch(written) and DAYS[0] <= (day := date.fromisoformat(written)) <= DAYS[1]:
            return day
    except ValueError:  # no day of the calendar, told below
        pass
    raise ValueError(
        f"a valid date such as 2026-06-16 (YYYY-MM-DD), from {DAYS[0]} to {DAYS[1]}, is needed"
    )


class Settings(BaseSettings):
    """Every setting, by its variable's name in capitals alone; an empty one is as good as none."""

    model_config = SettingsConfigDict(
        alias_generator=variable,
        case_sensitive=True,
        env_ignore_empty=True,
        validate_default=False,
        frozen=True,
    )

    lake: Path = Field(
        Path(".lumbung/lake"),
        description=(
            "folder of the lake: raw, clean, quarantine, public, releases, Dagster's state"
        ),
    )
    contracts: Path = Field(
        HERE / "assets" / "contracts",
        description="folder of contracts, one `*.odcs.yaml` per application",
    )
    sql: Path = Field(HERE / "sql", description="folder of SQL: clean, mart, kpi, view")
    city_file: Path = Field(
        HERE / "assets" / "city.yaml",
        description=(
            "file that says who the city is: names, codes, time zone, languages, offices, look"
        ),
    )
    spool: Path = Field(
        Path(".lumbung/spool"),
        description=(
            "folder where `lumbung listen` keeps what brokers sent, minute by minute, until it is"
            " harvested"
        ),
    )
    city: str = Field(
        "http://127.0.0.1:8600",
        repr=False,
        description="address of the demo city's HTTP interfaces",
    )
    city_sftp: str = Field(
        "sftp://lumbung@127.0.0.1:8622",
        repr=False,
        description="address of the demo city's SFTP server",
    )
    city_broker: str = Field(
        "mqtt://127.0.0.1:8683",
        repr=False,
        description="address of the demo city's MQTT broker",
    )
    city_folder: Path = Field(
        Path(".lumbung/city"), description="folder of the demo city's files and database"
    )
    registers: Path = Field(
        HERE / "assets" / "registers",
        description="folder of the registers that the city keeps by hand",
    )
    contact: Annotated[str, AfterValidator(_mail)] = Field(
        "",
        description=(
            "mail address of the information office (PPID) that catalogues name as contact; empty"
            " for the one in the city's file, or its page alone"
        ),
    )
    url: Annotated[str, AfterValidator(_web)] = Field(
        "",
        repr=False,
        description=(
            "address the public reaches the portal at, such as `https://data.kota.go.id`, whose"
            " host it then answers to; empty for the one it is served at"
        ),
    )
    dagster_url: Annotated[str, AfterValidator(_web)] = Field(
        "",
        repr=False,
        description=(
            "address at which a proxy signs operators in and hands them on to Dagster's UI, such as"
            " `https://dagster.kota.go.id`; empty where it is opened on this machine alone"
        ),
    )
    sessions: NonNegativeInt = Field(
        200,
        description=(
            "how many people may explore the portal's interactive pages at a time; light pages,"
            " files and the row API go on"
        ),
    )
    rate: NonNegativeInt = Field(
        600,
        description=(
            "requests a minute that one client address may make of the row API and CKAN's"
            " datastore; 0 for no limit. Files are never limited"
        ),
    )
    regions_geojson: Path | None = Field(
        None,
        description=(
            "file of region boundaries (GeoJSON, property `code`) that maps are drawn with; empty"
            " for a grid of tiles"
        ),
    )
    counts: Path = Field(
        Path(".lumbung/counts.sqlite"),
        description=(
            "file in which the portal counts how often each address is fetched, by day and nothing"
            " more"
        ),
    )
    webhooks: str = Field(
        "",
        repr=False,
        description=(
            "http(s) addresses, with commas between, that are told of every new release by a signed"
            " POST; empty for none"
        ),
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        repr=False,
        description=(
            "secret (`whsec_` and base64) those notices are signed with, as Standard Webhooks has"
            " it"
        ),
    )
    openlineage: str = Field(
        "",
        repr=False,
        description=(
            "file (`*.ndjson`) or http(s) address that OpenLineage events of every run go to; empty"
            " for none"
        ),
    )
    revision: str = Field(
        "", description="revision of the code that receipts name; empty for git's own"
    )
    today: Annotated[date | None, BeforeValidator(_day)] = Field(
        None, description="pretend that today is this date (YYYY-MM-DD); empty for the real one"
    )


SETTINGS = {
    variable(name): (str(field.default or ""), field.description or "")
    for name, field in Settings.model_fields.items()
}
"""Each variable with its default and its meaning."""
SHOWN = {variable(name) for name, field in Settings.model_fields.items() if field.repr}


def read() -> Settings:
    """Return what the environment says now; ValueError names every variable that is wrong."""
    return _read(tuple((name, os.environ[name]) for name in os.environ if name in SETTINGS))


@lru_cache(maxsize=4)
def _read(_: tuple[tuple[str, str], ...]) -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        raise ValueError("\n".join(map(_message, error.errors()))) from None


def _message(problem: Any) -> str:
    """Return what is wrong with one variable and the remedy, without a value that may hold a
    secret.
    """
    name = str(problem["loc"][0])
    default, meaning = SETTINGS[name]
    value = f"={problem['input']!r}" if name in SHOWN else ""
    wrong = problem["msg"].removeprefix("Value error, ")
    return (
        f"{name}{value}: {wrong}. It says: {meaning}. Correct it, or leave it empty for"
        f" {default or 'none'}"
    )
