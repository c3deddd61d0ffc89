"""How an outgoing part gets out, at most once where the provider cannot tell, and what is known of its fate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from crystalbay.errors import Conflict, PermanentError, TransientError
from crystalbay.services import leads, staff_messages
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.conversations import machine_stops, proposals_end
from crystalbay.services.handover import notice
from crystalbay.services.outgoing import chat_of, part_of
from crystalbay.services.viewers import SYSTEM, Actor
from crystalbay.services.work import Postpone
from crystalbay.store.interface import Change, Insert, Row, Update, Where
from models import (
    Author,
    Channel,
    DeliveryReport,
    MessageReceived,
    MessageState,
    Mode,
    OutgoingPart,
    delivery_advances,
)

log = structlog.get_logger(__name__)

BLOCKED = "blocked"
"""The code of the PermanentError of a customer who lets nothing through."""
_LATELY = 3
"""Parts of a chat that were sent, among which is the one that left last."""

INTERRUPTED = "the connection broke while it was being sent"
TAKEN_OVER = "a person took the conversation over while it was being sent"
NOT_DELIVERED = "the messenger did not deliver it and gave no reason"
"""Why a message is not known to be with the customer, beside what a provider says."""


def deliver(ctx: Context, message_id: str) -> list[Change]:
    """Send one part. Answers the changes that record how it went.

    The part is `sending` in the store before the call. A part found `sending` was cut in flight: it is repeated while
    the provider's idempotency protects it, then it is `unknown`, for a person to look at.
    """
    message = ctx.store.find("messages", [("id", "eq", message_id)], limit=1)[0]
    channel = ctx.channels[message["provider"]]
    first_try = message["state"] == MessageState.QUEUED
    if message["withdrawn"]:
        return _withdrawn(ctx, message)
    if first_try:
        _keep_pace(ctx, channel, message)
        message |= {"tried_at": ctx.clock.now(), "state": MessageState.SENDING.value}
        sets = {name: message[name] for name in ("state", "tried_at")}
        ctx.store.commit(
            [Update("messages", message_id, sets, expect={"state": MessageState.QUEUED.value}), _state(message)]
        )
    elif message["state"] != MessageState.SENDING:
        return []
    elif ctx.clock.now() - message["tried_at"] > timedelta(seconds=channel.repeats_s):
        return _ended(ctx, message, MessageState.UNKNOWN, INTERRUPTED)
    return _send(ctx, channel, message, first_try=first_try)


def _keep_pace(ctx: Context, channel: Channel, message: Row) -> None:
    """Wait for the provider's pace before the part counts as `sending`: who waits has surely sent nothing."""
    if channel.pace_s:
        pause = channel.pace_s - (ctx.clock.now() - _last_sent(ctx, message)).total_seconds()
        if pause > 0.01:
            raise Postpone(pause)
    channel.wait()


def _last_sent(ctx: Context, message: Row) -> datetime:
    """When the last part before this one left for the same chat."""
    where: list[Where] = [("conversation_id", "eq", message["conversation_id"]), ("direction", "eq", "out")]
    rows = ctx.store.find("messages", [*where, ("sent_at", "ne", None)], limit=_LATELY, desc=True)
    return max((row["sent_at"] for row in rows), default=datetime.min.replace(tzinfo=UTC))


def _send(ctx: Context, channel: Channel, message: Row, *, first_try: bool) -> list[Change]:
    conversation = ctx.store.find("conversations", [("id", "eq", message["conversation_id"])], limit=1)[0]
    replaced = _replaced(ctx, message)
    outgoing = OutgoingPart(
        chat=chat_of(conversation),
        part=part_of(message),
        client_id=message["id"],
        by_machine=message["author"] == Author.BOT,
        replaces=replaced["external_id"] if replaced else None,
        reply_to=message["reply_to"],
        read=lambda file_id: b"".join(ctx.files.read(file_id)),
    )
    try:
        external_id = channel.send(outgoing)
    except PermanentError as error:
        blocked = reach_changes(ctx, conversation, blocked=True) if error.code == BLOCKED else []
        return [*blocked, *_ended(ctx, message, MessageState.FAILED, str(error))]
    except TransientError as error:
        _not_yet(ctx, message, surely_not_sent=first_try and not error.outcome_unknown)
        raise
    sets: Row = {"state": MessageState.SENT.value, "sent_at": ctx.clock.now(), "external_id": external_id}
    gives_way = replaced and replaced["external_id"] == external_id
    given_up = [Update("messages", replaced["id"], {"external_id": None})] if replaced and gives_way else []
    return [*given_up, *_adopted(ctx, message, sets)]


