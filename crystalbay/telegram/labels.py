"""What stands on the buttons under a message of ours beside its ready answers, for who reads the chat in the office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crystalbay.telegram.words import BUTTONS

_OF_SLOT = {"date_from": ("day",), "adults": ("done",), "children": ("done",), "phone": ("phone",)}
_WITHOUT_STEPS = ("offer", "phone")


def labels(look: Mapping[str, Any] | None) -> list[str]:
    """The labels, in the customer's language; `look` as a message keeps it."""
    look = look or {}
    words = BUTTONS[look.get("language", "ru")]
    asks = look.get("asks") or {}
    acts = [act for row in look.get("acts") or () for act in row]
    acts += _OF_SLOT.get(asks.get("slot", ""), ())
    if asks and asks.get("slot") not in _WITHOUT_STEPS:
        acts += [*(["back"] if asks.get("back") else []), "restart"]
    return [words[act] for act in acts]
