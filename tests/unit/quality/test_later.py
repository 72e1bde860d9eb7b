"""What Great Expectations imports and the gate never asks for is imported by whoever does."""

import subprocess
import sys

import pytest

USES = {
    "scipy.stats": "from scipy import stats; assert stats.norm.cdf(0) == 0.5",
    "altair": "from altair import Chart; import altair; assert altair.Chart is Chart",
}


@pytest.mark.parametrize("library", USES)
def test_a_library_is_imported_when_it_is_used(library: str) -> None:
    code = (
        "import sys; from quality.later import put_off; put_off(); import quality.duckdb_source;"
        "inner = lambda: [name for name in sys.modules if name.startswith(sys.argv[1] + '.')];"
        f"assert sys.argv[1] in sys.modules and not inner(); {USES[library]}; assert inner()"
    )
    done = subprocess.run([sys.executable, "-c", code, library], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
