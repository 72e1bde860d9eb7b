"""What a contract must say of a transit feed, GTFS Schedule or GTFS-Realtime."""

from pipelines.connectors.http.facts import check_auth
from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.records.facts import READING

GTFS = Connector(
    __name__,
    "location",
    (
        *READING,
        Fact(
            "path",
            "added to the server's location; `{date}` or `{month}` stands for the partition, asked"
            " for once each: an archive",
            needed=True,
        ),
        Fact("table", "GTFS Schedule: the member of the ZIP that is this dataset, such as `stops`"),
        Fact("feed", "GTFS-Realtime instead: `vehicle_positions`, `trip_updates` or `alerts`"),
    ),
    either=("table", "feed"),
    check_server=check_auth,
    looks_at="ETag, Last-Modified or Content-Length of each partition's address in an archive",
)
