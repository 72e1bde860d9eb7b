"""Streamlit's loggers, and uvicorn's, which it takes over, made to speak as all others do: it
gives each a handler and a format of its own.
"""

from typing import Any

import streamlit.logger


def one_voice() -> None:
    """Let Streamlit's loggers, and uvicorn's, which it takes over, speak as all others do; it
    gives each a handler and a format of its own.
    """

    def as_others(logger: Any) -> None:
        if hasattr(logger, "streamlit_console_handler"):
            logger.removeHandler(logger.streamlit_console_handler)
        logger.propagate = True

    streamlit.logger.setup_formatter = as_others
    streamlit.logger.update_formatter()
