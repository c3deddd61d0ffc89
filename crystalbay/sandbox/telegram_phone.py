"""What people do in the simulated Telegram, and the updates the bot gets of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from crystalbay.sandbox.telegram_chats import Chat, Chats, Message, User
from crystalbay.sandbox.telegram_files import Files, as_field
from crystalbay.sandbox.telegram_html import written_by_user
from crystalbay.sandbox.telegram_keyboards import find_button, labels
from crystalbay.sandbox.telegram_request import Method, Params, bad_request
from crystalbay.sandbox.telegram_updates import Updates

_ANSWER = 200
_PLACE = {"latitude": 55.7558, "longitude": 37.6173}


@dataclass
class Callback:
    """One press of an inline button, and what the bot answered."""

    answered: bool = False
    text: str | None = None
    alert: bool = False


class Phone:
    def __init__(self, chats: Chats, files: Files, updates: Updates) -> None:
        self._chats, self._files, self._updates = chats, files, updates
        self.clear()

    def clear(self) -> None:
        self._callbacks: dict[str, Callback] = {}
        self._albums: dict[tuple[int, str], str] = {}

    def methods(self) -> dict[str, Method]:
        return {"answerCallbackQuery": self._answer}

    # ------------------------------------------------------------------ people

    def says(
        self,
        user_id: int,
        text: str | None = None,
        *,
        name: str | None = None,
        last_name: str | None = None,
        username: str | None = None,
        language: str | None = None,
        media: str | None = None,
        caption: str | None = None,
        album: str | None = None,
        reply_to: int | None = None,
        chat_id: int | None = None,
        phone: str | None = None,
        contact_of: int | None = None,
        update_id: int | None = None,
        raw: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A person writes. What is not given stays as it was; at first the name is Анна and the language ru.

        `raw` is queued as the update instead. Raises LookupError for a `media` that is not there, ValueError for
        nothing to say.
        """
        place = user_id if chat_id is None else chat_id
        if raw is not None:
            return {"messageId": None, "updateId": self._updates.add_raw(raw, place, update_id)}
        if not (text or media or phone):
            raise ValueError("a message needs a text, media or a phone")
        with self._chats.lock:
            user = self._user(user_id, name, last_name, username, language)
            chat = self._chats.opened(place, user)
            if chat.blocked:
                self._set_blocked(chat, user, blocked=False)  # as the app does before it lets one write
            kind, fields, file = self._content(media, phone, user if contact_of is None else contact_of)
            message = self._chats.new(chat, user, written_by_user((caption if media else text) or text or ""))
            message.kind, message.media, message.file, message.reply_to = kind, fields, file, reply_to
            message.album = self._album(place, album)
            self._use_keyboard(chat, text, phone)
            told = self._updates.add("message", chat.api(message), chat.id, update_id)
        return {"messageId": message.id, "updateId": told}

    def taps(
        self, user_id: int, button: str, *, message_id: int | None = None, chat_id: int | None = None
    ) -> dict[str, Any]:
        """A person presses an inline button. Raises LookupError when there is none, ValueError when it is a link."""
        with self._chats.lock:
            user = self._known_user(user_id)
            chat = self._chats.get(user_id if chat_id is None else chat_id)
            message, pressed = _button(chat, button, message_id)
            if "callback_data" not in pressed:
                raise ValueError(f"the button {pressed['text']!r} sends nothing to the bot")
            number = str(secrets.randbits(62))
            self._callbacks[number] = Callback()
            query = {"id": number, "from": user.shown(), "message": chat.api(message)}
            query |= {"chat_instance": str(chat.id), "data": pressed["callback_data"]}
            told = self._updates.add("callback_query", query, chat.id)
        return {"callbackId": number, "updateId": told}

    def edits(self, user_id: int, message_id: int, text: str, *, chat_id: int | None = None) -> dict[str, Any]:
        """A person changes a message, in the chat with the bot or in a group. Raises LookupError."""
        with self._chats.lock:
            chat = self._chats.get(chat_id or user_id)
            message = chat.messages.get(message_id)
            if message is None or message.sender.id != user_id:
                raise LookupError(f"{user_id} has no message {message_id}")
            message.text, message.edited_at = written_by_user(text), self._chats.now()
            return {"updateId": self._updates.add("edited_message", chat.api(message), chat.id)}

    def blocks(self, user_id: int) -> dict[str, Any]:
        """A person stops the bot. Raises LookupError."""
        return self._blocking(user_id, blocked=True)

    def unblocks(self, user_id: int) -> dict[str, Any]:
        """A person allows the bot again. Raises LookupError."""
        return self._blocking(user_id, blocked=False)

    def clears(self, user_id: int) -> None:
        """A person deletes the whole conversation, on both sides. Raises LookupError."""
        with self._chats.lock:
            chat = self._chats.get(user_id)
            chat.messages.clear()
            chat.hide_keyboard()

    def callback(self, callback_id: str) -> dict[str, Any]:
        """What the bot answered to a press. Raises LookupError."""
        with self._chats.lock:
            if callback_id not in self._callbacks:
                raise LookupError(f"no callback {callback_id}")
            found = self._callbacks[callback_id]
            return {"answered": found.answered, "text": found.text, "alert": found.alert}

    # ------------------------------------------------------------------ the bot's answer to a press

    def _answer(self, params: Params) -> bool:
        if len(params.text("text")) > _ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        with self._chats.lock:
            found = self._callbacks.get(params.text("callback_query_id"))
            if found is None:
                raise bad_request("query is too old and response timeout expired or query ID is invalid")
            found.answered, found.text, found.alert = True, params.text("text") or None, params.flag("show_alert")
        return True

    # ------------------------------------------------------------------ parts; the caller holds the lock

    def _user(
        self, user_id: int, name: str | None, last_name: str | None, username: str | None, language: str | None
    ) -> User:
        user = self._chats.users.setdefault(user_id, User(user_id, "Анна", language="ru"))
        user.name, user.last_name = name or user.name, last_name or user.last_name
        user.username, user.language = username or user.username, language or user.language
        return user

    def _known_user(self, user_id: int) -> User:
        if user_id not in self._chats.users:
            raise LookupError(f"nobody has the id {user_id}: let them write first")
        return self._chats.users[user_id]

    def _content(self, media: str | None, phone: str | None, contact: User | int) -> tuple[str, dict[str, Any], Any]:
        if phone:
            return "contact", {"contact": _contact(phone, contact)}, None
        match media:
            case None:
                return "text", {}, None
            case "location":
                return media, {"location": dict(_PLACE)}, None
            case "poll":
                return media, {"poll": _poll()}, None
        stored = self._files.of_phone(media)
        kind = "document" if media == "big" else media
        return kind, as_field(kind, stored), stored

    def _album(self, place: int, album: str | None) -> str | None:
        return self._albums.setdefault((place, album), str(secrets.randbits(53))) if album else None

    @staticmethod
    def _use_keyboard(chat: Chat, text: str | None, phone: str | None) -> None:
        """A keyboard for one time goes away when one of its buttons was used."""
        if chat.keyboard_once and (phone or text in labels(chat.keyboard)):
            chat.hide_keyboard()

    def _blocking(self, user_id: int, *, blocked: bool) -> dict[str, Any]:
        with self._chats.lock:
            user, chat = self._known_user(user_id), self._chats.get(user_id)
            return {"updateId": self._set_blocked(chat, user, blocked=blocked)}

    def _set_blocked(self, chat: Chat, user: User, *, blocked: bool) -> int | None:
        was = chat.blocked
        chat.blocked = blocked
        change: dict[str, Any] = {"chat": chat.shown(), "from": user.shown()}
        change["date"] = int(self._chats.now().timestamp())
        change |= {"old_chat_member": self._membership(was), "new_chat_member": self._membership(blocked)}
        return self._updates.add("my_chat_member", change, chat.id)

    def _membership(self, blocked: bool) -> dict[str, Any]:
        status: dict[str, Any] = {"status": "kicked", "until_date": 0} if blocked else {"status": "member"}
        return {"user": self._chats.bot.shown(), **status}


def _button(chat: Chat, wanted: str, message_id: int | None) -> tuple[Message, dict[str, Any]]:
    shown = [message for message in chat.newest() if message_id in (None, message.id)]
    for message in shown:
        if (pressed := find_button(message.inline, wanted)) is not None:
            return message, pressed
    there = [label for message in shown for label in labels(message.inline)]
    raise LookupError(f"no button {wanted!r}; there are: {', '.join(there) or 'none'}")


def _contact(phone: str, of: User | int) -> dict[str, Any]:
    """A shared contact; 0 stands for a person who is not in Telegram."""
    if isinstance(of, User):
        return {"phone_number": phone, "first_name": of.name, "user_id": of.id}
    return {"phone_number": phone, "first_name": "Ирина"} | ({"user_id": of} if of else {})


def _poll() -> dict[str, Any]:
    flags = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
    options = [
        {"persistent_id": str(number), "text": text, "voter_count": 0} for number, text in enumerate(("Море", "Горы"))
    ]
    poll = {"id": str(secrets.randbits(62)), "question": "Куда едем?", "options": options, "type": "regular"}
    return {**poll, **flags, "total_voter_count": 0, "is_anonymous": True}
