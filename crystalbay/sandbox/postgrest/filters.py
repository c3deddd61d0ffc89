"""Filters of a query string, read: `eq.5`, `not.in.(1,2)`, `or=(a.eq.1,and(b.gt.2,c.is.null))`.

Source: PostgREST docs/references/api/tables_views.rst (operators, logical operators) and QueryParams.hs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from crystalbay.sandbox.postgrest.scanner import Field, Scanner

QUANTIFIED = frozenset({"eq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch"})
PLAIN = QUANTIFIED | {"neq", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj", "isdistinct"}
TEXT_SEARCH = frozenset({"fts", "plfts", "phfts", "wfts"})
KEYWORDS = frozenset({"null", "not_null", "true", "false", "unknown"})

_WORD = re.compile(r"[a-z]+")
_CONFIGURATION = re.compile(r"\w+")
_LOGIC = re.compile(r"(not\.)?(and|or)(?=\()")
_ARRAY = re.compile(r"\{[^{}]*\}")
_UNTIL_COMMA = re.compile(r"[^,)]*")


@dataclass(frozen=True)
class Condition:
    """One comparison. `value` is as it came; `values` are the members of an `in` list."""

    field: Field
    operator: str
    value: str = ""
    values: tuple[str, ...] = ()
    negated: bool = False
    quantifier: Literal["any", "all"] | None = None
    configuration: str | None = None


@dataclass(frozen=True)
class Group:
    """Conditions joined by `and` or `or`."""

    joiner: Literal["and", "or"]
    parts: tuple[Condition | Group, ...]
    negated: bool = False


Filter = Condition | Group


def parse_condition(field: Field, text: str) -> Condition:
    """The value of a parameter like `name=not.eq.5`, up to its end. Raises ApiError PGRST100."""
    return _condition(Scanner(text, "filter"), field, in_tree=False)


def parse_group(key: str, text: str) -> Group:
    """A parameter `and`, `or`, `not.and` or `not.or` with its value `(…)`. Raises ApiError PGRST100."""
    scanner = Scanner(text, "logic tree")
    group = _group(scanner, "or" if key.endswith("or") else "and", key.startswith("not."))
    scanner.end()
    return group


def looks_like_filter(text: str) -> bool:
    """Whether a parameter's value begins with an operator, as opposed to an argument of a function."""
    scanner = Scanner(text, "filter")
    scanner.take("not.")
    word = scanner.take_match(_WORD)
    return word in PLAIN | TEXT_SEARCH | {"in", "is"} and (scanner.at(".") or scanner.at("("))


def _group(scanner: Scanner, joiner: Literal["and", "or"], negated: bool) -> Group:
    scanner.expect("(")
    parts = [_part(scanner)]
    while scanner.take(","):
        parts.append(_part(scanner))
    scanner.expect(")")
    return Group(joiner, tuple(parts), negated)


def _part(scanner: Scanner) -> Filter:
    while scanner.take(" "):
        pass
    logic = scanner.take_match(_LOGIC)
    if logic is not None:
        return _group(scanner, "or" if logic.endswith("or") else "and", logic.startswith("not."))
    field = scanner.field()
    scanner.expect(".")
    return _condition(scanner, field, in_tree=True)


def _condition(scanner: Scanner, field: Field, *, in_tree: bool) -> Condition:
    negated = scanner.take("not.")
    start = scanner.position
    operator = scanner.take_match(_WORD)
    if operator in PLAIN:
        quantifier = _quantifier(scanner) if operator in QUANTIFIED else None
        scanner.expect(".")
        return Condition(field, operator, _value(scanner, in_tree), negated=negated, quantifier=quantifier)
    if operator in TEXT_SEARCH:
        configuration = _configuration(scanner)
        scanner.expect(".")
        return Condition(field, operator, _value(scanner, in_tree), negated=negated, configuration=configuration)
    if operator == "in":
        scanner.expect(".")
        return Condition(field, operator, values=_list(scanner, in_tree), negated=negated)
    if operator == "is":
        scanner.expect(".")
        return Condition(field, operator, _keyword(scanner, in_tree), negated=negated)
    scanner.position = start
    raise scanner.failure('"not" or an operator (eq, gt, …)')


def _quantifier(scanner: Scanner) -> Literal["any", "all"] | None:
    if scanner.take("(any)"):
        return "any"
    return "all" if scanner.take("(all)") else None


def _configuration(scanner: Scanner) -> str | None:
    if not scanner.take("("):
        return None
    name = scanner.take_match(_CONFIGURATION)
    if name is None:
        raise scanner.failure("a text search configuration")
    scanner.expect(")")
    return name


def _value(scanner: Scanner, in_tree: bool) -> str:
    """Alone, a value is all the rest; in a tree it ends before a comma or parenthesis, unless quoted or an array."""
    if not in_tree:
        value, scanner.position = scanner.rest, len(scanner.text)
        return value
    if scanner.at('"'):
        start = scanner.position
        value = scanner.quoted()
        if scanner.at(",") or scanner.at(")"):
            return value
        scanner.position = start
    return scanner.take_match(_ARRAY) or scanner.take_match(_UNTIL_COMMA) or ""


def _list(scanner: Scanner, in_tree: bool) -> tuple[str, ...]:
    scanner.expect("(")
    values: list[str] = []
    while not scanner.take(")"):
        if values:
            scanner.expect(",")
        values.append(_value(scanner, in_tree=True))
        if scanner.done:
            raise scanner.failure('")"')
    if not in_tree:
        scanner.end()
    return () if values == [""] else tuple(values)


def _keyword(scanner: Scanner, in_tree: bool) -> str:
    start = scanner.position
    keyword = _value(scanner, in_tree).lower()
    if keyword not in KEYWORDS:
        scanner.position = start
        raise scanner.failure("null, not_null, true, false or unknown")
    return keyword
