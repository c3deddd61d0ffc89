"""One update of Telegram → channel events (contract sections 0, 2, 7). python-telegram-bot reads its types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from crystalbay.telegram import buttons
from crystalbay.texts import e164, storable
from models import (
    Attachment,
    AttachmentKind,
    ChannelEvent,
    Chat,
    ChatBlocked,
    Contact,
    KeyboardTurned,
    MessageEdited,
    MessageReceived,
    Pressed,
    StaffPressed,
    Tap,
    Unreadable,
)

PROVIDER = "telegram"
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The kinds of updates that we ask for; Telegram remembers the list."""

FILE = "telegram:"
"""Begins what a message keeps as the source of a file; the file's id follows."""

_NAME = 200
_EIGHT = re.compile(r"^8(?=\d{10}$)")
"""How a number begins at home that is +7 abroad."""
_UNSEEN = "Такое сообщение видно только в приложении Telegram: опрос, игра, история или другое"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads updates for the bot whose number is `bot_id`; of groups it hears only the managers' one."""

    bot_id: str
    managers_chat: str = ""

    def body(self, body: bytes, now: datetime) -> list[ChannelEvent]:
        """The events of one update, at most one; a press, which has no time of its own, came `now`.

        Raises ValueError when the body is no JSON object.
        """
        try:
            found = json.loads(body)
        except RecursionError:
            raise ValueError("the body is nested too deeply") from None
        if not isinstance(found, dict):
            raise ValueError("the body is not a JSON object")
        try:
            update = Update.de_json(storable(found), None)
            event = self._event(update, now)
        except (TypeError, KeyError, ValueError, AttributeError, OverflowError, OSError, RecursionError) as error:
            return [Unreadable(f"update: {type(error).__name__}: {error}"[:300], found)]
        return [event] if event else []

    def chat(self, chat_id: int, kind: str) -> Chat:
        return Chat(PROVIDER, PROVIDER, self.bot_id, kind, str(chat_id))

    def external_id(self, chat_id: int, message_id: int) -> str:
        """Numbers of messages are unique within a chat of one bot only."""
        return f"{self.bot_id}:{chat_id}:{message_id}"

    # ------------------------------------------------------------------ kinds of updates

    def _event(self, update: Update, now: datetime) -> ChannelEvent | None:
        if update.message:
            return self._message(update.message)
        if update.edited_message:
            return self._edited(update.edited_message)
        if update.callback_query:
            return self._callback(update.callback_query, now)
        if update.my_chat_member:
            return self._member(update.my_chat_member)
        return None

    def _listens(self, chat_id: int, kind: str) -> bool:
        return kind == ChatType.PRIVATE or str(chat_id) == self.managers_chat

    def _message(self, message: Message) -> MessageReceived | None:
        if not self._listens(message.chat.id, message.chat.type) or message.from_user is None:
            return None
        text = message.text or message.caption or ""
        own = _own_number(message)
        files = _attachments(message)
        word, payload = (*text.split(None, 1), "", "")[:2]
        begins = word.partition("@")[0].casefold() == "/start"
        quoted = message.reply_to_message
        return MessageReceived(
            external_id=self.external_id(message.chat.id, message.message_id),
            chat=self.chat(message.chat.id, message.chat.type),
            sent_at=message.date,
            text=own or ("/start" if begins else text),
            attachments=files,
            contact=_contact(message, own),
            note=None if own or text.strip() or files else _UNSEEN,
            answerable=message.chat.type == ChatType.PRIVATE,
            reply_to=self.external_id(message.chat.id, quoted.message_id) if quoted else None,
            album=message.media_group_id,
            payload=payload.strip() if begins else "",
            sender=str(message.from_user.id),
            reply_to_us=quoted is not None and quoted.from_user is not None and str(quoted.from_user.id) == self.bot_id,
            language=message.from_user.language_code,
        )

    def _edited(self, message: Message) -> MessageEdited | None:
        if not self._listens(message.chat.id, message.chat.type):
            return None
        where = self.chat(message.chat.id, message.chat.type)
        text = message.text or message.caption or ""
        return MessageEdited(self.external_id(message.chat.id, message.message_id), where, text)

    def _callback(self, query: CallbackQuery, now: datetime) -> ChannelEvent | None:
        """A press: the customer's words, a page of the keyboard, or of the office. Of a message that is too old to be
        shown Telegram tells chat and number, which is all that is needed."""
        message = query.message
        if message is None or not self._listens(message.chat.id, message.chat.type):
            return None
        where = self.chat(message.chat.id, message.chat.type)
        pressed = Pressed(query.id, where, self.external_id(message.chat.id, message.message_id))
        held = query.data or ""
        if held.startswith(f"{buttons.STAFF}:"):
            return StaffPressed(pressed, str(query.from_user.id), held)
        button = buttons.read(held)
        if button is None or button.act is None:
            message_id, view = (button.message_id, button.value) if button else ("", held)
            return KeyboardTurned(pressed, message_id, view)
        return MessageReceived(
            external_id=f"{self.bot_id}:press:{query.id}",
            chat=where,
            sent_at=now,
            contact=Contact(name=query.from_user.full_name[:_NAME], username=query.from_user.username),
            answerable=message.chat.type == ChatType.PRIVATE,
            tap=Tap(button.act, button.message_id, button.value),
            pressed=pressed,
            sender=str(query.from_user.id),
            language=query.from_user.language_code,
        )

    def _member(self, change: ChatMemberUpdated) -> ChatBlocked | None:
        """The customer stopped the bot, or let it in again."""
        if change.chat.type != ChatType.PRIVATE:
            return None
        blocked = change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        return ChatBlocked(self.chat(change.chat.id, change.chat.type), blocked, change.date)


