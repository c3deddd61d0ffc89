"""People, chats and messages of the simulated Telegram: as the Bot API shows them and as a phone does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crystalbay.sandbox.telegram_files import StoredFile
from crystalbay.sandbox.telegram_html import Text
from crystalbay.sandbox.telegram_keyboards import Markup, Rows, inline_on_phone, reply_on_phone
from crystalbay.sandbox.telegram_request import Params, bad_request, forbidden


@dataclass
class User:
    id: int
    name: str
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def shown(self) -> dict[str, Any]:
        """The user as the Bot API shows them."""
        fields = {"last_name": self.last_name, "username": self.username, "language_code": self.language}
        known = {name: value for name, value in fields.items() if value}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.name, **known}


@dataclass
class Message:
    """One message; `media` are the Bot API fields of what it holds beside its text or caption."""

    id: int
    sender: User
    at: datetime
    text: Text
    kind: str = "text"
    media: dict[str, Any] = field(default_factory=dict)
    file: StoredFile | None = None
    inline: Rows | None = None
    album: str | None = None
    reply_to: int | None = None
    edited_at: datetime | None = None

    @property
    def from_bot(self) -> bool:
        return self.sender.is_bot

    @property
    def phone_number(self) -> str:
        """What a phone writes on a shared contact."""
        number: str = self.media.get("contact", {}).get("phone_number", "")
        return number

    def text_fields(self) -> dict[str, Any]:
        if not self.text.plain:
            return {}
        name, entities = ("text", "entities") if self.kind == "text" else ("caption", "caption_entities")
        return {name: self.text.plain} | ({entities: self.text.entities} if self.text.entities else {})


@dataclass
class Chat:
    id: int
    messages: dict[int, Message] = field(default_factory=dict)
    member: User | None = None
    """The person of a private chat."""

    blocked: bool = False
    keyboard: Rows | None = None
    keyboard_of: int | None = None
    """The message that brought the reply keyboard."""

    keyboard_once: bool = False
    action: tuple[str, float] | None = None
    """What the bot is doing, and until when (monotonic)."""

    def shown(self) -> dict[str, Any]:
        """The chat as the Bot API shows it."""
        if self.member is None:
            return {"id": self.id, "type": "supergroup", "title": f"Группа {-self.id}"}
        names = {"last_name": self.member.last_name, "username": self.member.username}
        known = {name: value for name, value in names.items() if value}
        return {"id": self.id, "type": "private", "first_name": self.member.name, **known}

    def api(self, message: Message, *, with_reply: bool = True) -> dict[str, Any]:
        """A message as the Bot API shows it."""
        shown: dict[str, Any] = {"message_id": message.id, "from": message.sender.shown(), "chat": self.shown()}
        shown |= {"date": int(message.at.timestamp()), **message.text_fields(), **message.media}
        if message.edited_at:
            shown["edit_date"] = int(message.edited_at.timestamp())
        if message.album:
            shown["media_group_id"] = message.album
        if message.inline:
            shown["reply_markup"] = {"inline_keyboard": message.inline}
        if with_reply and message.reply_to in self.messages:
            shown["reply_to_message"] = self.api(self.messages[message.reply_to], with_reply=False)
        return shown

    def phone(self) -> list[dict[str, Any]]:
        return [self._on_phone(message) for message in self.messages.values()]

    def _on_phone(self, message: Message) -> dict[str, Any]:
        keyboard = self.keyboard if message.id == self.keyboard_of else None
        return {
            "messageId": message.id,
            "from": "bot" if message.from_bot else "user",
            "name": message.sender.name,
            "at": message.at.astimezone(UTC).isoformat(),
            "text": message.text.plain or message.phone_number,
            "html": message.text.html or message.phone_number,
            "kind": message.kind,
            "file": f"/__files/{message.file.id}" if message.file else None,
            "fileName": message.file.name if message.file else None,
            "buttons": inline_on_phone(message.inline),
            "keyboard": reply_on_phone(keyboard) if keyboard else None,
            "edited": message.edited_at is not None,
            "album": message.album,
            "replyTo": message.reply_to,
        }

    def show_keyboard(self, markup: Markup, message: Message) -> None:
        """A reply keyboard stays until another one or its removal."""
        if markup.reply is not None:
            self.keyboard, self.keyboard_of, self.keyboard_once = markup.reply, message.id, markup.one_time
        elif markup.removes:
            self.hide_keyboard()

    def doing(self, now: float) -> str | None:
        """The action that the phone shows at this (monotonic) moment."""
        return self.action[0] if self.action and now < self.action[1] else None

    def hide_keyboard(self) -> None:
        self.keyboard = self.keyboard_of = None

    def newest(self) -> Iterator[Message]:
        return reversed(self.messages.values())


class Chats:
    """Everything that was said. Whoever reads or changes it holds `lock`, and only for a moment."""

    def __init__(self, bot: User, first_id: int = 1) -> None:
        self.bot = bot
        self.lock = threading.RLock()
        self._next_id = first_id
        self.clear()

    def clear(self) -> None:
        """Forget all but the numbers: a message id of before must not mean another message now."""
        with self.lock:
            self.users: dict[int, User] = {}
            self._chats: dict[int, Chat] = {}

    def now(self) -> datetime:
        return datetime.now(UTC)

    def find(self, chat_id: int) -> Chat | None:
        return self._chats.get(chat_id)

    def get(self, chat_id: int) -> Chat:
        """Raises LookupError."""
        if chat_id not in self._chats:
            raise LookupError(f"no chat {chat_id}: nobody has written in it")
        return self._chats[chat_id]

    def joined(self, group_id: int) -> Chat:
        """The group of which the bot is a member."""
        return self._chats.setdefault(group_id, Chat(group_id))

    def opened(self, chat_id: int, user: User) -> Chat:
        """The chat in which a person writes."""
        chat = self.joined(chat_id)
        if chat_id > 0:
            chat.member = user
        return chat

    def asked(self, params: Params) -> Chat:
        """The chat that a method names, if the bot may write there. Raises Refusal."""
        chat = self.known(params)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def known(self, params: Params) -> Chat:
        """The chat that a method names. Raises Refusal."""
        if not params.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat_id = params.integer("chat_id")
        if chat_id in self._chats:
            return self._chats[chat_id]
        if chat_id in self.users:
            raise forbidden("bot can't initiate conversation with a user")
        raise bad_request("chat not found")

    def new(self, chat: Chat, sender: User, text: Text) -> Message:
        message = Message(self._next_id, sender, self.now(), text)
        self._next_id += 1
        chat.messages[message.id] = message
        return message
