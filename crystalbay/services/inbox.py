"""The durable inbox: what a channel delivers is stored, then acknowledged; the same event twice is one row.

A body with one customer message is stored whole in one commit: raw row, customer, lead, conversation, message, job.
Any other body (several elements, edits, reports, echoes, unreadable) is kept as a raw row with an `ingest` job that
takes its elements one by one. Either way 2xx follows the commit.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import structlog

from crystalbay.errors import Conflict, StoreError, TransientError
from crystalbay.ids import new_id
from crystalbay.services import attachments, customers, delivery, health, leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import SYSTEM, Actor
from crystalbay.services.work import Postpone, new_job
from crystalbay.store.interface import Change, Insert, Row, Update
from models import (
    AccountChanged,
    Channel,
    ChannelEvent,
    DeliveryReport,
    Intent,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Status,
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
    """What happened to a webhook body: kept, or known from an earlier delivery."""

    duplicate: bool


def receive(ctx: Context, channel: Channel, body: bytes) -> Receipt:
    """Store one webhook body. Returns after the commit; raises StoreUnavailable when nothing could be stored."""
    text = INLINE_PICTURE.sub("data:image/omitted", body.decode("utf-8", errors="replace"))
    raw: Row = {
        "id": new_id(),
        "provider": channel.name,
        "external_id": hashlib.sha256(body).hexdigest(),
        "body": text,
        "state": "processed",
        "error": None,
    }
    message = _only_message(channel, body)
    if message:
        return _receive_message(ctx, raw, message)
    ingest = new_job("ingest", {"event_id": raw["id"]}, key=f"ingest:{channel.name}", once=f"ingest:{raw['id']}")
    try:
        ctx.store.commit([_raw_insert(raw | {"state": "received"}), ingest])
    except Conflict:
        return Receipt(duplicate=True)
    return Receipt(duplicate=False)


def _only_message(channel: Channel, body: bytes) -> MessageReceived | None:
    """The customer's message when a body holds just that; what cannot be parsed is the ingest job's business."""
    try:
        events = channel.parse(body)
    except ValueError:
        return None
    if len(events) == 1 and isinstance(events[0], MessageReceived) and not events[0].echo:
        return events[0]
    return None


def _raw_insert(raw: Row) -> Insert:
    return Insert("inbox_events", raw, now={"created_at": 0.0})


def _receive_message(ctx: Context, raw: Row, event: MessageReceived) -> Receipt:
    for _ in range(leads.RETRIES):
        try:
            ctx.store.commit([_raw_insert(raw), *_customer_wrote(ctx, event)])
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
        except StoreError:
            raise
        except Exception as error:
            log.exception("inbox.element_failed")
            return f"{type(error).__name__}: {error}"
        return None
    raise TransientError("overtaken too often while an element was stored")


def _changes(ctx: Context, event: ChannelEvent) -> list[Change]:
    if isinstance(event, MessageReceived):
        return _left_the_account(ctx, event) if event.echo else _customer_wrote(ctx, event)
    if isinstance(event, MessageEdited | MessageDeleted):
        return _revised(ctx, event)
    if isinstance(event, DeliveryReport):
        return delivery.report_changes(ctx, event) or [_report_later(event, 0)]
    if isinstance(event, AccountChanged):
        return _account_changed(ctx, event)
    return []


# --------------------------------------------------------------------------- a customer wrote


def _customer_wrote(ctx: Context, event: MessageReceived) -> list[Change]:
    """Everything that one customer message changes. A Conflict means somebody was faster: build it again."""
    known = ctx.store.find("conversations", [("chat_key", "eq", event.chat.key)], limit=1)
    if known:
        conversation = known[0]
        lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
        if lead["status"] == Status.CLOSED and not _says_goodbye(ctx, event):
            before, conversation = _begin_again(ctx, conversation, lead, event)
        else:
            before = _one_more(ctx, conversation, lead, event)
    else:
        before, conversation = _first_contact(ctx, event)
    message = _inbound_row(conversation, event)
    heard = event.answerable and not conversation["process_queued"]
    process = [_process_job(ctx, conversation["id"], message["id"])] if heard else []
    actor = Actor("customer", conversation["customer_id"], event.contact.name)
    ids = {"lead_id": conversation["lead_id"], "conversation_id": conversation["id"], "message_id": message["id"]}
    made = activity("message.received", actor, **ids)
    fetches = attachments.fetch_jobs(message)
    return [*before, Insert("messages", message, now={"created_at": 0.0}), *fetches, *process, made]


def _says_goodbye(ctx: Context, event: MessageReceived) -> bool:
    """«Спасибо!» after the end of a lead belongs to it: it is no new inquiry."""
    if not event.text.strip() or event.attachments:
        return False
    return ctx.understand(event.text, None, now=ctx.local_now()).intent is Intent.THANKS_OR_BYE


def _process_job(ctx: Context, conversation_id: str, reason: str) -> Change:
    """The brain's work on a conversation: one job for all that the customer writes until it is done.

    `process_queued` of the conversation tells that there is one; its commit clears it and conflicts with newer words.
    """
    return new_job(
        "process",
        {"conversation_id": conversation_id},
        key=f"process:{conversation_id}",
        once=f"process:{reason}",
        delay=ctx.settings.debounce_s,
    )


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


def _one_more(ctx: Context, conversation: Row, lead: Row, event: MessageReceived) -> list[Change]:
    touched: Row = {"last_message_at": ctx.clock.now()}
    answered = _becomes_answerable(conversation, event)
    return [
        Update(
            "conversations",
            conversation["id"],
            touched | answered | _heard(event),
            expect={"lead_id": lead["id"], "process_queued": conversation["process_queued"]},
            add={"unread": 1} | ({"inbound_no": 1} if event.answerable else {}),
        ),
        Update(
            "leads",
            lead["id"],
            touched | _waits(ctx, lead, event) | ({"mode": "bot"} if answered else {}),
            expect={"status": lead["status"]},
            add={"unread": 1},
        ),
    ]


def _for_the_machine(event: MessageReceived) -> bool:
    return event.answerable and not event.echo


def _unread(event: MessageReceived) -> int:
    return 0 if event.echo else 1


def _heard(event: MessageReceived) -> Row:
    return {"process_queued": True} if _for_the_machine(event) else {}


def _becomes_answerable(conversation: Row, event: MessageReceived) -> Row:
    """A chat that began with what nobody can answer (a comment, a notice) is the machine's from the first message."""
    return {"answerable": True, "mode": "bot"} if event.answerable and not conversation["answerable"] else {}


