"""Lineage of the repository's own models: every column resolved, every table told, closed inputs
named; and what the parser cannot say is said so.
"""

import time
from dataclasses import replace

import pytest

from pipelines.connectors.contracts import read_contracts
from pipelines.errors import LumbungError
from pipelines.lake.views import MARK
from pipelines.lineage.columns import closed_inputs, columns_of
from pipelines.lineage.graph import graph_of, server_of
from pipelines.lineage.select import Field, selected
from pipelines.models.indicators import kpi_columns
from pipelines.models.sqlfile import SqlFile, read_sql_files
from pipelines.release.manifest import model_of
from pipelines.settings import PROJECT

CONTRACTS = read_contracts(PROJECT / "assets" / "contracts")
MODELS = read_sql_files(PROJECT / "sql")
COLUMNS = columns_of(MODELS, CONTRACTS)
GRAPH = graph_of(CONTRACTS, map(model_of, MODELS))
SCHEMA = {
    "a": {
        "t": {"id": "VARCHAR", "n": "BIGINT", "tags": "VARCHAR[]"},
        "u": {"id": "VARCHAR", "m": "BIGINT"},
    }
}


def texts(names: object) -> set[str]:
    return {str(name) for name in names}  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.layer}.{model.name}")
def test_every_column_of_every_model_is_resolved(model: SqlFile) -> None:
    made = COLUMNS[f"{model.layer}.{model.name}"]
    assert made.unresolved == {}
    assert {*model.columns, *model.key, *(kpi_columns() if model.layer == "kpi" else ())} <= set(
        made.reads.columns
    )
    datasets = {
        dataset.id: {column.name for column in dataset.columns}
        for contract in CONTRACTS
        for dataset in contract.datasets
    }
    for field in made.stands_on:
        assert not field.table.startswith("mart."), "marts are followed"
        assert field.table.startswith(("reference.", "lumbung.")) or field.column in {
            *datasets[field.table],
            "*",
            "_partition",
            MARK,
        }


def test_all_models_take_seconds_at_most() -> None:
    start = time.process_time()
    columns_of(MODELS, CONTRACTS)
    assert time.process_time() - start < 5


def test_a_kpi_is_told_by_the_columns_of_datasets() -> None:
    made = COLUMNS["kpi.complaints_answered_in_time"]
    assert {
        "sikesal.complaints.closed_at",
        "sikesal.complaints.received_at",
        "sikesal.complaints.*",
    } <= texts(made.roots.columns["numerator"])
    assert "sikesal.complaints.state" in texts(made.roots.filters), (
        "rejected complaints are left out"
    )
    assert made.roots.columns["region_code"] == frozenset()
    ispu = COLUMNS["kpi.days_by_ispu_category"]
    assert "aqms.observations.value" in texts(
        ispu.roots.columns["denominator"]
    ) and "mart.ispu_daily" in {field.table for field in ispu.reads.rows}


def test_closed_inputs_are_what_is_not_public() -> None:
    rides = closed_inputs(COLUMNS["mart.bus_ridership_daily"], CONTRACTS)
    assert {"kojatrans.taps.card_id", "kojatrans.taps.*"} <= texts(rides)
    assert closed_inputs(COLUMNS["mart.ispu_daily"], CONTRACTS) == frozenset()
    operations = closed_inputs(COLUMNS["mart.operations_hourly"], CONTRACTS)
    assert {field.table for field in operations} == {"cctv.cameras", "cctv.heartbeats"}


def test_a_model_that_is_not_resolved_stands_on_everything_closed() -> None:
    rides = next(model for model in MODELS if model.name == "bus_ridership_daily")
    made = columns_of(
        [replace(rides, query="PIVOT kojatrans.taps ON route_id USING sum(fare_idr)")], CONTRACTS
    )["mart.bus_ridership_daily"]
    assert made.unresolved and "kojatrans.taps.card_id" in texts(closed_inputs(made, CONTRACTS))


def test_what_reads_an_unresolved_mart_is_unresolved_too() -> None:
    mart, kpi = (
        next(model for model in MODELS if model.name == name)
        for name in ("ispu_daily", "days_by_ispu_category")
    )
    assert columns_of(
        [kpi, replace(mart, query="SELECT COLUMNS(*) FROM aqms.observations")], CONTRACTS
    )["kpi.days_by_ispu_category"].unresolved


