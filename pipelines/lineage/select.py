"""Reads one SELECT: of which fields of which tables each of its columns is made, asked of sqlglot's
parser, scope by scope.

Only the text and the names of the tables' columns are looked at, no row and no database. A macro of
``sql/conventions.sql`` is a function of its arguments. sqlglot is explained at
https://sqlglot.com/sqlglot/optimizer/scope.html; what a model is, and marts below marts, is
``lineage.columns``' business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.tokens import TokenType

ROWS = "*"
Schema = dict[str, dict[str, dict[str, str]]]


class Field(NamedTuple):
    """A column of a table, ``*`` for its rows; a table is ``application.dataset``,
    ``mart.name``, ``reference.name`` or ``lumbung.name``.
    """

    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Selected:
    """What a SELECT gives: each column with the fields it is computed from, the fields that
    decide which rows there are, and whose rows they are.
    """

    columns: Mapping[str, frozenset[Field]]
    filters: frozenset[Field]
    rows: frozenset[Field]
    unresolved: Mapping[str, str]

    def also(self, column: str, fields: frozenset[Field]) -> "Selected":
        """Return this with one column more."""
        return replace(self, columns={**self.columns, column: fields})


class ModelDialect(DuckDB):
    """DuckDB's SQL, in which a macro may be called ``percent``: sqlglot keeps the word for
    LIMIT.
    """

    class Parser(DuckDB.Parser):  # pyrefly: ignore  sqlglot means it to be overridden so
        """The parser, with one name more that may be a function."""

        FUNC_TOKENS = DuckDB.Parser.FUNC_TOKENS | {TokenType.PERCENT}


def selected(query: str, schema: Schema, named: Callable[[str], str]) -> Selected:
    """Return what ``query`` gives; ``named`` turns the name of a table it reads into the one that
    fields shall have.

    Never an error: a query that cannot be parsed has no columns, and says why under ``*`` in
    ``unresolved``.
    """
    filled: dict[str, object] = {name: tables for name, tables in schema.items() if tables}
    try:
        tree = qualify(
            sqlglot.parse_one(query, dialect=ModelDialect),
            dialect=ModelDialect,
            schema=filled,
            validate_qualify_columns=False,
        )
        scope = build_scope(tree)
        if scope is None:
            return Selected({}, frozenset(), frozenset(), {ROWS: "no SELECT was found"})
        walk = _Walk(named, {id(inner.expression): inner for inner in scope.traverse()})
        columns, filters, rows = walk.columns(scope), walk.filters(scope), walk.rows(scope)
    except (SqlglotError, RecursionError) as error:
        return Selected({}, frozenset(), frozenset(), {ROWS: str(error).splitlines()[0]})
    return Selected(columns, filters, rows, walk.unresolved)


@dataclass
class _Walk:
    """One walk over a query's scopes; each is read once, however many others read it."""

    named: Callable[[str], str]
    scopes: Mapping[int, Scope]
    unresolved: dict[str, str] = field(default_factory=dict)
    _cached: dict[int, list[tuple[str, frozenset[Field]]]] = field(default_factory=dict)
    _filters: dict[int, frozenset[Field]] = field(default_factory=dict)

    def columns(self, scope: Scope) -> dict[str, frozenset[Field]]:
        """Return the fields that each output column of a scope is computed from."""
        columns: dict[str, frozenset[Field]] = {}
        for name, fields in self._pairs(scope):
            columns[name] = columns.get(name, frozenset()) | fields
        return columns

    def filters(self, scope: Scope) -> frozenset[Field]:
        """Return the fields that decide which rows a scope has, those of the scopes it reads
        included.
        """
        if id(scope) not in self._filters:
            self._filters[id(scope)] = frozenset()
            node = scope.expression
            parts = [
                node.args.get(name)
                for name in ("where", "having", "qualify", "group", "order", "distinct", "limit")
            ]
            parts += [join.args.get("on") for join in node.args.get("joins") or ()]
            parts += node.args.get("windows") or ()
            sources = self._sources(scope)
            parts += [
                source.this
                for source in sources
                if isinstance(source, exp.Table) and isinstance(source.this, exp.Func)
            ]
            parts += [
                source.expression
                for source in sources
                if isinstance(source, Scope) and source.is_udtf
            ]
            fields = {
                used
                for part in parts
                if isinstance(part, exp.Expr)
                for used in self._fields(scope, part)
            }
            for below in self._below(scope):
                fields |= self.filters(below)
            self._filters[id(scope)] = frozenset(fields)
        return self._filters[id(scope)]

    def rows(self, scope: Scope, seen: frozenset[int] = frozenset()) -> frozenset[Field]:
        """Return the tables whose rows a scope's rows are made of."""
        if id(scope) in seen:
            return frozenset()
        tables = {
            Field(self._table(source), ROWS)
            for source in self._sources(scope)
            if isinstance(source, exp.Table) and source.db
        }
        return frozenset(tables).union(
            *(self.rows(below, seen | {id(scope)}) for below in self._below(scope))
        )

    def _sources(self, scope: Scope) -> list[exp.Expr | Scope]:
        return (
            [source for _, source in scope.selected_sources.values()]
            if isinstance(scope.expression, exp.Select)
            else []
        )

    def _below(self, scope: Scope) -> list[Scope]:
        return [
            *scope.set_operation_scopes,
            *(source for source in self._sources(scope) if isinstance(source, Scope)),
        ]

    def _table(self, table: exp.Table) -> str:
        return self.named(f"{table.db}.{table.name}")

    def _pairs(self, scope: Scope) -> list[tuple[str, frozenset[Field]]]:
        """Return the output columns in order; the parts of a UNION are matched by place, and a
        part may give one name twice.
        """
        if id(scope) not in self._cached:
            self._cached[
                id(scope)
            ] = []  # a recursive query reads itself: what it adds is found in its first part
            self._cached[id(scope)] = (
                self._union(scope) if scope.set_operation_scopes else self._select(scope)
            )
        return self._cached[id(scope)]

    def _union(self, scope: Scope) -> list[tuple[str, frozenset[Field]]]:
        left, right = (self._pairs(side) for side in scope.set_operation_scopes)
        if scope.expression.args.get("by_name"):
            first, second = dict(left), dict(right)
            return [
                (name, first.get(name, frozenset()) | second.get(name, frozenset()))
                for name in {**first, **second}
            ]
        if len(left) != len(right) and right:
            self.unresolved[ROWS] = (
                f"the parts of a UNION have {len(left)} and {len(right)} columns"
            )
        return [
            (name, fields.union(*(other for _, other in right[place : place + 1])))
            for place, (name, fields) in enumerate(left)
        ]

    def _select(self, scope: Scope) -> list[tuple[str, frozenset[Field]]]:
        if not isinstance(scope.expression, exp.Select):
            return []
        pairs = []
        for projection in scope.expression.selects:
            if projection.is_star:
                self.unresolved[ROWS] = f"{projection.sql(ModelDialect)} could not be expanded"
            pairs.append((projection.alias_or_name, frozenset(self._fields(scope, projection))))
        return pairs

    def _fields(self, scope: Scope, node: exp.Expr) -> set[Field]:
        """Return every field in an expression of ``scope``, those of the queries inside it
        included.
        """
        fields: set[Field] = set()
        for part in node.walk(prune=lambda inner: isinstance(inner, exp.Query)):
            if isinstance(part, exp.Query):
                fields |= self._nested(part)
            elif isinstance(part, exp.Column) and not isinstance(part.this, exp.Star):
                fields |= self._column(scope, part)
            elif isinstance(part, exp.Columns):
                self.unresolved[ROWS] = (
                    f"{part.sql(ModelDialect)} names its columns when it runs; write them out"
                )
            elif isinstance(part, exp.Count) and (
                part.this is None or isinstance(part.this, exp.Star)
            ):
                fields |= self.rows(scope)
        return fields

    def _nested(self, query: exp.Query) -> set[Field]:
        inner = self.scopes.get(id(query)) or self.scopes.get(id(query.unnest()))
        if inner is None:
            self.unresolved[ROWS] = (
                "a query inside an expression could not be followed:"
                f" {query.sql(ModelDialect)[:80]}"
            )
            return set()
        return set(self.filters(inner).union(*self.columns(inner).values()))

    def _column(self, scope: Scope, column: exp.Column) -> frozenset[Field]:
        inside: Scope | None = scope
        while inside is not None and column.table not in inside.sources:
            inside = inside.parent
        source = inside.sources[column.table] if inside is not None else None
        if isinstance(source, Scope):
            source = self.scopes.get(
                id(source.expression), source
            )  # what a recursive query reads of itself is its first part
        if isinstance(source, exp.Table) and source.db:
            return frozenset({Field(self._table(source), column.name)})
        if isinstance(source, Scope):
            columns = self.columns(source)
            if column.name in columns:
                return columns[column.name]
            if source.is_udtf:
                return frozenset(self._fields(inside or scope, source.expression))
        elif isinstance(source, exp.Table) and isinstance(source.this, exp.Func):
            return frozenset(self._fields(inside or scope, source.this))
        elif not column.table and column.name in self.columns(scope):
            return self.columns(scope)[column.name]
        self.unresolved[column.name] = (
            f"{column.sql(ModelDialect)} is a column of no table that is known"
        )
        return frozenset()
