"""What tests with other people's programmes share: the interpreter that has those which cannot
live with ours.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.portal import Portal
from tests.peers.environment import peers as built


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Tell the page of conformance how many tables a check saw: a small house of a few is no
    city.
    """
    for name in {"portal", "city", "small"} & set(request.fixturenames):
        portal = request.getfixturevalue(name)
        if isinstance(portal, Portal):
            record_property("tables", len(portal.names))


@pytest.fixture(scope="session")
def peers() -> Path:
    """The interpreter that has CKAN, ckanext-harvest and ckanext-dcat."""
    return built()
