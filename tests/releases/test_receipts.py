"""What was published is rebuilt from its receipts; whatever is tampered with, wherever, is
caught and named; vacuum takes nothing a release needs.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assets.harvest import harvest
from cli.verify import verify
from pipelines.city import EARLIER_ZONE
from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LumbungError
from pipelines.files.index import published
from pipelines.lake.lake import Lake
from pipelines.models.plan import planned
from pipelines.models.sqlfile import read_conventions
from pipelines.models.workbench import open_now
from pipelines.publication.make_release import make_release
from pipelines.publication.models import run_model
from pipelines.publication.retention import vacuum
from pipelines.receipts.canonical import canonical
from pipelines.receipts.dataset_receipt import dataset_receipt
from pipelines.receipts.receipt import checked, keep_name, read
from pipelines.release.place import settle
from pipelines.release.release import open_release, releases
from pipelines.settings import PROJECT
from pipelines.verify.datasets import rebuilt_partitions
from pipelines.verify.rebuild import Rebuild
from tests.cities import write_city
from tests.sample import drop, row, write_sample

pytestmark = pytest.mark.xdist_group("gate")
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(3)]
TODAY = date(2026, 2, 10)
WET = """-- kpi: V9
-- title_id: Hari hujan
-- title_en: Wet days
-- question_id: Berapa hari hujan?
-- question_en: How many days were wet?
-- row: one month
-- key: period, measure
-- unit: %
-- dimension: environment
-- steward: Dinas Contoh
-- rule_id: a day on which a gauge was wet
-- rule_en: a day on which a gauge was wet
-- cells: none, it is weather
-- measure wet: Hujan / Wet
-- measure working: Hujan pada hari kerja / Wet on a working day
WITH days AS (
    SELECT rainy.day, rainy.mm, month_of(rainy.day) AS month, calendar.is_working
    FROM mart.rainy AS rainy
    INNER JOIN reference.working_days AS calendar ON calendar.day = rainy.day
),
months AS (
    SELECT month, 'wet' AS measure, count(*) FILTER (WHERE mm > 0) AS numerator,
    count(*) AS denominator FROM days GROUP BY month
    UNION ALL
    SELECT month, 'working', count(*) FILTER (WHERE mm > 0 AND is_working),
    count(*) FROM days GROUP BY month
)
SELECT strftime(months.month, '%Y-%m') AS period, '15.71' AS region_code, months.measure,
    months.numerator, months.denominator,
    percent(months.numerator, months.denominator) AS value, '%' AS unit, harvest.completeness,
    'provisional' AS status,
    CASE WHEN month_of($today) > months.month THEN 'incomplete' ELSE 'running' END AS reason,
    '1' AS rule_version
FROM months INNER JOIN mart.harvest_periods AS harvest ON harvest.dataset = 'hujan.rain'
    AND harvest.kind = 'month' AND harvest.first_day = months.month
ORDER BY ALL
"""
RAINY = """-- title_id: Hujan harian
-- title_en: Daily rain
-- row: one day
SELECT city_date(measured_at) AS day, sum(rain_mm) AS mm,
    any_value(observer) AS observer FROM hujan.rain GROUP BY 1
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of one application with three days, one row of them quarantined, and its first
    release.
    """
    home = tmp_path_factory.mktemp("receipts")
    write_sample(home / "contracts", home / "drop")
    for layer, name, text in (("mart", "rainy", RAINY), ("kpi", "wet_days", WET)):
        (home / "sql" / layer).mkdir(parents=True)
        (home / "sql" / layer / f"{name}.sql").write_text(text)
    for name in ("mart/harvest_periods.sql", "conventions.sql"):
        shutil.copy(PROJECT / "sql" / name, home / "sql" / name)
    for day in DAYS:
        drop(
            home / "drop",
            day,
            [row(day, n, rain="0" if day == DAYS[1] else "2.5", kind="wet") for n in range(3)]
            + [row(day, 9, rain="-7")],
        )
    harvested(home, "one")
    released(home)
    return home


def harvested(home: Path, run: str) -> None:
    (contract,) = read_contracts(home / "contracts")
    harvest(
        Lake(home / "lake"),
        home / "sql",
        contract,
        contract.datasets[0],
        [str(day) for day in DAYS],
        run,
    )


def released(home: Path, today: date = TODAY) -> str:
    lake, contracts = Lake(home / "lake"), read_contracts(home / "contracts")
    models = planned(home / "sql", contracts).models
    with open_now(lake, contracts, read_conventions(home / "sql")) as bench:
        for model in models:
            run_model(bench, model, today, "models")
    return make_release(lake, contracts, models, "models").id


def differences(
    home: Path, what: object = None, release: str | None = None, sample: int | None = None
) -> list[str]:
    """Return what verifying says is different; an error's text too."""
    try:
        return [
            f"{outcome.name}: {outcome.said}"
            for outcome in verify(
                Lake(home / "lake"), home / "sql", release, str(what) if what else None, sample
            )
            if not outcome.ok
        ]
    except LumbungError as error:
        return [str(error)]


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    settle(tmp_path / "home" / "lake")
    yield tmp_path / "home"


