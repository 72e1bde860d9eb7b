"""The settings as the code reads them, when they are used: ``settings().rate`` is ``LUMBUNG_RATE``,
typed and checked. Which there are, with type and default, is declared in ``pipelines.environment``.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import LumbungError

if TYPE_CHECKING:
    from pipelines.environment import Settings

PROJECT = Path(__file__).resolve().parent.parent


def settings() -> "Settings":
    """Return what the environment says now; LumbungError names every variable that is wrong."""
    from pipelines.environment import read  # noqa: PLC0415  a fifth of a second to import

    try:
        return read()
    except ValueError as error:
        raise LumbungError(str(error)) from None


def default_of(variable: str) -> str | None:
    """Return what a variable says where it is not set, None for one that is no setting."""
    from pipelines.environment import SETTINGS  # noqa: PLC0415  a fifth of a second to import

    return SETTINGS[variable][0] if variable in SETTINGS else None


def lake_path(given: Path | None = None) -> Path:
    """Return the lake's folder, absolute."""
    return (given or settings().lake).resolve()


def contracts_path(given: Path | None = None) -> Path:
    """Return the folder of contracts, absolute."""
    return (given or settings().contracts).resolve()


def sql_path(given: Path | None = None) -> Path:
    """Return the folder of SQL, absolute."""
    return (given or settings().sql).resolve()


def registers_path() -> Path:
    """Return the folder of the registers that the city keeps by hand, absolute."""
    return settings().registers.resolve()


def city_path() -> Path:
    """Return the file that says who the city is, absolute."""
    return settings().city_file.resolve()


def spool_path(given: Path | None = None) -> Path:
    """Return the folder of what brokers sent, absolute."""
    return (given or settings().spool).resolve()
