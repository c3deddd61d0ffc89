"""Which files the messengers behind Wazzup24 take (contract section 3, "Files")."""

from __future__ import annotations

from collections.abc import Callable

from crystalbay.wazzup.words import explain
from models import Chat, OutgoingFile

_MB = 1024 * 1024
LARGEST = 10 * _MB
_INSTAGRAM_LARGEST = 8 * _MB
_INSTAGRAM_TAKES = ("image/jpeg", "image/png", "image/bmp")
_PICTURE_LARGEST = 5 * _MB
"""Of a picture in Telegram and in WhatsApp Business."""


def refusal(chat: Chat, file: OutgoingFile, transport: Callable[[], str]) -> str | None:
    """Why a chat does not take a file, in words for a manager; None: it does.

    `transport` is asked only when it decides: WhatsApp Business is a WhatsApp chat like any other.
    """
    if file.size > LARGEST:
        return explain("MESSAGES_CONTENT_SIZE_EXCEEDED")
    if chat.chat_type == "instagram":
        if file.mime not in _INSTAGRAM_TAKES:
            return explain("MESSAGES_UNSUPPORTED_CONTENT_TYPE_INSTAPI")
        return explain("MESSAGES_CONTENT_SIZE_EXCEEDED") if file.size > _INSTAGRAM_LARGEST else None
    if not file.mime.startswith("image/") or file.size <= _PICTURE_LARGEST:
        return None
    if chat.chat_type in ("telegram", "telegroup"):
        return explain("MESSAGES_CONTENT_SIZE_EXCEEDED_TELEGRAM")
    if chat.chat_type == "whatsapp" and transport() == "wapi":
        return explain("MESSAGES_CONTENT_SIZE_EXCEEDED_WABA")
    return None
