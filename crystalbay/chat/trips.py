"""More than one trip in a dialogue: two in one message, and the way back to the one before the last change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.chat import phrases, words
from crystalbay.chat.dialogue import context_of
from crystalbay.chat.searching import search
from crystalbay.chat.turn import Turn
from crystalbay.services.titles import trip_title
from models import TripRequest, Understanding

_ANOTHER = re.compile(
    r"[,;.\n]?\s+(?:(?:и|а|плюс|and|plus)\s+)?(?:отдельно|еще|ещё|также|потом|затем|вторая поездка|второй тур|"
    r"вторую поездку|separately|also|then|another trip|a second trip|second trip)(?=[\s,:])",
    re.IGNORECASE,
)
_OF_A_TRIP = frozenset({"date_from", "date_to", "nights_min", "nights_max", "adults", "children"})


@dataclass(frozen=True)
class Split:
    """The understanding of the first trip's words, and the second trip."""

    first: Understanding
    second: TripRequest


def two_trips(turn: Turn) -> Split | None:
    """Two trips in one message, where a word sets the second apart and it has a place and a time of its own."""
    text = turn.text
    for apart in _ANOTHER.finditer(text):
        first = _read(turn, text[: apart.start()])
        second = turn.ctx.understand(text[apart.end() :], None, now=turn.ctx.local_now())
        places = [found.slots.get("destination_country") for found in (first, second)]
        if None in places or places[0] == places[1]:
            continue
        if _OF_A_TRIP & first.slots.keys() and {"date_from", "date_to"} & second.slots.keys():
            wanted = {name: value for name, value in second.slots.items() if name in TripRequest.model_fields}
            return Split(first, TripRequest.model_validate(wanted))
    return None


def _read(turn: Turn, text: str) -> Understanding:
    return turn.ctx.understand(text, context_of(turn.trip, turn.dialogue), now=turn.ctx.local_now())


def tell_second_trip(turn: Turn, second: TripRequest) -> None:
    """The second trip goes to a manager beside, so that nothing of it gets into the first."""
    turn.ask_beside("second_trip")
    language = turn.dialogue.language
    first = words.place(str(turn.trip.get("destination_country")), language)
    turn.notes.append(phrases.say("second_trip", turn.dialogue, first=first, second=_named(second, language)))


def _named(trip: TripRequest, language: str) -> str:
    if language == "ru":
        return trip_title(trip)
    parts = [words.place(trip.destination_country or "", language)]
    if trip.date_from and trip.date_to:
        parts.append(words.dates(trip.date_from, trip.date_to, language))
    return ", ".join(parts)


def restore(turn: Turn) -> None:
    """«Верните как было»: what was done last is undone. Others were shown: back to the first offers; else back to the
    trip before its last change, which is kept for another return.
    """
    dialogue, before = turn.dialogue, turn.dialogue.previous
    if before and not dialogue.passed_over:
        dialogue.previous = {"trip": turn.trip, "there_and_back": dialogue.there_and_back}
        turn.trip, dialogue.there_and_back = dict(before["trip"]), before["there_and_back"]
        dialogue.other_trip()
        turn.changed = True
    dialogue.passed_over, dialogue.cheapest = [], False
    turn.notes.append(phrases.say("restored", dialogue))
    search(turn)
