"""Slots of the trip that a person corrected or confirmed: only newer words of the customer himself change them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crystalbay.chat.dialogue import context_of, without
from crystalbay.chat.turn import Turn
from crystalbay.services.corrections import confirmed_at, differing
from crystalbay.store.interface import Row
from models import Understanding


def newer_words(turn: Turn, understood: Understanding) -> Understanding:
    """What a message says, without what it says of slots that a person confirmed after it was written."""
    named = understood.slots.keys() | {name for name in ("wishes", "excluded") if getattr(understood, name)}
    touched = named & set(turn.lead["confirmed"])
    if not touched:
        return understood
    since = confirmed_at(turn.ctx.store, turn.lead["id"], touched)
    old = {slot for slot in touched if slot in since and not _said_since(turn, slot, since[slot])}
    wishes = () if "wishes" in old else understood.wishes
    excluded = () if "excluded" in old else understood.excluded
    return replace(without(understood, old), wishes=wishes, excluded=excluded)


def _said_since(turn: Turn, slot: str, moment: datetime) -> bool:
    """Do the words that were written, or edited, after this moment speak of the slot?"""
    newer = [message for message in turn.pending if max(_written(message)) > moment]
    if not newer or len(newer) == len(turn.pending):
        return bool(newer)
    text = "\n".join(message["text"] for message in newer if not message["deleted_at"])
    said = turn.ctx.understand(text, context_of(turn.trip, turn.dialogue), now=turn.ctx.local_now())
    return slot in said.slots or bool(getattr(said, slot, ()))


def _written(message: Row) -> list[datetime]:
    return [message["created_at"], *([message["edited_at"]] if message["edited_at"] else [])]


def settle(turn: Turn) -> list[str]:
    """The confirmed slots that the customer's new words changed: their confirmation falls.

    Without new words or a command (a search ended) the machine changes nothing of what a person confirmed.
    """
    confirmed, before = turn.lead["confirmed"], turn.lead["trip"]
    changed = differing(before, turn.trip, confirmed)
    if turn.understood is None and not turn.silent:
        for slot in changed:
            turn.trip.pop(slot, None)
            turn.trip |= {slot: before[slot]} if slot in before else {}
        changed = []
    standing = set(confirmed) - set(changed)
    turn.evidence = {slot: quote for slot, quote in turn.evidence.items() if slot not in standing}
    return changed
