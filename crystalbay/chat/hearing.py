"""Understanding what was written, in the state of the dialogue: what the trip takes over of it, and what not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from crystalbay.chat.choosing import named_hotels
from crystalbay.chat.confirmed import newer_words
from crystalbay.chat.dialogue import PLACE_SLOTS, asks_for, context_of, days_there_and_back, merge, without
from crystalbay.chat.questions import missing
from crystalbay.chat.trips import tell_second_trip, two_trips
from crystalbay.chat.turn import Turn
from models import Intent, Understanding

_ASKS = (Intent.GENERAL_QUESTION, Intent.PAYMENT_QUESTION, Intent.BOOKING_STATUS, Intent.SUPPORT_PROBLEM)
"""What is asked about is no wish."""


def understand(turn: Turn) -> Understanding:
    """Understand the words and merge what they say into the trip."""
    split = two_trips(turn)
    understood = (
        split.first
        if split
        else turn.ctx.understand(turn.text, context_of(turn.trip, turn.dialogue), now=turn.ctx.local_now())
    )
    understood = newer_words(turn, without(understood, _not_meant(turn, understood)))
    understood = _without_children(turn, understood)
    before, turn.trip = turn.trip, merge(turn.trip, understood)
    turn.understood, turn.evidence = understood, _taken_over(understood)
    turn.new_wishes = [wish for wish in turn.trip["wishes"] if wish not in (before.get("wishes") or [])]
    turn.changed = asks_for(turn.trip) != asks_for(before)
    _keep_trail(turn, before)
    if turn.changed:
        if not missing(before):
            turn.dialogue.previous = {"trip": before, "there_and_back": turn.dialogue.there_and_back}
        turn.dialogue.other_trip()
    _read_days_of_travel(turn, understood)
    if split:
        tell_second_trip(turn, split.second)
    return understood


def _keep_trail(turn: Turn, before: dict[str, Any]) -> None:
    """The question that this message answers is a step to which «назад» leads."""
    asked, trail = turn.dialogue.last_asked, turn.dialogue.trail
    if asked in missing(before) and asked not in missing(turn.trip):
        turn.dialogue.trail = [*(slot for slot in trail if slot != asked), str(asked)]


def _not_meant(turn: Turn, understood: Understanding) -> set[str]:
    """Slots that this message names without wanting them for the trip.

    The name of a hotel that was shown is a choice, not another place; «is breakfast included?» asks about the offers;
    and what a question is about («виза в Египет») fills gaps of the trip, but changes nothing in it.
    """
    gone: set[str] = set()
    if turn.dialogue.at_table:
        if named_hotels(turn.text, turn.shown):
            gone |= set(PLACE_SLOTS)
        if turn.signals.meal_asked is not None:
            gone.add("meal")
    if understood.intent in _ASKS:
        gone |= {name for name in understood.slots if name in turn.trip}
    return gone


def _taken_over(understood: Understanding) -> dict[str, str]:
    """The quotes of what the trip takes over, without those of what was only named."""
    kept = understood.slots.keys() | {name for name in ("wishes", "excluded") if getattr(understood, name)}
    return {slot: quote for slot, quote in understood.evidence.items() if slot in kept}


_ONLY = re.compile(r"\W*(?:нет|только|no|only|just)(?!\w)")


def _without_children(turn: Turn, understood: Understanding) -> Understanding:
    """«Нет, вдвоём» after «с ребёнком»: the two alone."""
    slots = understood.slots
    if "adults" not in slots or "children" in slots or not turn.trip.get("children"):
        return understood
    return replace(understood, slots=slots | {"children": []}) if _ONLY.match(turn.text.casefold()) else understood


def _read_days_of_travel(turn: Turn, understood: Understanding) -> None:
    """«С 1 по 10 июля» says how many nights, when nothing else did."""
    if "date_from" not in understood.slots and "date_to" not in understood.slots:
        return
    nights = days_there_and_back(understood)
    turn.dialogue.there_and_back = nights is not None
    if nights and not {"nights_min", "nights_max"} & turn.trip.keys():
        turn.trip |= {"nights_min": nights, "nights_max": nights}
        turn.evidence |= dict.fromkeys(("nights_min", "nights_max"), understood.evidence.get("date_from", ""))
