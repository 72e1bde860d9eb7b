"""The city's views that a release can have: each bound to the tables it will read. One that does
not bind is withheld alone, and the last release's serves where it still binds.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.contract.model import Contract
from pipelines.errors import ContractError, LakeError
from pipelines.lake.lake import Lake
from pipelines.models.plan import Withheld
from pipelines.models.sqlfile import SqlFile
from pipelines.models.statement import tables_of
from pipelines.models.view import View, readable_views
from pipelines.publication.damage import NONE, Damage
from pipelines.publication.pins import possible_views, public_tables
from pipelines.release.release import open_release
from pipelines.release.views import make_tables
from pipelines.sqltext import identifier


@dataclass(frozen=True)
class Views:
    """The views that a release has by name, and those withheld by ``lumbung.name``: a withheld one
    is among the views where its last good version serves.
    """

    views: Mapping[str, View]
    withheld: Mapping[str, Withheld]


def serving_views(
    lake: Lake,
    contracts: Sequence[Contract],
    models: Sequence[SqlFile],
    sql: Path,
    damage: Damage = NONE,
) -> Views:
    """Return the views of ``sql`` that a release of what is public now can have."""
    read, unreadable = readable_views(sql)
    if not read and not unreadable:
        return Views({}, {})
    withheld = {name: Withheld("unreadable", said) for name, said in unreadable.items()}
    possible = possible_views(contracts, models, read)
    with duckdb.connect() as con:
        make_tables(con, lake, contracts, models, public_tables(lake, contracts, models, damage))
        for name, view in possible.items():
            if said := _unbound(con, name, view):
                withheld[name] = Withheld("fails", f"{view.path}: {said}")
        last = _last(lake, withheld, sql) if withheld else {}
        last = possible_views(contracts, models, last)
        serving = {name: view for name, view in last.items() if not _unbound(con, name, view)}
    good = {name: view for name, view in possible.items() if name not in withheld}
    return Views(good | serving, {f"lumbung.{name}": why for name, why in withheld.items()})


def _unbound(con: duckdb.DuckDBPyConnection, name: str, view: View) -> str:
    """Make a view; return what is wrong with it, empty when it binds."""
    try:
        con.execute(f"CREATE VIEW lumbung.{identifier(name)} AS {view.query}")
    except duckdb.Error as error:
        return str(error)
    return ""


def _last(lake: Lake, names: Mapping[str, Withheld], sql: Path) -> dict[str, View]:
    """Return those of the views called ``names`` that the current release has, as it has them."""
    last: dict[str, View] = {}
    with suppress(LakeError):  # no release yet, or one that `lumbung verify` tells more of
        kept = open_release(lake).manifest.views
        for name in names:
            if name in kept:
                text = lake.stored(kept[name], "sql").read_text("utf-8")
                path = sql / "view" / f"{name}.sql"
                with suppress(ContractError):
                    last[name] = View(text, tables_of(path, text), path)
    return last
