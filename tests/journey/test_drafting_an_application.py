"""`lumbung new --from`: what real-looking odd sources hold is drafted, the draft passes `check`,
and after a person's part `try` and `run` pass.
"""

import json
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.connectors.contracts import read_contract
from pipelines.contract.model import Contract

DAYS = [date(2026, 6, 1) + timedelta(days=n) for n in range(4)]
NIK = "157101410190{:04d}"


def rows(day: date) -> list[dict[str, Any]]:
    """The records of one day of a made-up office: 30, odd as an office writes them."""
    return [
        {
            "No Tiket": f"PS-{day:%m%d}-{n:03d}",
            "Tanggal": f"{day:%d/%m/%Y}",
            "Suhu (°C)": f"{20 + n},{n % 10}" if n % 7 else "-",
            "Nilai": f"{n + 1}.250.000,50",
            "Kategori": ["Baik", "Sedang", "Buruk"][n % 3],
            "NIK": NIK.format(n + 1),
            "Nama Pelapor": f"Orang Ke-{n}",
        }
        for n in range(30)
    ]


def plain(day: date) -> list[dict[str, Any]]:
    """The same as a program would write them."""
    return [
        {
            "ticket_id": row["No Tiket"],
            "recorded_on": day.isoformat(),
            "temperature": 20 + n / 10,
            "status": row["Kategori"],
            "nik": row["NIK"],
        }
        for n, row in enumerate(rows(day))
    ]


def semicolons(path: Path, records: list[dict[str, Any]], above: str = "") -> None:
    lines = [";".join(records[0]), *(";".join(map(str, row.values())) for row in records)]
    path.write_text(above + "\r\n".join(lines) + "\r\n", "utf-8")