@pytest.mark.parametrize(
    ("query", "column", "fields"),
    [
        ("SELECT id, sum(n) AS s FROM a.t GROUP BY ALL", "s", {"a.t.n"}),
        ("SELECT count(*) AS c FROM a.t JOIN a.u USING (id)", "c", {"a.t.*", "a.u.*"}),
        ("SELECT n * 2 AS d, d + 1 AS e FROM a.t", "e", {"a.t.n"}),
        ("SELECT percent(n, 2) AS v, rate(v, n, 3) AS w FROM a.t", "w", {"a.t.n"}),
        ("SELECT tag FROM a.t, unnest(tags) AS x(tag)", "tag", {"a.t.tags"}),
        (
            "SELECT list_transform(tags, each -> each || id) AS w FROM a.t",
            "w",
            {"a.t.tags", "a.t.id"},
        ),
        (
            "SELECT (SELECT count(*) FROM a.u WHERE u.id = t.id) AS c FROM a.t AS t",
            "c",
            {"a.u.*", "a.u.id", "a.t.id"},
        ),
        (
            (
                "SELECT y.m FROM a.t AS x LEFT JOIN LATERAL (SELECT max(m) AS m FROM a.u WHERE u.id"
                " = x.id) AS y ON TRUE"
            ),
            "m",
            {"a.u.m", "a.u.id", "a.t.id"},
        ),
        ("SELECT n, 'one' FROM a.t UNION ALL SELECT 1, id FROM a.u", "one", {"a.u.id"}),
        (
            "SELECT n AS a, id AS b FROM a.t UNION ALL BY NAME SELECT id AS b, m AS a FROM a.u",
            "a",
            {"a.t.n", "a.u.m"},
        ),
        (
            (
                "WITH RECURSIVE r AS (SELECT id, n FROM a.t UNION ALL SELECT r.id, u.m FROM r JOIN"
                " a.u USING (id)) SELECT * FROM r"
            ),
            "n",
            {"a.t.n", "a.u.m"},
        ),
        ("SELECT * EXCLUDE (tags) FROM a.t", "id", {"a.t.id"}),
        ("SELECT x.id, u.id FROM a.t AS x POSITIONAL JOIN a.u AS u", "id", {"a.t.id", "a.u.id"}),
        ("SELECT k FROM (VALUES (1), (2)) AS v(k)", "k", set()),
    ],
)
def test_a_select_is_read_column_by_column(query: str, column: str, fields: set[str]) -> None:
    found = selected(query, SCHEMA, lambda table: table)
    assert found.unresolved == {} and texts(found.columns[column]) == fields


def test_what_decides_the_rows_stands_apart() -> None:
    found = selected(
        "SELECT t.n FROM a.t AS t SEMI JOIN a.u USING (id) WHERE n > (SELECT max(m) FROM a.u) ORDER"
        " BY tags",
        SCHEMA,
        lambda table: table,
    )
    assert texts(found.filters) == {
        "a.t.id",
        "a.u.id",
        "a.t.n",
        "a.u.m",
        "a.t.tags",
    } and found.columns == {"n": frozenset({Field("a.t", "n")})}


@pytest.mark.parametrize(
    "query",
    [
        "SELEC 1",
        "SELECT nobody FROM a.t",
        "SELECT x.* FROM b.q AS x",
        "SELECT COLUMNS('n.*') FROM a.t",
        "PIVOT a.t ON id USING sum(n)",
    ],
)
def test_what_cannot_be_resolved_is_said(query: str) -> None:
    assert selected(query, SCHEMA, lambda table: table).unresolved


def test_the_graph_goes_from_system_to_kpi() -> None:
    assert GRAPH.above("kpi.days_by_ispu_category")[:2] == ("aqms", "aqms.observations")
    assert {"mart.ispu_daily", "kpi.days_by_ispu_category"} <= set(GRAPH.below("aqms.observations"))
    assert "reference.ispu_anchors" in GRAPH.upstream("mart.ispu_daily")
    assert (
        set(GRAPH.around("lpg.outlets").nodes) >= {"lpg", "lpg.outlets"}
        and "aqms" not in GRAPH.around("lpg.outlets").nodes
    )


def test_things_are_found_by_id_name_and_number() -> None:
    assert {
        GRAPH.find(name).id
        for name in ("kpi.days_by_ispu_category", "days_by_ispu_category", "V1", "v1")
    } == {"kpi.days_by_ispu_category"}
    with pytest.raises(LumbungError, match=r"did you mean 'sikesal[.]complaints'"):
        GRAPH.find("sikesal.complaint")


def test_a_server_is_told_without_path_user_or_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settlements = next(
        dataset
        for contract in CONTRACTS
        for dataset in contract.datasets
        if dataset.id == "epayment.settlements"
    )
    monkeypatch.setenv("LUMBUNG_CITY_SFTP", "sftp://somebody:hidden@bank.example:2222/inner")
    monkeypatch.setenv("EPAYMENT_SFTP_HOST_KEY", "ssh-ed25519 AAAA")
    assert server_of(settlements) == "sftp://bank.example:2222"
    monkeypatch.delenv("EPAYMENT_SFTP_HOST_KEY")
    assert server_of(settlements) == "", "a server whose variables are not set is not known"
