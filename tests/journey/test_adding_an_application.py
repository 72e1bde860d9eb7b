"""CONTRIBUTING's promise: one new contract file is all it takes, and its page appears."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.lake.lake import Lake
from pipelines.release.release import open_release
from pipelines.settings import PROJECT

pytestmark = pytest.mark.xdist_group("city")


def test_one_file_adds_an_application(
    tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts, lake = tmp_path / "contracts", tmp_path / "lake"
    monkeypatch.setenv("LUMBUNG_LAKE", str(lake))
    monkeypatch.setenv("LUMBUNG_DROP", str(tmp_path / "drop"))
    code, out, _ = command("new", "posyandu", "--contracts", contracts)
    assert code == 0 and "posyandu.odcs.yaml written" in out.replace("\n", "")
    assert command("check", contracts)[0] == 0
    assert [path.name for path in contracts.iterdir()] == ["posyandu.odcs.yaml"]
    folder = tmp_path / "drop" / "posyandu"
    folder.mkdir(parents=True)
    day = date(2026, 6, 1)
    (folder / f"records_{day}.csv").write_text(
        f"record_id,recorded_on,kind,jumlah,contact_name\nR-0001,{day},a,12.5,Warga Sintetis 1\n"
    )
    code, out, _ = command("run", "posyandu", "--from", day, "--to", day, "--contracts", contracts)
    assert code == 0, out
    assert "posyandu.records" not in open_release(Lake(lake)).manifest.tables, (
        "a draft is harvested, and closed"
    )
    (path,) = contracts.iterdir()
    path.write_text(path.read_text("utf-8").replace("status: draft", "status: active"))
    code, out, _ = command("run", "posyandu", "--from", day, "--to", day, "--contracts", contracts)
    assert code == 0, out
    assert "posyandu.records" in open_release(Lake(lake)).manifest.tables
    code, out, _ = command(
        "run", "posyandu", "--from", day, "--to", day + timedelta(days=1), "--contracts", contracts
    )
    assert code == 2 and "volume" in out
    page = AppTest.from_file(
        str(PROJECT / "portal" / "explore" / "ui" / "main.py"), default_timeout=30
    )
    page.query_params["lang"] = "en"
    page.run()
    assert not page.exception
    assert any("/dataset?id=posyandu.records" in text.value for text in page.markdown)
