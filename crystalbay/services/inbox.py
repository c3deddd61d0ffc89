"""The durable inbox: what a channel delivers is stored, then acknowledged; the same event twice is one row.

A body with one customer message, or one press of a button, is stored whole in one commit: raw row, customer, lead,
conversation, message, job.
Any other body (several elements, edits, reports, echoes, unreadable) is kept as a raw row with an `ingest` job that
takes its elements one by one. Either way 2xx follows the commit. While the store is out of reach, and until all that
came meanwhile is taken, bodies go to the journal instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from crystalbay.errors import Conflict, StoreError, StoreUnavailable, TransientError
from crystalbay.ids import new_id
from crystalbay.services import attachments, delivery, health, intake, leads, outage, raw_bodies, staff_chat, taps
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import SYSTEM, Actor
from crystalbay.services.work import Postpone, new_job, process_job
from crystalbay.store.interface import Change, Insert, Row, Update, Where
from models import (
    AccountChanged,
    Channel,
    ChannelEvent,
    ChatBlocked,
    DeliveryReport,
    Intent,
    KeyboardTurned,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    StaffPressed,
    Unreadable,
)

log = structlog.get_logger(__name__)

PROVIDER_ACCOUNT = "account:"
"""Prefix of the health rows that hold the state of our accounts at a provider."""

REPORT_PATIENCE_S = (1.0, 5.0, 30.0, 120.0, 300.0)
"""When to look again for the message of a delivery report that came before we stored the provider's id."""


INLINE_PICTURE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=\\]*")
"""A picture inside a body: the QR code with which anybody could take an account over. It is never kept."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened to a webhook body: stored, known from an earlier delivery, or kept in the journal."""

    duplicate: bool
    journaled: bool = False


def receive(ctx: Context, channel: Channel, body: bytes) -> Receipt:
    """Store one webhook body. Returns when it is safe; raises StoreUnavailable when not even the journal takes it."""
    text = INLINE_PICTURE.sub("data:image/omitted", body.decode("utf-8", errors="replace").replace("\0", "\ufffd"))
    raw: Row = {
        "id": new_id(),
        "provider": channel.name,
        "external_id": hashlib.sha256(body).hexdigest(),
        "body": text,
        "state": "processed",
        "error": None,
    }
    events = _events(channel, body)
    if not ctx.journal.waits:
        try:
            return _store(ctx, channel, raw, _one(events))
        except StoreUnavailable as error:
            ctx.reach.failed(error)
    outage.keep(ctx, raw, outage.REPLAYED, _order(channel, events))
    return Receipt(duplicate=False, journaled=True)


def _store(ctx: Context, channel: Channel, raw: Row, event: ChannelEvent | None) -> Receipt:
    """One commit for one event; what the store refuses of it is kept raw, for the ingest job to say why."""
    if event:
        try:
            return _receive_one(ctx, raw, event)
        except StoreUnavailable:
            raise
        except StoreError:
            log.exception("inbox.kept_raw")
    return _receive_any(ctx, channel, raw)


def _events(channel: Channel, body: bytes) -> Sequence[ChannelEvent]:
    """The elements of a body; of one that cannot be parsed none: the ingest job will say why."""
    try:
        return channel.parse(body)
    except ValueError:
        return []


def _one(events: Sequence[ChannelEvent]) -> ChannelEvent | None:
    """The customer's message, or a press, when a body holds just that."""
    if len(events) != 1:
        return None
    event = events[0]
    wrote = isinstance(event, MessageReceived) and not event.echo
    return event if wrote or isinstance(event, KeyboardTurned | StaffPressed) else None


def _order(channel: Channel, events: Sequence[ChannelEvent]) -> str:
    """The key of the job that will take a body: bodies of one chat in order, those of several or none among themselves.

    A key that is cut short is shared with other chats, which does no harm.
    """
    kinds = MessageReceived | MessageEdited | MessageDeleted | ChatBlocked
    chats = {event.chat.key for event in events if isinstance(event, kinds)}
    return f"ingest:{chats.pop() if len(chats) == 1 else channel.name}"[:200]


def _receive_any(ctx: Context, channel: Channel, raw: Row) -> Receipt:
    ingest = new_job("ingest", {"event_id": raw["id"]}, key=f"ingest:{channel.name}", once=f"ingest:{raw['id']}")
    try:
        ctx.store.commit([_raw_insert(raw | {"state": "received"}), ingest])
    except Conflict:
        return Receipt(duplicate=True)
    return Receipt(duplicate=False)


def _raw_insert(raw: Row) -> Insert:
    return Insert("inbox_events", raw, now={"created_at": 0.0})


