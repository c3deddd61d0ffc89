"""The state of a dialogue, kept in the conversation's row: any machine, any day goes on where it stopped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from crystalbay.services.leads import trip_json
from models import CONTACT_SLOTS, Language, TripRequest, Understanding


@dataclass
class Dialogue:
    """`asked`: how often each slot was asked for (so never twice in the same words); `last_asked`: what a bare answer
    would answer; `shown`: ids of the offers last shown, in their order; `unanswered`: messages the next reply names.

    `there_and_back`: the trip's dates are exact days of travel; `seen`: hotels shown for this trip; `passed_over` and
    `cheapest`: what the search for others leaves out and looks for, until the trip changes. `nearby`: nothing was found
    and a look at near dates is proposed; `near`: dates and nights that are searched instead of the trip's; `unserved`:
    what the supplier does not have of the trip. `previous`: the trip before its last change. `told_wishes`: those of
    which the customer knows that a manager looks at them. `chosen`: the offer that he wants. `trail`: the slots whose
    questions he answered, for «назад». `decides`: what a yes or a no now decides (restart, delete, language).
    `language_chosen`: by himself, so that his words do not change it. `notice`: the message «ищу туры…», whose
    place the answer takes.
    """

    language: str = "ru"
    introduced: bool = False
    asked: dict[str, int] = field(default_factory=dict)
    last_asked: str | None = None
    confused: int = 0
    empty_searches: int = 0
    shown: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)
    there_and_back: bool = False
    seen: list[int] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)
    cheapest: bool = False
    nearby: bool = False
    near: dict[str, Any] | None = None
    unserved: str | None = None
    previous: dict[str, Any] | None = None
    told_wishes: list[str] = field(default_factory=list)
    chosen: str | None = None
    trail: list[str] = field(default_factory=list)
    decides: str | None = None
    language_chosen: bool = False
    notice: str | None = None

    @classmethod
    def of(cls, state: dict[str, Any]) -> Dialogue:
        """The dialogue as kept; a fresh one for an empty state."""
        return cls(**{name: value for name, value in state.items() if name in cls.__dataclass_fields__})

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def fresh(self) -> Dialogue:
        """The dialogue of another trip with the same customer: nothing of the old one leaks into it."""
        same = ("language", "language_chosen", "introduced", "unanswered", "said", "notice")
        return Dialogue(**{name: getattr(self, name) for name in same})

    def times_said(self, what: str) -> int:
        """How often this was said before; counts this time."""
        before = self.said.get(what, 0)
        self.said[what] = before + 1
        return before

    def hear(self, understood: Understanding) -> None:
        """The customer's language is that of his newest words, if they have one."""
        if self.language_chosen:
            return
        if understood.language in (Language.RU, Language.KK):
            self.language = "ru"
        elif understood.language is Language.EN:
            self.language = "en"

    def other_trip(self) -> None:
        """The trip has changed: what was shown for the old one may be shown again."""
        self.confused = 0
        self.seen, self.passed_over, self.cheapest = [], [], False
        self.nearby, self.near, self.unserved = False, None, None

    @property
    def at_table(self) -> bool:
        """Offers lie before the customer and wait for his choice."""
        return self.last_asked == "offer" and bool(self.shown)


def context_of(trip: dict[str, Any], dialogue: Dialogue) -> dict[str, Any] | None:
    """What understanding is told of the time before this message (labels.md section 1)."""
    known = asks_for(trip)
    if dialogue.last_asked:
        known["_asked"] = dialogue.last_asked
    return known or None


def asks_for(trip: dict[str, Any]) -> dict[str, Any]:
    """What a search depends on: the trip's slots without wishes and exclusions."""
    return {name: value for name, value in trip.items() if name not in ("wishes", "excluded")}


def merge(trip: dict[str, Any], understood: Understanding) -> dict[str, Any]:
    """The trip after a message: its delta applied, what contradicts it let go. Plain data, valid as a TripRequest."""
    delta = {name: value for name, value in understood.slots.items() if name not in CONTACT_SLOTS}
    merged = dict(trip)
    if _elsewhere(trip, delta):
        for name in PLACE_SLOTS[1:]:
            merged.pop(name, None)
    if "destination_country" in delta and "destination_alternatives" not in delta:
        merged.pop("destination_alternatives", None)
    merged |= delta
    for low, high in (("date_from", "date_to"), ("nights_min", "nights_max"), ("budget_min", "budget_max")):
        _keep_newer(merged, delta, low, high)
    merged["wishes"] = _union(trip.get("wishes"), understood.wishes)
    merged["excluded"] = _union(trip.get("excluded"), understood.excluded)
    known = {name: value for name, value in merged.items() if value is not None}
    return trip_json(_valid(known))


PLACE_SLOTS = ("destination_country", "destination_resort", "destination_alternatives", "hotel_name")


def without(understood: Understanding, slots: Iterable[str]) -> Understanding:
    """What a message says apart from some slots."""
    gone = frozenset(slots)
    return replace(understood, slots={k: value for k, value in understood.slots.items() if k not in gone})


def _valid(known: dict[str, Any]) -> TripRequest:
    """The trip of what is possible: a slot with an impossible value («бюджет 100 миллиардов») is let go."""
    try:
        return TripRequest.model_validate(known)
    except ValidationError as error:
        wrong = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
        if not wrong:
            raise
        return _valid({name: value for name, value in known.items() if name not in wrong})


def _elsewhere(trip: dict[str, Any], delta: dict[str, Any]) -> bool:
    """Does the message name another place than the one that is known?"""
    names = ("destination_country", "destination_resort")
    return any(name in delta and delta[name] != trip.get(name) for name in names)


def _keep_newer(merged: dict[str, Any], delta: dict[str, Any], low: str, high: str) -> None:
    """A new beginning after the old end (or the other way round) lets the old one go."""
    first, last = merged.get(low), merged.get(high)
    if first is None or last is None or first <= last:
        return
    merged.pop(high if low in delta and high not in delta else low)


_DAY_NUMBER = re.compile(r"(?<![\d.,:])\d{1,2}(?!\d|[:]\d)")
_SHORTEST_TRIP, _LONGEST_TRIP = 3, 28


def days_there_and_back(understood: Understanding) -> int | None:
    """The nights between the two days of travel when both were named («с 1 по 10 июля»); None for a rough window."""
    first, last = understood.slots.get("date_from"), understood.slots.get("date_to")
    quotes = {understood.evidence.get(name, "") for name in ("date_from", "date_to")}
    words = " ".join(quotes)
    if not (first and last) or len(_DAY_NUMBER.findall(words)) < 2 or re.search(r"вылет|depart|leav", words.casefold()):
        return None
    nights = (date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days
    return nights if _SHORTEST_TRIP <= nights <= _LONGEST_TRIP else None


def _union(old: list[str] | None, new: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys([*(old or []), *new]))[:30]
