"""Files of the simulated Telegram: what phones and the bot send, and what is fetched for it from a web address."""

from __future__ import annotations

import secrets
import struct
import threading
from dataclasses import dataclass
from typing import Any

import requests

from crystalbay.sandbox.telegram_ogg import silence
from crystalbay.sandbox.telegram_request import Refusal, Upload, bad_request
from crystalbay.sandbox.wazzup_media import samples

LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""What a bot may fetch by getFile."""

_PHOTO_BY_URL = 5 * 1024 * 1024
_FETCH_S = 5
_FOLDERS = {"photo": "photos", "voice": "voice", "sticker": "stickers", "video": "videos", "audio": "music"}
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_UNKNOWN_SIZE = (1280, 853)
_SPAN = {"width": 640, "height": 360, "duration": 3}


@dataclass(frozen=True)
class StoredFile:
    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    content: bytes
    size: int

    def reference(self) -> dict[str, Any]:
        """What every kind of file has in the Bot API."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


class Files:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._by_id: dict[str, StoredFile] = {}
            self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, name: str, mime: str, content: bytes, size: int | None = None) -> StoredFile:
        """Keep a file; `size` may claim more than the content has."""
        with self._lock:
            extension = name.rpartition(".")[2].lower() if "." in name else "bin"
            path = f"{_FOLDERS.get(kind, 'documents')}/file_{len(self._by_id)}.{extension}"
            unique = secrets.token_hex(8)
            stored = StoredFile(
                "AgACAgIAAx" + secrets.token_hex(16), unique, path, name, mime, content, size or len(content)
            )
            self._by_id[stored.id] = self._by_path[path] = stored
            return stored

    def get(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    # ------------------------------------------------------------------ where files come from

    def of_phone(self, media: str) -> StoredFile:
        """A file that a person sends. Raises LookupError for a kind that is not there."""
        if media == "big":
            return self.add("document", "Все паспорта.zip", "application/zip", b"PK\5\6" + bytes(18), 25 * 1024 * 1024)
        if media not in _SAMPLES:
            raise LookupError(f"no media {media!r}; there are: {', '.join((*_SAMPLES, 'big', 'location', 'poll'))}")
        name, mime, sample = _SAMPLES[media]
        return self.add(media, name, mime, samples()[sample].content if sample else silence(3))

    def of_bot(self, kind: str, given: str, uploads: dict[str, Upload], field: str) -> StoredFile:
        """What a send method was given: an upload, a file_id, or a web address. Raises Refusal."""
        attached = given.removeprefix("attach://") if given.startswith("attach://") else "" if given else field
        if attached in uploads:
            upload = uploads[attached]
            if not upload.content:
                raise bad_request("file must be non-empty")
            mime = picture_type(upload.content) if kind == "photo" else None
            return self.add(kind, upload.name, mime or upload.mime, upload.content)
        if not given:
            raise bad_request(f"there is no {kind} in the request")
        if given.startswith(("http://", "https://")):
            return self._fetched(kind, given)
        stored = self.get(given)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return stored

    def _fetched(self, kind: str, address: str) -> StoredFile:
        most = _PHOTO_BY_URL if kind == "photo" else LARGEST_DOWNLOAD
        mime, content = fetch(address, most)
        if kind == "photo" and not mime.startswith("image/"):
            raise bad_request("wrong type of the web page content")
        return self.add(kind, address.split("?")[0].rpartition("/")[2] or kind, mime, content)


# A voice message is really Opus, so that a browser plays it; video players are not needed to test a bot.
_SAMPLES: dict[str, tuple[str, str, str | None]] = {
    "photo": ("photo.png", "image/png", "image"),
    "voice": ("voice.oga", "audio/ogg", None),
    "document": ("Zagranpasport.pdf", "application/pdf", "document"),
    "sticker": ("sticker.tgs", "application/x-tgsticker", "sticker"),
    "video": ("video.mp4", "video/mp4", None),
    "video_note": ("note.mp4", "video/mp4", None),
    "audio": ("song.ogg", "audio/ogg", None),
    "animation": ("animation.mp4", "video/mp4", None),
}


def fetch(address: str, most: int) -> tuple[str, bytes]:
    """The type and content of a web address, as Telegram fetches it. Raises Refusal."""
    content = b""
    try:
        with requests.get(address, timeout=_FETCH_S, stream=True) as answer:
            if answer.status_code != 200:
                raise _failed()
            for piece in answer.iter_content(64 * 1024):
                content += piece
                if len(content) > most:
                    raise _failed()
            mime = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    except (requests.RequestException, ValueError):
        raise _failed() from None
    if not content:
        raise _failed()
    return mime, content


def _failed() -> Refusal:
    return bad_request("failed to get HTTP URL content")


def as_field(kind: str, stored: StoredFile) -> dict[str, Any]:
    """The fields of a Bot API message that holds this file."""
    reference = stored.reference()
    named = {**reference, "file_name": stored.name, "mime_type": stored.mime}
    match kind:
        case "photo":
            width, height = picture_size(stored.content)
            small = {**reference, "width": min(90, width), "height": min(90, height)}
            return {"photo": [small, {**reference, "width": width, "height": height}]}
        case "voice":
            return {"voice": {**reference, "duration": 3, "mime_type": stored.mime}}
        case "sticker":
            shape = {"width": 512, "height": 512, "type": "regular", "is_animated": True, "is_video": False}
            return {"sticker": {**reference, **shape, "emoji": "👍"}}
        case "video_note":
            return {"video_note": {**reference, "length": 240, "duration": 3}}
        case "audio":
            return {"audio": {**named, "duration": 3}}
        case "video":
            return {"video": {**named, **_SPAN}}
        case "animation":
            return {"animation": {**named, **_SPAN}, "document": named}
    return {"document": named}


def picture_size(content: bytes) -> tuple[int, int]:
    """A PNG says its size in its head; other pictures count as ordinary photos."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return _UNKNOWN_SIZE


def picture_type(content: bytes) -> str | None:
    """The type of a picture by its first bytes: libraries upload photos without one."""
    return next((mime for head, mime in _PICTURES.items() if content.startswith(head)), None)
