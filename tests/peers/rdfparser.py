"""CKAN's DCAT parser over a catalogue, run by the interpreter of the peers: ``rdfparser.py FILE
FORM`` prints the datasets it read, and the next page.

No database and no configuration of CKAN is needed: the profile reads the graph alone.
"""

import json
import sys
from pathlib import Path

from ckanext.dcat.processors import RDFParser

parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse(Path(sys.argv[1]).read_text("utf-8"), _format=sys.argv[2])
print(json.dumps({"datasets": list(parser.datasets()), "next": parser.next_page()}, default=str))
