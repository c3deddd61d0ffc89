"""Leads: made, shown, moved, changed, deleted. The stage is the truth; the board's column follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from crystalbay.errors import Conflict, Invalid, NotFound, StoreError, VersionConflict
from crystalbay.ids import new_id
from crystalbay.services import attachments, uploads, users
from crystalbay.services import tags as known_tags
from crystalbay.services.activities import activity, changed_since, overlap
from crystalbay.services.context import Context
from crystalbay.services.corrections import person_said
from crystalbay.services.handover import named, tell
from crystalbay.services.titles import trip_title
from crystalbay.services.viewers import Actor, Viewer, visible_leads
from crystalbay.store.board import ARCHIVED
from crystalbay.store.interface import Change, Delete, Require, Row, Store, Update
from crystalbay.store.text import search_text
from models import STATUS_OF, Mode, Stage, Status, TripRequest

RETRIES = 20

# --------------------------------------------------------------------------- shapes


def lead_row(
    now: datetime,
    *,
    customer: Row,
    channel: str,
    source: str,
    trip: TripRequest | None = None,
    open_lead: bool = True,
    **given: Any,
) -> Row:
    """A complete new row in «Новые», on top of its column. `open_lead`: it catches the customer's next messages."""
    trip = trip or TripRequest()
    row: Row = {
        "id": new_id(),
        "version": 1,
        "customer_id": customer["id"],
        "open_key": customer["id"] if open_lead else None,
        "stage": Stage.NEW_REQUEST.value,
        "machine_stage": None,
        "status": Status.NEW.value,
        "position": -now.timestamp(),
        "outcome": None,
        "lost_reason": None,
        "title": trip_title(trip),
        "channel": channel,
        "source": source,
        "external_id": None,
        "trip": trip_json(trip),
        "evidence": {},
        "confirmed": [],
        "utm": None,
        "tags": [],
        "category": None,
        "score": 0,
        "score_reasons": [],
        "urgency": "normal",
        "mode": Mode.HUMAN.value,
        "needs_human": None,
        "assignee_id": None,
        "value_minor": None,
        "value_currency": None,
        "unread": 0,
        "waiting_since": None,
        "next_action_at": None,
        "last_message_at": None,
        "created_at": now,
        "updated_at": now,
    } | given
    row["search_text"] = search_text(customer["search_text"], row["title"])
    if trip.date_from:
        row["trip_from"] = trip.date_from.isoformat()
    if row["status"] == Status.CLOSED:
        row["closed_at"] = given.get("closed_at", now)
    return row


def trip_sets(trip: TripRequest, customer: Row) -> Row:
    """The columns of a lead that follow from its trip and its customer."""
    title = trip_title(trip)
    return {
        "trip": trip_json(trip),
        "trip_from": trip.date_from.isoformat() if trip.date_from else None,
        "title": title,
        "search_text": search_text(customer["search_text"], title),
    }


def is_over(lead: Row) -> bool:
    """Closed or archived: it catches no messages, and the machine says nothing there."""
    return lead["status"] in (Status.CLOSED, ARCHIVED)


def trip_json(trip: TripRequest) -> dict[str, Any]:
    """A trip as plain data: only what is known, amounts as numbers."""
    plain = trip.model_dump(mode="json", exclude_none=True)
    for name in ("budget_min", "budget_max"):
        if name in plain:
            amount = Decimal(plain[name])
            plain[name] = int(amount) if amount == amount.to_integral_value() else float(amount)
    return plain


_SHOWN = (
    "id", "number", "version", "stage", "status", "outcome", "lost_reason", "title", "channel", "source",
    "external_id", "trip", "tags", "score", "urgency", "unread", "next_action_at", "created_at", "updated_at",
    "position", "mode", "needs_human", "waiting_since", "last_message_at", "score_reasons", "evidence", "category",
    "confirmed",
)  # fmt: skip
_shown = itemgetter(*_SHOWN)