def test_everything_published_is_rebuilt(home: Path) -> None:
    assert differences(home) == []
    lake = Lake(home / "lake")
    names = [outcome.name for outcome in verify(lake, home / "sql", None, None, None)]
    assert names == [
        *(f"hujan.rain {day}" for day in DAYS),
        "kpi.wet_days period 2026-01, measure wet",
        "kpi.wet_days period 2026-01, measure working",
        "lumbung.verdicts",
        "lumbung.corrections",
        *(f"clean/hujan.rain {day}" for day in DAYS),
        "release.duckdb",
    ]
    assert len(list(verify(lake, home / "sql", None, None, 4))) == 4
    assert len(list(verify(lake, home / "sql", None, "v9", None))) == 2


def test_what_two_runs_made_of_the_same_bytes_is_rebuilt(tmp_path: Path) -> None:
    """A row's number of one run is another row's of the other."""
    path = write_sample(tmp_path / "contracts", tmp_path / "drop")
    text = path.read_text("utf-8").replace("rain_{date}.csv", "rain.csv")
    path.write_text(text.replace("quarantine_share: 0.5", "quarantine_share: 0.6"), "utf-8")
    rows = [row(day, gauge) for day in DAYS[:2] for gauge in range(1, 6)]
    drop(tmp_path / "drop", DAYS[0], rows).rename(tmp_path / "drop" / "rain.csv")
    (tmp_path / "sql").mkdir()
    (contract,) = read_contracts(tmp_path / "contracts")
    for day in DAYS[:2]:
        key, lake = str(day), Lake(tmp_path / "lake")
        outcome = harvest(lake, tmp_path / "sql", contract, contract.datasets[0], [key], key)
        (judged,) = outcome.verdict.partitions
        assert (judged.passed, judged.quarantined) == (5, 5)
    released(tmp_path)
    assert differences(tmp_path) == []


def test_a_receipt_says_what_its_schema_says_and_names_what_the_value_rests_on(
    home: Path, tmp_path: Path
) -> None:
    lake = Lake(home / "lake")
    for receipt in Rebuild(lake, open_release(lake), home / "sql").receipts("kpi.wet_days"):
        path = tmp_path / "receipt.json"
        path.write_text(json.dumps(receipt))
        assert checked(path) == receipt and differences(home, path) == []
        made = receipt["made_from"]
        assert (
            made["parameters"] == {"today": str(TODAY)}
            and made["engine"]["version"] == duckdb.__version__
            and made["code"]["sources_sha256"]
        )
        assert set(made["inputs"]) == {
            "mart.rainy",
            "mart.harvest_periods",
            "reference.working_days",
        }
        rainy = read(lake, made["inputs"]["mart.rainy"]["receipt"])
        assert (
            list(rainy["inputs"]["hujan.rain"]["deliveries"]) == [str(day) for day in DAYS]
            and rainy["contracts"]["hujan"]["version"] == "1.0.0"
        )


def rewrite(path: Path, select: str) -> None:
    """Replace a Parquet file by what ``select`` makes of it."""
    other = path.with_suffix(".other")
    it = f"read_parquet('{path}', hive_partitioning = false)"
    duckdb.sql(f"COPY (SELECT {select.format(it=it)}) TO '{other}' (FORMAT parquet)")
    other.rename(path)


def first_file(home: Path, pattern: str) -> Path:
    return sorted((home / "lake").glob(pattern))[0]


def stored_file(home: Path, *fields: str) -> Path:
    """Return a kept file that the KPI's receipt names."""
    lake = Lake(home / "lake")
    digest = open_release(lake).manifest.tables["kpi.wet_days"].receipt
    if not fields:
        return lake.stored(digest, "json")
    found = read(lake, digest)
    if fields[0] == "contracts":
        found = read(lake, found["inputs"]["mart.rainy"]["receipt"])
    for field in fields:
        found = found[field]
    return next((lake.root / "receipts").glob(f"{found}.*"))


