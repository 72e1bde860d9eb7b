"""A final figure that changes is listed, once, with what is known of why; a provisional one, a
repeat and a killed run list nothing more.
"""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.harvest import harvest
from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LakeError
from pipelines.lake.lake import Lake
from pipelines.models.plan import planned
from pipelines.models.sqlfile import read_conventions
from pipelines.models.workbench import open_now
from pipelines.publication import make_release as release_module
from pipelines.publication.make_release import make_release
from pipelines.publication.models import run_model
from pipelines.publication.retention import vacuum
from pipelines.release.figure_diff import COMPARED, corrected
from pipelines.release.manifest import CORRECTIONS, is_sealed
from pipelines.release.release import open_release, releases
from pipelines.settings import PROJECT
from pipelines.verify.rebuild import Rebuild
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
DAYS = [date(2026, 1, 1), date(2026, 2, 1)]
KPI = """-- kpi: V9
-- title_id: Hujan
-- title_en: Rain
-- question_id: Berapa hujan?
-- question_en: How much rain?
-- row: one day
-- key: period
-- unit: mm
-- dimension: environment
-- steward: Dinas Contoh
-- rule_id: sum of all gauges
-- rule_en: sum of all gauges
-- cells: none, it is weather
SELECT strftime(city_date(measured_at), '%Y-%m-%d') AS period, '15.71' AS region_code,
    sum(rain_mm) AS numerator, count(*) AS denominator,
    mean(rain_mm) AS value, 'mm' AS unit, 1.0 AS completeness,
    CASE WHEN month(city_date(measured_at)) = 1 THEN 'final' ELSE 'provisional' END AS status,
    CASE WHEN month(city_date(measured_at)) > 1 THEN 'running' END AS reason, '1' AS rule_version
FROM hujan.rain
GROUP BY city_date(measured_at)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days, harvested once and not released yet."""
    home = tmp_path_factory.mktemp("corrections")
    write_sample(home / "contracts", home / "drop")
    (home / "sql" / "kpi").mkdir(parents=True)
    (home / "sql" / "kpi" / "rain.sql").write_text(KPI)
    shutil.copy(PROJECT / "sql" / "conventions.sql", home / "sql")
    for day in DAYS:
        rained(Lake(home / "lake"), day, "2")
    return home


@pytest.fixture
def lake(home: Path, tmp_path: Path) -> Lake:
    shutil.copytree(home, tmp_path / "home")
    write_sample(tmp_path / "home" / "contracts", tmp_path / "home" / "drop")
    lake = Lake(tmp_path / "home" / "lake")
    released(lake)
    return lake


def harvested(lake: Lake, day: date) -> None:
    (contract,) = read_contracts(lake.root.parent / "contracts")
    harvest(
        lake,
        lake.root.parent / "sql",
        contract,
        contract.datasets[0],
        [str(day)],
        f"run-{day}-{len(list((lake.root / 'raw').rglob('receipt.json')))}",
    )


def released(lake: Lake) -> str:
    home = lake.root.parent
    contracts = read_contracts(home / "contracts")
    models = planned(home / "sql", contracts).models
    with open_now(lake, contracts, read_conventions(home / "sql")) as bench:
        for model in models:
            run_model(bench, model, date(2026, 2, 2), "models")
    return make_release(lake, contracts, models, "models").id


def rained(lake: Lake, day: date, rain: str) -> None:
    drop(lake.root.parent / "drop", day, [row(day, n, rain=rain) for n in range(3)])
    harvested(lake, day)


def rewritten(lake: Lake, old: str, new: str) -> None:
    path = lake.root.parent / "sql" / "kpi" / "rain.sql"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def listed(lake: Lake, release: str | None = None) -> list[dict[str, Any]]:
    with open_release(lake, release).connect() as con:
        return (
            con.execute("SELECT * FROM lumbung.corrections ORDER BY ALL")
            .to_arrow_table()
            .to_pylist()
        )


