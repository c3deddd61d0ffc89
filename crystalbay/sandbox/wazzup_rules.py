"""What Wazzup24 refuses, and what it accepts and then never delivers (contract sections 2 to 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

_CHAT_TYPES = {
    "whatsapp": ("whatsapp", "whatsgroup"),
    "wapi": ("whatsapp",),
    "instagram": ("instagram",),
    "tgapi": ("telegram", "telegroup"),
    "telegram": ("telegram", "telegroup"),
    "max": ("max", "maxgroup"),
    "maxbot": ("max", "maxgroup"),
    "vk": ("vk",),
    "avito": ("avito",),
    "viber": ("viber",),
}
_ALL_CHAT_TYPES = {chat_type for chat_types in _CHAT_TYPES.values() for chat_type in chat_types}
_LIMITS = {
    "whatsapp": (10_000, "MESSAGE_TEXT_TOO_LONG"),
    "wapi": (1024, "MESSAGES_TOO_LONG_WABA"),
    "instagram": (1000, "MESSAGES_TOO_LONG_INSTAGRAM"),
    "tgapi": (4096, "MESSAGES_TOO_LONG_TELEGRAM"),
    "telegram": (4096, "MESSAGES_TOO_LONG_TELEGRAM"),
    "max": (4096, "MESSAGE_TEXT_TOO_LONG"),
    "maxbot": (4096, "MESSAGE_TEXT_TOO_LONG"),
    "vk": (1000, "MESSAGES_TOO_LONG_VK"),
    "avito": (1000, "MESSAGES_TOO_LONG_AVITO"),
    "viber": (6999, "MESSAGES_TOO_LONG_VIBER"),
}
# `blocked` is not here on purpose: such a channel answers 201 and delivers nothing (section 0, point 4).
_STATE_REFUSALS = {
    "disabled": "CHANNEL_BLOCKED",
    "notenoughmoney": "CHANNEL_NO_MONEY",
    "rejected": "CHANNEL_WAPI_REJECTED",
}
_STRINGS = ("channelId", "chatType", "chatId", "text", "contentUri", "crmMessageId", "crmUserId", "refMessageId")
_FILE_BYTES = 10 * 1024 * 1024
_WINDOWS = {"wapi": (timedelta(hours=24), "24_HOURS_EXCEEDED"), "instagram": (timedelta(days=7), "7_DAYS_EXCEEDED")}


@dataclass
class Refusal(Exception):
    """A 400 with this code."""

    code: str
    description: str
    data: dict[str, Any] = field(default_factory=dict)


def serves(transport: str, chat_type: str) -> bool:
    """May a channel of this transport hold such chats?"""
    return chat_type in _CHAT_TYPES[transport]


def check_fields(message: Any) -> dict[str, Any]:
    """The message of a request, when its fields are of the right kinds. Raises Refusal."""
    if not isinstance(message, dict):
        raise Refusal("INVALID_MESSAGE_DATA", "Message data is invalid", {"fields": []})
    wrong = [key for key in _STRINGS if message.get(key) is not None and not isinstance(message[key], str)]
    wrong += [key for key in ("channelId", "chatType", "chatId") if not message.get(key) and key not in wrong]
    if not isinstance(message.get("clearUnanswered", True), bool):
        wrong.append("clearUnanswered")
    if not wrong:
        wrong = _wrong_values(message)
    if wrong:
        raise Refusal("INVALID_MESSAGE_DATA", "Message data is invalid", {"fields": wrong})
    _check_content(message)
    return message


def _wrong_values(message: dict[str, Any]) -> list[str]:
    wrong = []
    if message["chatType"] not in _ALL_CHAT_TYPES:
        wrong.append("chatType")
    if message["chatType"] in ("whatsapp", "viber") and not _is_digits(message["chatId"]):
        wrong.append("chatId")
    uri = (message.get("contentUri") or "").strip()
    if uri and not is_web_address(uri):
        wrong.append("contentUri")
    return wrong


def is_web_address(text: str) -> bool:
    """A full http(s) address?"""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check_content(message: dict[str, Any]) -> None:
    text, uri = message.get("text"), message.get("contentUri")
    if text is not None and uri is not None:
        raise Refusal("MESSAGE_ONLY_TEXT_OR_CONTENT", "Only text or contentUri")
    if text is None and uri is None:
        raise Refusal("MESSAGE_NOTHING_TO_SEND", "Neither text nor contentUri")
    if text is not None and not text.strip():
        raise Refusal("MESSAGES_TEXT_CAN_NOT_BE_BLANK", "Text is blank")
    if uri is not None and not uri.strip():
        raise Refusal("MESSAGES_CONTENT_CAN_NOT_BE_BLANK", "Content is blank")


def check_channel(message: dict[str, Any], channel: dict[str, Any] | None) -> None:
    """Can this channel take this message now? Raises Refusal."""
    if channel is None:
        raise Refusal("CHANNEL_NOT_FOUND", "Channel not found", {"channelId": message["channelId"]})
    transport, chat_type = channel["transport"], message["chatType"]
    if not serves(transport, chat_type):
        data = {"channelId": channel["channelId"], "transport": transport, "chatType": chat_type}
        raise Refusal("WRONG_TRANSPORT", "Wrong transport", data)
    state = channel["state"].casefold()
    if state not in ("active", "blocked"):
        raise Refusal(_STATE_REFUSALS.get(state, "MESSAGE_CHANNEL_UNAVAILABLE"), f"Channel is {channel['state']}")
    limit, code = _LIMITS[transport]
    if len(message.get("text") or "") > limit:
        raise Refusal(code, f"Text is longer than {limit}")


def check_file(uri: str, transport: str) -> None:
    """Fetch a file as Wazzup24 does: at once, without redirects, 10 MB at most. Raises Refusal.

    Only addresses of this machine are fetched; a simulation has no business in the internet.
    """
    if urlsplit(uri).hostname not in ("127.0.0.1", "localhost", "::1"):
        return
    try:
        with requests.get(uri, timeout=5, stream=True, allow_redirects=False) as answer:
            size = 0
            for piece in answer.iter_content(64 * 1024):
                size += len(piece)
                if size > _FILE_BYTES:
                    raise Refusal("MESSAGES_CONTENT_SIZE_EXCEEDED", "Content is larger than 10 MB")
            kind = answer.headers.get("Content-Type", "")
            status = answer.status_code
    except requests.RequestException as error:
        raise Refusal("MESSAGE_DOWNLOAD_CONTENT_ERROR", type(error).__name__) from None
    if status != 200:
        raise Refusal("MESSAGE_DOWNLOAD_CONTENT_ERROR", f"HTTP {status}")
    if transport == "instagram" and not kind.startswith("image/"):
        raise Refusal("MESSAGES_UNSUPPORTED_CONTENT_TYPE_INSTAPI", "Only pictures in Instagram")


def fate(message: dict[str, Any], channel: dict[str, Any], last_inbound: datetime | None, now: datetime) -> str | None:
    """The error that a status webhook will tell of an accepted message; None when it will arrive."""
    if channel["state"].casefold() == "blocked":
        return "CHANNEL_REJECTED"
    if message["chatType"] == "whatsapp" and len(message["chatId"]) == 11 and message["chatId"].startswith("8"):
        return "BAD_CONTACT"
    window, code = _WINDOWS.get(channel["transport"], (None, None))
    if window and (last_inbound is None or now - last_inbound > window):
        return code
    return None
