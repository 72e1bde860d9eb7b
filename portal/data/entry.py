"""One open table of a release as every catalogue, page and feed says it: what its contract or model
says, and what the release's list of files does. ``entries`` makes them.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pipelines.files.index import File, Published
from pipelines.files.table import Table
from portal.http.address import page_of, uuid


@dataclass(frozen=True, kw_only=True)
class Entry(Table):
    """An open table with its files, of the release they are of; ``covers`` are the first and last
    day its rows are about.
    """

    published: Published
    release: str
    covers: tuple[date, date] | None

    @property
    def id(self) -> UUID:
        """Its id in every catalogue."""
        return uuid(self.name)

    @property
    def page(self) -> str:
        """The path of its page."""
        return page_of(self.name)

    @property
    def files(self) -> tuple[File, ...]:
        """The files of all its rows, one of each form."""
        return tuple(file for file in self.published.files if file.partition is None)
