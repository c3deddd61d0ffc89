"""The `select` parameter, read: columns, aliases, casts, JSON paths, and embedded tables at any depth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crystalbay.sandbox.postgrest.errors import no_aggregates
from crystalbay.sandbox.postgrest.filters import Filter
from crystalbay.sandbox.postgrest.scanner import Field, Scanner

_CAST = re.compile(r"[A-Za-z_][\w ]*(\[\])?")
_AGGREGATE = re.compile(r"(sum|avg|min|max|count)\(\)")
_EMPTY_COUNT = re.compile(r"count\(\)")


@dataclass(frozen=True)
class Star:
    """All columns."""


@dataclass(frozen=True)
class Picked:
    """A column, or a value inside of it."""

    field: Field
    alias: str | None = None
    cast: str | None = None

    @property
    def label(self) -> str:
        return self.alias or self.field.label


@dataclass(frozen=True)
class OrderTerm:
    field: Field
    descending: bool = False
    nulls_first: bool | None = None


@dataclass
class Node:
    """What is wanted of one table: the root of the request, or the inside of an embedded one."""

    items: list[Star | Picked | Embed] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    order: list[OrderTerm] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0

    @property
    def embeds(self) -> list[Embed]:
        return [item for item in self.items if isinstance(item, Embed)]


@dataclass
class Embed:
    """Another table inside of the row. `target` and `hint` name a table, a foreign key or its column."""

    target: str
    node: Node
    alias: str | None = None
    hint: str | None = None
    inner: bool = False
    spread: bool = False

    @property
    def label(self) -> str:
        return self.alias or self.target


def parse_select(text: str) -> Node:
    """The root node of a `select` parameter. Raises ApiError PGRST100, and PGRST123 for an aggregate."""
    scanner = Scanner(text, "select parameter")
    node = _node(scanner)
    scanner.end()
    return node


def _node(scanner: Scanner) -> Node:
    node = Node()
    if scanner.done or scanner.at(")"):
        return node
    node.items.append(_item(scanner))
    while scanner.take(","):
        node.items.append(_item(scanner))
    return node


def _item(scanner: Scanner) -> Star | Picked | Embed:
    if scanner.take("*"):
        return Star()
    if scanner.take_match(_EMPTY_COUNT):
        raise no_aggregates()
    spread = scanner.take("...")
    name, alias = scanner.name(), None
    if scanner.at(":") and not scanner.at("::"):
        scanner.expect(":")
        name, alias = scanner.name(), name
    if spread or scanner.at("!") or scanner.at("("):
        return _embed(scanner, name, alias, spread)
    picked = Field(name, scanner.json_path())
    if scanner.take("."):
        if scanner.take_match(_AGGREGATE):
            raise no_aggregates()
        raise scanner.failure("an aggregate function")
    return Picked(picked, alias, _cast(scanner))


def _cast(scanner: Scanner) -> str | None:
    if not scanner.take("::"):
        return None
    name = scanner.take_match(_CAST)
    if name is None:
        raise scanner.failure("the name of a type")
    return name.strip()


def _embed(scanner: Scanner, name: str, alias: str | None, spread: bool) -> Embed:
    hint, inner = None, False
    while scanner.take("!"):
        word = scanner.name()
        if word == "inner":
            inner = True
        elif word != "left":
            hint = word
    scanner.expect("(")
    node = _node(scanner)
    scanner.expect(")")
    return Embed(name, node, alias, hint, inner, spread)
