"""What the portal knows of the information office: the indicators of its service, its open
registers, and the list of public information.

The list of public information (Daftar Informasi Publik, UU 14/2008 Ps 11(1)(a)) is the office's own
register and every open dataset and mart beside it.
"""

from pipelines.models.model import Model
from pipelines.release.release import Release
from portal.data import indicators
from portal.data.entries import entries
from portal.data.entry import Entry

INDICATORS = ("P4", "G9", "G10", "G11")
"""Numbers of the indicators about requests for information; what they are made of is the
office's register.
"""


def service(release: Release) -> list[Model]:
    """Return the indicators about requests for information."""
    return [kpi for kpi in indicators.kpis(release) if kpi.header.number in INDICATORS]


def registers(release: Release) -> list[Entry]:
    """Return the open datasets of the application those indicators read: the office's registers,
    its own list of information last.
    """
    known = entries(release)
    names = {kpi.name for kpi in service(release)} & set(known)
    read = {
        source.partition(".")[0]
        for name in names
        for source in known[name].sources
        if source in known and known[source].contract
    }
    return [
        entry for entry in known.values() if entry.contract and entry.contract.application in read
    ]


def published(release: Release) -> list[Entry]:
    """Return the open datasets and marts: what this portal itself adds to the list of public
    information.
    """
    return [entry for entry in entries(release).values() if entry.kind != "kpi"]