def _replaced(ctx: Context, message: Row) -> Row | None:
    """The message of ours («ищу туры…») whose place this part takes, if it is with the customer."""
    replaces = (message["look"] or {}).get("replaces")
    rows = ctx.store.find("messages", [("id", "eq", replaces)], limit=1) if replaces else []
    return rows[0] if rows and rows[0]["external_id"] and not rows[0]["deleted_at"] else None


def _adopted(ctx: Context, message: Row, sets: Row) -> list[Change]:
    """Record a send; an echo or a status may have been faster and already said more."""
    now = ctx.store.find("messages", [("id", "eq", message["id"])], limit=1)[0]
    if now["state"] != MessageState.SENDING:
        return []
    return [Update("messages", message["id"], sets, expect={"state": now["state"]}), _state(message | sets)]


# --------------------------------------------------------------------------- who is out of reach


def reach_changes(ctx: Context, conversation: Row, *, blocked: bool) -> list[Change]:
    """The customer blocked us, or let us in again: marked on the conversation; who has the lead is told of a block."""
    if bool(conversation["blocked_at"]) == blocked:
        return []
    lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
    customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
    told = _told(ctx, "blocked", lead, customer, conversation["id"]) if blocked and not leads.is_over(lead) else []
    guard = {"blocked_at": conversation["blocked_at"]}
    ids = {"lead_id": lead["id"], "conversation_id": conversation["id"]}
    who = Actor("customer", customer["id"], customer["name"])
    return [
        Update("conversations", conversation["id"], {"blocked_at": ctx.clock.now() if blocked else None}, expect=guard),
        *told,
        activity("conversation.blocked" if blocked else "conversation.unblocked", who, **ids),
    ]


def _told(ctx: Context, kind: str, lead: Row, customer: Row, conversation_id: str, words: str = "") -> list[Change]:
    """Who has the lead hears of it, in the bell and in Telegram."""
    owner = lead["assignee_id"]
    in_telegram = staff_messages.told(
        ctx, kind, lead, customer, user_id=owner, conversation_id=conversation_id, words=words
    )
    return [notice(kind, lead, customer, user_id=owner), *in_telegram]


def _not_yet(ctx: Context, message: Row, *, surely_not_sent: bool) -> None:
    """What was surely not accepted waits as `queued`, however long; what perhaps was stays `sending`.

    Nothing of the machine's waits once a person took over while it was being sent.
    """
    if not surely_not_sent:
        return
    sets: Row = {"state": MessageState.QUEUED.value, "tried_at": None}
    guard = {"state": MessageState.SENDING.value, "tried_at": message["tried_at"], "withdrawn": False}
    try:
        ctx.store.commit([Update("messages", message["id"], sets, expect=guard), _state(message | sets)])
    except Conflict:
        cancelled: Row = {"state": MessageState.CANCELLED.value}
        overtaken = guard | {"withdrawn": True}
        ctx.store.commit([Update("messages", message["id"], cancelled, expect=overtaken), _state(message | cancelled)])


def _withdrawn(ctx: Context, message: Row) -> list[Change]:
    """A person took over while the machine's part was on its way: it is not tried again."""
    if message["state"] != MessageState.SENDING:
        return []
    return _ended(ctx, message, MessageState.UNKNOWN, TAKEN_OVER)


def give_up(ctx: Context, message_id: str, error: str) -> list[Change]:
    """The last attempt failed. Still queued: never accepted. Still sending: nobody can tell."""
    message = ctx.store.find("messages", [("id", "eq", message_id)], limit=1)[0]
    if message["state"] == MessageState.QUEUED:
        return _ended(ctx, message, MessageState.FAILED, error)
    if message["state"] == MessageState.SENDING:
        return _ended(ctx, message, MessageState.UNKNOWN, error)
    return []


def _ended(ctx: Context, message: Row, state: MessageState, why: str) -> list[Change]:
    """A part that did not get out, or perhaps did not: kept, shown with the reason, and managers are told."""
    lead = ctx.store.find("leads", [("id", "eq", message["lead_id"])], limit=1)[0]
    customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
    sets = {"state": state.value, "error": why[:500]}
    kind = "not_sent" if state is MessageState.FAILED else "send_unknown"
    told = _told(ctx, kind, lead, customer, message["conversation_id"], message["text"])
    guard = {"state": message["state"]}
    waits: Row = {"needs_human": lead["needs_human"] or kind}
    waits |= {"waiting_since": message["created_at"]} if lead["waiting_since"] is None else {}
    marked = [] if leads.is_over(lead) else leads.change(lead, waits, SYSTEM)
    return [Update("messages", message["id"], sets, expect=guard), *marked, *told, _state(message | sets)]


