"""All that is kept of one customer, for him who asks what that is."""

from __future__ import annotations

from typing import Any

from crystalbay.services import activities, conversations, customer_cards, leads, notes, offers, reminders
from crystalbay.services.context import Context
from crystalbay.services.reading import every
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import Row, Where


def exported(ctx: Context, viewer: Viewer, customer_id: str) -> dict[str, Any]:
    """A customer's personal data, each part as REST shows it; of leads that the viewer does not see, nothing.

    Raises NotFound, and Forbidden for who may not read conversations.
    """
    viewer.require("conversations:read")
    customer = customer_cards.show(ctx, viewer, customer_id)
    where: list[Where] = [("customer_id", "eq", customer["id"]), *visible_leads(viewer)]
    rows = list(every(ctx.store, "leads", where))
    ids = [row["id"] for row in rows]
    parts: dict[str, list[Row]] = {
        table: [row for lead_id in ids for row in every(ctx.store, table, [("lead_id", "eq", lead_id)], order)]
        for table, order in _PARTS.items()
    }
    return customer | {
        "exported_at": ctx.clock.now(),
        "leads": leads.present_all(ctx.store, rows),
        "conversations": [conversations.present(row) for row in parts["conversations"]],
        "messages": [conversations.present_message(row) for row in parts["messages"]],
        "notes": [notes.present(row) for row in parts["notes"]],
        "reminders": reminders.present_all(ctx.store, parts["reminders"]),
        "offers": [shown for lead_id in ids for shown in offers.present_all(ctx, _offers(ctx, lead_id))],
        "activities": [activities.present(row) for row in parts["activities"]],
    }


def _offers(ctx: Context, lead_id: str) -> list[Row]:
    """A lead's offers; later checks of their prices are shown with them."""
    return list(every(ctx.store, "offers", [("lead_id", "eq", lead_id), ("check_of", "eq", None)]))


_PARTS = {
    "conversations": ("created_at", "id"),
    "messages": ("created_at", "id"),
    "notes": ("created_at", "id"),
    "reminders": ("due_at", "id"),
    "activities": ("seq",),
}
"""Tables of what belongs to a lead, and the order in which they are told."""
