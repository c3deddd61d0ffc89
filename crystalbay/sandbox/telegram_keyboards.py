"""Keyboards: what Telegram refuses, and how a phone shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crystalbay.sandbox.telegram_html import is_web_link
from crystalbay.sandbox.telegram_request import Params, bad_request

Rows = list[list[dict[str, Any]]]

_DATA_BYTES = 64
_BUTTONS = 100
_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "copy_text",
    "login_url",
    "pay",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
)


@dataclass
class Markup:
    """The reply_markup of one call; `removes` is a ReplyKeyboardRemove."""

    inline: Rows | None = None
    reply: Rows | None = None
    one_time: bool = False
    removes: bool = False


def read_markup(params: Params) -> Markup:
    """The keyboard that a call sends along. Raises Refusal."""
    asked = params.json("reply_markup")
    if not asked:
        return Markup()
    if not isinstance(asked, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in asked:
        return Markup(inline=_inline(asked["inline_keyboard"]) or None)
    if "keyboard" in asked:
        return Markup(reply=_reply(asked["keyboard"]), one_time=bool(asked.get("one_time_keyboard")))
    return Markup(removes=bool(asked.get("remove_keyboard")))


def read_inline(params: Params) -> Rows | None:
    """The keyboard of an edit: an inline one or none. Raises Refusal."""
    asked = params.json("reply_markup")
    markup = read_markup(params)
    if asked and (not isinstance(asked, dict) or "inline_keyboard" not in asked):
        raise bad_request("inline keyboard expected")
    return markup.inline


def _rows(keyboard: Any, kind: str) -> Rows:
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise bad_request(f"can't parse {kind}: Field must be an Array of Arrays")
    rows = [row for row in keyboard if row]
    if sum(map(len, rows)) > _BUTTONS:
        raise bad_request("reply markup is too long")
    return rows


def _inline(keyboard: Any) -> Rows:
    rows = _rows(keyboard, "inline keyboard")
    for row in rows:
        for button in row:
            _check_inline(button)
    return rows


def _check_inline(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not any(action in button for action in _ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= _DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not is_web_link(str(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _reply(keyboard: Any) -> Rows:
    rows = _rows(keyboard, "reply keyboard")
    return [[_reply_button(button) for button in row] for row in rows]


def _reply_button(button: Any) -> dict[str, Any]:
    """A reply button may be a plain text too."""
    shaped = {"text": button} if isinstance(button, str) else button
    if not isinstance(shaped, dict) or not isinstance(shaped.get("text"), str) or not shaped["text"]:
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    return shaped


def inline_on_phone(rows: Rows | None) -> list[list[dict[str, Any]]]:
    return [
        [{"text": button["text"], "data": button.get("callback_data"), "url": button.get("url")} for button in row]
        for row in rows or []
    ]


def reply_on_phone(rows: Rows) -> list[list[dict[str, Any]]]:
    return [
        [{"text": button["text"], "contact": bool(button.get("request_contact"))} for button in row] for row in rows
    ]


def find_button(rows: Rows | None, wanted: str) -> dict[str, Any] | None:
    """The button with this label or data, else the first whose label contains it."""
    exact = (button for button in _all(rows) if wanted in (button["text"], button.get("callback_data")))
    partly = (button for button in _all(rows) if wanted.casefold() in button["text"].casefold())
    return next(exact, None) or next(partly, None)


def labels(rows: Rows | None) -> list[str]:
    return [button["text"] for button in _all(rows)]


def _all(rows: Rows | None) -> Iterator[dict[str, Any]]:
    return (button for row in rows or [] for button in row)
