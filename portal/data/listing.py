"""The catalogue as a list: every dataset, aggregate and indicator with its facets, and how many of
the rest each value of a facet would leave.

A closed dataset is listed too: that it exists is public, its rows are not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.contract.model import UNDESCRIBED, Contract, Dataset, Text
from pipelines.release.release import Release
from portal.data import tables
from portal.data.entry import Entry, entries
from portal.data.freshness import Freshness, freshness
from portal.data.places import COORDINATES, REGION

FACETS = ("kind", "dimension", "class", "owner", "state", "has")
"""Of each, a table has one value, several or none. ``has`` is what can be done with its rows:
download, point (a map of points), region (a map).
"""


@dataclass(frozen=True)
class Listed:
    """One table of the catalogue: ``values`` are those of each facet, ``licence`` is None where
    no row is open, ``fresh`` is None but for a dataset.
    """

    name: str
    title: Text
    description: Text
    values: Mapping[str, tuple[str, ...]]
    cadence: str
    licence: str | None
    synthetic: bool
    described: bool
    fresh: Freshness | None

    def is_among(self, chosen: Mapping[str, Sequence[str]]) -> bool:
        """Whether it has, of every facet in which something is chosen, one of the values chosen."""
        return all(
            not wanted or set(wanted) & set(self.values[facet]) for facet, wanted in chosen.items()
        )


def listed(release: Release) -> dict[str, Listed]:
    """Return everything the catalogue has, by name."""
    known, states, fresh = entries(release), tables.states(release), freshness(release)
    found = {}
    for contract, dataset in tables.datasets(release):
        found[dataset.id] = _of_dataset(
            contract,
            dataset,
            known.get(dataset.id),
            states[contract.application],
            fresh[dataset.id],
        )
    for name, entry in known.items():
        if name not in found:
            found[name] = _of_model(
                entry, {contract.application: contract for contract in release.contracts}
            )
    return found


def known_values(
    items: Iterable[Listed], chosen: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return, of the values chosen in each facet, those that some item has, each once: an
    address may say anything.
    """
    there = {facet: {value for each in items for value in each.values[facet]} for facet in FACETS}
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
    found = Counter(
        value for each in items if each.is_among(others) for value in each.values[facet]
    )
    kept = dict.fromkeys(chosen.get(facet, ()), 0)
    return dict(sorted((kept | found).items(), key=lambda each: (-each[1], each[0])))


def _of_dataset(
    contract: Contract, dataset: Dataset, entry: Entry | None, state: str, fresh: Freshness
) -> Listed:
    values = {
        "kind": ("dataset",),
        "dimension": (contract.dimension,),
        "class": (dataset.information_class,),
        "owner": (contract.owner,),
        "state": (state,),
        "has": _has(entry),
    }
    described = contract.status not in UNDESCRIBED
    return Listed(
        dataset.id,
        dataset.title,
        dataset.meaning,
        values,
        dataset.cadence,
        contract.licence if entry else None,
        contract.synthetic,
        described,
        fresh,
    )


def _of_model(entry: Entry, contracts: Mapping[str, Contract]) -> Listed:
    sources = [
        contracts[name]
        for name in dict.fromkeys(each.partition(".")[0] for each in entry.sources)
        if name in contracts
    ]
    dimensions = (
        (entry.theme,) if entry.theme else tuple(dict.fromkeys(each.dimension for each in sources))
    )
    values = {
        "kind": (entry.kind,),
        "dimension": dimensions,
        "class": (entry.information_class,),
        "owner": (entry.publisher,),
        "state": (),
        "has": _has(entry),
    }
    return Listed(
        entry.name,
        entry.title,
        entry.description,
        values,
        entry.cadence,
        entry.licence,
        entry.synthetic,
        True,
        None,
    )


def _has(entry: Entry | None) -> tuple[str, ...]:
    names = {each.name for each in entry.fields} if entry else set()
    can = {
        "download": entry is not None,
        "region": REGION in names,
        "point": set(COORDINATES) <= names,
    }
    return tuple(name for name, holds in can.items() if holds)
