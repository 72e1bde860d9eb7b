"""The contract tool of others over published contracts, run by the interpreter of the peers:
``contracts.py FOLDER`` lints and tests each ``*.yaml`` in it.

It prints one JSON document: by file, the result of both, and every check that did not pass, with
its reason.
"""

import json
import sys
from pathlib import Path

from datacontract.data_contract import DataContract


def summary(run):
    """Return a run's result, how many checks it made, and those that did not pass."""
    checks = [
        {"check": check.name, "result": str(check.result.value), "reason": check.reason}
        for check in run.checks
    ]
    return {
        "result": str(run.result.value),
        "checks": len(checks),
        "not_passed": [check for check in checks if check["result"] != "passed"],
    }


found = {}
for path in sorted(Path(sys.argv[1]).glob("*.yaml")):
    contract = DataContract(data_contract_file=str(path))
    found[path.stem] = {"lint": summary(contract.lint()), "test": summary(contract.test())}
print(json.dumps(found))
