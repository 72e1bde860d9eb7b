"""Streamlit's theme in the city's colours, set before the first visitor comes; everything else of
it stands in ``.streamlit/config.toml``, which no setting can vary.
"""

from dataclasses import asdict

from streamlit import config

from pipelines.city import municipality


def in_city_colours() -> None:
    """Give Streamlit the city's colour as the first one of its light and its dark theme."""
    for scheme, colour in asdict(municipality().colours).items():
        config.set_option(f"theme.{scheme}.primaryColor", colour)
