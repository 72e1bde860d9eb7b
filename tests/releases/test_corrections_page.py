"""The page of corrections in both languages: none, some, and a release that is older than the
list.
"""

import html
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.connectors.contracts import read_contracts
from pipelines.lake.lake import Lake
from pipelines.models.sqlfile import read_sql_files
from pipelines.publication.make_release import make_release
from pipelines.release.corrections import SCHEMA
from pipelines.release.manifest import CORRECTIONS
from pipelines.release.release import open_release
from portal.data.corrections import newest_corrections
from tests.sample import put, write_sample

HEADER = (
    "kpi: X1|title_id: Hujan|title_en: Rain|question_id: a|question_en: a|row: a|key: period|unit:"
    " mm|dimension: living|steward: a|rule_id: a|rule_en: a|cells: none, a"
)
AT = datetime(2026, 1, 31, 17, 30, tzinfo=UTC)
ROW = {
    "release": "20260131T173000Z-00000000",
    "previous_release": "20260130T173000Z-00000000",
    "made_at": AT,
    "kpi": "rain",
    "number": "X1",
    "key": '{"period": "2026-01", "measure": "wet"}',
    "column": "value",
    "old_value": "1234.5",
    "new_value": "1234.51",
    "old_rule_version": "1",
    "new_rule_version": "2",
    "cause": "rule, data",
}
STATUS = ROW | {"column": "status", "old_value": "final", "new_value": "provisional"}
GONE = ROW | {
    "kpi": "snow",
    "number": "X2",
    "new_value": None,
    "new_rule_version": None,
    "cause": "unknown",
    "key": '{"period": "2025"}',
}


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    (tmp_path / "sql" / "kpi").mkdir(parents=True)
    (tmp_path / "sql" / "kpi" / "rain.sql").write_text(
        "".join(f"-- {line}\n" for line in HEADER.split("|")) + "SELECT 1 AS period"
    )
    lake = Lake(tmp_path / "lake")
    monkeypatch.setenv("LUMBUNG_LAKE", str(lake.root))
    return lake


def released(lake: Lake, rows: list[dict[str, object]]) -> None:
    """Make a release over corrections that stand in the lake already."""
    rain = pa.table(
        {
            "period": ["2026-01"],
            "value": [1.5],
            "status": ["provisional"],
            "unit": ["mm"],
            "rule_version": ["2"],
            "completeness": [1.0],
            "reason": ["running"],
            "numerator": [1],
            "denominator": [1],
            "_partition": ["all"],
        }
    )
    put(lake, lake.table("kpi", "rain"), ["all"], rain)
    lake.append(lake.table("lumbung", "corrections"), pa.Table.from_pylist(rows, schema=SCHEMA))
    make_release(
        lake,
        read_contracts(lake.root.parent / "contracts"),
        read_sql_files(lake.root.parent / "sql"),
        "run",
    )


def drawn(lang: str) -> str:
    """Draw the page alone, as the portal's navigation does."""

    def page(lang: str) -> None:
        from portal.data import release as standing
        from portal.explore.pages import corrections

        release = standing.current()
        assert release is not None
        corrections.show(release, lang)

    drawn = AppTest.from_function(page, default_timeout=30, kwargs={"lang": lang}).run()
    assert not drawn.exception, drawn.exception
    return html.unescape(
        "\n".join(
            str(element.value)
            for kind in (drawn.title, drawn.markdown, drawn.info)
            for element in kind
        )
    )


def test_when_there_is_none_the_page_says_so(lake: Lake) -> None:
    released(lake, [])
    assert "Belum ada koreksi" in drawn("id") and "There are no corrections" in drawn("en")


def test_a_correction_is_one_line_with_old_new_and_cause(lake: Lake) -> None:
    released(lake, [ROW, STATUS, GONE, GONE | {"column": "status", "old_value": "final"}])
    shown = drawn("id")
    assert "Nilai: 1.234,5 → 1.234,51; Status: final → sementara" in shown
    assert "2026-02-01 00:30 WIB" in shown, "in the city's time"
    assert "aturan atau cara hitung berubah; data berubah; 1 → 2" in shown
    assert "(/app/kpi?id=rain)" in shown and "(/app/kpi?id=snow" not in shown, (
        "an indicator that is gone has no page"
    )
    assert "dicabut; sebelumnya 1.234,5" in shown
    shown = drawn("en")
    assert (
        "1,234.5 → 1,234.51" in shown
        and "(/app/kpi?id=rain&lang=en)" in shown
        and "not known" in shown
    )
    assert shown.count("X1 Rain") == 1


def test_a_release_older_than_the_list_has_none(lake: Lake) -> None:
    released(lake, [ROW])
    release = open_release(lake)
    assert len(newest_corrections(release, 5)) == 1 and newest_corrections(release, 0) == []
    tables = {name: table for name, table in release.manifest.tables.items() if name != CORRECTIONS}
    older = replace(release.manifest, tables=tables, has_corrections=False)
    release.__dict__["manifest"] = older
    assert newest_corrections(release, 5) == []
