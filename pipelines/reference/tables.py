"""The reference tables by name: what SQL models read as ``reference.<name>``, contracts may refer
to, and every release holds.

What each holds is its module's business.
"""

from pipelines.reference import clocks, egovernment, ispu, regions, satisfaction, working_days
from pipelines.reference.table import ReferenceTable

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
