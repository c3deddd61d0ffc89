"""Opaque cursors: the order columns of the last row seen, so that pages have no gaps while rows come and go."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from crystalbay.errors import Invalid
from crystalbay.store.schema import Time, metadata

UNCHANGED = "take it unchanged from next_cursor of the page before"


_YEARS = range(2, 9999)
"""Others leave the calendar in some time zone."""


def cursor(values: Sequence[Any]) -> str:
    """Where a list goes on."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def maybe(values: Sequence[Any] | None) -> str | None:
    """Where a list goes on, if it does."""
    return cursor(values) if values else None


def after(text: str | None, columns: int) -> list[Any] | None:
    """The values of a cursor; None for the first page. Raises Invalid for anything that is no cursor of ours."""
    if not text:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != columns or not isinstance(values[-1], str):
        raise Invalid("cursor", UNCHANGED)
    return values


def moments(values: list[Any] | None) -> list[Any] | None:
    """A cursor over (created_at, id): its first value as a time."""
    if values is None:
        return None
    try:
        moment = datetime.fromisoformat(values[0])
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        raise Invalid("cursor", UNCHANGED)
    return [moment, *values[1:]]


def sorted_after(text: str | None, column: str) -> list[Any] | None:
    """A cursor over (what leads are sorted by, id): a time or a number, or nothing where a lead may have none."""
    values = after(text, 2)
    if values is None:
        return None
    sorted_by = metadata.tables["leads"].c[column]
    if values[0] is None and sorted_by.nullable:
        return values
    if isinstance(sorted_by.type, Time):
        return moments(values)
    if type(values[0]) not in (int, float) or abs(values[0]) >= 2**63:
        raise Invalid("cursor", UNCHANGED)
    return values
