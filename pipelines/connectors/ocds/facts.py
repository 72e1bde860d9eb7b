"""What a contract must say of Open Contracting data: as of any list over HTTP, but that the paging
is the standard's own.
"""

from pipelines.connectors.http.facts import PARAMS, PATH, WINDOW, check_auth
from pipelines.connectors.rest.paging import COMMON
from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.records.facts import READING

OCDS = Connector(
    __name__,
    "location",
    (
        *READING,
        PATH,
        PARAMS,
        WINDOW,
        Fact("records", "`releases`: where a release package has its releases", needed=True),
        Fact(
            "paging",
            "size of a page and the parameter for it; total_field or total_header when the source"
            " states how many releases there are",
            inner=COMMON,
        ),
        Fact("merge", "true: each contracting process's releases become one compiled release"),
    ),
    check_server=check_auth,
    looks_at="stated total of all passed days of events, of halves where it differs; needs a"
    " `window` with start and end, and `size_parameter`",
)
