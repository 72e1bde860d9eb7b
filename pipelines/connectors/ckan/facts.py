"""What a contract must say of another portal's catalogue by CKAN's Action API."""

from pipelines.connectors.http.facts import check_auth
from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.records.facts import READING

CKAN = Connector(
    __name__,
    "location",
    (
        *READING,
        Fact("records", "`result.results`; `result.records` when a resource is read", needed=True),
        Fact("query", "which packages (Solr), all unless given"),
        Fact("filters", "`fq`: a filter of the packages, such as `organization:bps`"),
        Fact(
            "resource",
            "id of a resource in the datastore: its rows are read instead of the catalogue",
        ),
        Fact("size", "rows an answer, 100 packages or 1000 rows unless given"),
    ),
    check_server=check_auth,
)
