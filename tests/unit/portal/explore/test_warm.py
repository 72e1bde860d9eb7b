"""What the pages import is loaded when the portal starts, so that no visitor waits for it, and what
no page needs is not.
"""

import os
import subprocess
import sys

import pytest

from pipelines.settings import PROJECT
from tests.released import SmallHouse

DRAWN = """
import sys
from pathlib import Path
import portal.app
from streamlit.testing.v1 import AppTest

def loaded():
    return [name for name in ("pandas", "polars", "pyarrow") if name in sys.modules]

begun = loaded()
pages = {path.stem for path in Path("portal/explore/pages").glob("[!_]*.py")} - {"aggregate"}
ones = [("dataset", "hujan.rain"), ("dataset", "mart.rain_daily"), ("kpi", "rainy_days")]
for name, asked in [*((name, "") for name in pages), *ones]:
    drawn = AppTest.from_string(f'''
from portal.data.release import current
from portal.explore.pages import {name}
{name}.show(current(), "en")
''', default_timeout=30)
    drawn.query_params["id"] = asked
    assert not drawn.run().exception, (name, asked, drawn.exception)
assert loaded() == begun, loaded()
print(*begun)
"""


def test_what_is_large_is_loaded_at_the_start_or_not_at_all(
    house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DRAWN],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["pandas", "pyarrow"]
