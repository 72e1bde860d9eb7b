"""What one fact of ``fetch`` is, as a connector or a form of records declares it. How a contract is
held against it stands in ``contract.fetch``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One fact of ``fetch``; ``inner`` names what it holds where it is a mapping of known facts."""

    name: str
    meaning: str
    needed: bool = False
    inner: tuple[str, ...] = ()