def changed_values(lake: Lake) -> dict[str, tuple[str, str]]:
    return {
        correction["column"]: (correction["old_value"], correction["new_value"])
        for correction in listed(lake)
    }


def causes(lake: Lake) -> set[str]:
    return {correction["cause"] for correction in listed(lake)}


def test_a_final_value_that_changes_is_a_correction(lake: Lake) -> None:
    first = open_release(lake).id
    assert listed(lake) == []
    rained(lake, DAYS[0], "5")
    second = released(lake)
    assert changed_values(lake) == {"numerator": ("6", "15"), "value": ("2", "5")} and causes(
        lake
    ) == {"data"}
    one = listed(lake)[0]
    assert (
        one["release"],
        one["previous_release"],
        one["kpi"],
        one["number"],
        json.loads(one["key"]),
    ) == (
        second,
        first,
        "rain",
        "V9",
        {"period": "2026-01-01"},
    )
    assert one["made_at"] == open_release(lake).made_at and (
        one["old_rule_version"],
        one["new_rule_version"],
    ) == ("1", "1")
    assert open_release(lake).manifest.tables[CORRECTIONS].version == 1
    assert listed(lake, first) == [], "an earlier release shows what it was made with"


def test_a_provisional_value_that_changes_is_none(lake: Lake) -> None:
    first = open_release(lake).id
    rained(lake, DAYS[1], "5")
    assert released(lake) != first and listed(lake) == []


def test_nothing_new_lists_nothing_and_makes_no_release(lake: Lake) -> None:
    rained(lake, DAYS[0], "5")
    second = released(lake)
    before = listed(lake)
    assert released(lake) == second and listed(lake) == before and len(releases(lake)) == 2
    rained(lake, DAYS[1], "5")
    assert released(lake) != second and listed(lake) == before, (
        "the next release lists no correction again"
    )


def test_each_correction_is_added_to_those_before(lake: Lake) -> None:
    for rain in ("5", "2"):
        rained(lake, DAYS[0], rain)
        released(lake)
    values = [
        (correction["old_value"], correction["new_value"])
        for correction in listed(lake)
        if correction["column"] == "value"
    ]
    assert sorted(values) == [("2", "5"), ("5", "2")], "a figure that goes back is corrected twice"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("mean(rain_mm) AS value", "mean(rain_mm) + 1 AS value", {"value": ("2", "3")}),
        ("= 1 THEN 'final'", "= 9 THEN 'final'", {"status": ("final", "provisional")}),
        (
            "FROM hujan.rain",
            "FROM hujan.rain WHERE month(measured_at) = 2",
            dict.fromkeys(COMPARED),
        ),
    ],
    ids=["another formula", "no longer final", "gone"],
)
def test_a_changed_sql_file_is_the_cause(
    old: str, new: str, expected: dict[str, Any], lake: Lake
) -> None:
    rewritten(lake, old, new)
    if expected.get("status"):
        rewritten(lake, "month(city_date(measured_at)) > 1", "true")
    released(lake)
    assert causes(lake) == {"rule"}
    assert set(changed_values(lake)) == set(expected)
    for column, values in expected.items():
        assert (
            changed_values(lake)[column] == values
            if values
            else changed_values(lake)[column][1] is None
        )


def test_a_new_rule_is_told_by_its_version_and_may_not_be_the_only_cause(lake: Lake) -> None:
    rewritten(lake, "'1' AS rule_version", "'2' AS rule_version")
    released(lake)
    assert listed(lake) == [], "the figure is the same under the new rule"
    rewritten(lake, "'2' AS rule_version", "'3' AS rule_version")
    rained(lake, DAYS[0], "5")
    released(lake)
    assert causes(lake) == {"rule, data"} and {
        (correction["old_rule_version"], correction["new_rule_version"])
        for correction in listed(lake)
    } == {("2", "3")}


