"""A tree of wishes as one SELECT: columns, filters and order, and each embedded table as a lateral join."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from crystalbay.sandbox.postgrest.catalog import Catalog, Table
from crystalbay.sandbox.postgrest.conditions import Scope, all_of, asks_null_of, field_sql
from crystalbay.sandbox.postgrest.relations import Relation, find_relation
from crystalbay.sandbox.postgrest.selection import Embed, Node, OrderTerm, Picked, Star
from crystalbay.sandbox.postgrest.statement import Statement, comma, public, trusted, type_name

ROWS = sql.Identifier("pgrst_rows")


@dataclass(frozen=True)
class Source:
    """What a SELECT reads from: `item` stands after FROM, where its columns belong to `alias`."""

    item: sql.Composable
    alias: sql.Identifier
    table: Table | None
    conditions: tuple[sql.Composable, ...] = ()


@dataclass(frozen=True)
class _Join:
    """One embedding: its lateral join, the condition that it is there, and its output columns."""

    embed: Embed
    join: sql.Composable
    presence: sql.Composable
    outputs: tuple[sql.Composable, ...]


class Reader:
    """Builds the SELECTs of one request. `max_rows` cuts every list of an embedding, as it cuts the root's."""

    def __init__(self, catalog: Catalog, statement: Statement, max_rows: int | None) -> None:
        self._catalog, self._statement, self._max_rows = catalog, statement, max_rows

    def select(self, node: Node, source: Source, *, limit: int | None, offset: int = 0) -> sql.Composed:
        """Raises ApiError PGRST120, 200 and 201."""
        joins = [self._join(embed, source) for embed in node.embeds]
        scope = Scope(source.alias, source.table, {join.embed.label: join.presence for join in joins})
        parts = [
            sql.SQL("SELECT {}").format(comma(self._outputs(node, scope, joins))),
            *self._body(node, source, scope, joins),
        ]
        if node.order:
            parts.append(sql.SQL("ORDER BY {}").format(comma([self._order(scope, term) for term in node.order])))
        if limit is not None:
            parts.append(trusted(f"LIMIT {limit}"))
        if offset:
            parts.append(trusted(f"OFFSET {offset}"))
        return sql.SQL(" ").join(parts)

    def all_rows(self, node: Node, source: Source) -> sql.Composed:
        """SELECT 1 for each row that the filters leave, for counting."""
        needed = [embed for embed in node.embeds if embed.inner or asks_null_of(node.filters, embed.label)]
        joins = [self._join(embed, source) for embed in needed]
        scope = Scope(source.alias, source.table, {join.embed.label: join.presence for join in joins})
        return sql.SQL(" ").join([sql.SQL("SELECT 1"), *self._body(node, source, scope, joins)])

    def _body(self, node: Node, source: Source, scope: Scope, joins: list[_Join]) -> list[sql.Composable]:
        conditions = [*source.conditions, *all_of(self._statement, scope, node.filters)]
        parts = [sql.SQL("FROM {}").format(source.item), *(join.join for join in joins)]
        if conditions:
            parts.append(sql.SQL("WHERE {}").format(sql.SQL(" AND ").join(conditions)))
        return parts

    def _order(self, scope: Scope, term: OrderTerm) -> sql.Composable:
        words = " DESC" if term.descending else " ASC"
        if term.nulls_first is not None:
            words += " NULLS FIRST" if term.nulls_first else " NULLS LAST"
        return field_sql(self._statement, scope, term.field) + trusted(words)

    def _outputs(self, node: Node, scope: Scope, joins: list[_Join]) -> list[sql.Composable]:
        by_embed = {id(join.embed): join.outputs for join in joins}
        outputs: list[sql.Composable] = []
        for item in node.items:
            if isinstance(item, Star):
                outputs.append(scope.alias + sql.SQL(".*"))
            elif isinstance(item, Picked):
                outputs.append(self._picked(scope, item))
            else:
                outputs.extend(by_embed[id(item)])
        return outputs

    def _picked(self, scope: Scope, item: Picked) -> sql.Composable:
        value = field_sql(self._statement, scope, item.field)
        if item.cast:
            value = sql.SQL("CAST({} AS {})").format(value, type_name(item.cast))
        return sql.SQL("{} AS {}").format(value, sql.Identifier(item.label))

    # ------------------------------------------------------------------ embedding

    def _join(self, embed: Embed, outer: Source) -> _Join:
        origin = outer.table.name if outer.table else ""
        relation = find_relation(self._catalog, origin, embed.target, embed.hint)
        inner = self._embedded_source(relation, outer)
        limit = embed.node.limit
        if self._max_rows is not None and not relation.to_one:
            limit = self._max_rows if limit is None else min(limit, self._max_rows)
        rows = self.select(embed.node, inner, limit=limit, offset=embed.node.offset)
        alias = self._statement.alias(embed.label)
        names = self._labels(embed.node, self._catalog.table(relation.target)) if embed.spread else [embed.label]
        return (_one if relation.to_one else _many)(embed, rows, alias, names)

    def _embedded_source(self, relation: Relation, outer: Source) -> Source:
        alias = self._statement.alias(relation.target)
        source = sql.SQL("{} AS {}").format(public(relation.target), alias)
        near = alias
        conditions = []
        if relation.junction:
            near = self._statement.alias(relation.junction.table)
            source += sql.SQL(", {} AS {}").format(public(relation.junction.table), near)
            conditions = [_equal(near, left, alias, right) for left, right in relation.junction.pairs]
        conditions += [_equal(outer.alias, left, near, right) for left, right in relation.pairs]
        return Source(source, alias, self._catalog.table(relation.target), tuple(conditions))

    def _labels(self, node: Node, table: Table) -> list[str]:
        """The columns that a spread embedding of this table adds to the row around it."""
        labels: list[str] = []
        for item in node.items:
            if isinstance(item, Star):
                labels.extend(table.columns)
            elif isinstance(item, Embed) and item.spread:
                relation = find_relation(self._catalog, table.name, item.target, item.hint)
                labels.extend(self._labels(item.node, self._catalog.table(relation.target)))
            else:
                labels.append(item.label)
        return labels


