"""Whom to ask about the data: the information office (PPID) that UU 14/2008 makes answerable, by
its page, and by mail where the setting or the city's file says an address.
"""

from pipelines.city import municipality
from pipelines.settings import settings
from portal.http.address import url

PAGE = "/ppid"


def page() -> str:
    """Return the absolute address of the office's page."""
    return url(PAGE)


def mail() -> str | None:
    """Return the office's address as a ``mailto:`` URI, None where the setting
    ``LUMBUNG_CONTACT`` says none.
    """
    said = settings().contact or municipality().contact
    return f"mailto:{said}" if said else None
