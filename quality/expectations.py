"""From a contract's rules to Great Expectations: one table of row rules, one of partition rules.

A row rule becomes an expectation on a column of the batch where GX has a fitting one, else on a
yes/no column that DuckDB computes by ``conditions`` (named after the rule). A partition rule
becomes an expectation on the profile, a table with one row per partition and one of ``figures``
per rule.
"""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from pipelines.contract.model import Dataset, Rule
from quality.conditions import condition
from quality.figures import limits


def row_expectation(rule: Rule, dataset: Dataset) -> Expectation:
    """Return the expectation that decides a row rule; the batch has ``condition(rule)`` as
    column ``rule.name`` where that is not None.
    """
    if condition(rule, dataset) is not None:
        return gxe.ExpectColumnValuesToBeInSet(column=rule.name, value_set=[True])
    column, value = str(rule.column), rule.argument(rule.kind)
    if rule.kind == "one_of":
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(value))
    if rule.kind == "min_length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, min_value=value)
    if rule.kind == "max_length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, max_value=value)
    if rule.kind in ("minimum", "exclusive_minimum"):
        return gxe.ExpectColumnValuesToBeBetween(
            column=column, min_value=value, strict_min=rule.kind == "exclusive_minimum"
        )
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, max_value=value, strict_max=rule.kind == "exclusive_maximum"
    )


def partition_expectation(rule: Rule) -> Expectation:
    """Return the expectation that decides a partition rule over its figure in the profile."""
    low, high = limits(rule)
    return gxe.ExpectColumnValuesToBeBetween(column=rule.name, min_value=low, max_value=high)
