"""The portal's public addresses, absolute, from the setting ``LUMBUNG_URL`` and never from what a
request claims its host is.

An id of anything is a UUID made of its name, so that it stays the same for ever and in every
catalogue (RFC 9562, version 5).
"""

from uuid import NAMESPACE_URL, UUID, uuid5

from pipelines.settings import settings

SPACE = uuid5(NAMESPACE_URL, "https://lumbung.kota")
"""Under which every name is hashed; never to be changed."""
LOCAL = "http://127.0.0.1:8501"
"""Where the portal is when nobody has said it."""


def url(path: str = "/") -> str:
    """Return the absolute address of a path of the portal."""
    return (settings().url or LOCAL) + path


def uuid(name: str) -> UUID:
    """Return the id of a table, agency, theme or file, from its name."""
    return uuid5(SPACE, name)


def file_id(name: str, form: str) -> UUID:
    """Return the id of a table's file of a form, the same in every release and catalogue."""
    return uuid(f"{name}/{form}")


def page_of(name: str) -> str:
    """Return the path of a table's page: ``/kpi/<name>`` of an indicator, ``/d/<name>`` of any
    other.
    """
    return f"/kpi/{name.removeprefix('kpi.')}" if name.startswith("kpi.") else f"/d/{name}"


def file_of(name: str, form: str, partition: str | None = None, release: str | None = None) -> str:
    """Return the path of a table's file: of the current release, or for ever of ``release``."""
    place = f"/release/{release}" if release else "/download"
    return f"{place}/{name}/{partition}.{form}" if partition else f"{place}/{name}.{form}"
