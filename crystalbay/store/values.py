"""Bound values of finds and changes, shared by all SQL engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from operator import ge, gt, le, lt
from typing import Any

from crystalbay.clock import Clock
from crystalbay.store.interface import Row, Where
from crystalbay.store.text import match_words, search_words

WhereShape = tuple[tuple[str, str, bool | int], ...]
"""(column, op, detail): is the value null; for `has` the number of words, for `in` the number of values."""


def where_shape(where: Sequence[Where]) -> WhereShape:
    """What of a condition decides the SQL: column, operator, null or not, number of words or values."""
    return tuple((c, op, _detail(op, v)) for c, op, v in where)


def _detail(op: str, value: Any) -> bool | int:
    if op == "has":
        return len(search_words(value))
    return _padded(len(value)) if op == "in" else value is None


def _padded(count: int) -> int:
    """The next power of two: lists of many lengths then share few statements."""
    return 1 << (count - 1).bit_length() if count else 0


def where_values(where: Sequence[Where]) -> Row:
    values: Row = {}
    for number, (_, op, value) in enumerate(where):
        if op == "has":
            values |= {f"where_{number}_{i}": f"%{word}%" for i, word in enumerate(search_words(value))}
            values[f"where_{number}_match"] = match_words(value)
        elif op == "in":
            items = list(value)
            items += items[-1:] * (_padded(len(items)) - len(items))
            values |= {f"where_{number}_{i}": item for i, item in enumerate(items)}
        elif value is not None:
            values[f"where_{number}"] = value
    return values


def now_values(now: Mapping[str, float], clock: Clock) -> Row:
    """Columns that are set to the clock plus some seconds."""
    if not now:
        return {}
    moment = clock.now()
    return {column: moment + timedelta(seconds=seconds) for column, seconds in now.items()}


def matches(row: Row, where: Sequence[Where]) -> bool:
    """The same conditions on a row that is already here."""
    return all(_holds(row[column], op, value) for column, op, value in where)


def _holds(found: Any, op: str, value: Any) -> bool:
    if op == "has":
        return all(word in found for word in search_words(value))
    if op in ("eq", "ne"):
        return bool(found == value) is (op == "eq")
    if found is None:
        return False
    compare: dict[str, Callable[[Any, Any], Any]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
    return found in value if op == "in" else bool(compare[op](found, value))