def table(path: Path, records: list[dict[str, Any]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for number, values in enumerate([list(records[0]), *(list(r.values()) for r in records)]):
            sheet.write_row(number, 0, values)


def csv_folder(folder: Path) -> str:
    for day in DAYS:
        semicolons(folder / f"tiket_{day}.csv", rows(day), "Rekap harian\r\n\r\n")
    return str(folder)


def old_csv(folder: Path) -> str:
    semicolons(folder / "tiket.csv", rows(DAYS[0]))
    path = folder / "tiket.csv"
    path.write_bytes(path.read_text("utf-8").replace("Baik", "Baik–").encode("cp1252"))
    return str(path)


def workbook(folder: Path) -> str:
    table(folder / f"tiket_{DAYS[0]}.xlsx", rows(DAYS[0]))
    return str(folder / f"tiket_{DAYS[0]}.xlsx")


def json_list(folder: Path) -> str:
    answer = {"status": "ok", "data": {"items": plain(DAYS[0])}}
    (folder / "tiket.json").write_text(json.dumps(answer))
    return str(folder / "tiket.json")


def ndjson(folder: Path) -> str:
    for day in DAYS:
        lines = "".join(json.dumps(row) + "\n" for row in plain(day))
        (folder / f"tiket_{day}.ndjson").write_text(lines)
    return str(folder)


def parquet(folder: Path) -> str:
    pq.write_table(pa.Table.from_pylist(plain(DAYS[0])), folder / f"tiket_{DAYS[0]}.parquet")
    return str(folder / f"tiket_{DAYS[0]}.parquet")


def archive(folder: Path) -> str:
    semicolons(folder / "isi.csv", rows(DAYS[0]))
    with zipfile.ZipFile(folder / f"kirim_{DAYS[0]}.zip", "w") as packed:
        packed.write(folder / "isi.csv", "data/tiket.csv")
    (folder / "isi.csv").unlink()
    return str(folder / f"kirim_{DAYS[0]}.zip")


def sqlite(folder: Path) -> str:
    with sqlite3.connect(folder / "kantor.db") as con:
        con.execute("CREATE TABLE tiket (ticket_id, recorded_on, temperature, status, nik)")
        con.executemany(
            "INSERT INTO tiket VALUES (?, ?, ?, ?, ?)",
            [tuple(row.values()) for day in DAYS for row in plain(day)],
        )
    return f"sqlite:///{folder / 'kantor.db'}#tiket"


KINDS: dict[str, tuple[Callable[[Path], str], bool]] = {
    "csv folder": (csv_folder, True),
    "old csv": (old_csv, False),
    "workbook": (workbook, True),
    "json": (json_list, False),
    "ndjson": (ndjson, True),
    "parquet": (parquet, True),
    "zip": (archive, True),
    "sqlite": (sqlite, True),
}
"""How a source is made, and whether its days can be told."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_is_drafted_tried_and_run(
    kind: str, tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, is_dated = KINDS[kind]
    folder, contracts = tmp_path / "in", tmp_path / "contracts"
    folder.mkdir()
    source = make(folder)
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-10")
    contract, text = drafted(command, "tiket", source, contracts)
    assert not (tmp_path / "lake").exists(), "no lake is touched"
    (dataset,) = contract.datasets
    assert dataset.delivery == ("events" if is_dated else "snapshot"), text
    assert NIK.format(7) not in text and "Orang Ke-" not in text
    assert dataset.key == ("no_tiket" if "No Tiket" in text else "ticket_id",)
    columns = {column.name: column for column in dataset.columns}
    assert not dataset.public_columns and columns["nik"].classification == "personal"
    if "suhu" in columns:
        suhu = columns["suhu"]
        assert (suhu.type, suhu.unit, suhu.writing.decimal) == ("number", "Cel", ",")
        assert columns["nilai"].writing.thousands == "." and "-" in suhu.missing
        assert columns["tanggal"].formats == ("%d/%m/%Y",)
    else:
        assert columns["temperature"].type == "number"
        assert columns["recorded_on"].type == "date"
    opened(contracts / "tiket.odcs.yaml")
    if not source.startswith("sqlite"):
        files = sorted(folder.iterdir())
        code, out, err = command("try", "tiket", *files, "--contracts", contracts)
        assert code == 0, out + err
        assert not (tmp_path / "lake").exists(), "no lake is touched"
    days = ("--from", DAYS[0], "--to", DAYS[-1 if len(list(folder.iterdir())) > 1 else 0])
    days = days if is_dated else ()
    code, out, err = command("run", "tiket", *days, "--contracts", contracts)
    assert code == 0, out + err


def drafted(command, name: str, source: str, contracts: Path) -> tuple[Contract, str]:
    """Draft a contract and check it; return it with its text."""
    path = contracts / f"{name}.odcs.yaml"
    code, out, err = command("new", name, "--from", source, "--contracts", contracts, "--json")
    assert code == 0, err
    assert json.loads(out)["path"] == str(path)
    code, _, err = command("check", path)
    assert code == 0, err
    return read_contract(path), path.read_text("utf-8")


def opened(path: Path) -> None:
    """Do the part of the person who knows the data."""
    text = path.read_text("utf-8").replace("status: draft", "status: active")
    text = text.replace("value: dikecualikan}", "value: setiap saat}")
    path.write_text(text.replace("classification: internal", "classification: public"), "utf-8")


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """Serve the files of a folder over HTTP; yield its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_list_over_http_is_drafted_and_run(
    tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, contracts = tmp_path / "in", tmp_path / "contracts"
    folder.mkdir()
    json_list(folder)
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-10")
    with web(folder) as address:
        contract, text = drafted(command, "tiket", f"{address}/tiket.json", contracts)
        (dataset,) = contract.datasets
        assert dataset.source.connector == "rest"
        assert dataset.source.fetch == {"path": "/tiket.json", "records": "data.items"}
        assert "paging" in text
        code, out, err = command("run", "tiket", "--contracts", contracts)
        assert code == 0, out + err
        semicolons(folder / "tiket.csv", rows(DAYS[0]))
        contract, text = drafted(command, "berkas", f"{address}/tiket.csv", contracts)
    assert contract.datasets[0].source.connector == "file"
    assert "no connector fetches a .csv file over HTTP" in text


def test_a_folder_of_two_tables_is_two_datasets_and_try_asks_which(
    tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, contracts = tmp_path / "in", tmp_path / "contracts"
    folder.mkdir()
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-10")
    csv_folder(folder)
    ndjson(folder / ".")
    (folder / "catatan.pdf").write_bytes(b"%PDF")
    contract, _ = drafted(command, "tiket", str(folder), contracts)
    assert [dataset.name for dataset in contract.datasets] == ["tiket", "tiket_2"]
    one = folder / f"tiket_{DAYS[0]}.ndjson"
    code, out, _ = command("try", contracts / "tiket.odcs.yaml", one, "--json")
    assert code == 0 and json.loads(out)["dataset"] == "tiket.tiket_2"
    other = tmp_path / "lain.csv"
    other.write_bytes((folder / f"tiket_{DAYS[0]}.csv").read_bytes())
    code, _, err = command("try", contracts / "tiket.odcs.yaml", other)
    assert code == 1 and "--dataset, one of tiket, tiket_2" in err
    code, out, err = command("try", contracts / "tiket.odcs.yaml", other, "--dataset", "tiket")
    assert code == 0 and "the contract means files called tiket_{date}.csv" in out, err


def test_try_tells_each_rule_with_a_row_and_no_persons_value(
    tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, contracts = tmp_path / "in", tmp_path / "contracts"
    folder.mkdir()
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-10")
    csv_folder(folder)
    drafted(command, "tiket", str(folder), contracts)
    path = contracts / "tiket.odcs.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "        description: TODO arti nik /",
            "        logicalTypeOptions: {pattern: '^[0-9]{16}$'}\n"
            "        description: TODO arti nik /",
        )
    )
    bad = rows(DAYS[0])
    bad[3] |= {"Suhu (°C)": "rusak"}
    bad[4] |= {"NIK": "157101410190000"}
    bad[5] |= {"No Tiket": ""}
    bad[6] |= {"Tanggal": "02/06/2026"}
    delivery = tmp_path / f"tiket_{DAYS[0]}.csv"
    semicolons(delivery, [*bad, {"x": "PS-ragged"}], "Rekap harian\r\n\r\n")
    code, out, err = command("try", "tiket", delivery, "--contracts", contracts, "--json")
    assert code == 2, err
    report = json.loads(out)
    said = {rule["rule"]: rule for rule in report["rules"]}
    assert said["suhu.type"]["withholds"] == "the cell"
    assert said["suhu.type"]["example"]["values"] == {"suhu": "rusak"}
    assert said["suhu.type"]["example"]["line"] == 4
    assert said["no_tiket.required"]["withholds"] == "the row"
    assert said["placed"]["example"]["values"] == {"tanggal": "02/06/2026"}
    assert said["shape"]["rows"] == said["nik.pattern"]["rows"] == 1
    assert "157101410190000" not in out, "a closed column's value is not told"
    assert said["quarantine_share"]["withholds"] == "the partition"
    assert (report["delivered"], report["quarantined"], report["cells_withheld"]) == (31, 3, 2)
    code, out, _ = command("try", "tiket", delivery, "--contracts", contracts)
    assert code == 2 and "suhu='rusak'" in out and "personal, not shown" in out
    assert "not judged, they compare with days that passed before" in out


def test_what_cannot_be_drafted_is_told_and_nothing_is_written(tmp_path: Path, command) -> None:
    contracts = tmp_path / "contracts"
    (tmp_path / "kosong.csv").write_text("a,b\n")
    (tmp_path / "catatan.pdf").write_bytes(b"%PDF")
    sensors = {"value": [{"@iot.id": 1, "result": 2}]}
    (tmp_path / "sta.json").write_text(json.dumps(sensors))
    (tmp_path / "ocds.json").write_text(json.dumps({"releases": [{"ocid": "x"}]}))
    with zipfile.ZipFile(tmp_path / "gtfs.zip", "w") as feed:
        feed.writestr("stops.txt", "stop_id\n1\n")
        feed.writestr("routes.txt", "route_id\n1\n")
    for source, says in {
        tmp_path / "tidak_ada.csv": "there is no such file",
        tmp_path / "kosong.csv": "no record to draft from",
        tmp_path / "catatan.pdf": "'.pdf' files are not read",
        tmp_path / "sta.json": "SensorThings, which is not drafted yet",
        tmp_path / "ocds.json": "OCDS, which is not drafted yet",
        tmp_path / "gtfs.zip": "GTFS, which is not drafted yet",
        "mqtt://broker/topic": "MQTT is not drafted yet",
        "ftp://host/file": "nothing is drafted from there",
        "https://kota.example/data?api_key=x": "carries the parameter 'api_key'",
        "sqlite:///kantor.db": "name a table",
    }.items():
        code, _, err = command("new", "apa", "--from", source, "--contracts", contracts)
        assert code == 1 and says in err, err
    assert not contracts.exists()
    (tmp_path / "satu.csv").write_text("id,jumlah\n1,2\n")
    arguments = ("new", "apa", "--from", tmp_path / "satu.csv", "--contracts", contracts)
    assert command(*arguments)[0] == 0
    before = (contracts / "apa.odcs.yaml").read_bytes()
    code, _, err = command(*arguments)
    assert code == 1 and "is there already" in err
    assert (contracts / "apa.odcs.yaml").read_bytes() == before
    code, _, err = command("new", "lain", tmp_path / "satu.csv", "--contracts", contracts)
    assert code == 1 and "sources come after --from" in err


def test_try_looks_references_up_in_the_lake_and_says_where_it_cannot(
    tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, contracts, lake = tmp_path / "in", tmp_path / "contracts", tmp_path / "lake"
    folder.mkdir()
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-10")
    semicolons(folder / "pangkalan.csv", [{"kode": f"PKL-{n:03d}"} for n in range(30)])
    cards = [{"nomor": f"K-{n:03d}", "pangkalan": f"PKL-{n:03d}"} for n in range(30)]
    semicolons(folder / "kartu_2026-06-01.csv", cards)
    contract, text = drafted(command, "lpg2", str(folder), contracts)
    assert [dataset.name for dataset in contract.datasets] == ["kartu", "pangkalan"]
    refers = "    relationships:\n      - {from: kartu.pangkalan, to: pangkalan.kode}\n"
    path = contracts / "lpg2.odcs.yaml"
    path.write_text(text.replace("    properties:\n", f"{refers}    properties:\n", 1), "utf-8")
    orphans = [*cards, {"nomor": "K-999", "pangkalan": "PKL-099"}]
    delivery = tmp_path / "kartu_2026-06-02.csv"
    semicolons(delivery, orphans)
    attempt = ("try", "lpg2", delivery, "--contracts", contracts)
    code, out, err = command(*attempt)
    assert code == 0 and "pangkalan.reference: not looked up" in out, out + err
    days = ("--from", "2026-06-01", "--to", "2026-06-01")
    code, out, err = command("run", "lpg2", *days, "--contracts", contracts)
    assert code == 0, out + err
    before = {str(file): file.stat().st_mtime_ns for file in lake.rglob("*") if file.is_file()}
    code, out, err = command(*attempt)
    assert code == 2 and "rule pangkalan.reference (withholds the partition)" in out, out + err
    after = {str(file): file.stat().st_mtime_ns for file in lake.rglob("*") if file.is_file()}
    assert before == after, "the lake is only read"


def test_a_file_that_cannot_be_read_is_an_error_under_its_own_name(
    tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, contracts = tmp_path / "in", tmp_path / "contracts"
    folder.mkdir()
    monkeypatch.setenv("LUMBUNG_TODAY", "2026-06-10")
    drafted(command, "tiket", workbook(folder), contracts)
    broken = tmp_path / f"tiket_{DAYS[1]}.xlsx"
    broken.write_bytes(b"PK\x03\x04 cut off")
    code, out, _ = command("try", "tiket", broken, "--contracts", contracts)
    assert code == 1 and f"tiket.tiket: {broken.name}: not a readable XLSX workbook" in out
    assert "/drop/" not in out and "/raw/" not in out
