"""Opaque cursors: the order columns of the last row seen, so that pages have no gaps while rows come and go."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from crystalbay.errors import Invalid

_UNCHANGED = "take it unchanged from next_cursor of the page before"


def cursor(values: Sequence[Any]) -> str:
    """Where a list goes on."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def after(text: str | None, columns: int) -> list[Any] | None:
    """The values of a cursor; None for the first page. Raises Invalid for anything that is no cursor of ours."""
    if not text:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != columns or not isinstance(values[-1], str):
        raise Invalid("cursor", _UNCHANGED)
    return values


def moments(values: list[Any] | None) -> list[Any] | None:
    """A cursor over (created_at, id): its first value as a time."""
    if values is None:
        return None
    try:
        return [datetime.fromisoformat(values[0]), *values[1:]]
    except (TypeError, ValueError):
        raise Invalid("cursor", _UNCHANGED) from None


def numbers(values: list[Any] | None) -> list[Any] | None:
    """A cursor over (position, id): its first value is a number."""
    if values is not None and type(values[0]) not in (int, float):
        raise Invalid("cursor", _UNCHANGED)
    return values
