"""Activities: what happened, append-only. The timeline, the audit log and the live stream are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from crystalbay.ids import new_id
from crystalbay.services.viewers import Actor
from crystalbay.store.interface import Insert, Row, Store, Where

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


Group = Literal["people", "machine", "messages", "changes"]
"""What the timeline can be narrowed to: what people did, what the machine did, what was written, what was changed."""

_MESSAGES = ("received", "queued", "state", "edited", "deleted", "not_changed", "file")
_CHANGES = (
    *(f"lead.{what}" for what in ("created", "changed", "moved", "archived", "restored", "tags")),
    *(f"customer.{what}" for what in ("changed", "merged", "unmerged", "erased")),
    *(f"note.{what}" for what in ("added", "changed", "deleted")),
    *(f"reminder.{what}" for what in ("added", "changed", "done", "deleted")),
    *(f"conversation.{what}" for what in ("mode", "blocked", "unblocked")),
    "offer.checked",
)
_GROUPS: dict[Group, Where] = {
    "people": ("actor_kind", "in", ("manager", "key")),
    "machine": ("actor_kind", "eq", "bot"),
    "messages": ("kind", "in", tuple(f"message.{what}" for what in _MESSAGES)),
    "changes": ("kind", "in", _CHANGES),
}


def of_lead(
    store: Store, lead_id: str, limit: int = 100, *, group: Group | None = None, after: Sequence[int] | None = None
) -> list[Row]:
    """A page of a lead's activities, newest first; `after` is [seq] of the oldest one seen."""
    where: list[Where] = [("lead_id", "eq", lead_id), *([_GROUPS[group]] if group else [])]
    return store.find("activities", where, order=("seq",), limit=limit, after=after, desc=True)


def present(row: Row) -> dict[str, Any]:
    """An activity as REST shows it."""
    shown = {
        name: row[name] for name in ("id", "kind", "lead_id", "conversation_id", "message_id", "data", "created_at")
    }
    return shown | {"actor": {"kind": row["actor_kind"], "id": row["actor_id"], "name": row["actor_name"]}}


def changed_since(store: Store, lead_id: str, version: int) -> dict[str, Row]:
    """The lead's fields that were changed after `version`, by what the activities say: each with its newest change."""
    changes: dict[str, Row] = {}
    after: list[int] | None = None
    while recent := of_lead(store, lead_id, after=after):
        for row in recent:
            made = row["data"].get("version")
            if made is None:
                continue
            if made <= version:
                return changes
            for name in row["data"].get("fields", ()):
                changes.setdefault(name, row)
        after = [recent[-1]["seq"]]
    return changes


def overlap(changes: dict[str, Row], names: set[str]) -> dict[str, Any] | None:
    """Of what was changed meanwhile, that which somebody else wants to change: {"by", "at", "fields"}, `by` and `at`
    of the newest such change. None: nothing of it."""
    common = sorted(changes.keys() & names)
    if not common:
        return None
    newest = max((changes[name] for name in common), key=lambda row: int(row["seq"]))
    return {"by": newest["actor_name"], "at": newest["created_at"], "fields": common}
