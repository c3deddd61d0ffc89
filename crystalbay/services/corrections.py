"""What a person says of a lead's trip: a slot that was corrected or confirmed is not overwritten by the machine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from crystalbay.store.interface import Row, Store, Where

_LATEST = 100
"""Acts on a lead among which it is looked up when a slot was confirmed; before them counts as long ago."""


def person_said(lead: Row, sets: Row, who: str) -> tuple[Row, dict[str, Any]]:
    """The columns that follow from a new trip or a new list of confirmed slots, and what the activity says of it.

    A slot with another value than before is confirmed by that, and its evidence is who said so.
    """
    if not sets.keys() & {"trip", "confirmed"}:
        return {}, {}
    before: Row = lead["trip"]
    after: Row = sets.get("trip", before)
    corrected = differing(before, after, before.keys() | after.keys())
    known = set(lead["confirmed"])
    confirmed = set(sets.get("confirmed", known)) | set(corrected)
    columns: Row = {"confirmed": sorted(confirmed)}
    if corrected:
        columns["evidence"] = lead["evidence"] | dict.fromkeys(corrected, who)
    was = {slot: before.get(slot) for slot in corrected}
    return columns, {"corrected": corrected, "was": was, "confirmed_now": sorted(confirmed - known | set(corrected))}


def differing(one: Row, other: Row, slots: Collection[str]) -> list[str]:
    """Those of the slots that differ between two trips; nothing and an empty list are the same."""
    return sorted(slot for slot in slots if (one.get(slot) or None) != (other.get(slot) or None))


def confirmed_at(store: Store, lead_id: str, slots: Collection[str]) -> dict[str, datetime]:
    """When each of these slots was last corrected or confirmed by a person."""
    where: list[Where] = [
        ("lead_id", "eq", lead_id),
        ("kind", "eq", "lead.changed"),
        ("actor_kind", "in", ("manager", "key")),
    ]
    found: dict[str, datetime] = {}
    for act in store.find("activities", where, order=("seq",), limit=_LATEST, desc=True):
        for slot in set(act["data"].get("confirmed_now", ())) & set(slots):
            found.setdefault(slot, act["created_at"])
    return found
