"""Which foreign key connects two tables, as an embedding asks for it: `customers`, `customers!fk_name`, `customer_id`.

Source: PostgREST docs/references/api/resource_embedding.rst and SchemaCache/Relationship.hs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crystalbay.sandbox.postgrest.catalog import Catalog, ForeignKey
from crystalbay.sandbox.postgrest.errors import ambiguous_relationship, no_relationship

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Junction:
    """The table between two tables. `pairs`: its column and the target's."""

    table: str
    pairs: Pairs


@dataclass(frozen=True)
class Relation:
    """`pairs`: a column of the origin and one of the target (or of the junction). `names`: hints that select it."""

    target: str
    to_one: bool
    pairs: Pairs
    constraint: str
    names: frozenset[str]
    junction: Junction | None = None


def find_relation(catalog: Catalog, origin: str, target: str, hint: str | None) -> Relation:
    """Raises ApiError PGRST200 when nothing connects them, PGRST201 when several things do."""
    found = [
        relation
        for relation, called in _relations(catalog, origin)
        if target in called and (hint is None or hint in relation.names)
    ]
    if not found:
        raise no_relationship(origin, target)
    if len(found) > 1:
        raise ambiguous_relationship(origin, target, [relation.constraint for relation in found])
    return found[0]


def _relations(catalog: Catalog, origin: str) -> Iterator[tuple[Relation, set[str]]]:
    """All relations of a table, each with the names that an embedding may call its target."""
    for key in catalog.foreign_keys:
        if key.table == origin:
            yield _forward(key)
        if key.target == origin:
            yield _backward(key)
            if key.keyed:
                yield from _through(catalog, key)


def _forward(key: ForeignKey) -> tuple[Relation, set[str]]:
    column = {key.columns[0]} if len(key.columns) == 1 else set()
    pairs = tuple(zip(key.columns, key.target_columns, strict=True))
    target_column = {key.target_columns[0]} if len(key.target_columns) == 1 and key.table != key.target else set()
    names = frozenset(column | target_column | {key.name})
    return Relation(key.target, True, pairs, key.name, names), {key.target, key.name} | column


def _backward(key: ForeignKey) -> tuple[Relation, set[str]]:
    column = {key.columns[0]} if len(key.columns) == 1 and key.table != key.target else set()
    pairs = tuple(zip(key.target_columns, key.columns, strict=True))
    return Relation(key.table, key.unique, pairs, key.name, frozenset(column | {key.name})), {key.table, key.name}


def _through(catalog: Catalog, first: ForeignKey) -> Iterator[tuple[Relation, set[str]]]:
    """Many to many: both foreign keys are part of the junction's primary key."""
    for second in catalog.foreign_keys:
        if second.table == first.table and second.keyed and second.name != first.name:
            pairs = tuple(zip(first.target_columns, first.columns, strict=True))
            junction = Junction(first.table, tuple(zip(second.columns, second.target_columns, strict=True)))
            names = frozenset({first.table, second.name, first.name})
            yield Relation(second.target, False, pairs, first.table, names, junction), {second.target}
