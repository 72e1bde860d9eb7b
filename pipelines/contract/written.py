"""A contract as YAML text, the way people read it: keys in the order given, every letter as it
is. Reading one is ``yamltext``'s business.
"""

from collections.abc import Mapping
from typing import Any

import yaml


def written(document: Mapping[str, Any]) -> str:
    """Return a document of plain values as YAML."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=160)
