"""The whole query string, read into one tree: what to select, filter, sort and cut, at every level."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from crystalbay.sandbox.postgrest.errors import bad_range, malformed, not_embedded
from crystalbay.sandbox.postgrest.filters import looks_like_filter, parse_condition, parse_group
from crystalbay.sandbox.postgrest.scanner import Field, Scanner
from crystalbay.sandbox.postgrest.selection import Node, OrderTerm, parse_select

Pairs = Sequence[tuple[str, str]]

_LOGIC = re.compile(r"(?:(?P<path>.+?)\.)??(?P<logic>(?:not\.)?(?:and|or))")
_CUT = re.compile(r"(?:(?P<path>.+)\.)?(?P<kind>order|limit|offset)")


@dataclass
class Query:
    """`columns` and `on_conflict` are None when they were not given; `arguments` are those of a function by GET."""

    root: Node
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None
    arguments: dict[str, str] = field(default_factory=dict)


def read_pairs(query_string: bytes) -> Pairs:
    return parse_qsl(query_string.decode("utf-8", "replace"), keep_blank_values=True)


def argument_names(pairs: Pairs) -> list[str]:
    """Parameters of a GET that can only be arguments of the function, since they hold no filter."""
    reserved = ("select", "columns", "on_conflict")
    return [
        key
        for key, value in pairs
        if key not in reserved
        and not _CUT.fullmatch(key)
        and not _LOGIC.fullmatch(key)
        and not looks_like_filter(value)
    ]


def parse_query(pairs: Pairs, arguments: Collection[str] = ()) -> Query:
    """`arguments`: names that are a function's, not filters. Raises ApiError PGRST100, 103, 108 and 123."""
    query = Query(parse_select(next((value for key, value in pairs if key == "select"), "*")))
    for key, value in pairs:
        if key in arguments:
            query.arguments[key] = value
        elif key == "columns":
            query.columns = _names(key, value)
        elif key == "on_conflict":
            query.on_conflict = _names(key, value)
        elif key != "select":
            _attach(query.root, key, value)
    return query


def _attach(root: Node, key: str, value: str) -> None:
    """A filter, order, limit or offset, to the node that its path names."""
    if cut := _CUT.fullmatch(key):
        _cut(_node_at(root, _path(cut["path"])), cut["kind"], value)
    elif logic := _LOGIC.fullmatch(key):
        _node_at(root, _path(logic["path"])).filters.append(parse_group(logic["logic"], value))
    else:
        path, target = _path_and_field(key)
        _node_at(root, path).filters.append(parse_condition(target, value))


def _path(text: str | None) -> list[str]:
    if text is None:
        return []
    scanner = Scanner(text, "tree path")
    names = _dotted(scanner)
    scanner.end()
    return names


def _path_and_field(key: str) -> tuple[list[str], Field]:
    scanner = Scanner(key, "tree path")
    names = _dotted(scanner)
    target = Field(names[-1], scanner.json_path())
    scanner.end()
    return names[:-1], target


def _dotted(scanner: Scanner) -> list[str]:
    names = [scanner.name()]
    while scanner.take("."):
        names.append(scanner.name())
    return names


def _node_at(root: Node, path: list[str]) -> Node:
    node = root
    for name in path:
        found = next((embed for embed in node.embeds if embed.label == name), None)
        if found is None:
            raise not_embedded(name)
        node = found.node
    return node


def _cut(node: Node, kind: str, value: str) -> None:
    if kind == "order":
        node.order = _order(value)
    elif kind == "limit":
        node.limit = _number("limit", value)
    else:
        node.offset = _number("offset", value)


def _number(kind: str, value: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", value):
        raise malformed(f"{kind} parameter", value, 0, "a number")
    if int(value) < 0:
        raise bad_range(f"{kind.capitalize()} should be greater than or equal to zero.")
    return int(value)


def _order(text: str) -> list[OrderTerm]:
    scanner = Scanner(text, "order")
    terms = [_order_term(scanner)]
    while scanner.take(","):
        terms.append(_order_term(scanner))
    scanner.end()
    return terms


def _order_term(scanner: Scanner) -> OrderTerm:
    target, descending, nulls_first = scanner.field(), False, None
    if scanner.take(".desc"):
        descending = True
    else:
        scanner.take(".asc")
    if scanner.take(".nullsfirst"):
        nulls_first = True
    elif scanner.take(".nullslast"):
        nulls_first = False
    if not scanner.done and not scanner.at(","):
        raise scanner.failure('"asc", "desc", "nullsfirst", "nullslast" or ","')
    return OrderTerm(target, descending, nulls_first)


def _names(what: str, text: str) -> tuple[str, ...]:
    """A list of columns: `a,"b c"`."""
    scanner = Scanner(text, f"{what} parameter")
    names = [scanner.name()]
    while scanner.take(","):
        names.append(scanner.name())
    scanner.end()
    return tuple(names)
