"""What a contract lets be repaired is counted in the verdict, said on the page, and nothing that it
does not name is repaired.
"""

from datetime import date
from pathlib import Path

import pytest

from assets.harvest import harvest
from pipelines.connectors.contracts import read_contract
from pipelines.lake import verdicts
from pipelines.lake.lake import Lake
from pipelines.receipts.dataset_receipt import dataset_receipt
from pipelines.receipts.receipt import Receipt, checked, store
from pipelines.settings import PROJECT
from pipelines.verify.datasets import rebuilt_partitions
from portal.telling.findings import kept_back
from tests.sample import SAMPLE

DAY = date(2026, 1, 1)
pytestmark = pytest.mark.xdist_group("gate")
RAIN = """        examples: [0, 12.5]
        customProperties:
          - {property: unit, value: mm}
"""
KIND = """        description: Keadaan / Condition
        examples: [dry, wet]
"""
OBSERVER = """        description: Pencatat / Observer
        examples: [Warga Sintetis 1]
"""
MEASURED = """        description: Waktu ukur / Time of reading
        examples: ["2026-01-01T00:00:00+07:00"]
"""


def written(folder: Path) -> Path:
    """Write the sample contract with words for how an office writes, and return its path."""
    text = SAMPLE.format(application="hujan", folder=folder, delivery="events", least=1, quality="")
    for stated, more in (
        (RAIN, ['decimal, value: ","', 'thousands, value: "."', "extract, value: '^(.+) mm$'"]),
        (KIND, ["values, value: {Hujan: wet, Kering: dry}", "trim, value: true"]),
        (OBSERVER, ["spellings, value: [petugas, pencatat]"]),
        (MEASURED, ["fields, value: [tanggal, jam]", "formats, value: ['%d %B %Y %H.%M']"]),
    ):
        assert stated in text
        lines = "".join(f"          - {{property: {line}}}\n" for line in more)
        head = "" if "customProperties" in stated else "        customProperties:\n"
        text = text.replace(stated, stated + head + lines)
    path = folder / "hujan.odcs.yaml"
    path.write_text(text, "utf-8")
    return path


def _kept(lake: Lake, receipt: Receipt) -> Path:
    return lake.stored(store(lake, receipt), "json")


def test_repairs_are_noted_and_what_contradicts_itself_is_not_read(tmp_path: Path) -> None:
    contract = read_contract(written(tmp_path))
    dataset, lake = contract.datasets[0], Lake(tmp_path / "lake")
    lines = [
        "gauge;tanggal;jam;rain_mm;kind;petugas;pencatat",
        "G1;1 Januari 2026;08.00;1,5 mm;Hujan;Warga Sintetis 1;",
        "G2;1 Januari 2026;08.00;12,25; wet ;;Warga Sintetis 2",
        "G3;1 Januari 2026;08.00;0;Kering;Warga Sintetis 3;Warga Sintetis 3",
        "G4;1 Januari 2026;08.00;1.5;Hujan;Warga Sintetis 4;Warga Sintetis 5",
        "G5;1 Januari 2026;;1;Hujan;Warga Sintetis 5;",
    ]
    (tmp_path / f"rain_{DAY}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    harvest(lake, PROJECT / "sql", contract, dataset, [str(DAY)], "one")
    (verdict,) = verdicts.latest(lake)
    found = {finding["rule"]: finding for finding in verdict["findings"]}
    assert verdict["verdict"] == "passed", found
    assert {rule: (finding["rows"], finding["severity"]) for rule, finding in found.items()} == {
        "rain_mm.extract": (1, "warning"),
        "kind.trim": (1, "warning"),
        "kind.values": (4, "warning"),
        "rain_mm.type": (1, "error"),
        "observer.spellings": (1, "error"),
        "measured_at.type": (1, "error"),
        "placed": (1, "error"),
    }
    assert found["kind.values"]["examples"] == ["Hujan", "Kering"]
    assert (verdict["passed"], verdict["quarantined"], verdict["cells_withheld"]) == (4, 1, 2)
    with lake.connect() as con:
        rows = con.execute(
            "SELECT gauge, epoch(measured_at)::BIGINT, rain_mm, kind, observer FROM"
            " read_parquet($1) ORDER BY gauge",
            [lake.files(lake.table("clean", "hujan", "rain"))],
        ).fetchall()
    at = 1767229200
    assert rows == [
        ("G1", at, 1.5, "wet", "Warga Sintetis 1"),
        ("G2", at, 12.25, "wet", "Warga Sintetis 2"),
        ("G3", at, 0.0, "dry", "Warga Sintetis 3"),
        ("G4", at, None, "wet", None),
    ]
    repaired = {"rain_mm.extract": 1, "kind.trim": 1, "kind.values": 4}
    for layer in ("public", "clean"):
        files = lake.files(lake.table(layer, "hujan", "rain"))
        receipt = dataset_receipt(lake, contract, dataset, layer, 0, files, None)
        assert receipt["partitions"][str(DAY)]["repairs"] == repaired
        assert checked(_kept(lake, receipt)) == receipt
        assert rebuilt_partitions(lake, receipt, None) == {str(DAY): ""}
    said = kept_back(verdict["findings"], dataset, "en")
    assert "rows: 4: kind: rewritten as the contract says (noted only)" in said
    assert "rows: 1: rain_mm: the value was taken out of its text (noted only)" in said
    assert "fields that are read as observer say different things" in said


def test_a_field_by_another_spelling_is_the_same_field(tmp_path: Path) -> None:
    contract = read_contract(written(tmp_path))
    dataset, lake = contract.datasets[0], Lake(tmp_path / "lake")
    for day, header in ((1, "observer"), (2, "petugas"), (3, "nama")):
        line = f"G1;{day} Januari 2026;08.00;1;wet;Warga Sintetis 1"
        text = f"gauge;tanggal;jam;rain_mm;kind;{header}\n{line}\n"
        (tmp_path / f"rain_2026-01-0{day}.csv").write_text(text, "utf-8")
    harvest(lake, PROJECT / "sql", contract, dataset, [f"2026-01-0{n}" for n in (1, 2, 3)], "one")
    words = {row["partition"]: row for row in verdicts.latest(lake)}
    assert [row["verdict"] for row in words.values()] == ["passed", "passed", "withheld"]
    (finding,) = words["2026-01-03"]["findings"]
    assert (finding["rule"], finding["absent"]) == ("schema", ["observer"])
