"""From a contract's rules to Great Expectations.

A row rule becomes the expectation that ``conditions`` names, else one on a yes/no column that
DuckDB computes by the condition given there (named after the rule). A partition rule becomes an
expectation on the profile, a table with one row per partition and one of ``figures`` per rule.
"""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from pipelines.contract.model import Dataset, Rule
from quality.conditions import ROWS
from quality.figures import limits


def row_expectation(rule: Rule, dataset: Dataset) -> Expectation:
    """Return the expectation that decides a row rule; the batch has ``condition(rule)`` as
    column ``rule.name`` where that is not None.
    """
    judged = ROWS[rule.kind](rule, dataset)
    if isinstance(judged, str):
        return gxe.ExpectColumnValuesToBeInSet(column=rule.name, value_set=[True])
    return getattr(gxe, judged.name)(column=rule.column, **judged.arguments)


def partition_expectation(rule: Rule) -> Expectation:
    """Return the expectation that decides a partition rule over its figure in the profile."""
    low, high = limits(rule)
    return gxe.ExpectColumnValuesToBeBetween(column=rule.name, min_value=low, max_value=high)
