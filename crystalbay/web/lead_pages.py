"""One lead's page and fragments: the drawer, older messages, the timeline, the client, places to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, cast, get_args

from flask import Blueprint, Flask, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from crystalbay.errors import Invalid
from crystalbay.nlp.gazetteer import built_in
from crystalbay.services import conversations, customer_cards, health, leads, notes, offers, reminders, suggestions
from crystalbay.services.activities import Group, of_lead
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Where
from crystalbay.wazzup.split import WABA_LIMIT, text_limit
from crystalbay.web import paging
from crystalbay.web.auth import page, signed_in
from crystalbay.web.frame import frame
from crystalbay.web.views.activities import activity_views
from crystalbay.web.views.client import client_view
from crystalbay.web.views.lead import LeadView, lead_view
from crystalbay.web.views.names import MEALS
from crystalbay.web.views.talk import WindowView, entries, window_view
from crystalbay.web.views.trips import trip_rows
from crystalbay.web.wiring import context, local
from models import TripRequest

lead_pages = Blueprint("lead_pages", __name__)

THREAD = 60  # messages that come with the lead, and by each step back
OFFERS = 30
ACTIVITIES = 50
_BUSINESS = "wapi"  # Wazzup24's word for WhatsApp Business


def init_app(app: Flask) -> None:
    app.jinja_env.globals["meal_names"] = MEALS
    app.register_blueprint(lead_pages)


@lead_pages.get("/leads/<lead_id>")
@page
def lead_page(lead_id: str) -> ResponseReturnValue:
    viewer = signed_in()
    return render_template("lead.html", frame=frame(viewer), nav="", lead=_lead(viewer, lead_id))


@lead_pages.get("/ui/leads/<lead_id>")
@page
def lead_fragment(lead_id: str) -> ResponseReturnValue:
    """`?conversation=ID` shows another conversation of the lead; `?full=1` draws it as on its own page."""
    viewer = signed_in()
    full = request.args.get("full") == "1"
    return render_template("ui/lead.html", frame=frame(viewer), lead=_lead(viewer, lead_id), full=full)


@lead_pages.get("/ui/drawer")
@page
def drawer() -> ResponseReturnValue:
    """The drawer itself, for a page that was not made with one."""
    signed_in()
    return render_template("ui/drawer.html")


@lead_pages.get("/ui/conversations/<conversation_id>/older")
@page
def older_messages(conversation_id: str) -> ResponseReturnValue:
    """What was said before `?cursor=`."""
    viewer, ctx = signed_in(), context()
    talk = conversations.read(ctx, viewer, conversation_id)
    after = paging.moments(paging.after(request.args.get("cursor"), 2))
    said = _said(ctx, viewer, talk["lead_id"], talk, after)
    shown = entries(said.messages, said.notes, said.turns, local(), viewer)
    return render_template(
        "ui/older.html", frame=frame(viewer), entries=shown, older=said.older, conversation_id=talk["id"]
    )


@lead_pages.get("/ui/places")
@page
def places() -> ResponseReturnValue:
    """Names that a trip's places may have: {"countries", "resorts", "cities"}."""
    signed_in()
    answer = jsonify(_places())
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@cache
def _places() -> dict[str, list[str]]:
    names: dict[str, set[str]] = {"country": set(), "resort": set(), "departure": set()}
    for place, _spellings in built_in():
        names[place.kind].add(place.name)
    return {
        "countries": sorted(names["country"]),
        "resorts": sorted(names["resort"]),
        "cities": sorted(names["departure"]),
    }


@lead_pages.get("/ui/leads/<lead_id>/timeline")
@page
def timeline(lead_id: str) -> ResponseReturnValue:
    """A page of the timeline: `?kind=people|machine|messages|changes`, `?cursor=`."""
    viewer, ctx = signed_in(), context()
    leads.read(ctx, viewer, lead_id)
    kind = request.args.get("kind")
    if kind not in (None, *get_args(Group)):
        abort(404)
    after = paging.after(request.args.get("cursor"), 1)
    acts = of_lead(
        ctx.store, lead_id, ACTIVITIES + 1, group=cast(Group | None, kind), after=[_number(after[0])] if after else None
    )
    shown = activity_views(acts[:ACTIVITIES], local(), _merges(ctx, acts))
    return render_template("ui/timeline.html", frame=frame(viewer), activities=shown, activities_next=_goes_on(acts))


def _merges(ctx: Context, activities: Sequence[Row]) -> set[str]:
    """Of the merges that these activities tell, the ids of those that hold."""
    told = sorted({act["data"]["merge_id"] for act in activities if act["kind"] == "customer.merged"})
    where: list[Where] = [("id", "in", told), ("undone_at", "eq", None)]
    return {row["id"] for row in ctx.store.find("merges", where, limit=len(told))} if told else set()


def _number(text: str) -> int:
    """The number that a cursor of the timeline goes on after. Raises Invalid for what we never wrote there."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("cursor", paging.UNCHANGED)
    return int(text)


def _goes_on(acts: Sequence[Row]) -> str | None:
    return paging.cursor([str(acts[ACTIVITIES - 1]["seq"])]) if len(acts) > ACTIVITIES else None


@lead_pages.get("/ui/trip")
@page
def trip_words() -> ResponseReturnValue:
    """How a trip, `?given=` as JSON, reads: {"rows": [{"key", "label", "value"}]}. For the two sides of a conflict."""
    signed_in()
    try:
        trip = TripRequest.model_validate_json(request.args.get("given", ""))
    except ValidationError:
        raise Invalid("given", "is no trip") from None
    rows = trip_rows(leads.trip_json(trip), {}, local())
    return jsonify({"rows": [{"key": row.key, "label": row.label, "value": row.value} for row in rows]})


@lead_pages.get("/ui/leads/<lead_id>/client")
@page
def client(lead_id: str) -> ResponseReturnValue:
    """The lead's customer: contacts, identities, other leads, merges."""
    viewer, ctx = signed_in(), context()
    lead = leads.read(ctx, viewer, lead_id)
    shown = client_view(customer_cards.show(ctx, viewer, lead["customer_id"]), local(), viewer, lead_id)
    return render_template("ui/client.html", frame=frame(viewer), client=shown)


