"""The methods that change and delete what the bot has sent."""

from __future__ import annotations

from copy import copy
from typing import Any

from crystalbay.sandbox.telegram_chats import Chat, Chats, Message
from crystalbay.sandbox.telegram_files import Files, as_field
from crystalbay.sandbox.telegram_keyboards import read_inline
from crystalbay.sandbox.telegram_limits import Sent
from crystalbay.sandbox.telegram_request import Method, Params, bad_request
from crystalbay.sandbox.telegram_sending import Sending, read_caption, read_text

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


class Editing:
    def __init__(self, chats: Chats, files: Files, sending: Sending) -> None:
        self._chats, self._files, self._sending = chats, files, sending

    @property
    def _sent(self) -> Sent:
        return self._sending.sent

    def methods(self) -> dict[str, Method]:
        return {
            "editMessageText": self._text,
            "editMessageCaption": self._caption,
            "editMessageReplyMarkup": self._markup,
            "editMessageMedia": self._media,
            "deleteMessage": self._delete,
        }

    def _text(self, params: Params) -> dict[str, Any]:
        text, inline = read_text(params), read_inline(params)
        with self._chats.lock:
            chat, message = self._own(params)
            if message.kind != "text":
                raise bad_request("there is no text in the message to edit")
            return self._change("editMessageText", chat, message, text=text, inline=inline)

    def _caption(self, params: Params) -> dict[str, Any]:
        caption, inline = read_caption(params), read_inline(params)
        with self._chats.lock:
            chat, message = self._own(params)
            if message.kind == "text":
                raise bad_request("there is no caption in the message to edit")
            return self._change("editMessageCaption", chat, message, text=caption, inline=inline)

    def _markup(self, params: Params) -> dict[str, Any]:
        inline = read_inline(params)
        with self._chats.lock:
            chat, message = self._own(params)
            return self._change("editMessageReplyMarkup", chat, message, inline=inline)

    def _media(self, params: Params) -> dict[str, Any]:
        asked, inline = params.json("media"), read_inline(params)
        if not isinstance(asked, dict):
            raise bad_request("can't parse media JSON object")
        item = Params(asked, params.uploads)
        caption, kind = read_caption(item), item.text("type")
        if kind not in ("photo", "document", "audio", "video", "animation"):
            raise bad_request("type of the media must be one of photo, document, audio, video or animation")
        with self._chats.lock:
            self._own(params)
        stored = self._files.of_bot(kind, item.text("media"), params.uploads, "")
        with self._chats.lock:
            chat, message = self._own(params)
            content = {"kind": kind, "file": stored, "media": as_field(kind, stored)}
            return self._change("editMessageMedia", chat, message, text=caption, inline=inline, **content)

    def _delete(self, params: Params) -> bool:
        with self._chats.lock:
            chat = self._chats.asked(params)
            message = chat.messages.pop(params.integer("message_id"), None)
            if message is None:
                raise bad_request("message to delete not found")
            self._sent.add("deleteMessage", chat.id, message)
        return True

    # ------------------------------------------------------------------ parts; the caller holds the lock

    def _own(self, params: Params) -> tuple[Chat, Message]:
        chat = self._chats.asked(params)
        message = chat.messages.get(params.integer("message_id"))
        if message is None:
            raise bad_request("message to edit not found")
        if not message.from_bot:
            raise bad_request("message can't be edited")
        return chat, message

    def _change(self, method: str, chat: Chat, message: Message, **fields: Any) -> dict[str, Any]:
        before = copy(message)
        for name, value in fields.items():
            setattr(message, name, value)
        if before == message:
            raise bad_request(_SAME)
        if method != "editMessageReplyMarkup":
            message.edited_at = self._chats.now()
        self._sent.add(method, chat.id, message)
        return chat.api(message)
