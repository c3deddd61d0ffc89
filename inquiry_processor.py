"""Assess an inquiry: its category, a score with reasons, urgency, value, and the stage it should be in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models import Intent, Money, Offer, Sentiment, Stage, TripRequest, Understanding, Urgency

_CATEGORIES = {
    Intent.SUPPORT_PROBLEM: "support",
    Intent.CHANGE_OR_CANCEL: "change",
    Intent.PAYMENT_QUESTION: "payment",
    Intent.BOOKING_STATUS: "status",
    Intent.SPAM: "spam",
}
"""Intents that say what a lead is about; all others leave it a sale."""

_KNOWN_POINTS = (
    ("destination_country", 10, "назвал направление"),
    ("date_from", 15, "назвал даты"),
    ("budget_max", 10, "назвал бюджет"),
    ("departure_city", 10, "назвал город вылета"),
    ("adults", 5, "назвал состав"),
    ("nights_min", 5, "назвал длительность"),
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an inquiry is worth now. `score` is 0 to 100; `reasons` are plain lines: «+20 назвал даты»."""

    category: str
    score: int
    reasons: list[str]
    urgency: Urgency
    value: Money | None
    stage: Stage | None
    confidence: float


def assess(
    trip: TripRequest,
    understood: Understanding | None = None,
    *,
    offers: Sequence[Offer] = (),
    chosen: Offer | None = None,
    over_budget: bool = False,
    has_contact: bool = False,
    question_answered: bool = False,
    category: str | None = None,
) -> Assessment:
    """Assess from what is known of the trip, the newest words and what was offered."""
    urgency = understood.urgency if understood else Urgency.NORMAL
    earned = [(points, text) for slot, points, text in _KNOWN_POINTS if getattr(trip, slot) is not None]
    facts = (
        (has_contact, 5, "есть контакт"),
        (chosen is not None, 30, "выбрал вариант"),
        (urgency is Urgency.HIGH, 20, "торопится"),
        (urgency is Urgency.LOW, -15, "пока присматривается"),
        (over_budget, -10, "бюджет ниже рынка"),
        (understood is not None and understood.sentiment is Sentiment.NEG, -5, "недоволен"),
    )
    earned += [(points, text) for holds, points, text in facts if holds]
    found = _CATEGORIES.get(understood.intent) if understood else None
    return Assessment(
        category=found or category or "sale",
        score=0 if found == "spam" else max(0, min(100, sum(points for points, _ in earned))),
        reasons=[f"{points:+d} {text}" for points, text in earned],
        urgency=urgency,
        value=_value(trip, offers, chosen),
        stage=_stage(offers, chosen=chosen is not None, question_answered=question_answered),
        confidence=understood.confidence.get("intent", 0.5) if understood else 0.5,
    )


def _stage(offers: Sequence[Offer], *, chosen: bool, question_answered: bool) -> Stage | None:
    if chosen:
        return Stage.COMMERCIAL_OFFER
    if offers:
        return Stage.TOUR_SELECTION
    return Stage.CONSULTATION if question_answered else None


def _value(trip: TripRequest, offers: Sequence[Offer], chosen: Offer | None) -> Money | None:
    """What the sale may bring: the offer chosen, else the budget, else the middle of the offers."""
    if chosen:
        return chosen.price
    if trip.budget_max is not None and trip.budget_currency is not None:
        heads = (trip.adults or 1) + len(trip.children or ()) if trip.budget_per == "person" else 1
        return Money(amount=Decimal(trip.budget_max) * heads, currency=trip.budget_currency)
    prices = sorted((offer.price for offer in offers), key=lambda price: price.amount)
    return prices[len(prices) // 2] if prices else None
