"""Libraries that Great Expectations imports for one expectation and its charts, of which the gate
asks nothing: they are imported when something of them is used.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = ("altair", "scipy.stats")


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def put_off() -> None:
    """Let what is imported from now on find the libraries without importing them."""
    for name in UNUSED:
        later = _Later(name)
        later.__spec__ = ModuleSpec(name, None)
        sys.modules.setdefault(name, later)
