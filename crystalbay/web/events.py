"""GET /api/v1/events: the live stream (Server-Sent Events) that the dashboard and API clients follow; the same events
as JSON for those who cannot have a stream (`?poll=1`)."""

from __future__ import annotations

import queue
import select
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from crystalbay.api.problems import Unauthorized, problem
from crystalbay.errors import Invalid, StoreError
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.web import i18n, metrics, rights, stale, telling
from crystalbay.web.auth import current_viewer
from crystalbay.web.live import Missed, Notifier, Subscriber, event_message, store_message
from crystalbay.web.metrics import STREAMS
from crystalbay.web.sight import sight_of
from crystalbay.web.wiring import context

HEARTBEAT_S = 15.0
POLL_AGAIN_S = "10"

_PARAMETERS = ("last_event_id", "poll")

stream = Blueprint("events", __name__)


def init_app(app: Flask) -> Notifier:
    """The route, and the notifier that main starts with the process."""
    ctx: Context = app.extensions["crystalbay"]

    def overtaken(viewers: Collection[Viewer]) -> set[Viewer]:
        return rights.overtaken(ctx, viewers)

    notifier = Notifier(
        ctx.store,
        partial(telling.describe, app),
        ctx.reach.failed,
        overtaken,
        lambda: stale.told(ctx),
        metrics.crowded,
    )
    app.extensions["crystalbay.notifier"] = notifier
    app.jinja_env.globals["events_mark"] = notifier.newest
    app.register_blueprint(stream)
    return notifier


@stream.get("/api/v1/events")
def events() -> ResponseReturnValue:
    """The stream; with `poll=1` what happened since `last_event_id`, as JSON."""
    viewer = current_viewer()
    if viewer is None:
        raise Unauthorized
    viewer.require("events")
    _check(request.args)
    sight = sight_of(viewer, i18n.locale().language)
    notifier: Notifier = current_app.extensions["crystalbay.notifier"]
    if "poll" in request.args:
        return _polled(notifier.since(_last_event_id(), sight))
    subscriber = notifier.subscribe(viewer, sight, _closed(request.environ))
    if subscriber is None:
        retry = {"Retry-After": POLL_AGAIN_S}
        return problem(503, "Too many streams", detail="Ask with poll=1 every 10 s instead", headers=retry)
    try:
        missed = notifier.since(_last_event_id(), sight, until=subscriber.after)
    except StoreError:
        notifier.unsubscribe(subscriber)
        raise
    answer = Response(_follow(notifier, subscriber, missed, context()), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(lambda: notifier.unsubscribe(subscriber))
    return answer


def _check(asked: MultiDict[str, str]) -> None:
    """Raise Invalid for a parameter that is unknown, or a `poll` that is not 1."""
    for name in asked:
        if name not in _PARAMETERS:
            raise Invalid(name, f"unknown parameter; known are {', '.join(_PARAMETERS)}")
    if asked.get("poll", "1") != "1":
        raise Invalid("poll", "allowed are: 1")


def _polled(missed: Missed) -> Response:
    items = ",".join(text for _seq, text in missed.events)
    rest = orjson.dumps({"last_event_id": str(missed.mark), "reset": missed.reset}).decode()
    return Response(f'{{"items":[{items}],{rest[1:]}', mimetype="application/json")


_OF_NO_STORE = 10**18
"""A number that no event has: who comes back with it is told to read the lists again."""


def _last_event_id() -> int | None:
    """After which event to go on; None: from now. What is no number of ours is of no store that we know."""
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id")
    if not last:
        return None
    return int(last) if last.isascii() and last.isdigit() and len(last) < 19 else _OF_NO_STORE


def _closed(environ: dict[str, Any]) -> Callable[[], bool]:
    """Has the browser gone? A server learns it at its next word; asking the socket tells it before."""
    socket = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")

    if socket is None:
        return lambda: False

    def gone() -> bool:
        try:
            ears = select.poll()
            ears.register(socket, select.POLLIN)
            return bool(ears.poll(0))  # nobody speaks here: what can be read is the end
        except (OSError, ValueError):
            return True

    return gone


def _follow(notifier: Notifier, subscriber: Subscriber, missed: Missed, ctx: Context) -> Iterator[bytes]:
    """What was missed, then what happens; a ping every 15 s. Holds no database connection."""
    with STREAMS.track_inprogress():
        yield _beginning(subscriber, missed, stale.told(ctx)).encode()
        while not notifier.stopping:
            mark = subscriber.mark  # read before waiting: nothing up to it is still to come
            try:
                piece = subscriber.queue.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                piece = f"id: {mark}\nevent: ping\ndata: {{}}\n\n".encode()
            if piece is None:
                return
            yield piece


def _beginning(subscriber: Subscriber, missed: Missed, away: str | None) -> str:
    """`begin`, what was missed, and `live`: from there on all is new."""
    parts = ["retry: 1000\nevent: begin\ndata: {}\n\n"]
    parts += [event_message(min(subscriber.mark, seq), text) for seq, text in missed.events]
    parts += [f"id: {subscriber.mark}\nevent: reset\ndata: {{}}\n\n"] if missed.reset else []
    parts += [store_message(away).decode()] if away else []
    parts += [f"id: {subscriber.mark}\nevent: live\ndata: {{}}\n\n"]
    return "".join(parts)
