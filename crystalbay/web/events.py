"""GET /api/v1/events: the live stream (Server-Sent Events) that the dashboard and API clients follow."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.api.problems import Unauthorized
from crystalbay.services import leads
from crystalbay.services.context import Context
from crystalbay.services.conversations import present_message
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row
from crystalbay.web import stale
from crystalbay.web.auth import current_viewer
from crystalbay.web.live import Event, Notifier, Subscriber, message
from crystalbay.web.metrics import STREAMS
from crystalbay.web.views.activities import activity_view, is_told
from crystalbay.web.views.cards import board_view, card_view
from crystalbay.web.views.formats import initials
from crystalbay.web.views.messages import message_view
from crystalbay.web.wiring import context, local

HEARTBEAT_S = 15.0

stream = Blueprint("events", __name__)


def init_app(app: Flask) -> Notifier:
    """The route, and the notifier that main starts with the process."""

    def describe(rows: Sequence[Row]) -> list[tuple[str, Row | None]]:
        with app.app_context():
            return _describe(rows)

    ctx = context_of(app)
    notifier = Notifier(ctx.store, describe, ctx.reach.failed)
    app.extensions["crystalbay.notifier"] = notifier
    app.jinja_env.globals["events_mark"] = notifier.newest
    app.register_blueprint(stream)
    return notifier


def context_of(app: Flask) -> Any:
    return app.extensions["crystalbay"]


# --------------------------------------------------------------------------- what is told


def _describe(rows: Sequence[Row]) -> list[tuple[str, Row | None]]:
    """The texts of a batch of activities, with a handful of reads for all of them."""
    store = context().store
    raw_leads = _by_id("leads", [row["lead_id"] for row in rows])
    shown = {lead["id"]: lead for lead in leads.present_all(store, list(raw_leads.values()))}
    messages = {key: present_message(row) for key, row in _by_id("messages", [r["message_id"] for r in rows]).items()}
    columns = _columns() if any(row["kind"].startswith("lead.") for row in rows) else None
    return [
        (
            orjson.dumps(_payload(row, shown.get(row["lead_id"]), messages.get(row["message_id"]), columns)).decode(),
            raw_leads.get(row["lead_id"]),
        )
        for row in rows
    ]


def _by_id(table: str, ids: Sequence[str | None]) -> dict[str, Row]:
    wanted = sorted({value for value in ids if value})
    rows = context().store.find(table, [("id", "in", wanted)], order=("id",), limit=len(wanted)) if wanted else []
    return {row["id"]: row for row in rows}


def _payload(row: Row, lead: Row | None, said: Row | None, columns: Any) -> dict[str, Any]:
    now = local()
    return {
        "id": row["id"],
        "seq": row["seq"],
        "kind": row["kind"],
        "lead_id": row["lead_id"],
        "conversation_id": row["conversation_id"],
        "at": row["created_at"],
        "actor": _actor(row),
        "lead": lead,
        "message": said,
        "columns": columns,
        "html": {
            "card": render_template("partials/card_item.html", card=card_view(lead, now)) if lead else None,
            "message": render_template("partials/message_item.html", message=message_view(said, now)) if said else None,
            "activity": render_template("partials/activity_item.html", activity=activity_view(row, now))
            if is_told(row)
            else None,
        },
    }


def _actor(row: Row) -> dict[str, str] | None:
    """The colleague who did it, by name and initials; nobody for customers, keys and the machine."""
    if row["actor_kind"] != "manager" or not row["actor_name"]:
        return None
    return {"name": row["actor_name"], "initials": initials(row["actor_name"])}


def _columns() -> dict[str, dict[str, Any]]:
    """The heads of the columns: true counts and short sums."""
    board = {
        status: {"count": column.count, "sums": leads.sums(column), "leads": []}
        for status, column in context().store.board([], 0).items()
    }
    return {column.status: {"count": column.count, "sum": column.sum} for column in board_view(board, local()).columns}


# --------------------------------------------------------------------------- the stream


@stream.get("/api/v1/events")
def events() -> ResponseReturnValue:
    viewer = current_viewer()
    if viewer is None:
        raise Unauthorized
    viewer.require("events")
    notifier: Notifier = current_app.extensions["crystalbay.notifier"]
    subscriber = notifier.subscribe(viewer)
    if subscriber is None:
        return {"title": "Too many streams; poll /api/v1/board every 10 s"}, 503, {"Retry-After": "10"}
    missed = _missed(notifier, viewer)
    answer = Response(_follow(notifier, subscriber, missed, context()), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(lambda: notifier.unsubscribe(subscriber))
    return answer


def _missed(notifier: Notifier, viewer: Viewer) -> list[Event] | None:
    """Events after Last-Event-ID; [] for a first visit; None when the gap is too big to tell."""
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id") or ""
    return notifier.since(int(last), viewer) if last.isdigit() and len(last) < 19 else []


def _follow(notifier: Notifier, subscriber: Subscriber, missed: list[Event] | None, ctx: Context) -> Iterator[str]:
    """What was missed, then what happens; a ping every 15 s; within a second that the store is out of reach, or back.

    Holds no database connection.
    """
    with STREAMS.track_inprogress():
        yield "retry: 1000\nevent: ping\ndata: {}\n\n"
        if missed is None:
            yield "event: reset\ndata: {}\n\n"
        for event in missed or ():
            yield message(event)
        silent, told = 0.0, None
        while not notifier.stopping:
            if stale.told(ctx) != told:
                told = stale.told(ctx)
                yield f"event: store\ndata: {told or 'null'}\n\n"
            if subscriber.overflowed:
                yield "event: reset\ndata: {}\n\n"
                return
            try:
                event_or_end = subscriber.queue.get(timeout=1.0)
            except queue.Empty:
                silent += 1.0
                if silent >= HEARTBEAT_S:
                    silent = 0.0
                    yield "event: ping\ndata: {}\n\n"
                continue
            if event_or_end is None:
                return
            silent = 0.0
            yield message(event_or_end)
