"""/demo: a newcomer plays the customer through the sandbox Wazzup24 and the real webhook, beside the live board.

It speaks to the sandbox's control routes by HTTP, as a test does; it exists in APP_ENV=demo only.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Flask, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.services import board, leads
from crystalbay.services.activities import of_lead
from crystalbay.store.interface import Row
from crystalbay.web.auth import page, signed_in
from crystalbay.web.frame import frame
from crystalbay.web.views.pages import DemoView, demo_view
from crystalbay.web.wiring import context, local
from models import STATUS_OF, Stage

demo = Blueprint("demo", __name__)

CHANNEL, CHAT_TYPE = "0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0002", "telegram"
"""The sandbox's Telegram account: its chat ids may be anything."""

_TIMEOUT_S = 10
_KINDS = ("voice", "image", "document", "sticker")


def init_app(app: Flask) -> None:
    app.register_blueprint(demo)


@demo.get("/demo")
@page
def simulator() -> ResponseReturnValue:
    viewer = signed_in()
    shown = _view(None)
    return render_template(
        "demo.html", frame=frame(viewer), nav="demo", demo=shown, time_zone=context().settings.timezone
    )


@demo.get("/ui/demo")
@page
def simulator_fragment() -> ResponseReturnValue:
    return render_template("ui/demo.html", demo=_view(request.args.get("chat_id")))


@demo.post("/demo/say")
@page
def say() -> ResponseReturnValue:
    """The customer writes, or sends a sample file: {"chat_id", "text" | "media"}."""
    body = request.get_json(silent=True) or {}
    chat_id, text, media = body.get("chat_id"), body.get("text"), body.get("media")
    if not isinstance(chat_id, str) or not 4 <= len(chat_id) <= 64:
        abort(400, "chat_id: 4 to 64 characters")
    said: dict[str, Any] = {"chatId": chat_id, "chatType": CHAT_TYPE, "channelId": CHANNEL, "name": "Гость из демо"}
    if media in _KINDS:
        said["media"] = media
    elif isinstance(text, str) and 0 < len(text.strip()) <= 4000:
        said["text"] = text
    else:
        abort(400, "text: 1 to 4000 characters, or media: " + ", ".join(_KINDS))
    answer = _sandbox("POST", "/__customer", json=said)
    return jsonify(answer), 201


@demo.get("/demo/chat")
@page
def chat() -> ResponseReturnValue:
    """The conversation as the customer's phone shows it."""
    return jsonify(_sandbox("GET", "/__chat", params={"chatId": request.args.get("chat_id", "")}))


def _sandbox(method: str, path: str, **given: Any) -> Any:
    parts = urlsplit(context().settings.wazzup_api_url)
    try:
        answer = requests.request(method, f"{parts.scheme}://{parts.netloc}{path}", timeout=_TIMEOUT_S, **given)
        answer.raise_for_status()
    except requests.RequestException:
        abort(503, "The sandbox does not answer")
    return answer.json()


def _view(chat_id: str | None) -> DemoView:
    ctx, viewer = context(), signed_in()
    shown = board.whole(ctx, viewer, first=10)
    lead_id = _lead_of(chat_id) if chat_id else None
    if lead_id is None:
        return demo_view(shown, local())
    acts = of_lead(ctx.store, lead_id)
    return demo_view(shown, local(), lead=leads.show(ctx, viewer, lead_id), activities=acts, left=_left(acts))


def _lead_of(chat_id: str) -> str | None:
    key = f"wazzup:{CHANNEL}:{CHAT_TYPE}:{chat_id}"
    rows = context().store.find("conversations", [("chat_key", "eq", key)], limit=1)
    return str(rows[0]["lead_id"]) if rows else None


def _left(acts: list[Row]) -> tuple[str, str] | None:
    """The column that the lead came from, and when."""
    moved = next((row for row in acts if row["kind"] == "lead.moved"), None)
    if moved is None or STATUS_OF[Stage(moved["data"]["from"])] == STATUS_OF[Stage(moved["data"]["to"])]:
        return None
    return STATUS_OF[Stage(moved["data"]["from"])].value, moved["created_at"].isoformat()