def _receive_one(ctx: Context, raw: Row, event: ChannelEvent) -> Receipt:
    office = _of_the_office(ctx, event)
    raw = raw | ({} if office is None else {"body": raw_bodies.of_the_office(raw["body"], kept=bool(office))})
    for _ in range(leads.RETRIES):
        try:
            changes = _of_a_customer(ctx, event) if office is None else office
            ctx.store.commit([_raw_insert(raw), *changes])
        except Conflict as conflict:
            if conflict.table == "inbox_events":
                return Receipt(duplicate=True)
            if _is_known(conflict):
                ctx.store.commit([_raw_insert(raw)])
                return Receipt(duplicate=True)
            continue
        return Receipt(duplicate=False)
    raise StoreError("overtaken too often while a message was stored")


def _is_known(conflict: Conflict) -> bool:
    return conflict.table == "messages" and conflict.constraint == "provider,external_id"


# --------------------------------------------------------------------------- the ingest job


def ingest(ctx: Context, event_id: str) -> list[Change]:
    """Take the elements of a raw row one by one; each is a commit of its own and may be repeated."""
    rows = ctx.store.find("inbox_events", [("id", "eq", event_id)], limit=1)
    if not rows or rows[0]["state"] == "processed":
        return []
    raw = rows[0]
    channel = ctx.channels[raw["provider"]]
    try:
        events = channel.parse(raw["body"].encode())
    except ValueError as error:
        return [_raw_done(event_id, [str(error)])]
    problems = [problem for event in events if (problem := _take(ctx, event))]
    return [_raw_done(event_id, problems)]


def _raw_done(event_id: str, problems: list[str]) -> Update:
    error = "; ".join(problems)[:1000] or None
    return Update("inbox_events", event_id, {"state": "failed" if problems else "processed", "error": error})


def _take(ctx: Context, event: ChannelEvent) -> str | None:
    """Store one element. A problem with it is answered in words: its neighbours must not be lost."""
    if isinstance(event, Unreadable):
        return event.reason
    for _ in range(leads.RETRIES):
        try:
            changes = _changes(ctx, event)
            if changes:
                ctx.store.commit(changes)
        except Conflict as conflict:
            if _is_known(conflict):
                return None
            continue
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("inbox.element_failed")
            return f"{type(error).__name__}: {error}"
        return None
    raise TransientError("overtaken too often while an element was stored")


def _changes(ctx: Context, event: ChannelEvent) -> list[Change]:
    office = _of_the_office(ctx, event)
    return _of_a_customer(ctx, event) if office is None else office


def _of_the_office(ctx: Context, event: ChannelEvent) -> list[Change] | None:
    """What somebody of the office did in a messenger, as the changes that take it; None for anything else."""
    if isinstance(event, StaffPressed):
        return staff_chat.pressed(event)
    if isinstance(event, MessageReceived | MessageEdited) and staff_chat.is_of_the_office(ctx, event):
        return staff_chat.wrote(event) if isinstance(event, MessageReceived) else staff_chat.edited(event)
    return None


def _of_a_customer(ctx: Context, event: ChannelEvent) -> list[Change]:
    if isinstance(event, MessageReceived):
        return _left_the_account(ctx, event) if event.echo else _customer_wrote(ctx, event)
    if isinstance(event, MessageEdited | MessageDeleted):
        return _revised(ctx, event)
    if isinstance(event, DeliveryReport):
        return delivery.report_changes(ctx, event) or [_report_later(event, 0)]
    if isinstance(event, AccountChanged):
        return _account_changed(ctx, event)
    if isinstance(event, KeyboardTurned):
        return taps.turned(event)
    if isinstance(event, ChatBlocked):
        return _blocked(ctx, event)
    return []


# --------------------------------------------------------------------------- a customer wrote


def _customer_wrote(ctx: Context, event: MessageReceived) -> list[Change]:
    """Everything that one customer message changes. A Conflict means somebody was faster: build it again."""
    known = ctx.store.find("conversations", [("chat_key", "eq", event.chat.key)], limit=1)
    event, tap = taps.said(ctx, known[0] if known else None, event)
    if known and taps.is_double(ctx, known[0], tap):
        return taps.answer_press(event, {"act": None, "old": False}, known[0])
    if known:
        conversation = known[0]
        lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
        if leads.is_over(lead) and not _says_goodbye(ctx, event):
            before, conversation = intake.begin_again(ctx, conversation, lead, event)
        else:
            before = intake.one_more(ctx, conversation, lead, event)
    else:
        before, conversation = intake.first_contact(ctx, event)
    message = _inbound_row(conversation, event) | {"tap": tap}
    heard = event.answerable and not conversation["process_queued"]
    pause = 0.0 if taps.is_finished(event) else ctx.settings.debounce_s
    process = [process_job(conversation["id"], message["id"], pause)] if heard else []
    actor = Actor("customer", conversation["customer_id"], event.contact.name)
    ids = {"lead_id": conversation["lead_id"], "conversation_id": conversation["id"], "message_id": message["id"]}
    made = activity("message.received", actor, **ids)
    fetches = attachments.fetch_jobs(message)
    answered = taps.answer_press(event, tap, conversation)
    return [*before, Insert("messages", message, now={"created_at": 0.0}), *fetches, *process, *answered, made]


