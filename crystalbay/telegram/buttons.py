"""What a button holds: at most 64 bytes that say what it does, under which message, and what was chosen.

`a:AZrG…:2` is the third ready answer of the message whose row has that id. The id makes every button readable for ever,
without a table of tokens: a press of an old one is known as such and answered.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from dataclasses import dataclass
from typing import get_args

from models import TapAct

LONGEST = 64
"""Bytes of callback data (contract section 7)."""

DEAD = "x"
"""Of a cell of the calendar that does nothing."""

STAFF = "s"
"""Of buttons under what the office is told."""

_LETTERS: dict[TapAct, str] = {
    "answer": "a",
    "day": "y",
    "people": "g",
    "want": "w",
    "details": "d",
    "more": "m",
    "human": "h",
    "back": "b",
    "restart": "r",
}
_ACTS = {letter: act for act, letter in _LETTERS.items()}
TURN = "k"
"""Of buttons that turn a page of the keyboard and say nothing."""

MOST_ADULTS, MOST_CHILDREN, OLDEST_CHILD = 8, 4, 17
"""How far the steppers go."""

_VALUE = re.compile(r"[0-9A-Za-z:.?-]{0,38}")

assert set(_LETTERS) == set(get_args(TapAct))


@dataclass(frozen=True, slots=True)
class Button:
    """A pressed button: `act` None turns a page."""

    act: TapAct | None
    message_id: str
    value: str


def data(act: TapAct, message_id: str, value: str = "") -> str:
    """What a button of the customer's holds."""
    return f"{_LETTERS[act]}:{_short(message_id)}:{value}"


def page(message_id: str, view: str) -> str:
    """What a button holds that turns the keyboard to `view`."""
    return f"{TURN}:{_short(message_id)}:{view}"


def read(held: str) -> Button | None:
    """The button; None for what none of ours holds. Anybody can send anything as a press: nothing here is trusted."""
    letter, _, rest = held.partition(":")
    short, _, value = rest.partition(":")
    message_id = _long(short)
    if message_id is None or (letter != TURN and letter not in _ACTS) or not _VALUE.fullmatch(value):
        return None
    return Button(_ACTS.get(letter), message_id, value)


def _short(message_id: str) -> str:
    """22 letters for a UUID."""
    return base64.urlsafe_b64encode(uuid.UUID(message_id).bytes).decode().rstrip("=")


def _long(short: str) -> str | None:
    try:
        return str(uuid.UUID(bytes=base64.urlsafe_b64decode(short + "==")))
    except (ValueError, binascii.Error):
        return None


def read_people(state: str) -> tuple[int, list[int | None]] | None:
    """(adults, ages of the children) of "2:5.?"; None for what the steppers cannot say."""
    grown, _, kids = state.partition(":")
    ages = kids.split(".") if kids else []
    if not re.fullmatch(r"\d{1,2}", grown) or not all(re.fullmatch(r"\d{1,2}|\?", age) for age in ages):
        return None
    known = [None if age == "?" else int(age) for age in ages]
    fits = 1 <= int(grown) <= MOST_ADULTS and len(known) <= MOST_CHILDREN
    return (int(grown), known) if fits and all(age is None or age <= OLDEST_CHILD for age in known) else None


def staff(act: str, told_id: str) -> str:
    """What a button holds under something that the office was told."""
    return f"{STAFF}:{act}:{_short(told_id)}"


def read_staff(held: str) -> tuple[str, str] | None:
    """(act, id of what was told) of such a button."""
    _, _, rest = held.partition(":")
    act, _, short = rest.partition(":")
    told_id = _long(short)
    return (act, told_id) if told_id else None
