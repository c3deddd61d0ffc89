"""Where a message belongs: its chat's conversation, the customer, the lead that catches it, and who leads there."""

from __future__ import annotations

import re

from crystalbay.ids import new_id
from crystalbay.services import customers, leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import SYSTEM, Actor
from crystalbay.store.interface import Change, Insert, Row, Update
from models import MessageReceived


def one_more(ctx: Context, conversation: Row, lead: Row, event: MessageReceived) -> list[Change]:
    """One more message in a chat whose lead it belongs to.

    A chat whose key is another one now was erased: the message begins anew.
    """
    touched: Row = {"last_message_at": ctx.clock.now()}
    let_in = {"blocked_at": None} if conversation["blocked_at"] else {}
    answered = _becomes_answerable(conversation, event)
    return [
        Update(
            "conversations",
            conversation["id"],
            touched | answered | let_in | _heard(event),
            expect={"lead_id": lead["id"]} | {name: conversation[name] for name in ("chat_key", "process_queued")},
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
    known = lead and (lead["waiting_since"] or leads.is_over(lead))
    return {"waiting_since": ctx.clock.now()} if said and not known else {}


def first_contact(ctx: Context, event: MessageReceived) -> tuple[list[Change], Row]:
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
        changes.append(customers.joins(customer))
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
        lead = rows[0]
        touched = {"last_message_at": ctx.clock.now()} | _waits(ctx, lead, event) | _machine_joins(ctx, lead, event)
        guard = {"open_key": customer["id"]}
        return [Update("leads", lead["id"], touched, expect=guard, add={"unread": _unread(event)})], lead["id"]
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
        **_source(event),
        mode="bot" if _for_the_machine(event) else "human",
        last_message_at=now,
        unread=_unread(event),
        **_waits(ctx, None, event),
    )
    actor = SYSTEM if event.echo else Actor("customer", customer["id"], customer["name"])
    made = activity("lead.created", actor, lead_id=row["id"], source=row["source"], channel=row["channel"], version=1)
    return [Insert("leads", row), made], row["id"]


_CAMPAIGN = re.compile(r"(?:src_)?([A-Za-z0-9_-]{1,60})")
_OF_A_LEAD = "l_"
"""Begins a payload that is no campaign: a lead of the site."""


def _source(event: MessageReceived) -> Row:
    """Where a lead comes from: the campaign whose link brought the customer (`?start=src_vk_jun`), else the provider.

    A payload is typed by anybody: what does not look like one is let go.
    """
    campaign = _CAMPAIGN.fullmatch(event.payload)
    if campaign is None or event.payload.startswith(_OF_A_LEAD):
        return {"source": event.chat.provider}
    return {"source": campaign.group(1), "utm": {"utm_source": event.chat.provider, "utm_campaign": campaign.group(1)}}


def begin_again(ctx: Context, conversation: Row, closed: Row, event: MessageReceived) -> tuple[list[Change], Row]:
    """The lead of this chat is closed: the customer's open lead or a new one begins, and no old slot leaks into it."""
    customer = ctx.store.find("customers", [("id", "eq", conversation["customer_id"])], limit=1)[0]
    lead_changes, lead_id = _open_lead(ctx, customer, event)
    fresh: Row = {"lead_id": lead_id, "state": {}, "waiting_for": None, "last_message_at": ctx.clock.now()}
    fresh |= {"blocked_at": None} if conversation["blocked_at"] else {}
    fresh |= _heard(event) | {"unread": 1}
    if event.answerable:
        fresh |= {"answerable": True, "mode": "bot"}
    update = Update(
        "conversations",
        conversation["id"],
        fresh,
        expect={"lead_id": closed["id"]}
        | {name: conversation[name] for name in ("chat_key", "process_queued", "unread")},
        add={"inbound_no": 1} if event.answerable else {},
    )
    left_behind = Update("leads", closed["id"], add={"unread": -conversation["unread"]})
    changes = [customers.joins(customer), *lead_changes, *([left_behind] if conversation["unread"] else []), update]
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
        "state": _first_state(event),
        "last_message_at": now,
        "created_at": now,
        "blocked_at": None,
    }


def _first_state(event: MessageReceived) -> Row:
    """A customer whose app speaks English is answered in English until he writes in another language."""
    return {"language": "en"} if (event.language or "").casefold().startswith("en") else {}
