"""GTFS as a table of texts: one member of a GTFS Schedule archive, or the entities of a
GTFS-Realtime feed.

Schedule (https://gtfs.org/documentation/schedule/reference/): what was fetched is the ZIP, so the
ZIP is what the lake keeps; ``fetch.table`` names the member, which is CSV. Realtime
(https://gtfs.org/documentation/realtime/reference/): every FeedEntity is a row, names are dotted
(``vehicle.trip.trip_id``), enums are their names, repeated messages stay JSON, and the header of an
entity's own FeedMessage stands beside it as ``header.timestamp``. A file may hold many FeedMessages
one after another, as archives of a day do. With ``fetch.feed`` an entity that carries another kind
of message only is no row of this dataset. Fields newer than the bindings are in the raw delivery
only. A cut inside an entity is told; a cut between two entities is not, by the format's own making,
so an archive's contract states how many rows a day should have.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message
from google.transit import gtfs_realtime_pb2 as gtfs

from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Landed
from pipelines.records.archive import members, unpacked
from pipelines.records.csv import read_csv
from pipelines.sqltext import identifier

KINDS = {"vehicle_positions": "vehicle", "trip_updates": "trip_update", "alerts": "alert"}
"""What ``fetch.feed`` may be -> the field of a FeedEntity that carries it."""
HEADER, ENTITY = 1, 2
"""Field numbers of a FeedMessage."""
CHUNK = 20_000
"""Rows held in Python at a time."""
NUMBERS = {
    FieldDescriptor.CPPTYPE_FLOAT: pa.float32(),
    FieldDescriptor.CPPTYPE_DOUBLE: pa.float64(),
    FieldDescriptor.CPPTYPE_BOOL: pa.bool_(),
    FieldDescriptor.CPPTYPE_INT32: pa.int32(),
    FieldDescriptor.CPPTYPE_INT64: pa.int64(),
    FieldDescriptor.CPPTYPE_UINT32: pa.uint32(),
    FieldDescriptor.CPPTYPE_UINT64: pa.uint64(),
}
"""How a field's values become texts: through the Arrow type of their own width, which writes the
shortest digits that mean the same.
"""
ASK_AGAIN = "ask again later, or the owner for a whole feed"


def member_of(names: list[str], dataset: Dataset, where: str) -> str:
    """Return the one member that is the dataset's table; SourceError names what the archive
    holds instead.
    """
    table = str(dataset.source.fetch.get("table", ""))
    matching = [name for name in names if Path(name).name == f"{table}.txt"]
    if not re.fullmatch("[a-z_]+", table) or len(matching) != 1:
        raise SourceError(
            f"{where}: {len(matching)} members are '{table}.txt'; it holds {', '.join(names[:30])}."
            " Correct fetch.table, or tell the owner"
        )
    return matching[0]


def read_schedule(
    con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str
) -> Sequence[str] | None:
    """Make ``table`` of one member of a GTFS Schedule archive."""
    fields = None
    where = f"{dataset.id}: {landed.address}"
    name = member_of(members(landed.path, where), dataset, where)
    with tempfile.TemporaryDirectory(prefix="lumbung-") as work:
        for member, path in unpacked(landed.path, where, Path(name).name, Path(work)):
            fields = read_csv(
                con,
                replace(landed, path=path, address=f"{landed.address}!{member}"),
                dataset,
                table,
            )
    return fields


def read_feed(con: duckdb.DuckDBPyConnection, landed: Landed, dataset: Dataset, table: str) -> None:
    """Make ``table`` of a GTFS-Realtime file; SourceError when it is cut off or no protobuf."""
    where, kind = (
        f"{dataset.id}: {landed.address}",
        KINDS.get(str(dataset.source.fetch.get("feed"))),
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (_shape VARCHAR)")
    columns, rows = _Columns(), 0
    for header, body in entities(landed.path.read_bytes(), where):
        try:
            entity = gtfs.FeedEntity.FromString(body)
        except DecodeError as error:
            raise SourceError(
                f"{where}: an entity of {len(body)} bytes is no FeedEntity ({error}); {ASK_AGAIN}"
            ) from error
        if (
            kind
            and not entity.HasField(kind)
            and any(entity.HasField(other) for other in KINDS.values())
        ):
            continue
        columns.add(header, rows, "header.")
        columns.add(entity, rows)
        rows += 1
        if rows == CHUNK:
            columns.put(con, table, rows)
            rows = 0
    columns.put(con, table, rows)


def entities(content: bytes, where: str) -> Iterator[tuple[Message, bytes]]:
    """Yield every FeedEntity of one or many FeedMessages, undecoded, with the header of its own
    message; SourceError when there is none or it is cut.
    """
    position, header = 0, None
    while position < len(content):
        key, position = _varint(content, position, where)
        number, wire = key >> 3, key & 7
        size, start = {0: 0, 1: 8, 5: 4}.get(wire), position
        if size is None and wire == 2:
            size, start = _varint(content, position, where)
        elif wire == 0:
            _, start = _varint(content, position, where)
        if size is None or number == 0 or (number in (HEADER, ENTITY) and wire != 2):
            raise SourceError(
                f"{where}: not GTFS-Realtime protobuf; it begins {content[:24]!r}. Check the"
                " address, or ask the owner what it serves"
            )
        position = start + size
        if position > len(content):
            raise SourceError(
                f"{where}: cut off: {position - len(content)} bytes are missing at the end;"
                f" {ASK_AGAIN}"
            )
        if number == HEADER:
            try:
                header = gtfs.FeedHeader.FromString(content[start:position])
            except DecodeError as error:
                raise SourceError(
                    f"{where}: its header is no FeedHeader ({error}); {ASK_AGAIN}"
                ) from error
        elif number == ENTITY and header is not None:
            yield header, content[start:position]
        elif number == ENTITY:
            raise SourceError(f"{where}: an entity stands before any FeedHeader; {ASK_AGAIN}")
    if header is None:
        raise SourceError(
            f"{where}: no FeedHeader in {len(content)} bytes; the standard requires one even when"
            f" there are no entities: {ASK_AGAIN}"
        )


def _varint(content: bytes, position: int, where: str) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(content):
            raise SourceError(f"{where}: cut off inside a field; {ASK_AGAIN}")
        byte = content[position]
        position, value = position + 1, value | (byte & 127) << shift
        if byte < 128:
            return value, position
    raise SourceError(
        f"{where}: not GTFS-Realtime protobuf; it begins {content[:24]!r}. Check the address, or"
        " ask the owner what it serves"
    )


class _Columns:
    """Cells of a chunk of rows by column; a column is made when the first entity that has its
    field comes.
    """

    def __init__(self) -> None:
        self.values: dict[str, list[Any]] = {}
        self.types: dict[str, pa.DataType] = {}
        self.created: set[str] = set()
        self.plans: dict[str, dict[Any, tuple[str, Any, list[Any] | None]]] = {
            "": {},
            "header.": {},
        }

    def add(self, message: Message, row: int, prefix: str = "") -> None:
        """Put every field that is set into row number ``row`` of the chunk, nested messages
        under dotted names.
        """
        plan = self.plans[prefix]
        for field, value in message.ListFields():
            name, read, column = plan.get(field) or self._planned(plan, prefix, field)
            if column is None:
                self.add(value, row, name)
                continue
            if len(column) < row:
                column.extend([None] * (row - len(column)))
            column.append(value if read is None else read(value))

    def _planned(
        self, plan: dict[Any, Any], prefix: str, field: Any
    ) -> tuple[str, Any, list[Any] | None]:
        """Note how a field is read the first time it is seen: its column's name, what makes a
        value of it, the column's cells.
        """
        name, names = (
            prefix + field.name,
            (
                {value.number: value.name for value in field.enum_type.values}
                if field.enum_type
                else None
            ),
        )
        if field.message_type and not field.is_repeated:
            plan[field] = f"{name}.", None, None
            self.plans[f"{name}."] = {}
            return plan[field]
        if field.is_repeated:
            read: Any = _listed(
                names.__getitem__ if names else _nested if field.message_type else None
            )
        else:
            read = names.__getitem__ if names else None
        self.types[name] = pa.string() if read else NUMBERS.get(field.cpp_type, pa.string())
        plan[field] = name, read, self.values.setdefault(name, [])
        return plan[field]

    def put(self, con: duckdb.DuckDBPyConnection, table: str, rows: int) -> None:
        """Write the chunk behind ``table``'s rows, adding the columns it does not have yet, and
        forget it.
        """
        arrays: dict[str, Any] = {"_shape": pa.nulls(rows, pa.string())}
        for name, column in self.values.items():
            column.extend([None] * (rows - len(column)))
            arrays[name] = pa.array(column, self.types[name]).cast(pa.string())
            column.clear()
            if name not in self.created:
                con.execute(f"ALTER TABLE {table} ADD COLUMN {identifier(name)} VARCHAR")
                self.created.add(name)
        con.register("_arrow", pa.table(arrays))
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM _arrow")
        con.unregister("_arrow")


def _listed(read: Any) -> Any:
    return lambda values: json.dumps(
        [read(value) if read else value for value in values], ensure_ascii=False
    )


def _nested(message: Message) -> dict[str, Any]:
    return MessageToDict(message, preserving_proto_field_name=True)
