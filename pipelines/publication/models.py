"""Makes the tables of marts and KPIs anew: each replaced whole, its columns' types too, where its
rows or what makes them have changed, its receipt kept with it.

A model that fails is withheld with what rests on it, and no other; its table stays as it was last
made, by the SQL its receipt keeps.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa

from pipelines.errors import LakeError, LumbungError
from pipelines.lake.durable import sha256_of, write_durably
from pipelines.lake.lake import Lake
from pipelines.lake.tables import WHOLE
from pipelines.models.plan import Plan, Withheld, rests, rests_on
from pipelines.models.run import computed
from pipelines.models.sqlfile import SqlFile
from pipelines.models.workbench import Workbench, model_rows
from pipelines.publication.damage import NONE, Damage
from pipelines.receipts.canonical import canonical
from pipelines.receipts.model_receipt import made_with, model_receipt, stored_model
from pipelines.receipts.receipt import Receipt, keep_name, read, recipe, rows_sha256, store
from pipelines.release.manifest import DAMAGED
from pipelines.sqltext import UNTOLD

Work = Callable[[], pa.Table]


@dataclass(frozen=True)
class Made:
    """What became of the models: how many rows each has that could be made, and those withheld, by
    ``layer.name``.
    """

    rows: Mapping[str, int]
    withheld: Mapping[str, Withheld]


def make_models(
    workbench: Workbench,
    plan: Plan,
    today: date,
    run_id: str,
    around: Callable[[SqlFile, Work], pa.Table] = lambda model, work: work(),
    damaged: Mapping[str, str] | None = None,
) -> Made:
    """Make every model of the plan, but those whose table was made with just what there is now;
    ``around`` is handed each model's work, to tell of it.
    ``damaged`` are the datasets and models that cannot be read now, by the names models read them
    under.

    OSError and LakeError are the lake's, not a model's, and are raised.
    """
    made, withheld = dict[str, int](), dict(plan.withheld)
    unread, known = damaged or {}, _Known(workbench.lake)
    for model in plan.models:
        if model.id in unread:
            withheld[model.id] = Withheld(DAMAGED, f"{model.id}: its table is damaged")
            continue
        if mart := rests_on(model, withheld):
            withheld[model.id] = rests(model, mart)
            continue
        if dataset := rests_on(model, unread):
            withheld[model.id] = rests(model, unread[dataset])
            continue
        try:
            there = known.rows(workbench, model, today)
            if there is None:
                work = partial(run_model, workbench, model, today, run_id, known.learn)
                there = around(model, work).num_rows
            made[model.id] = there
        except (OSError, LakeError):
            raise
        except Exception as error:  # noqa: BLE001  whatever a SELECT gives that no table can hold
            withheld[model.id] = Withheld("fails", _said(error))
    known.keep()
    return Made(made, withheld)


def rows_as_made(workbench: Workbench, plan: Plan, today: date) -> dict[str, int] | None:
    """Return how many rows each model of the plan has where all were made with just what there is
    now, None where one has to be made.
    """
    made, known = dict[str, int](), _Known(workbench.lake)
    for model in plan.models:
        there = known.rows(workbench, model, today)
        if there is None:
            return None
        made[model.id] = there
    return made


class _Known:
    """What the lake's models were last made with, so that a run need not make again what can only
    be the same: one engine makes the same of the same. A lake without it makes all models anew.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake, self._path = lake, lake.root / "models.json"
        self._made: dict[str, str] = {}
        with suppress(OSError, ValueError, RecursionError):
            known = json.loads(self._path.read_bytes())
            self._made = known if isinstance(known, dict) else {}
        self._before = dict(self._made)

    def rows(self, workbench: Workbench, model: SqlFile, today: date) -> int | None:
        """Return how many rows a model's table has, None where the model has to be made."""
        last = _last_receipt(self._lake, self._lake.table(model.layer, model.name))
        if last is None:
            return None
        made = made_with(workbench, model, today)
        if self._made.get(model.id) != _print_of(self._lake, model, made, last):
            return None
        if model.layer == "mart":
            workbench.show_mart(model.name)
        return int(last["rows"])

    def learn(self, model: SqlFile, made: Receipt, standing: Receipt) -> None:
        """Note what a model's table was just ``made`` with, or found to be the same with, and the
        receipt that stands of it.
        """
        self._made[model.id] = _print_of(self._lake, model, made, standing)

    def keep(self) -> None:
        """Write it down for the next run."""
        if self._made != self._before:
            write_durably(self._path, json.dumps(self._made, indent=1).encode())


