"""The state of a dialogue, kept in the conversation's row: any machine, any day goes on where it stopped."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError

from crystalbay.services.leads import trip_json
from models import CONTACT_SLOTS, Language, TripRequest, Understanding


@dataclass
class Dialogue:
    """`asked`: how often each slot was asked for (so never twice in the same words); `last_asked`: what a bare answer
    would answer; `shown`: ids of the offers last shown, in their order; `unanswered`: messages the next reply names.
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

    @classmethod
    def of(cls, state: dict[str, Any]) -> Dialogue:
        """The dialogue as kept; a fresh one for an empty state."""
        return cls(**{name: value for name, value in state.items() if name in cls.__dataclass_fields__})

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def times_said(self, what: str) -> int:
        """How often this was said before; counts this time."""
        before = self.said.get(what, 0)
        self.said[what] = before + 1
        return before

    def hear(self, understood: Understanding) -> None:
        """The customer's language is that of his newest words, if they have one."""
        if understood.language in (Language.RU, Language.KK):
            self.language = "ru"
        elif understood.language is Language.EN:
            self.language = "en"


def context_of(trip: dict[str, Any], dialogue: Dialogue) -> dict[str, Any] | None:
    """What understanding is told of the time before this message (labels.md section 1)."""
    known = {name: value for name, value in trip.items() if name not in ("wishes", "excluded")}
    if dialogue.last_asked:
        known["_asked"] = dialogue.last_asked
    return known or None


def merge(trip: dict[str, Any], understood: Understanding) -> dict[str, Any]:
    """The trip after a message: its delta applied, what contradicts it let go. Plain data, valid as a TripRequest."""
    delta = {name: value for name, value in understood.slots.items() if name not in CONTACT_SLOTS}
    merged = dict(trip)
    if _elsewhere(trip, delta):
        for name in ("destination_resort", "destination_alternatives", "hotel_name"):
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


def _union(old: list[str] | None, new: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys([*(old or []), *new]))[:30]