def present(row: Row, customer: Row, assignee: Row | None) -> dict[str, Any]:
    """A lead as REST and the dashboard show it (DESIGN.md, "a lead"), plus what the card needs."""
    minor = row["value_minor"]
    shown = dict(zip(_SHOWN, _shown(row), strict=True))
    shown["archived"] = shown["status"] == ARCHIVED
    shown["status"] = STATUS_OF[row["stage"]].value
    shown["customer"] = {
        "id": customer["id"], "name": customer["name"], "phone": customer["phone"], "email": customer["email"],
    }  # fmt: skip
    shown["assignee"] = {"id": assignee["id"], "name": assignee["name"]} if assignee else None
    shown["value"] = {"amount": amount(minor), "currency": row["value_currency"]} if minor is not None else None
    return shown


def amount(minor: int) -> str:
    """Minor units as an amount with two decimals: 25000050 is "250000.50"."""
    return str(Decimal(minor).scaleb(-2))


def present_all(store: Store, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Leads with their people, in two reads however many there are."""
    people = _by_id(store, "customers", {row["customer_id"] for row in rows})
    staff = _by_id(store, "users", {row["assignee_id"] for row in rows if row["assignee_id"]})
    return [present(row, people[row["customer_id"]], staff.get(row["assignee_id"])) for row in rows]


def _by_id(store: Store, table: str, ids: set[str]) -> dict[str, Row]:
    found = store.find(table, [("id", "in", sorted(ids))], order=("id",), limit=len(ids)) if ids else []
    return {row["id"]: row for row in found}


# --------------------------------------------------------------------------- reading


def read(ctx: Context, viewer: Viewer, lead_id: str) -> Row:
    """The row of a lead that the viewer may see; NotFound otherwise."""
    rows = ctx.store.find("leads", [("id", "eq", lead_id), *visible_leads(viewer)], limit=1)
    if not rows:
        raise NotFound("no such lead")
    return rows[0]


def own_work(store: Store, lead_id: str) -> Row:
    """The row of a lead that the caller has made or changed, whoever sees it now. NotFound when it was deleted."""
    rows = store.find("leads", [("id", "eq", lead_id)], limit=1)
    if not rows:
        raise NotFound("no such lead")
    return rows[0]


def show(ctx: Context, viewer: Viewer, lead_id: str) -> dict[str, Any]:
    return present_all(ctx.store, [read(ctx, viewer, lead_id)])[0]


def message_row(conversation: Row, **given: Any) -> Row:
    """A complete message of a conversation, but for its times."""
    return {
        "id": new_id(),
        "version": 1,
        "conversation_id": conversation["id"],
        "lead_id": conversation["lead_id"],
        "provider": conversation["provider"],
        "external_id": None,
        "author_id": None,
        "author_name": None,
        "text": "",
        "note": None,
        "attachments": [],
        "choices": [],
        "offers": [],
        "answers": [],
        "reply_to": None,
        "error": None,
        "tried_at": None,
        "withdrawn": False,
        "edited_at": None,
        "deleted_at": None,
        "sent_at": None,
        "tap": None,
        "look": None,
    } | given


def assignee(store: Store, user_id: str | None) -> Row | None:
    """The user to whom a lead is given. Raises Invalid for one who is switched off or only observes."""
    if not user_id:
        return None
    user = users.find(store, user_id)
    if not users.can_take(user):
        raise Invalid("assignee_id", "must be an active user who may have leads, or null for nobody")
    return user


# --------------------------------------------------------------------------- changing


def change(lead: Row, sets: Row, actor: Actor, kind: str = "lead.changed", **data: Any) -> list[Change]:
    """The changes that set fields of a lead as it was read, with the activity that says so.

    It says whose the lead was: who may see only his own is told that it is gone.
    """
    version = lead["version"]
    if "assignee_id" in sets:
        data["assignee_was"] = lead["assignee_id"]
    return [
        Update("leads", lead["id"], sets, expect={"version": version}, now={"updated_at": 0.0}),
        activity(kind, actor, lead_id=lead["id"], version=version + 1, fields=sorted(sets), **data),
    ]


def stage_sets(stage: Stage) -> Row:
    """The columns that follow from a stage."""
    return {"stage": stage.value, "status": STATUS_OF[stage].value}


def patch(ctx: Context, viewer: Viewer, lead_id: str, version: int, sets: Row) -> dict[str, Any]:
    """Set fields of a lead seen at `version`. Answers what it is then, also for who has given it out of his sight.

    Raises VersionConflict when the same fields changed since.
    """
    viewer.require("leads:write")
    if "tags" in sets:
        sets = sets | {"tags": known_tags.spelled(ctx.store, sets["tags"])}
    for _ in range(RETRIES):
        lead = read(ctx, viewer, lead_id)
        refuse_overtaken(ctx, lead, version, set(sets) | ({"trip"} if "confirmed" in sets else set()))
        followed, told = person_said(lead, sets, viewer.name)
        changed = sets | followed
        if "trip" in sets:
            customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
            changed |= trip_sets(TripRequest.model_validate(sets["trip"]), customer)
        also = [*_new_owner(ctx, viewer, lead, sets), *known_tags.used(ctx.store, sets.get("tags", ()))]
        after = {name: value for name, value in changed.items() if name in sets or name == "confirmed"}
        before = {name: lead[name] for name in after if name != "trip"}
        said = {"before": plain(before), "after": plain(after), **told}
        try:
            ctx.store.commit([*also, *change(lead, changed, viewer.actor, **said)])
        except Conflict:
            continue
        return present_all(ctx.store, [own_work(ctx.store, lead_id)])[0]
    raise StoreError("overtaken too often while a lead was changed")


def _new_owner(ctx: Context, viewer: Viewer, lead: Row, sets: Row) -> list[Change]:
    """Whoever gets a lead from somebody else hears of it."""
    owner = sets.get("assignee_id")
    if owner in (None, viewer.id, lead["assignee_id"]):
        return []
    customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
    return [tell("assigned", lead_id=lead["id"], user_id=str(owner), **named(lead, customer))]


def plain(values: Row) -> Row:
    """Columns as JSON can carry them."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def refuse_overtaken(ctx: Context, lead: Row, version: int, names: set[str]) -> None:
    """Raise VersionConflict, with who it was, when one of the fields was changed after the version the caller saw."""
    if version > lead["version"]:
        raise Invalid("version", f"there is no such version yet: the lead is at {lead['version']}")
    if version == lead["version"]:
        return
    changed = overlap(changed_since(ctx.store, lead["id"], version), names)
    if changed:
        raise VersionConflict(present_all(ctx.store, [lead])[0], changed)


_BELONGINGS = ("lookers", "notes", "reminders", "suggestions", "offers", "messages", "conversations")
"""What goes with a lead, children before parents."""


def delete(ctx: Context, viewer: Viewer, lead_id: str) -> None:
    """Delete a lead for ever, with all that belongs to it, files too. The activity that says so stays."""
    viewer.require("admin")
    lead = read(ctx, viewer, lead_id)
    uploads.forget(ctx, lead_id)
    for table in _BELONGINGS:
        order = ("id",) if table == "lookers" else ("created_at", "id")
        while rows := ctx.store.find(table, [("lead_id", "eq", lead_id)], order=order, limit=200):
            if table == "messages":
                attachments.forget(ctx, rows)
            ctx.store.commit([Require("leads", lead_id), *(Delete(table, row["id"]) for row in rows)])
    said = activity("lead.deleted", viewer.actor, lead_id=lead_id, assignee_was=lead["assignee_id"])
    ctx.store.commit([Delete("leads", lead_id), said])