def _print_of(lake: Lake, model: SqlFile, made: Receipt, last: Receipt) -> str:
    """Return the hash of all that a model is ``made`` with now, of its table's receipt, and of the
    table's files as they lie there.
    """
    files = lake.files(lake.table(model.layer, model.name))
    hashes = [sha256_of(Path(file)) for file in files]
    return hashlib.sha256(canonical([made, keep_name(last), hashes])).hexdigest()


def _said(error: Exception) -> str:
    """Return what is wrong with a model; a library's own words may quote a value of a row."""
    return str(error) if isinstance(error, LumbungError) else f"{type(error).__name__}{UNTOLD}"


def standing(
    lake: Lake, plan: Plan, withheld: Mapping[str, Withheld], damaged: Damage = NONE
) -> list[SqlFile]:
    """Return every model as its table was last made: those of the plan, and in place of a
    withheld one what its receipt keeps; one that never was made is left out.
    """
    models = [model for model in plan.models if model.id not in withheld]
    for name in filter(lake.may_have, withheld):
        table = lake.table(*name.split("."))
        receipt = None
        if name in damaged.said:
            receipt = damaged.tables[name].receipt if name in damaged.tables else None
        elif lake.exists(table):
            receipt = lake.commits(table)[0].get("receipt")
        if receipt:
            models.append(stored_model(lake, name, receipt))
    return sorted(models, key=lambda model: (model.layer != "mart", model.name))


def _last_receipt(lake: Lake, table: Path) -> Receipt | None:
    """Return the receipt of a table as it is; None where there is none, or none that can be
    read: then it is made anew, with its table.
    """
    if not lake.exists(table):
        return None
    with suppress(LakeError):
        digest = lake.commits(table)[0].get("receipt")
        return read(lake, digest) if digest else None
    return None


def run_model(
    workbench: Workbench,
    model: SqlFile,
    today: date,
    run_id: str,
    learn: Callable[[SqlFile, Receipt, Receipt], None] = lambda model, made, standing: None,
) -> pa.Table:
    """Run one model, replace its table where it has changed, and return its rows; ContractError
    names the file when the SELECT does not run. ``learn`` is told what it was made with, and the
    receipt that stands.
    """
    rows = computed(workbench, model, today)
    table = workbench.lake.table(model.layer, model.name)
    made = made_with(workbench, model, today)
    receipt = model_receipt(made, rows)
    standing = _last_receipt(workbench.lake, table)
    if standing is None or not _unchanged(workbench, model, rows, standing, receipt):
        standing = receipt
        whole = rows.append_column("_partition", pa.array([WHOLE] * rows.num_rows, pa.string()))
        workbench.lake.rewrite(
            table, whole.to_reader, {"run_id": run_id, "receipt": store(workbench.lake, receipt)}
        )
    if model.layer == "mart":
        workbench.show_mart(model.name)
    learn(model, made, standing)
    return rows


def _unchanged(
    workbench: Workbench, model: SqlFile, rows: pa.Table, last: Receipt, receipt: Receipt
) -> bool:
    """Whether the model's table holds these very rows by the same recipe already; writing them
    again would make a release of nothing new. What the last receipt says is held against the table.
    """
    table = workbench.lake.table(model.layer, model.name)
    if recipe(last) != recipe(receipt) or last["result_sha256"] != receipt["result_sha256"]:
        return False
    if not workbench.lake.has_columns(table, rows.schema):
        return False
    there = workbench.con.execute(model_rows(workbench.lake, model.layer, model.name))
    return rows_sha256(there.to_arrow_table()) == receipt["result_sha256"]
