"""Describing many tables at once: what cannot be described is left out and told in the log, so
that one bad record takes no feed with it.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from portal.data.entry import Entry

_LOG = logging.getLogger(__name__)
_Said = TypeVar("_Said")


def described(entries: Mapping[str, Entry], say: Callable[[Entry], _Said]) -> dict[str, _Said]:
    """Return what ``say`` makes of each table by name, without those it cannot describe."""
    entries_by_name = {}
    for name, entry in entries.items():
        try:
            entries_by_name[name] = say(entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _LOG.warning(
                "%s is left out of a catalogue: %s %s; mend its contract or model",
                name,
                type(error).__name__,
                error,
            )
    return entries_by_name
