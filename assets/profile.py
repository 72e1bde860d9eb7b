"""Where the time of a run goes: the seconds that each step of a harvest or a release took, and the
bytes that came of it.

Dagster shows them as metadata of a run, `lumbung run --profile` as a table.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

METADATA = "profile"
"""Under which name metadata has a profile."""


@dataclass
class Profile:
    """Seconds by step, in the order in which each began first, and bytes by what they are of."""

    seconds: dict[str, float] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what passes meanwhile to a step, also where it fails."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + spent

    def metadata(self) -> dict[str, dict[str, Any]]:
        """Return it as metadata."""
        rounded = {name: round(spent, 4) for name, spent in self.seconds.items()}
        return {METADATA: {"seconds": rounded, "bytes": self.bytes}}
