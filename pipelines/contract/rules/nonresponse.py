"""What a broken row rule costs: one cell of a row that stays (item non-response), or the whole row
(unit non-response).

A value that nothing rests on is left empty, as a questionnaire with one unusable answer still
counts. A row without its key, its day, its place in the order of versions or a value that its
contract requires is no record, and goes to quarantine. So does one whose moment cannot be used:
where no date stands, it has not happened yet, which would be said of what has.
"""

from typing import Literal

from pipelines.contract.model import Dataset, Rule
from pipelines.contract.rules.kinds import kind_of_row

MOMENTS = ("date", "timestamp")
"""Types of columns in which nothing means not yet."""
Nonresponse = Literal["item", "unit"]


def nonresponse(rule: Rule, dataset: Dataset) -> Nonresponse | None:
    """Return what breaking a row rule of ``dataset`` costs; None where it is only noted."""
    if rule.severity != "error":
        return None
    if rule.column is None or not kind_of_row(rule.kind).is_item:
        return "unit"
    return "item" if may_be_empty(rule.column, dataset) else "unit"


def may_be_empty(column: str, dataset: Dataset) -> bool:
    """Whether a row can do without a value of ``column``."""
    return (
        not dataset.column(column).required
        and column not in dataset.key
        and column != dataset.partition_by
        and dataset.column(column).type not in MOMENTS
    )
