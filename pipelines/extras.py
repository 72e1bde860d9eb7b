"""Parts of Lumbung that are installed apart, since few need what is large about them.

Which packages an extra brings stands in ``pyproject.toml`` (``optional-dependencies``); here is
only what is said when one is needed and not installed. Packages that every installation has are
imported as usual.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import LumbungError


class MissingExtraError(LumbungError):
    """A part of Lumbung is used whose extra is not installed."""


@contextmanager
def needs(extra: str, user: str) -> Iterator[None]:
    """Import what ``extra`` brings inside this block; MissingExtraError says that ``user`` needs it
    and how it is installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{user} needs the package {error.name}, which is not installed; install the extra:"
            f" pip install 'lumbung[{extra}]', in a checkout uv sync --all-extras"
        ) from error