def test_a_changed_contract_is_named(lake: Lake) -> None:
    path = lake.root.parent / "contracts" / "hujan.odcs.yaml"
    path.write_text(
        path.read_text("utf-8").replace("minimum: 0, maximum: 500", "minimum: 0, maximum: 400"),
        "utf-8",
    )
    rained(lake, DAYS[0], "5")
    released(lake)
    assert causes(lake) == {"contract, data"}


def test_a_kpi_that_is_gone_takes_its_final_values_with_it(lake: Lake) -> None:
    (lake.root.parent / "sql" / "kpi" / "rain.sql").rename(lake.root.parent / "kept.sql")
    released(lake)
    assert (
        changed_values(lake)["status"] == ("final", None)
        and causes(lake) == {"rule"}
        and {correction["number"] for correction in listed(lake)} == {"V9"}
    )


@pytest.mark.parametrize("place", ["write_views", "_swap"])
def test_a_killed_maker_loses_none_and_lists_none_twice(
    place: str, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_release(lake).id
    rained(lake, DAYS[0], "5")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(release_module, place, killed)
        released(lake)
    assert open_release(lake).id == first
    time.sleep(1.1)  # ids are of one second
    again = released(lake)
    assert changed_values(lake) == {"numerator": ("6", "15"), "value": ("2", "5")}
    assert {correction["release"] for correction in listed(lake)} == {again} and len(
        listed(lake)
    ) == 2


def test_what_a_killed_maker_saw_and_is_no_longer_so_is_not_listed(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    rained(lake, DAYS[0], "5")
    with monkeypatch.context() as patch, pytest.raises(LakeError):
        patch.setattr(
            release_module,
            "write_views",
            lambda *_: (_ for _ in ()).throw(LakeError("no space left")),
        )
        released(lake)
    rained(lake, DAYS[0], "2")
    rained(lake, DAYS[1], "7")
    released(lake)
    assert listed(lake) == []


def test_a_damaged_release_is_passed_over_and_its_corrections_are_kept(lake: Lake) -> None:
    rained(lake, DAYS[0], "5")
    (lake.root / "releases" / released(lake) / "manifest.json").write_text("{")
    rained(lake, DAYS[1], "7")
    released(lake)
    assert (
        changed_values(lake) == {"numerator": ("6", "15"), "value": ("2", "5")}
        and len(listed(lake)) == 2
    )


@pytest.mark.parametrize(
    "change", [{"version": 0}, {"files": []}, {"seal": ""}, {"table": "lumbung/verdicts"}], ids=str
)
def test_a_changed_pin_is_refused(change: dict[str, Any], lake: Lake) -> None:
    rained(lake, DAYS[0], "5")
    path = lake.root / "releases" / released(lake) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tables"][CORRECTIONS] |= change
    path.write_text(json.dumps(manifest))
    with pytest.raises(LakeError, match="changed after it was made"):
        _ = open_release(lake).manifest


def test_vacuum_leaves_the_list_of_every_release_that_stays(lake: Lake) -> None:
    for rain in ("5", "2", "5"):
        rained(lake, DAYS[0], rain)
        released(lake)
    expected = listed(lake)
    vacuum(lake, datetime.now(UTC) + timedelta(days=1), 0, dry_run=False)
    rained(lake, DAYS[1], "7")
    released(lake)
    assert listed(lake) == expected and len(expected) == 6


FINAL = {
    "period": "2026",
    "value": 40.5,
    "numerator": 81,
    "denominator": 200,
    "status": "final",
    "reason": None,
    "rule_version": "1",
}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([FINAL | {"numerator": Decimal("81"), "value": Decimal("40.50")}], {}),
        ([FINAL | {"numerator": 81.0, "denominator": 200.0}], {}),
        ([FINAL | {"value": 40.50000001}], {"value": ("40.5", "40.50000001")}),
        (
            [],
            {
                "value": ("40.5", None),
                "numerator": ("81", None),
                "denominator": ("200", None),
                "status": ("final", None),
            },
        ),
        (
            [
                FINAL
                | {"value": None, "numerator": None, "status": "not available", "reason": "few"}
            ],
            {
                "value": (None, None),
                "numerator": (None, None),
                "status": ("final", "not available"),
            },
        ),
        ([FINAL | {"measure": "one"}, FINAL | {"measure": "two", "value": 1}], {}),
        (
            [FINAL | {"value": 2}, FINAL | {"value": 1}],
            {
                "value": ("40.5", None),
                "numerator": ("81", None),
                "denominator": ("200", None),
                "status": ("final", None),
            },
        ),
    ],
    ids=[
        "a decimal",
        "a whole float",
        "the smallest change",
        "gone",
        "withheld for confidentiality, not repeated",
        "a measure more",
        "no row of its own",
    ],
)
def test_what_counts_as_the_same_figure(
    now: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    assert {
        correction["column"]: (correction["old_value"], correction["new_value"])
        for correction in corrected([FINAL], now, ["period"])
    } == expected


def test_a_number_that_is_none_is_the_same_as_itself() -> None:
    nan: Callable[[], dict[str, Any]] = lambda: FINAL | {"value": float("nan")}  # noqa: E731
    assert list(corrected([nan()], [nan()], ["period"])) == []


def test_corrections_cannot_be_taken_out_or_altered_unseen(lake: Lake) -> None:
    rained(lake, DAYS[0], "5")
    released(lake)
    path = open_release(lake).folder / "manifest.json"
    whole = path.read_bytes()
    manifest = json.loads(whole)
    assert manifest["tables"][CORRECTIONS]["sha256"] and listed(lake)
    del manifest["tables"][CORRECTIONS]
    path.write_text(json.dumps(manifest))
    with pytest.raises(LakeError, match="its manifest was changed"):
        open_release(lake).manifest  # noqa: B018  read for what it raises
    path.write_bytes(whole)
    before = listed(lake)
    (lake.root / "releases" / "current").unlink()
    (lake.root / "releases" / "current").symlink_to(
        sorted(folder.name for folder in (lake.root / "releases").glob("2*"))[0]
    )
    time.sleep(1.1)  # ids are of one second
    released(lake)
    with lake.connect() as con:
        files = lake.files(lake.table("lumbung", "corrections"))
        assert con.execute(f"SELECT count(*) FROM read_parquet({files})").fetchall()[0][0] >= len(
            before
        ), "no row of a release that exists is undone"


def verified(lake: Lake) -> str:
    (outcome,) = Rebuild(lake, open_release(lake), PROJECT / "sql").verify(CORRECTIONS)
    return outcome.said


def test_an_altered_file_is_told_and_not_taken_as_it_is_by_the_next_release(lake: Lake) -> None:
    rained(lake, DAYS[0], "5")
    released(lake)
    assert verified(lake) == ""
    (file,) = (lake.root / file for file in open_release(lake).manifest.tables[CORRECTIONS].files)
    rows = pq.ParquetFile(file).read()
    pq.write_table(
        rows.set_column(
            rows.column_names.index("old_value"),
            "old_value",
            pa.array([None] * len(rows), pa.string()),
        ),
        file,
    )
    assert "it was changed after it was made" in verified(lake)
    rained(lake, DAYS[1], "7")
    released(lake)
    assert "it was changed after it was made" in verified(lake)
    file.unlink()
    assert verified(lake).endswith("is gone")


def test_what_is_not_sealed_is_told(lake: Lake) -> None:
    release = open_release(lake).id
    whole = open_release(lake).manifest.written()
    assert is_sealed(release, whole)
    for change in (
        lambda raw: raw["tables"].pop(CORRECTIONS),
        lambda raw: raw["tables"][CORRECTIONS].pop("sha256"),
        lambda raw: raw["tables"].update({CORRECTIONS: "none"}),
    ):
        manifest = json.loads(json.dumps(whole))
        change(manifest)
        assert not is_sealed(release, manifest)
    bare = replace(open_release(lake).manifest.tables[CORRECTIONS], sha256=None)
    entry = replace(bare, seal=bare.sealed(release)).written()
    manifest = {**whole, "tables": {**whole["tables"], CORRECTIONS: entry}}
    assert not is_sealed(release, manifest), "sealed again without its hashes"
    old = {key: value for key, value in manifest.items() if key != "has_corrections"}
    assert is_sealed(release, old), "a release made before there were hashes"
    assert is_sealed(release, {**old, "tables": {}}), "and one made before there were corrections"


def test_rows_of_a_release_that_has_passed_its_retention_stay(lake: Lake) -> None:
    rained(lake, DAYS[0], "5")
    corrected_by = released(lake)
    for rain in ("7", "8"):
        time.sleep(1.1)  # ids are of one second
        rained(lake, DAYS[1], rain)
        released(lake)
    shutil.rmtree(lake.root / "releases" / corrected_by)
    expected = listed(lake)
    rained(lake, DAYS[1], "9")
    released(lake)
    assert listed(lake) == expected and {correction["release"] for correction in expected} == {
        corrected_by
    }
    (open_release(lake).folder / "manifest.json").write_text("{")
    rained(lake, DAYS[1], "10")
    released(lake)
    assert listed(lake) == expected, "when the current release is damaged, too"


def test_a_release_that_never_became_the_current_one_is_what_the_next_corrects(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    rained(lake, DAYS[0], "5")
    with monkeypatch.context() as patch, pytest.raises(LakeError):
        patch.setattr(
            release_module, "_swap", lambda *_: (_ for _ in ()).throw(LakeError("killed"))
        )
        released(lake)
    never = releases(lake)[-1].id
    assert never != open_release(lake).id
    time.sleep(1.1)  # ids are of one second
    rained(lake, DAYS[0], "2")
    rained(lake, DAYS[1], "7")
    now = released(lake)
    values = {
        (correction["release"], correction["old_value"], correction["new_value"])
        for correction in listed(lake)
        if correction["column"] == "value"
    }
    assert values == {(never, "2", "5"), (now, "5", "2")}


def test_a_figure_of_small_cells_that_is_gone_is_not_repeated() -> None:
    told = {
        correction["column"]: (correction["old_value"], correction["new_value"])
        for correction in corrected([FINAL], [], ["period"], small=True)
    }
    assert told == {
        "value": (None, None),
        "numerator": (None, None),
        "denominator": (None, None),
        "status": ("final", None),
    }
    there = list(corrected([FINAL], [FINAL | {"value": 2}], ["period"], small=True))
    assert [(correction["old_value"], correction["new_value"]) for correction in there] == [
        ("40.5", "2")
    ], "a row that is there tells for itself"


FIGURES = ("value", "numerator", "denominator")


@pytest.mark.parametrize(
    "rules", ["-- cells denominator: numerator, value", "-- cells: none, it is weather"]
)
def test_whether_a_kpi_has_small_cells_is_what_its_header_says(rules: str, lake: Lake) -> None:
    rewritten(lake, "-- cells: none, it is weather", rules)
    drop(lake.root.parent / "drop", DAYS[0], [row(DAYS[0], n, rain="2") for n in range(6)])
    harvested(lake, DAYS[0])
    released(lake)
    before = {(correction["release"], correction["column"]) for correction in listed(lake)}
    rewritten(lake, "FROM hujan.rain", "FROM hujan.rain WHERE month(measured_at) = 2")
    released(lake)
    gone = {
        correction["column"]: correction["old_value"]
        for correction in listed(lake)
        if (correction["release"], correction["column"]) not in before
    }
    assert gone == {
        "status": "final",
        **(
            {"value": "2", "numerator": "12", "denominator": "6"}
            if "none" in rules
            else dict.fromkeys(FIGURES)
        ),
    }
