"""The reference tables by name: what SQL models read as ``reference.<name>``, contracts may refer
to, and every release holds.

A table with ``valid_from`` and ``valid_to`` is dated: a reference to it says at which date
(``at``). What each holds is its module's business.
"""

from pipelines.reference import clocks, egovernment, ispu, regions, satisfaction, working_days
from pipelines.reference.table import ReferenceTable

SCHEMA = "reference"
PARTITION = "_partition"
"""Stands for ``at`` where a row's date is that of the snapshot it is in."""
REFERENCE: dict[str, ReferenceTable] = {
    "working_days": working_days.calendar,
    "ispu_anchors": ispu.anchors,
    "ispu_categories": ispu.categories,
    "ikm_grades": satisfaction.grades,
    "spbe_weights": egovernment.weights,
    "spbe_bands": egovernment.bands,
    "service_clocks": clocks.clocks,
    "commission_bands": clocks.commission,
    "regions": regions.regions,
}


def is_dated(name: str) -> bool:
    """Whether the rows of a reference table are valid for a time."""
    return {"valid_from", "valid_to"} <= set(REFERENCE[name].schema.names)
