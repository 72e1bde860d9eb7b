"""What a contract must say of a catalogue in RDF over HTTP."""

from pipelines.connectors.http.facts import PARAMS, PATH, check_auth
from pipelines.contract.connector import Connector
from pipelines.records.facts import READING

DCAT = Connector(__name__, "location", (*READING, PATH, PARAMS), check_server=check_auth)
