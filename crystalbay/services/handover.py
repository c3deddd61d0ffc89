"""Handing a conversation to a person: who answers, by when, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crystalbay.ids import new_id
from crystalbay.services.context import Context
from crystalbay.services.office import read_office
from crystalbay.store.interface import Insert, Row

URGENT = frozenset({"asked", "angry", "urgent", "support", "booking", "integration", "lockout"})


@dataclass(frozen=True, slots=True)
class Promise:
    """Who answers (None: somebody of the office) and by when, in office time."""

    assignee_id: str | None
    name: str | None
    by: datetime


def promise(ctx: Context, lead: Row) -> Promise:
    """Who will answer this lead's customer: its assignee, else the default one, else the office; within its hours."""
    office = read_office(ctx.store)
    by = office.answer_by(ctx.local_now())
    for user_id in filter(None, (lead["assignee_id"], office.default_assignee)):
        users = ctx.store.find("users", [("id", "eq", user_id), ("active", "eq", True)], limit=1)
        if users:
            return Promise(user_id, users[0]["name"], by)
    return Promise(None, None, by)


def named(lead: Row, customer: Row) -> dict[str, Any]:
    """Whom a notice is about: {"name": None when neither name nor phone is known, "number"}."""
    return {"name": customer["name"] or customer["phone"], "number": lead["number"]}


def notice(kind: str, lead: Row, customer: Row, *, user_id: str | None = None) -> Insert:
    """The change that tells managers of a lead; `user_id` None: everybody (the unassigned queue)."""
    return tell(kind, lead_id=lead["id"], user_id=user_id, **named(lead, customer))


def tell(
    kind: str, *, lead_id: str | None = None, user_id: str | None = None, notice_id: str | None = None, **data: Any
) -> Insert:
    """The change that tells one user (None: everybody) something; under a given id it is told once.

    `data`: what the words are made of when somebody reads them, in the reader's language (views/notices.py).
    """
    row = {
        "id": notice_id or new_id(),
        "kind": kind,
        "text": str(data.get("name") or "")[:500],
        "data": data,
        "urgent": kind in URGENT,
        "lead_id": lead_id,
        "user_id": user_id,
    }
    return Insert("notices", row, now={"created_at": 0.0})
