"""The settings, declared: each an environment variable ``LUMBUNG_<NAME>`` with its type, its
default and what it means, from which the documents' table is made. Nothing else says a default.

The library takes a fifth of a second to import, so that ``pipelines.settings`` imports this module
where a value is needed. https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, NonNegativeInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "LUMBUNG_"
HERE = Path(__file__).resolve().parent.parent
"""Where contracts, SQL and registers lie beside the code."""


def _web(address: str) -> str:
    """Return an address without its last slash; ValueError for one that no browser opens."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as https://data.kota.go.id is needed")
    return address.rstrip("/")


class Settings(BaseSettings):
    """Every setting; an empty variable is as good as none."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, validate_default=False, frozen=True
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
    sql: Path = Field(HERE / "sql", description="folder of SQL: clean, mart, kpi")
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
        "http://127.0.0.1:8600", description="address of the demo city's HTTP interfaces"
    )
    city_sftp: str = Field(
        "sftp://lumbung@127.0.0.1:8622", description="address of the demo city's SFTP server"
    )
    city_broker: str = Field(
        "mqtt://127.0.0.1:8683", description="address of the demo city's MQTT broker"
    )
    city_folder: Path = Field(
        Path(".lumbung/city"), description="folder of the demo city's files and database"
    )
    registers: Path = Field(
        HERE / "assets" / "registers",
        description="folder of the registers that the city keeps by hand",
    )
    contact: str = Field(
        "",
        description=(
            "mail address of the information office (PPID) that catalogues name as contact; empty"
            " for the one in the city's file, or its page alone"
        ),
    )
    url: Annotated[str, AfterValidator(_web)] = Field(
        "",
        description=(
            "address the public reaches the portal at, such as `https://data.kota.go.id`, whose"
            " host it then answers to; empty for the one it is served at"
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
        description=(
            "http(s) addresses, with commas between, that are told of every new release by a signed"
            " POST; empty for none"
        ),
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description=(
            "secret (`whsec_` and base64) those notices are signed with, as Standard Webhooks has"
            " it"
        ),
    )
    openlineage: str = Field(
        "",
        description=(
            "file (`*.ndjson`) or http(s) address that OpenLineage events of every run go to; empty"
            " for none"
        ),
    )
    revision: str = Field(
        "", description="revision of the code that receipts name; empty for git's own"
    )
    today: date | None = Field(
        None, description="pretend that today is this date (YYYY-MM-DD); empty for the real one"
    )


SETTINGS = {
    PREFIX + name.upper(): (str(field.default or ""), field.description or "")
    for name, field in Settings.model_fields.items()
}
"""Each variable with its default and its meaning."""


def read() -> Settings:
    """Return what the environment says now; ValueError names every variable that is wrong."""
    return _read(tuple(map(os.environ.get, SETTINGS)))


@lru_cache(maxsize=4)
def _read(_: tuple[str | None, ...]) -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong = []
        for problem in error.errors():
            name = PREFIX + str(problem["loc"][0]).upper()
            default, meaning = SETTINGS[name]
            wrong.append(
                f"{name}={problem['input']!r}: {problem['msg']}. It says: {meaning}. Correct it, or"
                f" leave it empty for {default or 'none'}"
            )
        raise ValueError("\n".join(wrong)) from None
