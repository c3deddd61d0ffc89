"""What the office was told in Telegram of an erased customer, and what managers answered there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from crystalbay.errors import Conflict
from crystalbay.services import raw_bodies, staff_chat
from crystalbay.services.context import Context
from crystalbay.services.reading import every
from crystalbay.store.interface import Row, Update

_NOTHING: Row = {"text": "", "external_id": None, "error": None}
"""Without its number a reply to it finds no customer any more."""


def forget(ctx: Context, lead_id: str) -> None:
    """Empty what was told of a lead; before it, what quotes it: its number is known no longer than that."""
    for told in list(every(ctx.store, "staff_messages", [("lead_id", "eq", lead_id)])):
        if told["external_id"]:
            raw_bodies.empty_about(ctx, "telegram", told["chat_id"], told["external_id"], told["created_at"])
            _forget_answers(ctx, told)
        if any(told[name] != value for name, value in _NOTHING.items()):
            with suppress(Conflict):
                ctx.store.commit([Update("staff_messages", told["id"], _NOTHING)])


def _forget_answers(ctx: Context, told: Row) -> None:
    """The texts of the replies, as jobs brought them to the customer's chat."""
    for job in list(every(ctx.store, "jobs", [("key", "eq", f"{staff_chat.SAID}:{told['chat_id']}")], ("seq",))):
        given: dict[str, Any] = job["payload"]
        if given.get("reply_to") == told["external_id"] and given.get("text"):
            with suppress(Conflict):
                ctx.store.commit([Update("jobs", job["id"], {"payload": given | {"text": ""}})])
