"""The KPI of businesses over made-up permits: what the demo city does not hold, such as a month
of fewer than five of them.
"""

from typing import Any

import pytest

from tests.unit.sql.figures import computed, standing
from tests.unit.sql.test_kpis_of_governance import START


def permit(nib: str | None, status: str = "issued", month: int = START.month) -> dict[str, Any]:
    return {
        "status": status,
        "nib": nib,
        "issued_at": START.replace(month=month) if status == "issued" else None,
    }


def test_a_business_counts_once_and_a_permit_without_a_business_number_not_at_all() -> None:
    rows = [
        *(permit(str(n % 6)) for n in range(9)),
        permit(None),
        permit("7", "rejected"),
        permit("8", month=START.month - 1),
    ]
    found = computed("businesses_licensed", perizinan__permits=rows)
    assert standing(found["2026-09", "businesses"]) == (6, None, 6.0, "final", None)
    assert standing(found["2026-09", "nib_issued"]) == (
        None,
        None,
        None,
        "not available",
        "not_measured",
    )
    assert {period for period, _ in found} == {"2026-09"}, "August was not harvested"


@pytest.mark.parametrize(("many", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_fewer_than_five_businesses_are_withheld(many: int, shown: int | None) -> None:
    found = computed(
        "businesses_licensed",
        perizinan__permits=[permit(None), *(permit(str(n)) for n in range(many))],
    )
    row = found["2026-09", "businesses"]
    assert (row["businesses"], row["numerator"], row["value"]) == (shown, shown, shown)
    assert (row["status"], row["reason"]) == (
        ("final", None) if shown is not None else ("not available", "few")
    )