# --------------------------------------------------------------------------- of a message


def _contact(message: Message, own: str | None) -> Contact:
    user = message.from_user
    assert user
    return Contact(name=user.full_name[:_NAME] or None, phone=own, username=user.username)


def _own_number(message: Message) -> str | None:
    """The writer's own number, by the button that shares it; anybody else's card is an attachment."""
    card = message.contact
    if card is None or message.from_user is None or card.user_id != message.from_user.id:
        return None
    return e164(_EIGHT.sub("7", card.phone_number))


def _attachments(message: Message) -> tuple[Attachment, ...]:
    for read in _READERS:
        found = read(message)
        if found:
            return (found,)
    return ()


def _file(kind: AttachmentKind, name: str) -> Callable[[Message], Attachment | None]:
    """Reads the file that a message has under this attribute."""

    def read(message: Message) -> Attachment | None:
        file: Any = getattr(message, name)
        if not file:
            return None
        shown = getattr(file, "file_name", None)
        return Attachment(kind, f"{FILE}{file.file_id}", shown[:_NAME] if shown else None)

    return read


def _photo(message: Message) -> Attachment | None:
    """The largest of its sizes."""
    return Attachment("image", f"{FILE}{message.photo[-1].file_id}") if message.photo else None


def _place(message: Message) -> Attachment | None:
    place = message.location or (message.venue.location if message.venue else None)
    if place is None:
        return None
    return Attachment("geo", f"https://yandex.ru/maps/?pt={place.longitude},{place.latitude}&z=15")


def _card(message: Message) -> Attachment | None:
    card = message.contact
    if card is None or _own_number(message):
        return None
    return Attachment("contact", name=f"{card.first_name} {card.last_name or ''} {card.phone_number}"[:_NAME])


_READERS = (
    _photo,
    _file("audio", "voice"),
    _file("audio", "audio"),
    _file("video", "animation"),  # an animation is a document, too: the first that fits counts
    _file("video", "video"),
    _file("video", "video_note"),
    _file("sticker", "sticker"),
    _file("document", "document"),
    _place,
    _card,
)
