"""The same contracts against this machine's MariaDB, PostgreSQL and Mosquitto: the verdicts are
those of the embedded city, row by row counted.
"""

import os
import socket
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from assets.asked import in_order
from assets.harvest import harvest
from demo.city import City
from demo.door import Sql
from demo.doors import broker, databases
from demo.doors.devices import feed
from demo.everything import tables
from demo.systems import cameras, permits
from pipelines.connectors.contracts import read_contracts
from pipelines.contract.model import Contract
from pipelines.lake.lake import Lake
from pipelines.lake.partitions import keys_between
from pipelines.settings import PROJECT, contracts_path

pytestmark = pytest.mark.xdist_group("databases")
CITY = City(today=date(2026, 6, 16), days=2, scale=0.05)
URLS = {
    "mariadb": "mysql+pymysql://root@127.0.0.1:3306/test",
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:5432/test",
}
CONTRACTS = {
    contract.application: contract for contract in read_contracts(PROJECT / "assets" / "contracts")
}
STORED = {
    name: [dataset for dataset in contract.datasets if dataset.source.connector == "database"]
    for name, contract in CONTRACTS.items()
}
APPLICATIONS = [name for name, datasets in STORED.items() if datasets]


def filled(application: str, folder: Path, url: str | None) -> list[str]:
    """Fill the application's database and return the names of its tables."""
    if application == "perizinan":
        permits.write(CITY, folder, url)
        return [permits.TABLE]
    mine = [
        table
        for table in tables()
        if table.application == application and isinstance(table.door, Sql)
    ]
    for table in mine:
        databases.write(CITY, table, url or databases.address_of(table, folder))
    return [table.door.table for table in mine if isinstance(table.door, Sql)]


def verdicts(contract: Contract, names: Sequence[str], lake: Lake) -> list[tuple]:
    found = []
    for dataset in in_order([dataset for dataset in contract.datasets if dataset.name in names]):
        keys = keys_between(dataset, CITY.window[0], CITY.window[-1])[
            -1 if dataset.is_now_only else 0 :
        ]
        for partition in harvest(
            lake, PROJECT / "sql", contract, dataset, keys, "run"
        ).verdict.partitions:
            rules = sorted((finding.rule, finding.rows) for finding in partition.findings)
            found.append(
                (
                    dataset.id,
                    partition.partition,
                    partition.delivered,
                    partition.passed,
                    partition.quarantined,
                    partition.duplicates,
                    rules,
                )
            )
    return found


@pytest.mark.parametrize("server", URLS)
@pytest.mark.parametrize("application", APPLICATIONS)
def test_a_contract_reads_a_real_database_as_it_reads_the_embedded_one(
    application: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, names = sa.create_engine(URLS[server]), [table.name for table in STORED[application]]
    monkeypatch.setenv("LUMBUNG_CITY_FOLDER", str(tmp_path))
    monkeypatch.setenv("LUMBUNG_TODAY", CITY.today.isoformat())
    try:
        made = filled(application, tmp_path, URLS[server])
    except sa.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no {server} on this machine, so its rows were not compared: {error.orig}")
    filled(application, tmp_path, None)
    try:
        embedded = verdicts(CONTRACTS[application], names, Lake(tmp_path / "embedded"))
        monkeypatch.setenv(f"LUMBUNG_SERVER_{application.upper()}", server)
        assert verdicts(CONTRACTS[application], names, Lake(tmp_path / "real")) == embedded
        assert sum(row[2] for row in embedded) > 0
    finally:
        with engine.begin() as con:
            for name in made:
                con.exec_driver_sql(f"DROP TABLE {name}")
        engine.dispose()


def test_a_contract_hears_mosquitto_as_it_hears_the_embedded_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        socket.create_connection(("127.0.0.1", 1883), 2).close()
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no Mosquitto on this machine, so nothing was compared: {error}")
    found = []
    monkeypatch.setenv("LUMBUNG_TODAY", CITY.today.isoformat())
    with broker.serve(0) as embedded:
        for name, address in (("embedded", embedded), ("mosquitto", "mqtt://127.0.0.1:1883")):
            monkeypatch.setenv("LUMBUNG_SPOOL", str(tmp_path / name))
            feed(CITY, cameras.TABLES, contracts_path(), tmp_path / name, address)
            found.append(
                verdicts(CONTRACTS["cctv"], ["heartbeats"], Lake(tmp_path / f"{name}-lake"))
            )
    assert found[0] == found[1] and sum(row[2] for row in found[0]) > 2000