@lead_pages.get("/ui/customers/<customer_id>/merge/<other_id>")
@page
def merge_dialog(customer_id: str, other_id: str) -> ResponseReturnValue:
    """Two customers side by side, to pick a value a field."""
    viewer, ctx = signed_in(), context()
    viewer.require("leads:write")
    both = (customer_cards.show(ctx, viewer, found) for found in (customer_id, other_id))
    kept, other = (client_view(found, local(), viewer) for found in both)
    return render_template("ui/merge.html", kept=kept, other=other)


# --------------------------------------------------------------------------- what a lead is made of


@dataclass
class _Said:
    """A stretch of the chat, REST-shaped; `older` is the cursor of what was before."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    older: str | None = None


def _lead(viewer: Viewer, lead_id: str) -> LeadView:
    ctx = context()
    lead = leads.show(ctx, viewer, lead_id)
    talks = conversations.of_lead(ctx, viewer, lead_id)
    asked = request.args.get("conversation")
    talk = next((row for row in talks if row["id"] == asked), talks[0] if talks else None)
    said = _said(ctx, viewer, lead_id, talk, None)
    acts = of_lead(ctx.store, lead_id, ACTIVITIES + 1)
    business = talk is not None and _by_business_account(ctx, talk)
    return lead_view(
        lead,
        local(),
        viewer=viewer,
        conversation=conversations.present(talk) if talk else None,
        conversations=[conversations.present(row) for row in talks],
        messages=said.messages,
        notes=said.notes,
        turns=said.turns,
        older=said.older,
        window=_window(said.messages) if business else None,
        text_limit=WABA_LIMIT if business else text_limit(talk["chat_type"]) if talk else 0,
        edits=talk is not None and _edits(ctx, talk),
        suggestion=_suggestion(ctx, viewer, talk) if talk else None,
        offers=offers.present_all(ctx, offers.as_told(offers.of_lead(ctx, viewer, lead_id, limit=OFFERS))),
        activities=acts[:ACTIVITIES],
        activities_next=_goes_on(acts),
        merges=_merges(ctx, acts),
        reminders=_open_reminders(ctx, viewer, lead_id),
        people=_people(ctx),
    )


def _said(ctx: Context, viewer: Viewer, lead_id: str, talk: Row | None, after: list[Any] | None) -> _Said:
    """The messages before `after` (created_at, id), the newest when None, with the notes and turns between them."""
    said = _Said()
    rows: Sequence[Row] = []
    if talk is not None:
        rows = conversations.thread(ctx, viewer, talk["id"], limit=THREAD + 1, after=after)
        said.messages = [conversations.present_message(row) for row in rows[:THREAD]]
    more = len(rows) > THREAD
    if more:
        last = rows[THREAD - 1]
        said.older = paging.cursor([last["created_at"], last["id"]])
    between = _between(rows[THREAD - 1]["created_at"] if more else None, after[0] if after else None)
    of_this: list[Where] = [("lead_id", "eq", lead_id), *between]
    said.notes = [notes.present(row) for row in ctx.store.find("notes", of_this, limit=THREAD, desc=True)]
    if talk is not None:
        modes: list[Where] = [("kind", "eq", "conversation.mode"), ("conversation_id", "eq", talk["id"])]
        said.turns = ctx.store.find("activities", [*of_this, *modes], order=("seq",), limit=THREAD, desc=True)
    return said


def _between(first: datetime | None, last: datetime | None) -> list[Where]:
    """Conditions on created_at: from `first` on, before `last`."""
    since: list[Where] = [("created_at", "gte", first)] if first else []
    until: list[Where] = [("created_at", "lt", last)] if last else []
    return since + until


def _open_reminders(ctx: Context, viewer: Viewer, lead_id: str) -> list[dict[str, Any]]:
    """What is not done yet, the next one first."""
    rows = [row for row in reminders.of_lead(ctx, viewer, lead_id) if row["done_at"] is None]
    return reminders.present_all(ctx.store, rows)


def _suggestion(ctx: Context, viewer: Viewer, talk: Row) -> dict[str, Any] | None:
    found = suggestions.of_conversation(ctx, viewer, talk["id"])
    return suggestions.present(found) if found else None


def _people(ctx: Context) -> list[Row]:
    """All who have, or had, an account: who may be given the lead, and whose words stand in its trip."""
    return ctx.store.find("users", limit=500)


def _edits(ctx: Context, talk: Row) -> bool:
    """Can what was sent in this chat be changed and taken back?"""
    channel = ctx.channels.get(talk["provider"])
    return channel is not None and channel.edits


def _by_business_account(ctx: Context, talk: Row) -> bool:
    """Does the chat go through WhatsApp Business, with its day's window and its short texts?"""
    known = health.observation(ctx, f"account:{talk['account']}")
    return talk["chat_type"] == "whatsapp" and known.get("transport") == _BUSINESS


def _window(messages: Sequence[dict[str, Any]]) -> WindowView | None:
    heard = next((message["created_at"] for message in messages if message["direction"] == "in"), None)
    return window_view(heard, local())