def _waits(ctx: Context, lead: Row | None, event: MessageReceived) -> Row:
    """Since when the customer waits for us; a messenger's notice, without a word of his, starts no waiting."""
    said = not event.echo and (event.answerable or event.text or event.attachments)
    known = lead and (lead["waiting_since"] or lead["status"] == Status.CLOSED)
    return {"waiting_since": ctx.clock.now()} if said and not known else {}


def _first_contact(ctx: Context, event: MessageReceived) -> tuple[list[Change], Row]:
    """The changes that begin a conversation in a chat that we did not know, and its row."""
    identities: list[customers.Identity] = [(event.chat.channel, event.chat.chat_id)]
    if event.contact.phone:
        identities.append(("phone", event.contact.phone))
    changes: list[Change] = []
    known = customers.find_by_identity(ctx.store, identities)
    if known:
        customer = known
        owned = ctx.store.find("identities", [("customer_id", "eq", customer["id"])], limit=100)
        have = {(row["kind"], row["value"]) for row in owned}
        changes += customers.new_identities(customer["id"], [pair for pair in identities if pair not in have])
    else:
        customer, changes = customers.new_customer(identities, name=event.contact.name)
    lead_changes, lead_id = _open_lead(ctx, customer, event)
    conversation = _conversation_row(ctx, event, customer["id"], lead_id)
    return [*changes, *lead_changes, Insert("conversations", conversation | _heard(event))], conversation


def _open_lead(ctx: Context, customer: Row, event: MessageReceived) -> tuple[list[Change], str]:
    """The customer's open lead, which this message joins, or a new one."""
    rows = ctx.store.find("leads", [("open_key", "eq", customer["id"])], limit=1)
    if rows:
        touched = (
            {"last_message_at": ctx.clock.now()} | _waits(ctx, rows[0], event) | _machine_joins(ctx, rows[0], event)
        )
        guard = {"open_key": customer["id"]}
        return [Update("leads", rows[0]["id"], touched, expect=guard, add={"unread": _unread(event)})], rows[0]["id"]
    return _new_lead(ctx, customer, event)


