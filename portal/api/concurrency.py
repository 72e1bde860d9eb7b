"""How many answers that read rows are made at the same time, whichever interface asks for them, and
how many wait.
"""

from anyio import CapacityLimiter

LIGHT, HEAVY = CapacityLimiter(8), CapacityLimiter(2)
"""How many pages, and how many whole tables, are made at the same time."""
QUEUE = 256
"""How many wait for their turn before the next one is sent away."""
