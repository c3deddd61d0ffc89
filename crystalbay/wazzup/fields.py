"""Typed reading of webhook JSON: every field is checked, nothing is trusted (contract section 7)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crystalbay.texts import storable
from crystalbay.wazzup.words import explain


class BadField(ValueError):
    """An element cannot be used; the message names the field and never its value."""


def clean(value: Any) -> Any:
    """The same JSON without what no store can hold and without any `qr`.

    A `qr` lets its holder into the agency's account (contract section 7), so it goes no further than this.
    """
    return storable(value, without="qr")


def an_object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadField(f"{what} is not an object")
    return value


def an_id(element: dict[str, Any], key: str, longest: int) -> str:
    """A name that must be there: a non-empty string of at most `longest` characters, which is what columns hold."""
    value = element.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadField(f"{key} is missing or not a string")
    if len(value) > longest:
        raise BadField(f"{key} is longer than {longest} characters")
    return value.strip()


def a_text(element: dict[str, Any], key: str) -> str:
    """A string that may be missing or null (both are ""); any other type is an error."""
    value = element.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadField(f"{key} is not a string")
    return value


def a_flag(element: dict[str, Any], key: str) -> bool:
    """A boolean that may be missing or null (both are False), or written as a string."""
    value = element.get(key)
    word = value.strip().casefold() if isinstance(value, str) else value
    if word in (None, False, "false", ""):
        return False
    if word in (True, "true"):
        return True
    raise BadField(f"{key} is neither true nor false")


def a_moment(element: dict[str, Any], key: str, now: datetime) -> datetime:
    """An ISO time or a number of milliseconds, as UTC. A missing one is `now`: no reason to keep a customer waiting."""
    value = element.get(key)
    if value is None:
        return now
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass  # said below, in the same words as a wrong type
    raise BadField(f"{key} is not a time")


def a_part(element: dict[str, Any], key: str) -> dict[str, Any]:
    """An object that only adds to the element (contact, quotedMessage …); whatever else is there counts as nothing."""
    value = element.get(key)
    return value if isinstance(value, dict) else {}


def a_word(part: dict[str, Any], *keys: str) -> str:
    """The first non-empty string under `keys` of such an object, its whitespace made plain; "" when there is none."""
    found = (part[key] for key in keys if isinstance(part.get(key), str))
    return next((line for line in (" ".join(value.split()) for value in found) if line), "")


def failure_words(element: dict[str, Any]) -> str:
    """Why sending failed, for the manager: `error` is `{error|code, description}`, or only a code."""
    error = element.get("error")
    if isinstance(error, str):
        return explain(error)
    part = error if isinstance(error, dict) else {}
    return explain(a_word(part, "error", "code"), a_word(part, "description", "message"))
