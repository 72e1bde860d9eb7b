"""What a contract must say of an OGC SensorThings service."""

from pipelines.connectors.http.facts import check_auth
from pipelines.contract.connector import Connector
from pipelines.contract.fact import Fact
from pipelines.records.facts import READING

SENSORTHINGS = Connector(
    __name__,
    "location",
    (
        *READING,
        Fact("records", "`value`: where an answer has its observations", needed=True),
        Fact("path", "the collection, added to the server's location, such as `/Observations`"),
        Fact("filter_time", "the property compared with the window, phenomenonTime unless given"),
        Fact("expand", "what is read along, such as `Datastream($select=name,unitOfMeasurement)`"),
        Fact("top", "page size, 500 unless given"),
    ),
    check_server=check_auth,
    looks_at="`@iot.count` of all passed days of events, of halves where it differs",
)
