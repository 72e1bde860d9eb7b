"""Words of the light pages, which are made on the server, and of the feeds."""

WORDS: dict[str, tuple[str, str]] = {}
