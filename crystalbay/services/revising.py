"""What a manager sent is put in other words or taken back, where the messenger lets us.

The row says at once what should be; a job does it in the chat. What the messenger refuses stands as an error at the
message, so that it is known what the customer still sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from crystalbay.errors import Conflict, Invalid, PermanentError, StoreError
from crystalbay.services import belongings, conversations, leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handover import notice
from crystalbay.services.outgoing import chat_of, part_of
from crystalbay.services.viewers import SYSTEM, Actor, Viewer
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Row, Update
from models import Author, EditingChannel, MessageState, Reply

REVISE, WITHDRAW = "revise", "withdraw"
"""Kinds of jobs."""

TAKEN_BACK_FOR = timedelta(hours=48)
"""How long a message can be taken back."""

_WITH_THE_CUSTOMER = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
_UNKNOWN = "no such message"


def can_change(message: Mapping[str, Any]) -> bool:
    """Can the words of this message, of a channel that edits, be others? Offers say what the supplier says."""
    return _is_ours(message) and not message.get("offers")


def can_withdraw(message: Mapping[str, Any], now: datetime, sent_at: datetime) -> bool:
    """Can this message, of a channel that edits, be taken back? Of an album we know the first picture only."""
    return _is_ours(message) and len(message.get("attachments") or ()) <= 1 and now - sent_at < TAKEN_BACK_FOR


def _is_ours(message: Mapping[str, Any]) -> bool:
    """A person of ours wrote it, and it is with the customer."""
    there = message.get("external_id") and not message.get("deleted_at")
    return bool(there) and message["state"] in _WITH_THE_CUSTOMER and message["author"] == Author.MANAGER


# --------------------------------------------------------------------------- what a manager asks for


def change(ctx: Context, viewer: Viewer, message_id: str, text: str) -> dict[str, Any]:
    """Put a message in other words; answers it as REST shows it. Raises Invalid for what cannot be changed."""
    text = text.strip()
    for _ in range(leads.RETRIES):
        message = _read(ctx, viewer, message_id)
        channel = _editing(ctx, message)
        if channel is None or not can_change(message):
            raise Invalid("message", "only what a person sent can be changed, where the messenger lets us")
        if text == message["text"]:
            return conversations.present_message(message)
        _check(ctx, channel, message, text)
        sets: Row = {"text": text, "edited_at": ctx.clock.now(), "error": None}
        if _committed(ctx, message, sets, REVISE, "message.edited", viewer.actor):
            return conversations.present_message(message | sets | {"version": message["version"] + 1})
    raise StoreError("overtaken too often while a message was changed")


def withdraw(ctx: Context, viewer: Viewer, message_id: str) -> None:
    """Take a message back. Raises Invalid for what cannot be taken back; of one that was, it is no error."""
    for _ in range(leads.RETRIES):
        message = _read(ctx, viewer, message_id)
        if message["deleted_at"] and message["author"] == Author.MANAGER:
            return
        now = ctx.clock.now()
        if _editing(ctx, message) is None or not can_withdraw(message, now, message["created_at"]):
            raise Invalid("message", "only what a person sent in the last 48 hours can be taken back, and no albums")
        sets: Row = {"deleted_at": now, "error": None}
        if _committed(ctx, message, sets, WITHDRAW, "message.deleted", viewer.actor):
            return
    raise StoreError("overtaken too often while a message was taken back")


def _read(ctx: Context, viewer: Viewer, message_id: str) -> Row:
    viewer.require("conversations:write")
    return belongings.read(ctx, viewer, "messages", message_id, _UNKNOWN)[0]


def _editing(ctx: Context, message: Row) -> EditingChannel | None:
    """The message's channel, if it can change what was sent."""
    channel = ctx.channels.get(message["provider"])
    return cast(EditingChannel, channel) if channel and channel.edits else None


def _check(ctx: Context, channel: EditingChannel, message: Row, text: str) -> None:
    """Raise Invalid for words that are not one message of this channel, as these were."""
    if not text and not message["attachments"]:
        raise Invalid("text", "write something first")
    try:
        parts = channel.render(chat_of(_talk(ctx, message)), Reply(text, files=part_of(message).files))
    except PermanentError as error:
        raise Invalid("attachments", str(error)) from None
    if len(parts) != 1:
        raise Invalid("text", "is too long for one message: make it shorter")


def _talk(ctx: Context, message: Row) -> Row:
    return ctx.store.find("conversations", [("id", "eq", message["conversation_id"])], limit=1)[0]


def _committed(ctx: Context, message: Row, sets: Row, job: str, kind: str, actor: Actor) -> bool:
    """Keep it with its job, in the order of what is sent in this chat. False: somebody was faster."""
    said = activity(kind, actor, **_about(message), before=message["text"])
    payload = {"message_id": message["id"], "act": said.row["id"]}
    work = new_job(job, payload, key=f"deliver:{message['conversation_id']}")
    try:
        ctx.store.commit([Update("messages", message["id"], sets, expect={"version": message["version"]}), work, said])
    except Conflict:
        return False
    return True


def _about(message: Row) -> dict[str, str]:
    names = {"lead_id": "lead_id", "conversation_id": "conversation_id", "id": "message_id"}
    return {to: message[name] for name, to in names.items()}


# --------------------------------------------------------------------------- the jobs; each may be done again


def revise(ctx: Context, job: Job) -> list[Change]:
    """Put the words that the row has now into the chat."""
    message = _of_job(ctx, job)
    channel = _editing(ctx, message)
    if channel is None or not message["external_id"] or message["deleted_at"]:
        return []
    channel.wait()
    try:
        channel.edit(chat_of(_talk(ctx, message)), message["external_id"], message["id"], part_of(message))
    except PermanentError as error:
        return refused(ctx, job, str(error))
    return []


def take_back(ctx: Context, job: Job) -> list[Change]:
    """Take the message out of the chat."""
    message = _of_job(ctx, job)
    channel = _editing(ctx, message)
    if channel is None or not message["external_id"]:
        return []
    channel.wait()
    try:
        channel.delete(chat_of(_talk(ctx, message)), message["external_id"])
    except PermanentError as error:
        return refused(ctx, job, str(error))
    return []


def _of_job(ctx: Context, job: Job) -> Row:
    return ctx.store.find("messages", [("id", "eq", job.payload["message_id"])], limit=1)[0]


def _as_before(ctx: Context, job: Job) -> Row:
    """The words that the customer still sees."""
    acts = ctx.store.find("activities", [("id", "eq", job.payload["act"])], order=("seq",), limit=1)
    return {"text": acts[0]["data"]["before"]} if acts and acts[0]["data"].get("before") else {}


def refused(ctx: Context, job: Job, error: str) -> list[Change]:
    """The messenger does not do it: said at the message and in the bell. What was to go is there still."""
    message = _of_job(ctx, job)
    if not message["external_id"]:  # erased meanwhile
        return []
    lead = ctx.store.find("leads", [("id", "eq", message["lead_id"])], limit=1)[0]
    customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
    sets: Row = {"error": error[:500]} | ({"deleted_at": None} if job.kind == WITHDRAW else _as_before(ctx, job))
    return [
        Update("messages", message["id"], sets, expect={"version": message["version"]}),
        notice("not_changed", lead, customer, user_id=lead["assignee_id"]),
        activity("message.not_changed", SYSTEM, **_about(message), act=job.kind, error=error[:500]),
    ]
