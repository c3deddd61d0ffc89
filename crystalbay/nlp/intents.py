"""What the customer wants: the table of rules and the trained model together.

The table (intent_rules.py) knows the dialogue and what is plain; the model (model.py) has seen many ways of saying a
thing, and sees what the table says among the rest.
"""

from __future__ import annotations

from crystalbay.nlp.clues import STRONG_SLOTS, Clues, Decision
from crystalbay.nlp.features import features
from crystalbay.nlp.intent_rules import ruled
from crystalbay.nlp.model import model
from models import CONTACT_SLOTS, Intent

PLAIN = 0.95
"""The table is as sure of nothing that the words could change: a file alone, an answer to our question."""


NEARLY = 0.7
"""Of two intents between which the model is undecided, the table's is taken."""


def decide(norm: str, clues: Clues) -> Decision:
    """The intent, and how likely it is (0..1)."""
    table = ruled(norm, clues)
    if table.sure >= PLAIN and table.intent is not Intent.TOUR_SEARCH:
        return table
    chances = model().chances(seen(norm, clues, table))
    for intent in _impossible(table, clues):
        del chances[intent]
    best = max(chances, key=lambda intent: chances[intent])
    if chances.get(table.intent, 0.0) >= NEARLY * chances[best]:
        best = table.intent
    return Decision(best, chances[best])


def _impossible(table: Decision, clues: Clues) -> set[Intent]:
    """What a message with these slots cannot be (labels.md section 2)."""
    route = "departure_city" in clues.trip and clues.trip & {"destination_country", "destination_resort"}
    if table.intent is Intent.TOUR_SEARCH and (route or clues.trip & STRONG_SLOTS):
        short = {Intent.GREETING, Intent.THANKS_OR_BYE, Intent.CONSENT_OR_CONFIRM, Intent.OTHER}
        return short | ({Intent.GENERAL_QUESTION} if route else set())
    if not CONTACT_SLOTS & set(clues.slots):
        return set()
    chose = table.intent is Intent.BOOKING_REQUEST or clues.asked == "confirm_booking"
    return {Intent.OTHER} if chose else {Intent.OTHER, Intent.BOOKING_REQUEST}


def seen(norm: str, clues: Clues, table: Decision) -> list[str]:
    """What the model sees of a message."""
    return features(norm, clues.facts(len(norm.split())), table.intent.value)
