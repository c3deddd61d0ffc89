"""/demo: a newcomer plays the customer through the sandbox messengers and the real intake, beside the live board.

It speaks to the sandboxes' control routes by HTTP, as a test does; it exists in APP_ENV=demo only.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote, urlsplit

import requests
from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.ids import new_id
from crystalbay.services import board, leads
from crystalbay.services.activities import of_lead
from crystalbay.store.interface import Row, Where
from crystalbay.web.auth import page, signed_in
from crystalbay.web.frame import frame
from crystalbay.web.views.pages import DemoView, demo_view
from crystalbay.web.wiring import context, local
from models import STATUS_OF, Stage

demo = Blueprint("demo", __name__)

CHANNEL, CHAT_TYPE = "0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0001", "whatsapp"
"""The sandbox's WhatsApp account."""

NAME = "Гость из демо"

Sandbox = Literal["wazzup", "telegram"]

_TIMEOUT_S = 10
_LONGEST_TEXT = 4000
_KINDS = ("voice", "image", "document", "sticker")
_TELEGRAM_KINDS = ("photo", "voice", "document", "sticker")
_IN_ALBUM = 3
_OF_TELEGRAM_ITSELF = "api.telegram.org"
_SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/wav")


def init_app(app: Flask) -> None:
    app.register_blueprint(demo)


@demo.get("/demo")
@page
def simulator() -> ResponseReturnValue:
    viewer = signed_in()
    return render_template(
        "demo.html",
        frame=frame(viewer),
        nav="demo",
        demo=_view(None),
        telegram=_telegram_is_simulated(),
    )


@demo.get("/ui/demo")
@page
def simulator_fragment() -> ResponseReturnValue:
    chat_id = request.args.get("chat_id")
    lead_id = _lead_of(chat_id, telegram=request.args.get("app") == "telegram") if chat_id else None
    return render_template("ui/demo.html", demo=_view(lead_id))


# --------------------------------------------------------------------------- WhatsApp, through Wazzup24


@demo.post("/demo/say")
@page
def say() -> ResponseReturnValue:
    """The customer writes, or sends a sample file: {"chat_id", "text" | "media"}."""
    body = _body()
    chat_id, media = body.get("chat_id"), body.get("media")
    if not isinstance(chat_id, str) or not 4 <= len(chat_id) <= 64:
        abort(400, "chat_id: 4 to 64 characters")
    said: dict[str, Any] = {"chatId": chat_id, "chatType": CHAT_TYPE, "channelId": CHANNEL, "name": NAME}
    said |= {"media": media} if media in _KINDS else {"text": _text(body, _KINDS)}
    return jsonify(_sandbox("wazzup", "POST", "/__customer", json=said).json()), 201


@demo.get("/demo/chat")
@page
def chat() -> ResponseReturnValue:
    """The conversation as the customer's phone shows it."""
    asked = {"chatId": request.args.get("chat_id", "")}
    return jsonify(_sandbox("wazzup", "GET", "/__chat", params=asked).json())


# --------------------------------------------------------------------------- Telegram


@demo.get("/demo/telegram")
@page
def telegram_chat() -> ResponseReturnValue:
    """The chat with the bot: {"messages", "typing", "action", "commands"}."""
    asked = {"chatId": request.args.get("user_id", default=0, type=int)}
    messages = _sandbox("telegram", "GET", "/__chat", params=asked).json()
    state = _sandbox("telegram", "GET", "/__state", params=asked).json()
    return jsonify({**state, "messages": messages})


@demo.post("/demo/telegram/say")
@page
def telegram_say() -> ResponseReturnValue:
    """The customer writes, sends a sample, or shares the own number: {"user_id", "text" | "media" | "contact"}."""
    body = _body()
    user_id, media = _whole(body, "user_id"), body.get("media")
    said: dict[str, Any] = {"userId": user_id, "name": NAME}
    if body.get("contact") is True:
        parts = [{"phone": f"+7900{user_id % 10**7:07}"}]
    elif media == "album":
        album = new_id()
        parts = [{"media": "photo", "album": album}] * _IN_ALBUM
    elif media in _TELEGRAM_KINDS:
        parts = [{"media": media}]
    else:
        parts = [{"text": _text(body, (*_TELEGRAM_KINDS, "album"))}]
    answers = [_sandbox("telegram", "POST", "/__say", json=said | part).json() for part in parts]
    return jsonify(answers[-1]), 201


