"""One dataset damaged stops only itself: a log or file of one of its tables that is lost, or what a
harvest that was killed left half done and cannot be ended. The release is made, shows that dataset
as it was, and says so; nothing else changes by it.
"""

import fcntl
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assets.run import run
from cli.show import withheld_models
from pipelines.errors import LakeError
from pipelines.files.index import published
from pipelines.lake import intents
from pipelines.lake.lake import COMMITS
from pipelines.publication.damage import LAYERS
from pipelines.publication.retention import vacuum
from pipelines.verify.rebuild import Rebuild
from portal.app import app
from portal.words.say import say
from tests.instance import dagster_instance
from tests.released import DAYS, KPI, MART, released
from tests.sample import row
from tests.town import THIRD, Town

pytestmark = pytest.mark.xdist_group("gate")
RAIN, OTHER = "hujan.rain", "sungai.rain"
RAINY = "kpi.rainy_days"
OWN = (RAIN, "mart.rain_daily", "kpi.rainy_days")
OTHERS = (OTHER, "mart.other_daily", "kpi.other_days")
MODELS = {
    "mart.other_daily": MART.replace("hujan.rain", OTHER),
    "kpi.other_days": KPI.replace("-- kpi: V77", "-- kpi: V78").replace(
        "mart.rain_daily", "mart.other_daily"
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two applications, a mart and a KPI on each, two days released."""
    folder = tmp_path_factory.mktemp("town")
    released(folder, beside=("sungai",), models=MODELS)
    return folder


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Town:
    """A copy of that town, to break; its contracts name the first one's folder of files."""
    copy = tmp_path / "town"
    shutil.copytree(built, copy, symlinks=True, ignore=shutil.ignore_patterns("drop"))
    (copy / "drop").symlink_to(built / "drop")
    return Town(copy)


def _log(layer: str, change: Callable[[Path], Any]) -> Callable[[Town], None]:
    """Change the newest entry of the log of one of the dataset's tables."""

    def breaks(town: Town) -> None:
        log = town.lake.dataset_table(layer, RAIN) / "_delta_log"
        change(sorted(log.glob("*.json"))[-1])

    return breaks


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _file(layer: str) -> Callable[[Town], None]:
    return lambda town: Path(town.lake.files(town.lake.dataset_table(layer, RAIN))[0]).unlink()


def _cut(layer: str, *names: str) -> Callable[[Town], None]:
    """Cut a table's file short, as a full disk or a lost sector leaves it."""

    def breaks(town: Town) -> None:
        table = town.lake.table(layer, *(names or RAIN.split(".")))
        path = Path(town.lake.files(table)[0])
        path.write_bytes(path.read_bytes()[:-100])

    return breaks


def _intent(content: bytes | None) -> Callable[[Town], None]:
    def breaks(town: Town) -> None:
        path = town.lake.root / "intents" / f"{RAIN}.json"
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if content is None else path.write_bytes(content)

    return breaks


BROKEN: dict[str, Callable[[Town], None]] = {
    "public log ends early": _log("public", Path.unlink),
    "clean log is cut short": _log("clean", lambda path: path.write_bytes(path.read_bytes()[:90])),
    "public log is no JSON": _log("public", lambda path: path.write_bytes(b"\xff\x00garbage")),
    "clean log is a folder": _log("clean", _folder),
    "public log is gone": _log("public", lambda path: shutil.rmtree(path.parent)),
    "clean table is gone": _log("clean", lambda path: shutil.rmtree(path.parents[1])),
    "a clean file is gone": _file("clean"),
    "a clean file is cut short": _cut("clean"),
    "intent is no JSON": _intent(b"{"),
    "intent says too little": _intent(b'{"dataset": "hujan.rain", "before": []}'),
    "intent is a folder": _intent(None),
}


def pages(town: Town, monkeypatch: pytest.MonkeyPatch, *paths: str) -> dict[str, str]:
    """Return pages of the portal over the town's lake, which must be there."""
    monkeypatch.setenv("LUMBUNG_LAKE", str(town.lake.root))
    client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"})
    answers = {path: client.get(f"{path}?lang=en") for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.text for path, answer in answers.items()}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_damaged_stays_as_it_was_and_the_rest_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    before, own = town.release, {name: town.rows(name) for name in OWN}
    files = published(before.folder)
    BROKEN[how](town)
    report = town.harvested()
    after = town.release
    assert report.release == after.id != before.id
    assert {name: why.written() for name, why in after.manifest.withheld.items()} == {
        RAIN: {"reason": "damaged"},
        "mart.rain_daily": {"reason": "rests", "because": RAIN},
        "kpi.rainy_days": {"reason": "rests", "because": "mart.rain_daily"},
    }
    assert any(said.startswith(f"{RAIN} is withheld") for said in report.errors), report.errors
    assert {name: town.rows(name) for name in OWN} == own
    assert after.manifest.tables[RAIN] == before.manifest.tables[RAIN]
    assert after.manifest.clean[RAIN] == before.manifest.clean[RAIN]
    assert published(after.folder)[RAIN].files == files[RAIN].files
    assert [row["verdict"] for row in report.datasets[OTHER]] == ["passed"]
    assert [len(town.rows(name)) for name in OTHERS] == [6, 3, 1]
    assert published(after.folder)[OTHER].lacking == {}
    rebuild = Rebuild(town.lake, after, town.folder / "sql")
    for name in OTHERS:
        outcomes = [*rebuild.verify(name)]
        assert outcomes and [outcome.said for outcome in outcomes if not outcome.ok] == []
    assert {entry["model"]: entry["reason"] for entry in withheld_models(town.lake)} == {
        RAIN: "damaged",
        "mart.rain_daily": "rests",
        "kpi.rainy_days": "rests",
    }
    said = "Its files in the lake are damaged"
    shown = pages(town, monkeypatch, "/d/hujan.rain", "/withheld", "/d/sungai.rain", "/kpi")
    assert said in shown["/d/hujan.rain"] and said in shown["/withheld"]
    assert said not in shown["/d/sungai.rain"]


def test_what_is_mended_is_released_again(town: Town) -> None:
    log = town.lake.dataset_table("public", RAIN) / "_delta_log"
    aside = log.with_name("aside")
    log.rename(aside)
    town.harvested()
    assert [*town.release.manifest.withheld] == ["hujan.rain", "kpi.rainy_days", "mart.rain_daily"]
    shutil.rmtree(log, ignore_errors=True)
    aside.rename(log)
    assert town.harvested().errors == []
    assert town.release.manifest.withheld == {} and len(town.rows(RAIN)) == 6


@pytest.mark.parametrize("how", [_file("public"), _cut("public")])
def test_a_public_file_that_is_gone_or_cut_short_leaves_nothing_to_show_of_its_dataset_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch, how: Callable[[Town], None]
) -> None:
    how(town)
    report = town.harvested()
    assert report.release == town.release.id and RAIN not in town.release.manifest.tables
    assert [len(town.rows(name)) for name in OTHERS] == [6, 3, 1]
    assert say("nothing_instead", "en") in pages(town, monkeypatch, "/withheld")["/withheld"]


def test_a_dataset_without_a_backup_is_whole_again_when_all_its_days_were_harvested_again(
    town: Town,
) -> None:
    """Each of them: what was lost of one that was not would be missing without a word."""
    before = town.rows(RAIN)
    for layer in LAYERS:
        shutil.rmtree(town.lake.dataset_table(layer, RAIN), ignore_errors=True)
    report = town.harvested(applications=["hujan"])
    (said,) = (said for said in report.errors if said.startswith(RAIN))
    assert "lumbung run NAME --from DAY --to DAY" in said
    assert RAIN not in town.release.manifest.tables
    with dagster_instance() as instance:
        places = (town.folder / "contracts", town.lake, town.folder / "sql")
        assert run(instance, *places, ["hujan"], *DAYS, lambda *_: None).errors == []
    assert town.release.manifest.withheld == {}
    assert [row for row in town.rows(RAIN) if row in before] == before
    assert len(town.rows(RAIN)) == 6
    rebuild = Rebuild(town.lake, town.release, town.folder / "sql")
    assert [outcome.said for outcome in rebuild.verify(RAIN) if not outcome.ok] == []


def test_where_verdicts_were_lost_too_a_table_made_anew_is_not_taken_for_whole(town: Town) -> None:
    own = {name: town.rows(name) for name in OWN[1:]}
    for layer in LAYERS:
        shutil.rmtree(town.lake.dataset_table(layer, RAIN), ignore_errors=True)
    shutil.rmtree(town.lake.table("lumbung", "verdicts"))
    town.harvested(applications=["hujan"])
    assert town.release.manifest.withheld[RAIN].reason == "damaged"
    assert {name: town.rows(name) for name in OWN[1:]} == own


def test_a_column_that_was_closed_since_does_not_come_back_with_the_last_release(
    town: Town,
) -> None:
    path = town.contract("hujan")
    text = path.read_text("utf-8")
    place = text.index("- name: kind")
    path.write_text(
        text[:place] + text[place:].replace("classification: public", "classification: personal", 1)
    )
    BROKEN["public log is no JSON"](town)
    town.harvested()
    assert RAIN not in town.release.manifest.tables
    assert [len(town.rows(name)) for name in OTHERS] == [6, 3, 1]


def _mart(change: Callable[[Path], Any]) -> Callable[[Town], None]:
    def breaks(town: Town) -> None:
        change(town.lake.table("mart", "rain_daily") / "_delta_log")

    return breaks


DAMAGED_MODELS = {
    "its log is gone": _mart(shutil.rmtree),
    "its log is no JSON": _mart(lambda log: max(log.glob("*.json")).write_bytes(b"\xff{")),
    "its table is gone": _mart(lambda log: shutil.rmtree(log.parent)),
}


@pytest.mark.parametrize("how", DAMAGED_MODELS)
def test_a_damaged_table_of_a_model_withholds_it_with_what_rests_on_it_and_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    before, own = town.release, {name: town.rows(name) for name in OWN[1:]}
    DAMAGED_MODELS[how](town)
    report = town.harvested()
    after = town.release
    assert report.release == after.id != before.id
    assert {name: why.written() for name, why in after.manifest.withheld.items()} == {
        "mart.rain_daily": {"reason": "damaged"},
        "kpi.rainy_days": {"reason": "rests", "because": "mart.rain_daily"},
    }
    assert any(said.startswith("mart.rain_daily is withheld") for said in report.errors)
    is_there = how != "its table is gone"
    assert ("mart.rain_daily" in after.manifest.tables) == is_there
    kept = {name: town.rows(name) for name in OWN[1 if is_there else 2 :]}
    assert kept == {name: own[name] for name in kept}
    assert [len(town.rows(name)) for name in (RAIN, *OTHERS)] == [6, 6, 3, 1]
    if is_there:
        assert after.manifest.models["mart.rain_daily"] == before.manifest.models["mart.rain_daily"]
        shown = pages(town, monkeypatch, "/d/mart.rain_daily", "/withheld")
        assert all("Its files in the lake are damaged" in page for page in shown.values())


GONE_KPIS: dict[str, Callable[[Town], None]] = {
    "its table is gone": lambda town: shutil.rmtree(town.lake.table("kpi", "rainy_days")),
    "its file is cut short": _cut("kpi", "rainy_days"),
}


@pytest.mark.parametrize("how", GONE_KPIS)
def test_a_kpi_of_which_nothing_is_left_is_left_out_alone(town: Town, how: str) -> None:
    """What it said cannot be read, so nothing is told as its correction either."""
    GONE_KPIS[how](town)
    report = town.harvested()
    after = town.release
    assert report.release == after.id and "kpi.rainy_days" not in after.manifest.tables
    withheld = {name: why.written() for name, why in after.manifest.withheld.items()}
    assert withheld == {"kpi.rainy_days": {"reason": "damaged"}}
    assert [len(town.rows(name)) for name in (*OTHERS, "mart.rain_daily")] == [6, 3, 1, 3]
    with after.connect() as con:
        corrected = con.execute("SELECT DISTINCT kpi FROM lumbung.corrections").fetchall()
    assert corrected == [("other_days",)]


def test_a_kpi_that_is_mended_is_held_against_what_was_published_of_it_last(town: Town) -> None:
    """While it was left out its figures went on changing."""
    (file,) = (town.lake.root / name for name in town.release.manifest.tables[RAINY].files)
    whole = file.read_bytes()
    GONE_KPIS["its file is cut short"](town)
    town.harvested()
    town.harvested()
    assert RAINY not in town.release.manifest.tables
    file.write_bytes(whole)
    assert town.harvested().errors == []
    with town.release.connect() as con:
        corrected = con.execute(
            "SELECT old_value, new_value FROM lumbung.corrections"
            " WHERE kpi = 'rainy_days' AND \"column\" = 'value'"
        ).fetchall()
    assert corrected == [("2", "3")]
    town.harvested(*[row(THIRD, gauge) for gauge in (3, 4)])
    with town.release.connect() as con:
        told = con.execute("SELECT count(*) FROM lumbung.corrections WHERE kpi = 'rainy_days'")
        assert told.fetchall() == [(3,)], "each of its columns once"


def test_a_receipt_of_a_delivery_that_cannot_be_read_holds_up_no_run(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run without dates looks at every passed day, by what the receipts say of it."""
    for receipt in town.lake.deliveries(RAIN).glob("*/receipt.json"):
        receipt.write_bytes(b'{"parts": [')
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-01-04")
    report = town.harvested(whole=True)
    assert report.release == town.release.id and town.release.manifest.withheld == {}
    assert {name: [row["verdict"] for row in rows] for name, rows in report.datasets.items()} == {
        RAIN: ["passed"],
        OTHER: ["passed"],
    }
    assert len(report.errors) == 1 and "put the file back from a backup" in report.errors[0]
    assert len(town.rows(RAIN)) == len(town.rows(OTHER)) == 6
    gone = vacuum(town.lake, datetime.now(UTC) + timedelta(days=900), 0, dry_run=True)
    assert gone["deliveries"] == [], "the release that stays is made of them"


def test_nothing_is_removed_while_a_cut_off_harvest_cannot_be_ended(town: Town) -> None:
    _intent(b"{")(town)
    said = intents.settle(town.lake)
    assert len(said) == 1 and "cannot be read" in said[0] and "lumbung run" in said[0]
    with pytest.raises(LakeError, match="cannot be read"):
        vacuum(town.lake, town.release.made_at, 0, dry_run=False)


def test_vacuum_waits_for_a_release_and_holds_nothing_that_it_needs(town: Town) -> None:
    """Each holding what the other waits for, both would wait for ever, and every harvest too."""
    arguments = (town.lake, town.release.made_at, 0, True)
    vacuums = threading.Thread(target=vacuum, args=arguments, daemon=True)
    with town.lake.lock(COMMITS):
        vacuums.start()
        time.sleep(0.5)
        with (town.lake.root / "locks/release").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    vacuums.join(30)
    assert not vacuums.is_alive()
