"""One element of `messages` → one channel event (contract sections 3, 7 and 8)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crystalbay.texts import e164
from crystalbay.wazzup.fields import a_flag, a_moment, a_part, a_text, a_word, an_id, an_object, failure_words
from models import (
    Attachment,
    AttachmentKind,
    Chat,
    Contact,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageState,
)

PROVIDER = "wazzup"

OUTGOING_STATES = {
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "error": MessageState.FAILED,
}

_GROUPS = {"whatsgroup": "whatsapp", "telegroup": "telegram", "maxgroup": "max"}
_ONE_TO_ONE = {"whatsapp", "telegram", "instagram", "vk", "avito", "max", "viber"}
_PHONE_IS_CHAT_ID = {"whatsapp", "viber"}
_PHONE_IN_CONTACT = {"telegram", "max"}

_KINDS: dict[str, AttachmentKind] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "document": "document",
    "vcard": "contact",
    "geo": "geo",
}
_MEDIA = {"image", "audio", "video", "document"}
_NOTES = {
    "missing_call": "Пропущенный звонок",
    "unsupported": "Сообщение такого вида Wazzup24 не показывает: откройте его в приложении мессенджера",
    "unknown": "Сообщение неизвестного вида: откройте его в приложении мессенджера",
    "wapi_template": "Шаблон WhatsApp",
}
_NOTE_LENGTH = 500
_NAME_LENGTH = 200


def read_message(element: Any, now: datetime) -> MessageReceived | MessageEdited | MessageDeleted:
    """The event of one element; `now` stands in for a missing time. Raises BadField."""
    message = an_object(element, "message")
    external_id = an_id(message, "messageId", 200)
    chat = _chat(message)
    if a_flag(message, "isDeleted"):
        return MessageDeleted(external_id, chat)
    if a_flag(message, "isEdited"):
        return MessageEdited(external_id, chat, a_text(message, "text"))
    return _received(message, external_id, chat, now)


def _chat(message: dict[str, Any]) -> Chat:
    chat_type = an_id(message, "chatType", 32).casefold()
    return Chat(
        provider=PROVIDER,
        channel=_GROUPS.get(chat_type, chat_type),
        account=an_id(message, "channelId", 100),
        chat_type=chat_type,
        chat_id=an_id(message, "chatId", 254),
    )


def _received(message: dict[str, Any], external_id: str, chat: Chat, now: datetime) -> MessageReceived:
    kind = a_text(message, "type").casefold()
    status = a_text(message, "status").casefold()
    # Only what left the agency is sent, delivered, read or failed; taken for a customer's, it would be answered.
    echo = a_flag(message, "isEcho") or status in OUTGOING_STATES
    text = a_text(message, "text")
    attachments = _attachments(kind, a_text(message, "contentUri"))
    return MessageReceived(
        external_id=external_id,
        chat=chat,
        sent_at=a_moment(message, "dateTime", now),
        text="" if kind == "system" else text,  # the messenger's words are not the customer's: they stand in the note
        attachments=attachments,
        contact=_contact(message, chat),
        echo=echo,
        author_name=a_word(message, "authorName")[:_NAME_LENGTH] or None if echo else None,
        note=_note(message, kind, text, attachments),
        answerable=chat.chat_type in _ONE_TO_ONE and kind != "system" and not a_part(message, "instPost"),
        reply_to=a_word(a_part(message, "quotedMessage"), "messageId")[:200] or None,
        state=OUTGOING_STATES.get(status) if echo else None,
        error=failure_words(message) if echo and status == "error" else None,
    )


# --------------------------------------------------------------------------- who


def _contact(message: dict[str, Any], chat: Chat) -> Contact:
    contact = a_part(message, "contact")
    phone = _phone(contact, chat)
    return Contact(
        name=_name(a_word(contact, "name"), chat, phone),
        phone=phone,
        username=a_word(contact, "username").lstrip("@")[:_NAME_LENGTH] or None,
    )


def _name(name: str, chat: Chat, phone: str | None) -> str | None:
    """The contact's name; Wazzup24 repeats the number there when it knows no name, and that is none."""
    number = re.fullmatch(r"\+?[\d\s().-]+", name) and re.sub(r"\D", "", name)
    if not name or (number and number in (chat.chat_id, (phone or "").lstrip("+"))):
        return None
    return name[:_NAME_LENGTH]


def _phone(contact: dict[str, Any], chat: Chat) -> str | None:
    """The number that the messenger vouches for, E.164: of the WhatsApp or Viber chat, of a Telegram or MAX contact."""
    if chat.chat_type in _PHONE_IS_CHAT_ID:
        return e164(chat.chat_id)
    if chat.chat_type in _PHONE_IN_CONTACT:
        return e164(a_word(contact, "phone"))
    return None


# --------------------------------------------------------------------------- what


def _attachments(kind: str, uri: str) -> tuple[Attachment, ...]:
    """The file, place or card of a message. A link that is no web address is kept as the name: it is never opened."""
    if not uri.strip():
        return (Attachment(_KINDS[kind]),) if kind in ("geo", "vcard") else ()
    try:
        address = urlsplit(uri.strip())
        on_the_web = address.scheme in ("http", "https") and bool(address.hostname)
        name = _file_name(address.query)
    except ValueError:
        on_the_web, name = False, None
    if not on_the_web:
        return (Attachment(_KINDS.get(kind, "document"), name=uri.strip()[:_NAME_LENGTH]),)
    sticker = kind == "image" and (name or address.path).casefold().endswith(".was")
    return (Attachment("sticker" if sticker else _KINDS.get(kind, "document"), uri.strip(), name),)


def _file_name(query: str) -> str | None:
    """`filename=` of a link to Wazzup24's store, without any folder."""
    value = parse_qs(query).get("filename", [""])[-1]
    name = re.split(r"[/\\]", "".join(char for char in value if char.isprintable()))[-1].strip()
    return name[:_NAME_LENGTH] or None


def _note(message: dict[str, Any], kind: str, text: str, attachments: tuple[Attachment, ...]) -> str | None:
    """What a person should know beside the text; an empty message says at least that it is empty."""
    notes = [_kind_note(kind, text), _post_note(a_part(message, "instPost")), _advert_note(a_part(message, "advert"))]
    if kind in _MEDIA and not attachments:
        notes.append("Вложение без файла")
    if not text.strip() and not attachments and not any(notes):
        notes.append("Пустое сообщение")
    return "\n".join(filter(None, notes))[:_NOTE_LENGTH] or None


def _kind_note(kind: str, text: str) -> str:
    if kind == "system":
        return f"Служебное сообщение мессенджера: {text.strip()}" if text.strip() else "Служебное сообщение мессенджера"
    return _NOTES.get(kind, "")


def _post_note(post: dict[str, Any]) -> str:
    if not post:
        return ""
    words = [a_word(post, "description")[:200], a_word(post, "src")[:200]]
    return "Комментарий к публикации: " + (" · ".join(filter(None, words)) or "без описания")


def _advert_note(advert: dict[str, Any]) -> str:
    """The advert a customer wrote about. Its fields are not documented, so the usual names are tried."""
    words = [a_word(advert, "title", "name", "description")[:200], a_word(advert, "url", "uri", "src", "link")[:200]]
    return "По объявлению: " + " · ".join(filter(None, words)) if any(words) else ""
