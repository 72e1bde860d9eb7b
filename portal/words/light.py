"""Words of the light pages and feeds."""

WORDS: dict[str, tuple[str, str]] = {}