def _says_goodbye(ctx: Context, event: MessageReceived) -> bool:
    """«Спасибо!» after the end of a lead belongs to it: it is no new inquiry."""
    if not event.text.strip() or event.attachments:
        return False
    return ctx.understand(event.text, None, now=ctx.local_now()).intent is Intent.THANKS_OR_BYE


def _inbound_row(conversation: Row, event: MessageReceived) -> Row:
    return leads.message_row(
        conversation,
        direction="in",
        author="customer",
        author_name=event.contact.name,
        text=event.text,
        note=event.note,
        external_id=event.external_id,
        attachments=[attachments.entry(item) for item in event.attachments],
        reply_to=event.reply_to,
        state="received" if event.answerable else "processed",  # for people only: the machine has nothing to do here
        sent_at=event.sent_at,
    )


def _left_the_account(ctx: Context, event: MessageReceived) -> list[Change]:
    """A message that left the agency's account; to a stranger it means that a person of ours began the conversation."""
    rows = ctx.store.find("conversations", [("chat_key", "eq", event.chat.key)], limit=1)
    if rows:
        return delivery.echo_seen(ctx, event, rows[0])
    begun, conversation = intake.first_contact(ctx, event)
    return [*begun, *delivery.person_said(event, conversation)]


# --------------------------------------------------------------------------- edits, deletions, reports, accounts


def _revised(ctx: Context, event: MessageEdited | MessageDeleted) -> list[Change]:
    """An edit changes the text that is shown and, when nothing was answered yet, the text that is understood."""
    rows = ctx.store.find(
        "messages", [("provider", "eq", event.chat.provider), ("external_id", "eq", event.external_id)], limit=1
    )
    if not rows:
        return []
    row = rows[0]
    deleted = isinstance(event, MessageDeleted)
    if row["deleted_at"] if deleted else row["text"] == event.text:  # type: ignore[union-attr]
        return []
    sets: Row = {"deleted_at" if deleted else "edited_at": ctx.clock.now()}
    if isinstance(event, MessageEdited):
        sets["text"] = event.text
    changes: list[Change] = [Update("messages", row["id"], sets, expect={"version": row["version"]})]
    if row["direction"] == "in" and not deleted and _is_newest(ctx, row):
        changes += _read_again(ctx, row, sets["text"])
    kind = "message.deleted" if deleted else "message.edited"
    said = activity(
        kind,
        Actor("customer", None, row["author_name"]),
        lead_id=row["lead_id"],
        conversation_id=row["conversation_id"],
        message_id=row["id"],
        before=row["text"],
    )
    return [*changes, said]


def _is_newest(ctx: Context, row: Row) -> bool:
    """Has the customer written nothing since? What was said before is kept as it is now, and answers nothing."""
    here: list[Where] = [("conversation_id", "eq", row["conversation_id"]), ("direction", "eq", "in")]
    return bool(ctx.store.find("messages", here, limit=1, desc=True)[0]["id"] == row["id"])


def _read_again(ctx: Context, row: Row, text: str) -> list[Change]:
    """An edited message is a new thought: the conversation is processed again with the new text."""
    reason = f"{row['id']}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return [
        Update("messages", row["id"], {"state": "received"}),
        Update("conversations", row["conversation_id"], add={"inbound_no": 1}),
        process_job(row["conversation_id"], reason, ctx.settings.debounce_s),
    ]


def _report_later(event: DeliveryReport, tries: int) -> Change:
    payload = {
        "external_id": event.external_id,
        "state": event.state.value,
        "at": event.at.isoformat(),
        "error": event.error,
        "tries": tries,
    }
    once = f"report:{event.external_id}:{event.state.value}"
    return new_job("report", payload, once=once, delay=REPORT_PATIENCE_S[0])


def report_again(ctx: Context, event: DeliveryReport, age_s: float) -> list[Change]:
    """A delivery report whose message was not known yet: look again for some minutes, then let it go."""
    changes = delivery.report_changes(ctx, event)
    if changes is not None:
        return changes
    later = next((pause for pause in REPORT_PATIENCE_S if pause > age_s), None)
    if later is None:
        return []
    raise Postpone(later - age_s)


def _blocked(ctx: Context, event: ChatBlocked) -> list[Change]:
    rows = ctx.store.find("conversations", [("chat_key", "eq", event.chat.key)], limit=1)
    return delivery.reach_changes(ctx, rows[0], blocked=event.blocked) if rows else []


def _account_changed(ctx: Context, event: AccountChanged) -> list[Change]:
    data = {"active": event.active, "state": event.state, "at": event.at.isoformat()}
    seen = health.observe(ctx, f"{PROVIDER_ACCOUNT}{event.account}", data)
    return [*seen, activity("account.state", SYSTEM, account=event.account, state=event.state, active=event.active)]
