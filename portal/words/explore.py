"""Words of the Streamlit catalogue, dataset pages, charts and maps."""

WORDS: dict[str, tuple[str, str]] = {}
