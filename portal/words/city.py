"""Words of the Streamlit pages about the whole city: home, PPID, compare, quality, what is withheld, developers, conformance."""

WORDS: dict[str, tuple[str, str]] = {}