def edited(path: Path, old: str, new: str) -> None:
    content = path.read_bytes()
    assert old.encode() in content
    path.write_bytes(content.replace(old.encode(), new.encode(), 1))


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def manifest(home: Path, change: Callable[[dict], object]) -> None:
    path = open_release(Lake(home / "lake")).folder / "manifest.json"
    content = json.loads(path.read_bytes())
    change(content["tables"])
    path.write_text(json.dumps(content))


def forged(home: Path) -> None:
    """Change a figure, make a receipt that agrees with it, and name that receipt in the
    manifest.
    """
    lake = Lake(home / "lake")
    receipt = json.loads(stored_file(home).read_bytes()) | {"result_sha256": "0" * 64}
    (lake.root / "receipts" / f"{keep_name(receipt)}.json").write_bytes(canonical(receipt))
    manifest(home, lambda tables: tables["kpi.wet_days"].update(receipt=keep_name(receipt)))


def delivered(home: Path) -> None:
    """Change a delivery and its own receipt with it."""
    part = first_file(home, "raw/hujan/rain/one/*.csv")
    edited(part, "2.5", "9.5")
    path = part.parent / "receipt.json"
    receipt = json.loads(path.read_bytes())
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    for entry in receipt["parts"]:
        entry["sha256"] = digest if entry["file"] == part.name else entry["sha256"]
    path.write_text(json.dumps(receipt))


def views(home: Path, sql: str) -> None:
    with duckdb.connect(str(open_release(Lake(home / "lake")).folder / "release.duckdb")) as con:
        con.execute(sql)


