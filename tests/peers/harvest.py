"""CKAN's own harvester over a portal, run by the interpreter of the peers: ``harvest.py ADDRESS
[--since TIME] [CONDITION ...]`` prints the packages it found.

No database is needed: the loop that asks for pages is called as the harvester's gather stage calls
it. A refusal of the harvester is printed too.
"""

import json
import sys

from ckanext.harvest.harvesters.ckanharvester import CKANHarvester, SearchError

harvester = CKANHarvester.__new__(CKANHarvester)
harvester.config = {}
address, *conditions = sys.argv[1:]
if conditions[:1] == ["--since"]:
    conditions = [*conditions[2:], f"metadata_modified:[{conditions[1]}Z TO *]"]
try:
    print(json.dumps({"packages": harvester._search_for_datasets(address, conditions)}))
except SearchError as error:
    print(json.dumps({"refused": str(error)}))
