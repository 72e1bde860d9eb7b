"""Which server a dataset is read from, with what the environment knows of it filled in.

Secrets are never written in a contract: it names the variable, and the value is read here at the
moment of fetching.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.contract.model import Dataset, Source
from pipelines.contract.source import nearest
from pipelines.errors import SourceError
from pipelines.settings import SETTINGS

_PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


def reachable(dataset: Dataset) -> Dataset:
    """Return ``dataset`` with the server it is read from chosen and filled in from the environment.

    The dataset's own server, or the contract's first, is the default;
    ``LUMBUNG_SERVER_<APPLICATION>`` names another for every dataset that is read by the same
    connector. SourceError names a server or variable that is missing.
    """
    choices: Mapping[str, Any] = dataset.source.server
    variable = f"LUMBUNG_SERVER_{dataset.application.upper()}"
    name = next(iter(choices))
    asked = os.environ.get(variable)
    if asked and asked not in choices:
        raise SourceError(
            f"{variable}={asked}: the contract of {dataset.application} has no such server;"
            f" {nearest(asked, choices)}"
        )
    if asked and choices[asked]["connector"] == choices[name]["connector"]:
        name = asked
    server = {key: _fill(value, dataset) for key, value in choices[name].items()}
    return replace(dataset, source=Source(str(server["connector"]), server, dataset.source.fetch))


def _fill(value: Any, dataset: Dataset) -> Any:
    if isinstance(value, Mapping):
        return {key: _fill(each, dataset) for key, each in value.items()}
    if not isinstance(value, str):
        return value

    def found(match: re.Match[str]) -> str:
        name, default = match.groups()
        known = os.environ.get(name) or (
            SETTINGS.get(name, (None, ""))[0] if default is None else default
        )
        if known is not None:
            return known
        raise SourceError(
            f"{dataset.id}: its server needs the environment variable {name}, which is not set; set"
            " it and run again"
        )

    return _PLACEHOLDER.sub(found, value)
