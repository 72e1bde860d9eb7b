"""Twelve changes that people make, and the one file that each begins in. The list of folders alone
must lead there; what is to be changed must be in that file, and be made in no other.
"""

import re
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

CHANGES = {
    "a new paging style": ("pipelines/connectors/rest/paging.py", r'"cursor"'),
    "a new form of delivered file": ("pipelines/records/open.py", r"^READERS"),
    "a suppression rule": ("pipelines/models/disclosure.py", r"^LEAST = 5$"),
    "the wording of an indicator": (
        "sql/kpi/complaints_answered_in_time.sql",
        r"^-- title_en: Complaints closed in time$",
    ),
    "how long versions stay before they are removed": (
        "pipelines/publication/retention.py",
        r"^GRACE_HOURS",
    ),
    "a rate limit": ("portal/http/rate_limit.py", r"^WINDOW = 60$"),
    "a facet of the catalogue": ("portal/data/facets.py", r"^FACETS = "),
    "MQTT's quality of service": ("pipelines/connectors/mqtt/session.py", r"^QOS = 1$"),
    "the band of a law": ("pipelines/reference/ispu.py", r'"PM2.5": \(0, 15.5, 55.4'),
    "a form of download": ("pipelines/files/export.py", r'^    "geo.parquet": Form\(_geoparquet'),
    "the time zone": ("assets/city.yaml", r"^timezone: Asia/Jakarta$"),
    "a schedule": ("assets/timetable.py", r'^    "daily": "30 2 \* \* \*",$'),
}
"""Change -> its file, and what is found there."""


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_begins_in_one_file(change: str) -> None:
    place, thing = CHANGES[change]
    path = PROJECT / place
    pattern = re.compile(thing, re.MULTILINE)
    assert pattern.search(path.read_text("utf-8")), f"{change}: {thing} is not in {place}"
    room = PROJECT / Path(place).parts[0]
    others = [
        str(other.relative_to(PROJECT))
        for other in room.rglob(f"*{path.suffix}")
        if other != path and pattern.search(other.read_text("utf-8"))
    ]
    assert others == [], f"{change}: {thing} stands there too"