def _one(embed: Embed, rows: sql.Composable, alias: sql.Identifier, names: list[str]) -> _Join:
    """At most one row: an object, or its columns when it is spread."""
    join = sql.SQL("{} LATERAL ({}) AS {} ON TRUE").format(_kind(embed), rows, alias)
    if embed.spread:
        outputs = [alias + sql.SQL(".") + sql.Identifier(name) for name in names]
    else:
        outputs = [sql.SQL("row_to_json({}.*) AS {}").format(alias, sql.Identifier(name)) for name in names]
    return _Join(embed, join, alias, tuple(outputs) if embed.node.items else ())


def _many(embed: Embed, rows: sql.Composable, alias: sql.Identifier, names: list[str]) -> _Join:
    """Any number of rows: a list of objects, or a list for each column when it is spread."""
    lists: list[sql.Composable] = [sql.SQL("nullif(count(*), 0) AS pgrst_count")]
    for name in names:
        what = ROWS + sql.SQL(".") + (sql.Identifier(name) if embed.spread else sql.SQL("*"))
        lists.append(sql.SQL("json_agg({}) AS {}").format(what, sql.Identifier(name)))
    gathered = sql.SQL("SELECT {} FROM ({}) AS {}").format(comma(lists), rows, ROWS)
    presence = alias + sql.SQL(".pgrst_count")
    on = presence + sql.SQL(" IS NOT NULL") if embed.inner else sql.SQL("TRUE")
    join = sql.SQL("{} LATERAL ({}) AS {} ON {}").format(_kind(embed), gathered, alias, on)
    outputs = [
        sql.SQL("coalesce({}.{}, '[]') AS {}").format(alias, sql.Identifier(name), sql.Identifier(name))
        for name in names
    ]
    return _Join(embed, join, presence, tuple(outputs) if embed.node.items else ())


def _kind(embed: Embed) -> sql.Composable:
    return sql.SQL("INNER JOIN") if embed.inner else sql.SQL("LEFT JOIN")


def _equal(left: sql.Identifier, left_column: str, right: sql.Identifier, right_column: str) -> sql.Composable:
    return sql.SQL("{}.{} = {}.{}").format(left, sql.Identifier(left_column), right, sql.Identifier(right_column))
