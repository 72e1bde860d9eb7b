"""The one JSON text of a value, which hashes are taken of: of receipts, manifests, files, cursors.
Nothing else is written so.
"""

import json
from decimal import Decimal
from typing import Any


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value that is hashed: sorted keys, no blanks, UTF-8,
    decimals as numbers, dates in ISO 8601.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    ).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
