"""Webhooks: HTTP only. The body goes to the inbox, and 2xx says that it is safe there."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, request
from flask.typing import ResponseReturnValue

from crystalbay.errors import StoreUnavailable
from crystalbay.services import bridge_watch, inbox
from crystalbay.web.auth import csrf
from crystalbay.web.metrics import WEBHOOKS
from crystalbay.web.wiring import context
from models import Channel

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
    return ({"ok": True}, 200, {}) if _taken(channel) else ({"ok": False}, 503, RETRY)


RETRY = {"Retry-After": "10"}


@hooks.post("/webhooks/telegram")
def telegram() -> ResponseReturnValue:
    """Telegram itself (TELEGRAM_MODE=webhook), or the bridge process; both repeat an update until a 2xx."""
    channel = _bot()
    return ("", 200) if _taken(channel) else ("", 503, RETRY)


@hooks.post("/webhooks/telegram/heartbeat")
def telegram_heartbeat() -> ResponseReturnValue:
    """The bridge process says how it is: {"state", "polled_at", "handled", …}; shown on /readyz."""
    _bot()
    beat = request.get_json(silent=True)
    if not isinstance(beat, dict) or beat.get("state") not in bridge_watch.STATES:
        abort(422, "state: " + ", ".join(bridge_watch.STATES))
    try:
        bridge_watch.heard(context(), beat)
    except StoreUnavailable as error:
        context().reach.failed(error)
        return "", 503, RETRY
    return "", 204


def _bot() -> Channel:
    """The bot's channel, for who knows its secret."""
    channel = context().channels.get("telegram")
    if channel is None:
        abort(404)
    if not channel.verify(request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")):
        abort(403)
    return channel


def _taken(channel: Channel) -> bool:
    """Is the body safe?"""
    try:
        receipt = inbox.receive(context(), channel, request.get_data(cache=False))
    except StoreUnavailable:
        WEBHOOKS.labels(channel.name, "refused").inc()
        return False
    result = "journaled" if receipt.journaled else "duplicate" if receipt.duplicate else "stored"
    WEBHOOKS.labels(channel.name, result).inc()
    return True
