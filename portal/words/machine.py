"""Words of what machine endpoints say to people: errors and their remedies, documentation."""

WORDS: dict[str, tuple[str, str]] = {}