@demo.post("/demo/telegram/edit")
@page
def telegram_edit() -> ResponseReturnValue:
    """The customer changes an own message: {"user_id", "message_id", "text"}."""
    body = _body()
    edit = {"userId": _whole(body, "user_id"), "messageId": _whole(body, "message_id"), "text": _text(body)}
    return jsonify(_sandbox("telegram", "POST", "/__edit", json=edit).json())


@demo.post("/demo/telegram/tap")
@page
def telegram_tap() -> ResponseReturnValue:
    """The customer taps a button under a message: {"user_id", "message_id", "button"}. Answers {"callbackId", …}."""
    body = _body()
    button = body.get("button")
    if not isinstance(button, str) or not button:
        abort(400)
    tap = {"userId": _whole(body, "user_id"), "messageId": _whole(body, "message_id"), "button": button}
    return jsonify(_sandbox("telegram", "POST", "/__tap", json=tap).json())


@demo.get("/demo/telegram/callback")
@page
def telegram_callback() -> ResponseReturnValue:
    """What the bot answered to a tap: {"answered", "text", "alert"}."""
    return jsonify(_sandbox("telegram", "GET", "/__callback", params={"id": request.args.get("id", "")}).json())


@demo.get("/demo/telegram/file/<file_id>")
@page
def telegram_file(file_id: str) -> ResponseReturnValue:
    """A file of the chat: the page's policy shows pictures and sounds of its own server only."""
    kept = _sandbox("telegram", "GET", f"/__files/{quote(file_id, safe='')}")
    kind = kept.headers.get("Content-Type", "").partition(";")[0]
    inline = kind in _SHOWN_INLINE
    answer = Response(kept.content, mimetype=kind if inline else "application/octet-stream")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    if not inline:
        answer.headers["Content-Disposition"] = "attachment"
    return answer


# --------------------------------------------------------------------------- the sandboxes


def _telegram_is_simulated() -> bool:
    settings = context().settings
    host = urlsplit(settings.telegram_api_url).hostname
    return bool(settings.telegram_bot_token.get_secret_value()) and host != _OF_TELEGRAM_ITSELF


def _sandbox(name: Sandbox, method: str, path: str, **given: Any) -> requests.Response:
    settings = context().settings
    if name == "telegram" and not _telegram_is_simulated():
        abort(404)
    parts = urlsplit(settings.telegram_api_url if name == "telegram" else settings.wazzup_api_url)
    try:
        answer = requests.request(method, f"{parts.scheme}://{parts.netloc}{path}", timeout=_TIMEOUT_S, **given)
    except requests.RequestException:
        abort(503, "The sandbox does not answer")
    if 400 <= answer.status_code < 500:
        abort(404 if answer.status_code == 404 else 400)
    if not answer.ok:
        abort(503, "The sandbox does not answer")
    return answer


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any], kinds: tuple[str, ...] = ()) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST_TEXT:
        abort(400, f"text: 1 to {_LONGEST_TEXT} characters" + (f", or media: {', '.join(kinds)}" if kinds else ""))
    return text


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or not 0 < value < 2**52:
        abort(400)
    return value


# --------------------------------------------------------------------------- the manager's side


def _view(lead_id: str | None) -> DemoView:
    ctx, viewer = context(), signed_in()
    shown = board.whole(ctx, viewer, first=10)
    if lead_id is None:
        return demo_view(shown, local())
    acts = of_lead(ctx.store, lead_id)
    return demo_view(shown, local(), lead=leads.show(ctx, viewer, lead_id), activities=acts, left=_left(acts))


def _lead_of(chat_id: str, *, telegram: bool) -> str | None:
    conditions: list[Where] = [("chat_key", "eq", f"wazzup:{CHANNEL}:{CHAT_TYPE}:{chat_id}")]
    if telegram:
        conditions = [("provider", "eq", "telegram"), ("external_chat_id", "eq", chat_id)]
    rows = context().store.find("conversations", conditions, limit=1)
    return str(rows[0]["lead_id"]) if rows else None


def _left(acts: list[Row]) -> tuple[str, str] | None:
    """The column that the lead came from, and when."""
    moved = next((row for row in acts if row["kind"] == "lead.moved"), None)
    if moved is None or STATUS_OF[Stage(moved["data"]["from"])] == STATUS_OF[Stage(moved["data"]["to"])]:
        return None
    return STATUS_OF[Stage(moved["data"]["from"])].value, moved["created_at"].isoformat()
