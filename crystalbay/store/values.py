"""Bound values of finds and changes, shared by all SQL engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import ge, gt, le, lt
from typing import Any

from sqlalchemy import Column, String

from crystalbay.clock import Clock
from crystalbay.store.interface import Row, Where
from crystalbay.store.schema import Time, metadata
from crystalbay.store.text import match_words, search_words

WhereShape = tuple[tuple[str, str, bool | int], ...]
"""(column, op, detail): is the value null; for `has` the number of words, for `in` and `holds` the number of values.
A list with None in it is `in or null`."""

IN_OR_NULL = "in or null"


def where_shape(where: Sequence[Where]) -> WhereShape:
    """What of a condition decides the SQL: column, operator, null or not, number of words or values."""
    return tuple((c, *_told(op, v)) for c, op, v in where)


def _told(op: str, value: Any) -> tuple[str, bool | int]:
    if op == "has":
        return op, len(search_words(value))
    if op in ("in", "holds"):
        items = _items(value)
        return IN_OR_NULL if len(items) < len(value) else op, _padded(len(items))
    return op, value is None


def _items(value: Any) -> list[Any]:
    return [item for item in value if item is not None]


def _padded(count: int) -> int:
    """The next power of two: lists of many lengths then share few statements."""
    return 1 << (count - 1).bit_length() if count else 0


_EXCLUDES_NULL = ("gt", "gte", "lt", "lte")


def sorts_nulls(column: Column[Any], shape: WhereShape) -> bool:
    """May nulls be among the rows that are sorted by this column? Then no index knows their order."""
    return bool(column.nullable) and all(name != column.name or op not in _EXCLUDES_NULL for name, op, _ in shape)


def after_nulls(column: Column[Any], desc: bool) -> Any:
    """What a null counts as where rows are sorted by a column: it stands last, whichever the direction."""
    kind = column.type
    if isinstance(kind, Time):
        return (datetime.min if desc else datetime.max).replace(tzinfo=UTC)
    if isinstance(kind, String):
        return "" if desc else "\U0010ffff"
    return -(2**63) if desc else 2**63 - 1


def with_nulls_last(table: str, order: Sequence[str], after: Sequence[Any], desc: bool) -> list[Any]:
    """The order columns of the last row seen, with what a null counts as."""
    columns = metadata.tables[table].c
    return [
        after_nulls(columns[name], desc) if value is None else value for name, value in zip(order, after, strict=True)
    ]


def where_values(where: Sequence[Where]) -> Row:
    values: Row = {}
    for number, (_, op, value) in enumerate(where):
        if op == "has":
            values |= {f"where_{number}_{i}": f"%{word}%" for i, word in enumerate(search_words(value))}
            values[f"where_{number}_match"] = match_words(value)
        elif op in ("in", "holds"):
            items = _items(value)
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
    if op == "in":
        return found in value
    if found is None:
        return op == "since"
    if op == "holds":
        return any(item in found for item in value)
    compare: dict[str, Callable[[Any, Any], Any]] = {"gt": gt, "gte": ge, "since": ge, "lt": lt, "lte": le}
    return bool(compare[op](found, value))
