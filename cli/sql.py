"""What check says of a folder of SQL: of every model, view and clean SQL whether its file reads,
and whether it binds to the types that the contracts state. What binds is ``models.bind``' business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.connectors.contracts import readable_contracts
from pipelines.contract.model import Contract
from pipelines.errors import ContractError, nearest
from pipelines.lake.lake import Lake
from pipelines.models.bind import bind_clean, bind_models, bound, empty_tables
from pipelines.models.plan import Plan, checked_conventions, planned
from pipelines.models.sqlfile import CONVENTIONS, KEYS, readable_sql_files
from pipelines.models.statement import read_text, tables_of
from pipelines.models.view import VIEWS, readable_views
from pipelines.publication.pins import possible_views
from pipelines.release.views import make_tables
from pipelines.sqltext import identifier

CLEAN = "clean"
FOLDERS = (*KEYS, VIEWS, CLEAN)


@dataclass
class Checked:
    """The files of a folder of SQL, which applications each reads, and what is wrong with it."""

    reads: dict[Path, set[str]] = field(default_factory=dict)
    problems: dict[Path, str] = field(default_factory=dict)

    def hold(self, path: Path, what: Callable[[], object]) -> None:
        """Note what is wrong with a file, when it is."""
        try:
            what()
        except ContractError as error:
            self.problems.setdefault(path, str(error))


def check_sql(sql: Path, contracts: Path) -> Checked:
    """Check every file of the folder ``sql`` against the contracts of a folder."""
    read, broken = readable_contracts(contracts)
    plan, files, checked = planned(sql, read), readable_sql_files(sql)[0], Checked()
    for pattern in (CONVENTIONS, *(f"{name}/*.sql" for name in FOLDERS)):
        checked.reads |= {path: set() for path in sorted(sql.glob(pattern))}
    checked.reads |= {model.path: {schema for schema, _ in model.reads} for model in files}
    checked.hold(sql / CONVENTIONS, lambda: checked_conventions(sql))
    for name, why in plan.withheld.items():
        if why.reason != "rests" and why.message not in checked.problems.values():
            layer, _, stem = name.partition(".")
            checked.problems[sql / layer / f"{stem}.sql"] = why.message
    with empty_tables(read, plan.conventions) as con:
        columns, wrong = bind_models(con, plan)
        _clean(con, sql, read, broken, checked)
    checked.problems |= {model.path: wrong[model.id] for model in plan.models if model.id in wrong}
    _views(sql, read, plan, columns, checked)
    for path, applications in checked.reads.items():
        if unread := sorted(applications & {*broken}):
            checked.problems.setdefault(
                path,
                f"{path}:1: not held against {', '.join(unread)}, whose contract is wrong;"
                f" `lumbung check {contracts}` says what",
            )
    return checked


def _clean(
    con: duckdb.DuckDBPyConnection,
    sql: Path,
    contracts: Sequence[Contract],
    broken: Mapping[str, str],
    checked: Checked,
) -> None:
    datasets = {dataset.id: dataset for contract in contracts for dataset in contract.datasets}
    applications = {contract.application for contract in contracts}
    for path in sorted((sql / CLEAN).glob("*.sql")):
        application = path.stem.partition(".")[0]
        checked.reads[path] = {application}
        if path.stem in datasets:
            dataset = datasets[path.stem]
            checked.hold(
                path, lambda path=path, dataset=dataset: bind_clean(con, dataset, path, _one(path))
            )
        elif application in applications or "." not in path.stem:
            checked.problems[path] = (
                f"{path}:1: the file's name is the dataset whose shape it puts right, and no"
                f" contract describes '{path.stem}'; {nearest(path.stem, datasets)}"
            )


def _one(path: Path) -> str:
    text = read_text(path)
    tables_of(path, text.strip().rstrip(";"))
    return text


def _views(
    sql: Path,
    contracts: Sequence[Contract],
    plan: Plan,
    columns: Mapping[str, pa.Schema],
    checked: Checked,
) -> None:
    read, unreadable = readable_views(sql)
    checked.problems |= {sql / VIEWS / f"{name}.sql": said for name, said in unreadable.items()}
    models = [model for model in plan.models if model.is_public and model.id in columns]
    with duckdb.connect() as con:
        make_tables(con, Lake(sql), contracts, (), {})  # nothing is pinned, so no lake is read
        for model in models:
            con.register("_none", columns[model.id].empty_table())
            con.execute(
                f"CREATE TABLE {model.layer}.{identifier(model.name)} AS SELECT * FROM _none"
            )
            con.unregister("_none")
        for name, view in possible_views(contracts, models, read).items():
            table = f"lumbung.{identifier(name)}"
            checked.hold(
                view.path,
                lambda table=table, view=view: bound(con, table, view.path, read_text(view.path)),
            )
    for view in read.values():
        checked.reads[view.path] = {schema for schema, _ in view.reads}
