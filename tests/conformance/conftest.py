"""What tests with other people's programmes share: the interpreter that has those which cannot live with ours."""

from pathlib import Path

import pytest

from tests.peers.environment import peers as built


@pytest.fixture(scope="session")
def peers() -> Path:
    """The interpreter that has CKAN, ckanext-harvest and ckanext-dcat."""
    return built()
