"""By which index SQLite reads leads. It keeps no statistics, so where its guess would be wrong it is told."""

from __future__ import annotations

from crystalbay.store.schema import LEAD_FILTERS
from crystalbay.store.values import WhereShape

BY_FILTERS = "INDEXED BY ix_leads_board"
BY_CLOSING = "INDEXED BY ix_leads_closed"

_ORDERED = {"position": ("status", "stage"), "created_at": ("status", "stage"), "number": ("status",)}
"""Orders that an index has, and what may be asked besides: most leads that are passed fit."""


def by_filters(shape: WhereShape, order: str) -> bool:
    """Are leads chosen by what the one index of all filters holds? Then it alone is read, and the rows afterwards."""
    asked = {column for column, _, _ in shape}
    if "id" in asked or not asked.issubset(LEAD_FILTERS) or (order == "position" and _are_of_one(shape)):
        return False
    return not asked.issubset(_ORDERED.get(order, ()))


def for_counting(shape: WhereShape) -> str | None:
    """The index by which the leads of a column are counted."""
    return BY_CLOSING if _closed_lately(shape) else for_cards(shape, "position", many=True)


def for_cards(shape: WhereShape, order: str, *, many: bool) -> str | None:
    """The index by which the first leads of a column are found. `many`: of those that were closed lately there are so
    many that the first in order are met soon."""
    if not many and _closed_lately(shape):
        return BY_CLOSING
    return BY_FILTERS if by_filters(shape, order) else None


def _are_of_one(shape: WhereShape) -> bool:
    """Only whose they are is asked besides the column: an index knows the leads of each."""
    return {(column, op) for column, op, _ in shape} <= {("status", "eq"), ("stage", "in"), ("assignee_id", "eq")}


def _closed_lately(shape: WhereShape) -> bool:
    """The latest closings are asked for: an index knows them, whose they are and their values."""
    asked = {column for column, _, _ in shape}
    return ("closed_at", "gte") in {(c, op) for c, op, _ in shape} and asked <= {"status", "closed_at", "assignee_id"}
