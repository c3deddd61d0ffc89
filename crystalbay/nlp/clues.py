"""What is known of a message beside its words, and what is decided of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models import Intent

STRONG_SLOTS = frozenset({"adults", "budget_max", "budget_min", "nights_min", "nights_max", "meal", "stars_min"})
NOT_TRIP = frozenset({"phone", "email", "customer_name", "booking_number", "hotel_name"})
PLACE_SLOTS = frozenset({"destination_country", "destination_resort", "departure_city"})


@dataclass(frozen=True, slots=True)
class Decision:
    intent: Intent
    sure: float


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known beside the words. `slots`: found in this message; `known`: before it; `tourists`: passport data;
    `departs_in_hours`: the writer is about to leave."""

    slots: Mapping[str, Any]
    known: Mapping[str, Any]
    asked: str | None
    tourists: bool = False
    departs_in_hours: bool = False

    @property
    def trip(self) -> set[str]:
        return set(self.slots) - NOT_TRIP

    @property
    def answers_offer(self) -> bool:
        return self.asked in ("offer", "confirm_booking")

    @property
    def asks_for_slot(self) -> bool:
        return self.asked is not None and not self.answers_offer

    def facts(self, words: int) -> list[str]:
        """Facts that rules may name with an @."""
        found = [*self.slots, f"asked:{self.asked}"]
        conditions = {
            "known": bool(self.known),
            "searching": bool(self.known) and "booking_number" not in self.slots,
            "trip": bool(self.trip),
            "strong": bool(self.trip & STRONG_SLOTS),
            "place": bool(self.trip & PLACE_SLOTS),
            "price_of_trip": bool(
                self.trip & {"destination_country", "destination_resort"} and self.trip & STRONG_SLOTS
            ),
            "tourists": self.tourists,
            "short": words <= 4,
            "departs_in_hours": self.departs_in_hours,
        }
        return found + [name for name, holds in conditions.items() if holds]
