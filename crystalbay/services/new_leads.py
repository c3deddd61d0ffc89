"""Making a lead, by hand or from outside: for a new or known customer, once, and telling no more than may be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crystalbay.errors import AlreadyThere, Conflict, StoreError
from crystalbay.ids import new_id
from crystalbay.services import customer_cards, customers, leads, notes
from crystalbay.services import tags as known_tags
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Actor, Viewer, may_see
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change, Insert, Row, Where
from models import Money, TripRequest


def create(
    ctx: Context,
    actor: Actor,
    *,
    source: str,
    channel: str = "api",
    external_id: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    message: str | None = None,
    trip: TripRequest | None = None,
    tags: Sequence[str] = (),
    utm: dict[str, str] | None = None,
    value: Money | None = None,
    assignee_id: str | None = None,
    lead_id: str | None = None,
    viewer: Viewer | None = None,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> tuple[dict[str, Any], bool]:
    """Make a lead for a new or known customer. Answers (lead, made): not made when it is there by source + external_id
    or by `lead_id`, which is the caller's own.

    `viewer`: who is answered (None: the office itself). The lead joins the customer who has this phone or e-mail, but
    the answer says of somebody whom the viewer did not see before only what the call itself said: a key that only
    writes learns nothing of what is stored. Whoever sees the lead afterwards sees its customer, as with every lead.
    What a manager who sees only his own leads makes for nobody is his. A name or contact that a known customer does not
    have becomes a note of the lead.

    `also`: changes of the caller that belong into the same commit, given the lead without its number, which only the
    commit brings; their conflicts are his. Raises Invalid for an assignee who cannot have leads, and AlreadyThere for
    a lead that is there and that the viewer may not see.
    """
    if viewer and viewer.sees == "own":
        assignee_id = assignee_id or viewer.id
    staff = leads.assignee(ctx.store, assignee_id)
    identities: list[customers.Identity] = [
        (kind, value) for kind, value in (("phone", phone), ("email", email)) if value
    ]
    given: Row = {"external_id": external_id, "utm": utm, "assignee_id": assignee_id}
    given["tags"] = known_tags.spelled(ctx.store, tags) if tags else []
    given |= {"id": lead_id} if lead_id else {}
    given |= {"value_minor": int(value.amount * 100), "value_currency": value.currency} if value else {}
    open_lead = True
    for _ in range(leads.RETRIES):
        customer, changes = customers.known_or_new(ctx.store, identities, name=name)
        row = leads.lead_row(
            ctx.clock.now(), customer=customer, channel=channel, source=source, trip=trip, open_lead=open_lead, **given
        )
        talk = _message_changes(row, actor, message) if message else []
        lost = customers.not_kept(customer, name, phone, email)
        noted = notes.noted(ctx, actor, row["id"], f"При заведении лида назвали: {', '.join(lost)}") if lost else []
        tagged = known_tags.used(ctx.store, given["tags"])
        made = activity("lead.created", actor, lead_id=row["id"], source=source, version=1)
        told = _as_told(ctx, viewer, row, customer, {"name": name, "phone": phone, "email": email})
        extra = also(leads.present(row | {"number": None}, told, staff)) if also else []
        try:
            done = ctx.store.commit([*extra, *changes, Insert("leads", row), *talk, *tagged, made, *noted])
        except Conflict as conflict:
            there = _there_already(ctx, viewer, conflict, row, lead_id)
            if there:
                return there, False
            if conflict.table not in ("leads", "customers", "identities"):
                raise
            open_lead = open_lead and conflict.constraint != "open_key"
            continue
        row["number"] = next(d.row["number"] for d in done if "number" in d.row)
        return leads.present(row, told, staff), True
    raise StoreError("overtaken too often while a lead was made")


def _there_already(
    ctx: Context, viewer: Viewer | None, conflict: Conflict, lead: Row, own_id: str | None
) -> dict[str, Any] | None:
    """The lead that hindered this one by its source and external_id or by its id; None when none did, or it has gone.

    Raises AlreadyThere for one of somebody else that the viewer may not see.
    """
    where: list[Where]
    if conflict.constraint == "source,external_id":
        where = [("source", "eq", lead["source"]), ("external_id", "eq", lead["external_id"])]
    elif (conflict.table, conflict.constraint) == ("leads", "id"):
        where = [("id", "eq", own_id)]
    else:
        return None
    rows = ctx.store.find("leads", where, limit=1)
    if rows and viewer and rows[0]["id"] != own_id and not may_see(viewer, rows[0]):
        raise AlreadyThere("there is already a lead with this source and external_id")
    return leads.present_all(ctx.store, rows)[0] if rows else None


def _as_told(ctx: Context, viewer: Viewer | None, lead: Row, customer: Row, told: Row) -> Row:
    """The customer of a new lead as its maker is answered: as stored, or, if he was not to be seen, as `told`."""
    if viewer is None or (viewer.allows("leads:read") and customer_cards.visible_among(ctx, viewer, [customer["id"]])):
        return customer
    return told | {"id": customer["id"] if may_see(viewer, lead) else None}


def _message_changes(lead: Row, actor: Actor, text: str) -> list[Change]:
    """What the person wrote outside any chat, kept as a conversation that nobody can answer in. What a colleague typed
    for him is read, and nobody waits for an answer to it.
    """
    conversation_id, typed = new_id(), actor.kind == "manager"
    conversation: Row = {
        "id": conversation_id,
        "customer_id": lead["customer_id"],
        "lead_id": lead["id"],
        "provider": "import",
        "channel": lead["channel"],
        "account": lead["source"],
        "chat_type": "form",
        "external_chat_id": lead["id"],
        "chat_key": f"import:{lead['id']}",
        "answerable": False,
        "mode": "human",
        "unread": 0 if typed else 1,
        "inbound_no": 1,
        "state": {},
    }
    message = leads.message_row(conversation, direction="in", author="customer", text=text, state="received")
    lead |= {"last_message_at": lead["created_at"]}
    lead |= {} if typed else {"unread": 1, "waiting_since": lead["created_at"]}
    once = f"assess:{message['id']}"
    return [
        Insert("conversations", conversation, now={"created_at": 0.0, "last_message_at": 0.0}),
        Insert("messages", message, now={"created_at": 0.0}),
        new_job("assess", {"message_id": message["id"]}, key=f"assess:{lead['id']}", once=once),
    ]
