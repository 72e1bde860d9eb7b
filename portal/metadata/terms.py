"""What the contract's own words are called in the vocabularies of the field: themes, cadences,
licences, types. Tables and look-ups only.

EU authority lists (http://publications.europa.eu/resource/authority/) as DCAT-AP asks; ISO 8601 for
DCAT-US; SPDX ids for licences.
"""

import re
from dataclasses import dataclass

from pipelines.contract.model import Text

AUTHORITY = "http://publications.europa.eu/resource/authority"


@dataclass(frozen=True)
class Type:
    """One ODCS logical type in schema.org, Table Schema, CSVW and XML Schema."""

    schema_org: str
    frictionless: str
    csvw: str


TYPES = {
    "string": Type("Text", "string", "string"),
    "integer": Type("Integer", "integer", "integer"),
    "number": Type("Float", "number", "double"),
    "boolean": Type("Boolean", "boolean", "boolean"),
    "date": Type("Date", "date", "date"),
    "timestamp": Type("DateTime", "datetime", "dateTimeStamp"),
    "object": Type("Text", "object", "json"),
    "array": Type("Text", "array", "json"),
}
"""By ODCS logical type; JSON inside a cell is text to schema.org."""

THEMES = {
    "economy": ("ECON", Text("Ekonomi dan keuangan", "Economy and finance")),
    "people": ("SOCI", Text("Penduduk dan masyarakat", "Population and society")),
    "governance": ("GOVE", Text("Pemerintahan dan sektor publik", "Government and public sector")),
    "environment": ("ENVI", Text("Lingkungan hidup", "Environment")),
    "mobility": ("TRAN", Text("Transportasi", "Transport")),
    "living": ("REGI", Text("Wilayah dan kota", "Regions and cities")),
}
"""Each dimension's theme in the EU's list ``data-theme``, with its words."""

CADENCES = {
    "hourly": ("HOURLY", "PT1H"),
    "daily": ("DAILY", "P1D"),
    "weekly": ("WEEKLY", "P1W"),
    "monthly": ("MONTHLY", "P1M"),
    "yearly": ("ANNUAL", "P1Y"),
    "once": ("NEVER", None),
    "irregular": ("IRREG", None),
}
"""Each cadence in the EU's list ``frequency``, and as an ISO 8601 duration where it is one."""

LANGUAGES = {"id": ("IND", "Bahasa Indonesia"), "en": ("ENG", "English")}
"""Each language of the portal in the EU's list ``language``."""


def licence_url(spdx: str) -> str:
    """Return the address of a licence's text from its SPDX id: Creative Commons' own, else
    SPDX's page of it.
    """
    match = re.fullmatch(r"CC-(BY(?:-[A-Z]{2})*)-(\d\.\d)", spdx)
    if match:
        return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/"
    return (
        "https://creativecommons.org/publicdomain/zero/1.0/"
        if spdx == "CC0-1.0"
        else f"https://spdx.org/licenses/{spdx}.html"
    )