def _state(message: Row) -> Insert:
    return activity(
        "message.state",
        SYSTEM,
        lead_id=message["lead_id"],
        conversation_id=message["conversation_id"],
        message_id=message["id"],
        state=message["state"],
        error=message["error"],
    )


# --------------------------------------------------------------------------- what the provider reports


def report_changes(ctx: Context, event: DeliveryReport) -> list[Change] | None:
    """The changes that a delivery report makes; [] when it is old news; None when its message is not known (yet)."""
    rows = ctx.store.find("messages", [("external_id", "eq", event.external_id), ("direction", "eq", "out")], limit=1)
    return _reported(ctx, rows[0], event.state, event.error) if rows else None


def _reported(ctx: Context, message: Row, state: MessageState, error: str | None) -> list[Change]:
    if not delivery_advances(MessageState(message["state"]), state):
        return []
    if state is MessageState.FAILED:
        return _ended(ctx, message, state, error or NOT_DELIVERED)
    sets: Row = {"state": state.value, "error": None}
    return [Update("messages", message["id"], sets, expect={"version": message["version"]}), _state(message | sets)]


def echo_seen(ctx: Context, event: MessageReceived, conversation: Row) -> list[Change]:
    """A message left the agency's account. Ours: adopt what it tells. Not ours: a person stepped in by another way."""
    known = ctx.store.find(
        "messages", [("provider", "eq", event.chat.provider), ("external_id", "eq", event.external_id)], limit=1
    )
    state = event.state or MessageState.SENT
    if known:
        return _reported(ctx, known[0], state, event.error)
    ours = _own_send(ctx, conversation, event)
    if ours:
        reached = state if state is not MessageState.FAILED else MessageState.SENT
        sets: Row = {"external_id": event.external_id, "state": reached.value, "error": None}
        if ours["sent_at"] is None:
            sets["sent_at"] = event.sent_at
        return [Update("messages", ours["id"], sets, expect={"version": ours["version"]}), _state(ours | sets)]
    return _person_wrote(ctx, conversation, event)


def _own_send(ctx: Context, conversation: Row, event: MessageReceived) -> Row | None:
    """A part of ours whose provider id is not known yet: same chat, same text (or a file, too), lately tried."""
    recent = ctx.store.find(
        "messages",
        [
            ("conversation_id", "eq", conversation["id"]),
            ("direction", "eq", "out"),
            ("external_id", "eq", None),
            ("state", "in", ("sending", "sent", "unknown")),
        ],
        limit=50,
        desc=True,
    )
    file = bool(event.attachments)
    same = (row for row in recent if row["text"].strip() == event.text.strip() and bool(row["attachments"]) == file)
    return next(same, None)


def _person_wrote(ctx: Context, conversation: Row, event: MessageReceived) -> list[Change]:
    lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
    actor = _sender(event)
    now = ctx.clock.now()
    sets: Row = {"mode": Mode.HUMAN.value, "waiting_since": None, "needs_human": None, "last_message_at": now}
    ids = {"lead_id": lead["id"], "conversation_id": conversation["id"]}
    took = activity("conversation.mode", actor, mode="human", version=lead["version"] + 1, fields=sorted(sets), **ids)
    return [
        *machine_stops(conversation, mode=Mode.HUMAN.value, last_message_at=now),
        *proposals_end(conversation["id"]),
        Update("leads", lead["id"], sets, expect={"version": lead["version"]}, now={"updated_at": 0.0}),
        *([took] if conversation["mode"] != Mode.HUMAN else []),
        *person_said(event, conversation),
    ]


def person_said(event: MessageReceived, conversation: Row) -> list[Change]:
    """What a person of ours wrote from the messenger's own app, as a message of a conversation."""
    actor = _sender(event)
    row = leads.message_row(
        conversation,
        direction="out",
        author=Author.MANAGER.value,
        author_name=actor.name,
        text=event.text,
        note=event.note,
        external_id=event.external_id,
        state=(event.state or MessageState.SENT).value,
        error=event.error,
        sent_at=event.sent_at,
    )
    ids = {"lead_id": conversation["lead_id"], "conversation_id": conversation["id"], "message_id": row["id"]}
    return [Insert("messages", row, now={"created_at": 0.0}), activity("message.queued", actor, **ids)]


def _sender(event: MessageReceived) -> Actor:
    return Actor("manager", None, event.author_name or "Сотрудник с телефона")
