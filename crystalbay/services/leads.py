"""Leads: made, shown, moved, changed, deleted. The stage is the truth; the board's column follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from crystalbay.errors import Conflict, Invalid, NotFound, StoreError, VersionConflict
from crystalbay.ids import new_id
from crystalbay.services import customers
from crystalbay.services.activities import activity, fields_changed_since
from crystalbay.services.context import Context
from crystalbay.services.titles import trip_title
from crystalbay.services.viewers import Actor, Viewer, visible_leads
from crystalbay.services.work import new_job
from crystalbay.store.interface import BoardColumn, Change, Delete, Insert, Require, Row, Store, Update, Where
from crystalbay.store.text import search_text
from models import STATUS_OF, Mode, Money, Stage, Status, TripRequest

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
    return row


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
)  # fmt: skip
_shown = itemgetter(*_SHOWN)


def present(row: Row, customer: Row, assignee: Row | None) -> dict[str, Any]:
    """A lead as REST and the dashboard show it (DESIGN.md, "a lead"), plus what the card needs."""
    minor = row["value_minor"]
    shown = dict(zip(_SHOWN, _shown(row), strict=True))
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


def show(ctx: Context, viewer: Viewer, lead_id: str) -> dict[str, Any]:
    return present_all(ctx.store, [read(ctx, viewer, lead_id)])[0]


def list_leads(
    ctx: Context, viewer: Viewer, where: Sequence[Where], *, limit: int, after: Sequence[Any] | None
) -> list[Row]:
    """A page of leads, newest first; `after` is (created_at, id) of the last one seen."""
    return ctx.store.find("leads", [*where, *visible_leads(viewer)], limit=limit, after=after, desc=True)


def column_page(
    ctx: Context, viewer: Viewer, status: Status, where: Sequence[Where], *, limit: int, after: Sequence[Any] | None
) -> list[Row]:
    """A page of one column in board order; `after` is (position, id) of the last card seen."""
    conditions: list[Where] = [("status", "eq", status.value), *where, *visible_leads(viewer)]
    return ctx.store.find("leads", conditions, order=("position", "id"), limit=limit, after=after)


def board(ctx: Context, viewer: Viewer, where: Sequence[Where] = (), first: int = 30) -> dict[str, Any]:
    """Every column with its true count, sums by currency and first cards: {status: {count, sums, leads}}."""
    columns = ctx.store.board([*where, *visible_leads(viewer)], first)
    return {
        status: {
            "count": column.count,
            "sums": sums(column),
            "leads": [present(lead, lead["customer"], lead["assignee"]) for lead in column.leads],
        }
        for status, column in columns.items()
    }


def sums(column: BoardColumn) -> list[dict[str, str]]:
    """The values of a column's leads by currency, the largest first."""
    largest_first = sorted(column.sums.items(), key=lambda pair: -pair[1])
    return [{"amount": amount(minor), "currency": currency} for currency, minor in largest_first]


# --------------------------------------------------------------------------- making


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
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> tuple[dict[str, Any], bool]:
    """Make a lead for a new or known customer. Answers (lead, made): not made when it is there by source + external_id
    or by `lead_id`.

    `also`: changes of the caller that belong into the same commit, given the lead without its number, which only the
    commit brings; their conflicts are his. Raises Invalid for an assignee who is no active user.
    """
    staff = assignee(ctx.store, assignee_id)
    identities = [pair for pair in (("phone", phone), ("email", email)) if pair[1]]
    given: Row = {"external_id": external_id, "tags": list(tags), "utm": utm, "assignee_id": assignee_id}
    given |= {"id": lead_id} if lead_id else {}
    if value:
        given |= {"value_minor": int(value.amount * 100), "value_currency": value.currency}
    open_lead = True
    for _ in range(RETRIES):
        known = customers.find_by_identity(ctx.store, identities)  # type: ignore[arg-type]
        customer, changes = (known, []) if known else customers.new_customer(identities, name=name)  # type: ignore[arg-type]
        row = lead_row(
            ctx.clock.now(), customer=customer, channel=channel, source=source, trip=trip, open_lead=open_lead, **given
        )
        if message:
            changes = [*changes, Insert("leads", row), *_message_changes(row, actor, message)]
        else:
            changes = [*changes, Insert("leads", row)]
        made = activity("lead.created", actor, lead_id=row["id"], source=source, version=1)
        extra = also(present(row | {"number": None}, customer, staff)) if also else []
        try:
            done = ctx.store.commit([*extra, *changes, made])
        except Conflict as conflict:
            if conflict.constraint == "source,external_id":
                return _known(ctx, ("source", "eq", source), ("external_id", "eq", external_id)), False
            if (conflict.table, conflict.constraint) == ("leads", "id"):
                return _known(ctx, ("id", "eq", lead_id)), False
            if conflict.table not in ("leads", "customers", "identities"):
                raise
            if conflict.constraint == "open_key":
                open_lead = False
            continue
        row["number"] = next(d.row["number"] for d in done if "number" in d.row)
        return present(row, customer, staff), True
    raise StoreError("overtaken too often while a lead was made")


