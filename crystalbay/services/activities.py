"""Activities: what happened, append-only. The timeline, the audit log and the live stream are made of them."""

from __future__ import annotations

from typing import Any

from crystalbay.ids import new_id
from crystalbay.services.viewers import Actor
from crystalbay.store.interface import Insert, Row, Store

MACHINE_KINDS = ("understood", "search.started", "search.done", "offers.sent")


def activity(
    kind: str,
    actor: Actor,
    *,
    lead_id: str | None = None,
    conversation_id: str | None = None,
    message_id: str | None = None,
    **data: Any,
) -> Insert:
    """The change that records one act. It comes last in a commit: then a conflict burns no sequence number."""
    row = {
        "id": new_id(),
        "kind": kind,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "lead_id": lead_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "data": data,
    }
    return Insert("activities", row, now={"created_at": 0.0})


def of_lead(store: Store, lead_id: str, limit: int = 100) -> list[Row]:
    """The newest activities of a lead, newest first."""
    return store.find("activities", [("lead_id", "eq", lead_id)], order=("seq",), limit=limit, desc=True)


def fields_changed_since(store: Store, lead_id: str, version: int) -> set[str]:
    """Names of the lead's fields that were changed after `version`, by what the activities say."""
    names: set[str] = set()
    after: list[int] | None = None
    while recent := store.find(
        "activities", [("lead_id", "eq", lead_id)], order=("seq",), limit=100, after=after, desc=True
    ):
        for row in recent:
            made = row["data"].get("version")
            if made is not None and made <= version:
                return names
            names |= set(row["data"].get("fields", ())) if made is not None else set()
        after = [recent[-1]["seq"]]
    return names
