"""The facets of the catalogue, and what it lists by them: every dataset, aggregate and indicator,
and how many of the rest each value of a facet would leave.

A closed dataset is listed too: that it exists is public, its rows are not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.contract.model import UNDESCRIBED, Contract
from pipelines.files.table import Table
from pipelines.release.release import Release
from portal.data.entries import entries, tables
from portal.data.freshness import Freshness, freshness
from portal.data.places import COORDINATES, REGION
from portal.data.tables import states as application_states

FACETS = ("kind", "dimension", "class", "owner", "state", "has")
"""Of each, a table has one value, several or none. ``has`` is what can be done with its rows:
download, point (a map of points), region (a map).
"""


@dataclass(frozen=True)
class Listed:
    """One table of the catalogue: ``values`` are those of each facet, ``fresh`` is None but for a
    dataset.
    """

    table: Table
    values: Mapping[str, tuple[str, ...]]
    fresh: Freshness | None

    @property
    def is_open(self) -> bool:
        """Whether its rows are there to be taken."""
        return "download" in self.values["has"]

    @property
    def is_described(self) -> bool:
        """Whether its owner has described it, as a draft is not."""
        return self.table.contract is None or self.table.contract.status not in UNDESCRIBED

    def is_among(self, chosen: Mapping[str, Sequence[str]]) -> bool:
        """Whether it has, of every facet in which something is chosen, one of the values chosen."""
        return all(
            not wanted or set(wanted) & set(self.values[facet]) for facet, wanted in chosen.items()
        )


def listed(release: Release) -> dict[str, Listed]:
    """Return everything the catalogue has, by name."""
    handed_out, states, fresh = entries(release), application_states(release), freshness(release)
    contracts = {contract.application: contract for contract in release.contracts}
    return {
        name: Listed(table, _values(table, name in handed_out, states, contracts), fresh.get(name))
        for name, table in tables(release).items()
        if table.dataset or name in handed_out
    }


def known_values(
    items: Iterable[Listed], chosen: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return, of the values chosen in each facet, those that some item has, each once: an
    address may say anything.
    """
    there = {facet: {value for item in items for value in item.values[facet]} for facet in FACETS}
    return {
        facet: [value for value in dict.fromkeys(wanted) if value in there[facet]]
        for facet, wanted in chosen.items()
    }


def counts(
    items: Iterable[Listed], chosen: Mapping[str, Sequence[str]], facet: str
) -> dict[str, int]:
    """Return how many items each value of a facet would leave with what is chosen in the others,
    most first; what is chosen in it stays listed at 0.
    """
    others = {name: wanted for name, wanted in chosen.items() if name != facet}
    occurring = Counter(
        value for item in items if item.is_among(others) for value in item.values[facet]
    )
    at_zero = dict.fromkeys(chosen.get(facet, ()), 0)
    return dict(sorted((at_zero | occurring).items(), key=lambda count: (-count[1], count[0])))


def _values(
    table: Table, is_open: bool, states: Mapping[str, str], contracts: Mapping[str, Contract]
) -> dict[str, tuple[str, ...]]:
    """Return the values of a table's facets; a mart of several dimensions has each of them."""
    read = dict.fromkeys(name.partition(".")[0] for name in table.sources)
    dimensions = [contracts[name].dimension for name in read if name in contracts]
    return {
        "kind": (table.kind,),
        "dimension": (table.theme,) if table.theme else tuple(dict.fromkeys(dimensions)),
        "class": (table.information_class,),
        "owner": (table.publisher,),
        "state": (states[table.contract.application],) if table.contract else (),
        "has": _has(table) if is_open else (),
    }


def _has(table: Table) -> tuple[str, ...]:
    names = {field.name for field in table.fields}
    can = {"download": True, "region": REGION in names, "point": set(COORDINATES) <= names}
    return tuple(name for name, holds in can.items() if holds)
