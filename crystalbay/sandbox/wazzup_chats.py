"""The simulated agency's conversations: what was written, and how webhooks and the customer's phone show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4


def iso(moment: datetime) -> str:
    """A time as Wazzup24 writes it: 2025-05-06T14:16:00.002Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Message:
    """One message of either side. `status` is inbound, or how far an outgoing one got."""

    channel_id: str
    chat_type: str
    chat_id: str
    name: str
    at: datetime
    text: str | None = None
    content_uri: str | None = None
    kind: str = "text"
    outgoing: bool = False
    status: str = "inbound"
    author_name: str | None = None
    crm_message_id: str | None = None
    by_api: bool = False
    clears_unanswered: bool = True
    error: str | None = None
    deleted: bool = False
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def chat(self) -> tuple[str, str, str]:
        return self.channel_id, self.chat_type, self.chat_id

    def element(self) -> dict[str, Any]:
        """The message as an element of a webhook's `messages` (contract section 7)."""
        shown: dict[str, Any] = {
            "messageId": self.id,
            "dateTime": iso(self.at),
            "channelId": self.channel_id,
            "chatType": self.chat_type,
            "chatId": self.chat_id,
            "type": self.kind,
            "isEcho": self.outgoing,
            "contact": {"name": self.name},
            "status": self.status,
        }
        for key, value in (("text", self.text), ("contentUri", self.content_uri), ("authorName", self.author_name)):
            if value is not None:
                shown[key] = value
        if self.outgoing:
            shown["sentFromApp"] = self.author_name is not None
        return shown

    def on_phone(self) -> dict[str, Any]:
        """The message as the customer's phone shows it."""
        return {
            "from": "agency" if self.outgoing else "customer",
            "text": self.text,
            "contentUri": self.content_uri,
            "at": iso(self.at),
            "status": self.status,
            "messageId": self.id,
        }

    def as_sent(self) -> dict[str, Any]:
        """The message as the API was asked to send it, with what became of it."""
        return {
            "messageId": self.id,
            "channelId": self.channel_id,
            "chatType": self.chat_type,
            "chatId": self.chat_id,
            "text": self.text,
            "contentUri": self.content_uri,
            "crmMessageId": self.crm_message_id,
            "clearUnanswered": self.clears_unanswered,
            "status": self.status,
            "error": self.error,
        }


class Chats:
    """All messages in the order in which they came. The caller holds the sandbox's lock."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}

    def add(self, message: Message) -> Message:
        self._messages[message.id] = message
        return message

    def get(self, message_id: str) -> Message:
        """Raises LookupError."""
        try:
            return self._messages[message_id]
        except KeyError:
            raise LookupError(f"no message {message_id}") from None

    def seen_by_customer(self, chat_id: str) -> list[Message]:
        """What the phone shows: neither what was deleted nor what never arrived."""
        return [m for m in self._messages.values() if m.chat_id == chat_id and not m.deleted and m.status != "error"]

    def sent_by_api(self) -> list[Message]:
        return [message for message in self._messages.values() if message.by_api]

    def last_inbound(self, chat: tuple[str, str, str]) -> Message | None:
        inbound = (m for m in reversed(self._messages.values()) if m.chat == chat and not m.outgoing)
        return next(inbound, None)

    def unanswered(self) -> list[Message]:
        """The last message of every chat whose red counter burns."""
        waiting: dict[tuple[str, str, str], Message] = {}
        for message in self._messages.values():
            if not message.outgoing:
                waiting[message.chat] = message
            elif message.clears_unanswered:
                waiting.pop(message.chat, None)
        return list(waiting.values())