def _machine_joins(ctx: Context, lead: Row, event: MessageReceived) -> Row:
    """A lead that had no chat until now (a form, an import) is led by the machine from its first message on."""
    if not _for_the_machine(event):
        return {}
    chats = ctx.store.find("conversations", [("lead_id", "eq", lead["id"]), ("answerable", "eq", True)], limit=1)
    return {} if chats else {"mode": "bot"}


def _new_lead(ctx: Context, customer: Row, event: MessageReceived) -> tuple[list[Change], str]:
    now = ctx.clock.now()
    row = leads.lead_row(
        now,
        customer=customer,
        channel=event.chat.channel,
        source=event.chat.provider,
        mode="bot" if _for_the_machine(event) else "human",
        last_message_at=now,
        unread=_unread(event),
        **_waits(ctx, None, event),
    )
    actor = SYSTEM if event.echo else Actor("customer", customer["id"], customer["name"])
    made = activity("lead.created", actor, lead_id=row["id"], source=row["source"], channel=row["channel"], version=1)
    return [Insert("leads", row), made], row["id"]


def _begin_again(ctx: Context, conversation: Row, closed: Row, event: MessageReceived) -> tuple[list[Change], Row]:
    """The lead of this chat is closed: the customer's open lead or a new one begins, and no old slot leaks into it."""
    customer = ctx.store.find("customers", [("id", "eq", conversation["customer_id"])], limit=1)[0]
    lead_changes, lead_id = _open_lead(ctx, customer, event)
    fresh: Row = {"lead_id": lead_id, "state": {}, "waiting_for": None, "last_message_at": ctx.clock.now()}
    fresh |= _heard(event) | {"unread": 1}
    if event.answerable:
        fresh |= {"answerable": True, "mode": "bot"}
    update = Update(
        "conversations",
        conversation["id"],
        fresh,
        expect={"lead_id": closed["id"]} | {name: conversation[name] for name in ("process_queued", "unread")},
        add={"inbound_no": 1} if event.answerable else {},
    )
    left_behind = Update("leads", closed["id"], add={"unread": -conversation["unread"]})
    changes = [*lead_changes, *([left_behind] if conversation["unread"] else []), update]
    return changes, conversation | {"lead_id": lead_id}


def _conversation_row(ctx: Context, event: MessageReceived, customer_id: str, lead_id: str) -> Row:
    now = ctx.clock.now()
    return {
        "id": new_id(),
        "version": 1,
        "customer_id": customer_id,
        "lead_id": lead_id,
        "provider": event.chat.provider,
        "channel": event.chat.channel,
        "account": event.chat.account,
        "chat_type": event.chat.chat_type,
        "external_chat_id": event.chat.chat_id,
        "chat_key": event.chat.key,
        "answerable": event.answerable,
        "mode": "bot" if _for_the_machine(event) else "human",
        "unread": _unread(event),
        "inbound_no": _unread(event),
        "waiting_for": None,
        "process_queued": False,
        "state": {},
        "last_message_at": now,
        "created_at": now,
    }


def _left_the_account(ctx: Context, event: MessageReceived) -> list[Change]:
    """A message that left the agency's account; to a stranger it means that a person of ours began the conversation."""
    rows = ctx.store.find("conversations", [("chat_key", "eq", event.chat.key)], limit=1)
    if rows:
        return delivery.echo_seen(ctx, event, rows[0])
    begun, conversation = _first_contact(ctx, event)
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
    if row["direction"] == "in" and not deleted:
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


def _read_again(ctx: Context, row: Row, text: str) -> list[Change]:
    """An edited message is a new thought: the conversation is processed again with the new text."""
    reason = f"{row['id']}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return [
        Update("messages", row["id"], {"state": "received"}),
        Update("conversations", row["conversation_id"], add={"inbound_no": 1}),
        _process_job(ctx, row["conversation_id"], reason),
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


def _account_changed(ctx: Context, event: AccountChanged) -> list[Change]:
    data = {"active": event.active, "state": event.state, "at": event.at.isoformat()}
    seen = health.observe(ctx, f"{PROVIDER_ACCOUNT}{event.account}", data)
    return [*seen, activity("account.state", SYSTEM, account=event.account, state=event.state, active=event.active)]