def _message_changes(lead: Row, actor: Actor, text: str) -> list[Change]:
    """What the person wrote outside any chat is kept as a conversation that nobody can answer in."""
    conversation_id = new_id()
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
        "unread": 1,
        "inbound_no": 1,
        "state": {},
    }
    message = message_row(conversation, direction="in", author="customer", text=text, state="received")
    lead |= {"unread": 1, "waiting_since": lead["created_at"], "last_message_at": lead["created_at"]}
    once = f"assess:{message['id']}"
    return [
        Insert("conversations", conversation, now={"created_at": 0.0, "last_message_at": 0.0}),
        Insert("messages", message, now={"created_at": 0.0}),
        new_job("assess", {"message_id": message["id"]}, key=f"assess:{lead['id']}", once=once),
    ]


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
    } | given


def _known(ctx: Context, *where: Where) -> dict[str, Any]:
    return present_all(ctx.store, ctx.store.find("leads", where, limit=1))[0]


def assignee(store: Store, user_id: str | None) -> Row | None:
    """The user to whom a lead is given. Raises Invalid when there is no such active user."""
    if not user_id:
        return None
    rows = store.find("users", [("id", "eq", user_id), ("active", "eq", True)], limit=1)
    if not rows:
        raise Invalid("assignee_id", "no such active user")
    return rows[0]


# --------------------------------------------------------------------------- changing


def change(lead: Row, sets: Row, actor: Actor, kind: str = "lead.changed", **data: Any) -> list[Change]:
    """The changes that set fields of a lead as it was read, with the activity that says so."""
    version = lead["version"]
    return [
        Update("leads", lead["id"], sets, expect={"version": version}, now={"updated_at": 0.0}),
        activity(kind, actor, lead_id=lead["id"], version=version + 1, fields=sorted(sets), **data),
    ]


def stage_sets(stage: Stage) -> Row:
    """The columns that follow from a stage."""
    return {"stage": stage.value, "status": STATUS_OF[stage].value}


def patch(ctx: Context, viewer: Viewer, lead_id: str, version: int, sets: Row) -> dict[str, Any]:
    """Set fields of a lead seen at `version`. Raises VersionConflict when the same fields changed since."""
    viewer.require("leads:write")
    for _ in range(RETRIES):
        lead = read(ctx, viewer, lead_id)
        refuse_overtaken(ctx, lead, version, set(sets))
        changed = dict(sets)
        if "trip" in sets:
            changed |= {"title": trip_title(TripRequest.model_validate(sets["trip"]))}
        before = {name: lead[name] for name in sets if name not in ("trip", "evidence")}
        try:
            ctx.store.commit(change(lead, changed, viewer.actor, before=_plain(before), after=_plain(sets)))
        except Conflict:
            continue
        return show(ctx, viewer, lead_id)
    raise StoreError("overtaken too often while a lead was changed")


def _plain(values: Row) -> Row:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def refuse_overtaken(ctx: Context, lead: Row, version: int, names: set[str]) -> None:
    """Raise VersionConflict when one of the fields was changed after the version that the caller saw."""
    if version > lead["version"]:
        raise Invalid("version", f"there is no such version yet: the lead is at {lead['version']}")
    if version < lead["version"] and names & fields_changed_since(ctx.store, lead["id"], version):
        raise VersionConflict(present_all(ctx.store, [lead])[0])


def delete(ctx: Context, viewer: Viewer, lead_id: str) -> None:
    """Delete a lead for ever, with its conversations, messages and offers. The activity that says so stays."""
    viewer.require("admin")
    read(ctx, viewer, lead_id)
    for table in ("offers", "messages", "conversations"):
        while rows := ctx.store.find(table, [("lead_id", "eq", lead_id)], limit=200):
            ctx.store.commit([Require("leads", lead_id), *(Delete(table, row["id"]) for row in rows)])
    ctx.store.commit([Delete("leads", lead_id), activity("lead.deleted", viewer.actor, lead_id=lead_id)])