KPI, PUBLIC, CLEAN, RAW = (
    "kpi/wet_days/*/*.parquet",
    "public/hujan/rain/*/*.parquet",
    "clean/hujan/rain/*/*.parquet",
    "raw/hujan/rain/one/*.csv",
)
TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a value of a KPI": (
        lambda home: rewrite(
            first_file(home, KPI), "* REPLACE (if(measure = 'wet', 99.9, value) AS value) FROM {it}"
        ),
        "value is 99.9 published",
    ),
    "a numerator of a KPI": (
        lambda home: rewrite(
            first_file(home, KPI), "* REPLACE (numerator + 1 AS numerator) FROM {it}"
        ),
        "numerator is",
    ),
    "the status of a KPI": (
        lambda home: rewrite(first_file(home, KPI), "* REPLACE ('final' AS status) FROM {it}"),
        "status is final published",
    ),
    "a row of a KPI taken out": (
        lambda home: rewrite(first_file(home, KPI), "* FROM {it} LIMIT 1"),
        "is not published, and rebuilt it is",
    ),
    "a row of a KPI made up": (
        lambda home: rewrite(
            first_file(home, KPI),
            "* FROM {it} UNION ALL SELECT * REPLACE ('2025-12' AS period) FROM {it} LIMIT 3",
        ),
        "rebuilt it is not there",
    ),
    "a second row of a key": (
        lambda home: rewrite(
            first_file(home, KPI),
            "* FROM (SELECT * REPLACE (1.0 AS value) FROM {it} UNION ALL SELECT * FROM {it})",
        ),
        "is published 2 times and rebuilt 1 times",
    ),
    "a view that readers see": (
        lambda home: views(home, "CREATE OR REPLACE VIEW kpi.wet_days AS SELECT 99.9 AS value"),
        "kpi.wet_days is not what",
    ),
    "a rule that readers see": (
        lambda home: views(home, "DELETE FROM reference.working_days WHERE is_working"),
        "reference.working_days is not what",
    ),
    "the file of views taken away": (
        lambda home: (open_release(Lake(home / "lake")).folder / "release.duckdb").unlink(),
        "release.duckdb is gone",
    ),
    "a contract of the release": (
        lambda home: edited(first_file(home, "releases/2*/contracts/*"), "value: mm", "value: cm"),
        "these contracts were changed",
    ),
    "a column of a verdict that no figure reads": (
        lambda home: rewrite(
            first_file(home, "lumbung/verdicts/*.parquet"), "* REPLACE ('x' AS run_id) FROM {it}"
        ),
        "has another content than its receipt",
    ),
    "a closed column of a clean table": (
        lambda home: rewrite(first_file(home, CLEAN), "* REPLACE ('x' AS observer) FROM {it}"),
        "clean/hujan.rain",
    ),
    "a manifest that is none": (
        lambda home: (open_release(Lake(home / "lake")).folder / "manifest.json").write_text("{}"),
        "names no tables",
    ),
    "a receipt of a delivery that is none": (
        lambda home: (first_file(home, RAW).parent / "receipt.json").write_text("{}"),
        "it says nothing of parts, asked, fetched_at",
    ),
    "a file of a KPI that is no Parquet any more": (
        lambda home: first_file(home, KPI).write_bytes(b"PAR1nothingPAR1"),
        "kpi.wet_days",
    ),
    "a file of a KPI taken away": (lambda home: first_file(home, KPI).unlink(), "wet_days"),
    "a value of a mart": (
        lambda home: rewrite(
            first_file(home, "mart/rainy/*/*.parquet"), "* REPLACE (0.0 AS mm) FROM {it}"
        ),
        "mart.rainy: mm is 0 published",
    ),
    "a value of a clean table": (
        lambda home: rewrite(first_file(home, CLEAN), "* REPLACE (0.0 AS rain_mm) FROM {it}"),
        "its input mart.rainy",
    ),
    "a file of a clean table taken away": (
        lambda home: first_file(home, CLEAN).unlink(),
        "its input mart.rainy",
    ),
    "a verdict": (
        lambda home: rewrite(
            first_file(home, "lumbung/verdicts/*.parquet"),
            "* REPLACE (delivered - 1 AS delivered) FROM {it}",
        ),
        "harvest_periods",
    ),
    "a value of a public file": (
        lambda home: rewrite(first_file(home, PUBLIC), "* REPLACE (0.5 AS rain_mm) FROM {it}"),
        "has another content than its receipt",
    ),
    "a byte of a public file": (
        lambda home: longer(first_file(home, PUBLIC)),
        "has another content than its receipt",
    ),
    "a public file taken away": (lambda home: first_file(home, PUBLIC).unlink(), "is gone"),
    "a delivery": (
        lambda home: edited(first_file(home, RAW), "2.5", "9.5"),
        "has another content than its receipt",
    ),
    "a delivery and its own receipt": (delivered, "is another than the receipt says"),
    "a delivery taken away": (
        lambda home: shutil.rmtree(first_file(home, RAW).parent),
        "its receipt is gone",
    ),
    "what was held back": (
        lambda home: rewrite(
            first_file(home, "quarantine/hujan/rain/*/*.parquet"), "* FROM {it} WHERE false"
        ),
        "a row is rebuilt and not published",
    ),
    "the kept SQL": (
        lambda home: edited(stored_file(home, "sql"), "mm > 0", "mm > 1"),
        "its content is not the one its name is the hash of",
    ),
    "the kept conventions": (
        lambda home: edited(stored_file(home, "conventions"), "2000", "2001"),
        "its content is not the one its name is the hash of",
    ),
    "the kept contract": (
        lambda home: edited(stored_file(home, "contracts", "hujan", "sha256"), "mm", "cm"),
        "its content is not the one its name is the hash of",
    ),
    "a kept rule": (
        lambda home: longer(stored_file(home, "inputs", "reference.working_days", "sha256")),
        "its content is not the one",
    ),
    "a kept rule taken away": (
        lambda home: stored_file(home, "inputs", "reference.working_days", "sha256").unlink(),
        "nothing is kept under this hash",
    ),
    "a receipt": (
        lambda home: edited(stored_file(home), '"rows":2', '"rows":3'),
        "its content is not the one its name is the hash of",
    ),
    "a receipt taken away": (
        lambda home: stored_file(home).unlink(),
        "nothing is kept under this hash",
    ),
    "a receipt and the manifest": (forged, "its manifest was changed after it was made"),
    "a version in the manifest": (
        lambda home: manifest(home, lambda tables: tables["kpi.wet_days"].update(version=7)),
        "its manifest was changed",
    ),
    "a file in the manifest": (
        lambda home: manifest(home, lambda tables: tables["hujan.rain"]["files"].pop()),
        "its manifest was changed",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_caught(copy: Path, what: str) -> None:
    tamper, said = TAMPERED[what]
    tamper(copy)
    found = differences(copy)
    assert found and any(said in path for path in found), found


def test_a_receipt_that_was_changed_is_not_believed(home: Path, tmp_path: Path) -> None:
    lake = Lake(home / "lake")
    receipt = next(Rebuild(lake, open_release(lake), home / "sql").receipts("kpi.wet_days"))
    path = tmp_path / "receipt.json"
    changed = json.loads(json.dumps(receipt))
    changed["row"]["value"] = 99.9
    path.write_text(json.dumps(changed))
    assert "its content is not the one its id is the hash of" in differences(home, path)[0]
    content = {key: value for key, value in changed.items() if key != "id"}
    path.write_text(json.dumps(content | {"id": f"sha256:{keep_name(content)}"}))
    assert (
        "gave another receipt for this value; it differs in row, id" in differences(home, path)[0]
    )
    path.write_text(json.dumps(receipt, sort_keys=True))
    assert differences(home, path) == [], "the order of its keys is no content"
    other = {key: value for key, value in receipt.items() if key != "id"} | {"name": "hujan.rain"}
    path.write_text(json.dumps(other | {"id": f"sha256:{keep_name(other)}"}))
    assert "is no KPI of release" in differences(home, path)[0]
    path.write_text(json.dumps(receipt | {"colour": "blue"}))
    assert "not a receipt as receipt.schema.json describes it" in differences(home, path)[0]
    path.write_text("{")
    assert "not a receipt" in differences(home, path)[0]


def test_a_receipt_from_before_it_named_a_zone_is_rebuilt_by_the_zone_of_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The city has another file now, whose zone is two hours away from that of every lake then."""
    write_sample(tmp_path / "contracts", tmp_path / "drop")
    for day in DAYS:
        drop(tmp_path / "drop", day, [row(day).replace("+07:00", "")])
    harvested(tmp_path, "one")
    lake, (contract,) = Lake(tmp_path / "lake"), read_contracts(tmp_path / "contracts")
    table = lake.dataset_table("public", "hujan.rain")
    receipt = dataset_receipt(
        lake, contract, contract.datasets[0], "public", 0, lake.files(table), None
    )
    for partition in receipt["partitions"].values():
        assert partition.pop("timezone") == EARLIER_ZONE
    monkeypatch.setenv("LUMBUNG_CITY_FILE", str(write_city(tmp_path / "city")))
    assert rebuilt_partitions(lake, receipt, None) == {str(day): "" for day in DAYS}


def test_a_file_is_verified_in_the_lake_and_where_it_was_downloaded(
    home: Path, tmp_path: Path
) -> None:
    release = open_release(Lake(home / "lake"))
    assert (
        differences(home, first_file(home, PUBLIC)) == []
        and differences(home, first_file(home, KPI)) == []
    )
    path = tmp_path / "hujan.rain.csv"
    listed = published(release.folder)["hujan.rain"].file("csv")
    assert listed is not None
    shutil.copy(home / "lake" / listed.path, path)
    assert differences(home, path) == []
    edited(path, "2.5", "9.5")
    assert "line 2 is 'G0" in differences(home, path)[0] and "9.5" in differences(home, path)[0]
    path.rename(tmp_path / "notes.txt")
    assert "not a receipt" in differences(home, tmp_path / "notes.txt")[0]


def test_a_rule_that_moved_on_is_noted_and_the_old_release_stays_rebuildable(copy: Path) -> None:
    lake, first = Lake(copy / "lake"), released(copy)
    edited(copy / "sql" / "kpi" / "wet_days.sql", "mm > 0)", "mm > 3)")
    second = released(copy)
    assert first != second and differences(copy) == [] and differences(copy, release=first) == []
    notes = Rebuild(lake, open_release(lake, first), copy / "sql").notes("kpi.wet_days")
    assert notes == [f"{copy}/sql/kpi/wet_days.sql is not the file this was made with any more"]
    assert Rebuild(lake, open_release(lake), copy / "sql").notes("kpi.wet_days") == []


def test_the_same_figures_by_the_same_recipe_keep_their_receipt(copy: Path) -> None:
    assert released(copy) == released(copy, TODAY + timedelta(days=1))


def test_vacuum_takes_nothing_that_a_release_needs_and_all_that_none_needs(copy: Path) -> None:
    lake = Lake(copy / "lake")
    first = open_release(lake).id
    write_sample(copy / "contracts", copy / "drop")
    for number in range(2, 4):
        for day in DAYS:
            drop(copy / "drop", day, [row(day, n, rain=str(number)) for n in range(number)])
        harvested(copy, f"run{number}")
        last = released(copy)
    now = datetime.now(UTC) + timedelta(seconds=1)
    before = len(list((copy / "lake").rglob("*.parquet")))
    assert vacuum(lake, now, 0, dry_run=True)["files"] == [], "all of it is pinned by a release"
    assert vacuum(lake, now, 0, dry_run=False)["releases"] == []
    assert differences(copy, release=first) == [] and differences(copy, release=last) == []
    gone = vacuum(lake, now + timedelta(days=400), 0, dry_run=False)
    assert first in gone["releases"] and [release.id for release in releases(lake)] == [last]
    assert gone["files"] and gone["deliveries"] and gone["kept"]
    assert len(list((copy / "lake").rglob("*.parquet"))) < before and not list(
        (copy / "lake" / "raw").rglob("one")
    )
    assert differences(copy) == []
