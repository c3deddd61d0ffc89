"""Webhooks: HTTP only. The body goes to the inbox, and 2xx says that it is safe there."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, request
from flask.typing import ResponseReturnValue

from crystalbay.errors import StoreUnavailable
from crystalbay.services import inbox
from crystalbay.web.auth import csrf
from crystalbay.web.metrics import WEBHOOKS
from crystalbay.web.wiring import context

hooks = Blueprint("webhooks", __name__)


def init_app(app: Flask) -> None:
    csrf.exempt(hooks)
    app.register_blueprint(hooks)


@hooks.post("/webhooks/wazzup/<secret>")
def wazzup(secret: str) -> ResponseReturnValue:
    """Wazzup24 needs exactly 200, also for its registration probe (contract section 6)."""
    channel = context().channels.get("wazzup")
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if channel is None or not (channel.verify(secret) or (bearer and channel.verify(bearer))):
        abort(404)
    try:
        receipt = inbox.receive(context(), channel, request.get_data(cache=False))
    except StoreUnavailable:
        WEBHOOKS.labels("wazzup", "refused").inc()
        return {"ok": False}, 503, {"Retry-After": "10"}
    result = "journaled" if receipt.journaled else "duplicate" if receipt.duplicate else "stored"
    WEBHOOKS.labels("wazzup", result).inc()
    return {"ok": True}
