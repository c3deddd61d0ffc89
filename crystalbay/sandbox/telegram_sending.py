"""The methods that send: texts, files, albums, and what the bot is doing."""

from __future__ import annotations

import secrets
import time
from typing import Any

from crystalbay.sandbox.telegram_chats import Chat, Chats, Message
from crystalbay.sandbox.telegram_files import Files, StoredFile, as_field
from crystalbay.sandbox.telegram_html import Text, read
from crystalbay.sandbox.telegram_keyboards import Markup, read_markup
from crystalbay.sandbox.telegram_limits import Limits, Sent
from crystalbay.sandbox.telegram_request import Method, Params, Refusal, bad_request

_TEXT = 4096
_TEXT_BYTES = 32_768
_CAPTION = 1024
_ACTION_S = 5.0
_ALBUM = (2, 10)
_ALBUM_KINDS = ("photo", "video", "document", "audio")
_ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)


def read_text(params: Params) -> Text:
    """The text of a message. Raises Refusal."""
    source = params.text("text")
    if not source:
        raise bad_request("message text is empty")
    if len(source.encode()) > _TEXT_BYTES:
        raise bad_request("message is too long")
    text = read(source, params.text("parse_mode"))
    if not text.plain.strip():
        raise bad_request("text must be non-empty")
    if len(text.plain) > _TEXT:
        raise bad_request("message is too long")
    return _with_entities(text, params.json("entities"))


def read_caption(params: Params) -> Text:
    """The caption of a file; it may be absent. Raises Refusal."""
    text = read(params.text("caption"), params.text("parse_mode"))
    if len(text.plain) > _CAPTION:
        raise bad_request("message caption is too long")
    return _with_entities(text, params.json("caption_entities"))


def _with_entities(text: Text, entities: Any) -> Text:
    """Entities may come beside a plain text instead of a parse_mode."""
    if isinstance(entities, list) and not text.entities:
        text.entities = entities
    return text


class Sending:
    def __init__(self, chats: Chats, files: Files) -> None:
        self._chats, self._files = chats, files
        self.clear()

    def clear(self) -> None:
        self.limits = Limits()
        self.sent = Sent()

    def methods(self) -> dict[str, Method]:
        kinds = ("photo", "document", "voice", "audio", "video")
        return {
            "sendMessage": self._message,
            "sendMediaGroup": self._album,
            "sendChatAction": self._action,
            **{f"send{kind.capitalize()}": self._sender(kind) for kind in kinds},
        }

    def _message(self, params: Params) -> dict[str, Any]:
        text, markup = read_text(params), read_markup(params)
        with self._chats.lock:
            chat = self._chats.asked(params)
            reply_to = self._reply_to(params, chat)
            self.limits.take(chat.id)
            message = self._new("sendMessage", chat, text, markup)
            message.reply_to = reply_to
            return chat.api(message)

    def _sender(self, kind: str) -> Method:
        def send(params: Params) -> dict[str, Any]:
            caption, markup = read_caption(params), read_markup(params)
            with self._chats.lock:
                self._chats.asked(params)  # before a file is fetched for nobody
            stored = self._files.of_bot(kind, params.text(kind), params.uploads, kind)
            with self._chats.lock:
                chat = self._chats.asked(params)
                reply_to = self._reply_to(params, chat)
                self.limits.take(chat.id)
                message = self._new(f"send{kind.capitalize()}", chat, caption, markup, (kind, stored))
                message.reply_to = reply_to
                return chat.api(message)

        return send

    def _album(self, params: Params) -> list[dict[str, Any]]:
        items = self._album_items(params)
        captions = [read_caption(item) for item in items]
        with self._chats.lock:
            self._chats.asked(params)
        contents = [(item.text("type"), self._album_file(number, item)) for number, item in enumerate(items, 1)]
        with self._chats.lock:
            chat = self._chats.asked(params)
            reply_to = self._reply_to(params, chat)
            self.limits.take(chat.id, len(items))
            album, shown = str(secrets.randbits(53)), []
            for caption, content in zip(captions, contents, strict=True):
                message = self._new("sendMediaGroup", chat, caption, Markup(), content)
                message.album, message.reply_to = album, reply_to
                shown.append(chat.api(message))
            return shown

    @staticmethod
    def _album_items(params: Params) -> list[Params]:
        items = params.json("media")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise bad_request("can't parse media JSON object")
        if len(items) < _ALBUM[0]:
            raise bad_request("too few messages to send as an album")
        if len(items) > _ALBUM[1]:
            raise bad_request("too many messages to send as an album")
        kinds = {str(item.get("type")) for item in items}
        if not kinds <= set(_ALBUM_KINDS):
            raise bad_request("type of the media must be one of photo, video, document or audio")
        if len(kinds) > 1 and kinds & {"document", "audio"}:
            raise bad_request("documents and audios can't be mixed with other media types")
        return [Params(item, params.uploads) for item in items]

    def _album_file(self, number: int, item: Params) -> StoredFile:
        try:
            return self._files.of_bot(item.text("type"), item.text("media"), item.uploads, "")
        except Refusal as refusal:
            cause = refusal.description.removeprefix("Bad Request: ")
            raise bad_request(f'failed to send message #{number} with the error message "{cause}"') from None

    def _action(self, params: Params) -> bool:
        action = params.text("action")
        if action not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        with self._chats.lock:
            self._chats.asked(params).action = (action, time.monotonic() + _ACTION_S)
        return True

    # ------------------------------------------------------------------ parts; the caller holds the lock

    def _new(
        self, method: str, chat: Chat, text: Text, markup: Markup, content: tuple[str, StoredFile] | None = None
    ) -> Message:
        message = self._chats.new(chat, self._chats.bot, text)
        if content:
            message.kind, message.file = content
            message.media = as_field(*content)
        message.inline, chat.action = markup.inline, None
        chat.show_keyboard(markup, message)
        self.sent.add(method, chat.id, message)
        return message

    @staticmethod
    def _reply_to(params: Params, chat: Chat) -> int | None:
        given = params.json("reply_parameters")
        asked = Params(given if isinstance(given, dict) else {})
        number = asked.integer("message_id") or params.integer("reply_to_message_id")
        if not number or number in chat.messages:
            return number or None
        if asked.flag("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
