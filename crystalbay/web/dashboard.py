"""The dashboard's pages and fragments. The templates say which context they need; views make it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.services import conversations, leads, notices
from crystalbay.services.activities import of_lead
from crystalbay.services.viewers import Viewer
from crystalbay.web import paging
from crystalbay.web.auth import page, signed_in
from crystalbay.web.views import formats
from crystalbay.web.views.cards import board_view, column_view
from crystalbay.web.views.pages import FrameView, LeadView, frame_view, lead_view
from crystalbay.web.wiring import context, local
from models import Status

dashboard = Blueprint("dashboard", __name__)

FIRST_CARDS = 30
NEXT_CARDS = 50
THREAD = 200


def init_app(app: Flask) -> None:
    app.register_blueprint(dashboard)


def frame(viewer: Viewer) -> FrameView:
    """The frame of this viewer's pages."""
    return frame_view({"name": viewer.name, "role": viewer.role}, demo=context().settings.simulated)


@dashboard.get("/")
@page
def board() -> ResponseReturnValue:
    return _board("board.html")


@dashboard.get("/ui/board")
@page
def board_fragment() -> ResponseReturnValue:
    return _board("ui/board.html")


def _board(template: str) -> str:
    viewer = signed_in()
    shown = leads.board(context(), viewer, first=FIRST_CARDS)
    return render_template(template, frame=frame(viewer), nav="board", board=board_view(_with_cursors(shown), local()))


def _with_cursors(shown: dict[str, Any]) -> dict[str, Any]:
    """A column that has more cards than came with the page says where they go on."""
    for column in shown.values():
        last = column["leads"][-1] if column["leads"] else None
        more = last is not None and column["count"] > len(column["leads"])
        column["next_cursor"] = paging.cursor((last["position"], last["id"])) if last and more else None
    return shown


@dashboard.get("/ui/board/<status>")
@page
def more_cards(status: str) -> ResponseReturnValue:
    viewer = signed_in()
    if status not in list(Status):
        abort(404)
    after = paging.after(request.args.get("cursor"), 2)
    rows = leads.column_page(context(), viewer, Status(status), (), limit=NEXT_CARDS, after=after)
    column = {"leads": leads.present_all(context().store, rows), "count": 0, "sums": []}
    full = len(rows) == NEXT_CARDS
    column["next_cursor"] = paging.cursor((rows[-1]["position"], rows[-1]["id"])) if full else None
    return render_template(
        "ui/column_more.html", frame=frame(viewer), column=column_view(Status(status), column, local())
    )


@dashboard.get("/leads/<lead_id>")
@page
def lead_page(lead_id: str) -> ResponseReturnValue:
    viewer = signed_in()
    columns = board_view(leads.board(context(), viewer, first=0), local()).columns
    return render_template("lead.html", frame=frame(viewer), nav="", lead=_lead(viewer, lead_id), columns=columns)


@dashboard.get("/ui/leads/<lead_id>")
@page
def lead_fragment(lead_id: str) -> ResponseReturnValue:
    viewer = signed_in()
    return render_template("ui/lead.html", frame=frame(viewer), lead=_lead(viewer, lead_id))


def _lead(viewer: Viewer, lead_id: str) -> LeadView:
    ctx = context()
    lead = leads.show(ctx, viewer, lead_id)
    chats = conversations.of_lead(ctx, viewer, lead_id)
    chat = chats[0] if chats else None
    thread = conversations.thread(ctx, viewer, chat["id"], limit=THREAD) if chat else []
    offers = ctx.store.find("offers", [("lead_id", "eq", lead_id)], limit=30, desc=True)
    return lead_view(
        lead,
        local(),
        conversation=conversations.present(chat) if chat else None,
        messages=[conversations.present_message(row) for row in reversed(thread)],
        offers=[row["data"] for row in offers],
        activities=of_lead(ctx.store, lead_id),
    )


@dashboard.get("/ui/notices")
@page
def notices_fragment() -> ResponseReturnValue:
    viewer = signed_in()
    return render_template(
        "ui/notices.html",
        notices=notices.unread(context(), viewer),
        can_write=frame(viewer).can_write,
        local=local(),
        moment=formats.moment,
    )


@dashboard.post("/ui/notices/read")
@page
def read_notices() -> ResponseReturnValue:
    viewer = signed_in()
    viewer.require("leads:write")
    notices.mark_read(context(), viewer)
    return "", 204
