"""Files that customers send: fetched once from the provider, kept in the store's files, shown to who may see the lead.

Every link is hostile: only where the channel says, no redirects, 50 MB at most (Wazzup contract section 7). What a
message keeps is the channel's own word for the file: an address that holds a secret is asked for when it is needed.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests

from crystalbay.errors import PermanentError, TransientError
from crystalbay.ids import new_id
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import SYSTEM
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change, Row, Update
from models import Attachment, Direction

LIMIT_BYTES = 50 * 1024 * 1024
_TIMEOUT = (5, 30)


def entry(item: Attachment) -> dict[str, Any]:
    """How a message keeps an attachment: `remote` until fetched; a place without a file stays as it is."""
    return {"id": new_id(), "kind": item.kind, "name": item.name, "source": item.url, "state": "remote"}


def fetch_jobs(message: Row) -> list[Change]:
    """One job for each file of a new message."""
    return [
        new_job("fetch", {"message_id": message["id"], "file_id": item["id"]}, key=f"fetch:{message['id']}")
        for item in message["attachments"]
        if item["source"] and item["kind"] != "geo"
    ]


def fetch(ctx: Context, message_id: str, file_id: str) -> list[Change]:
    """Download one file. Answers the change that makes it `stored`, or `failed` with the reason."""
    message = ctx.store.find("messages", [("id", "eq", message_id)], limit=1)[0]
    item = next((item for item in message["attachments"] if item["id"] == file_id), None)
    if item is None:  # the customer was erased, perhaps while his file was on its way
        ctx.files.delete(file_id)
        return []
    if item["state"] != "remote":
        return []
    try:
        url = ctx.channels[message["provider"]].file_url(item["source"])
        mime, size = _download(ctx, url, file_id)
        found = {"state": "stored", "mime": mime, "size": size, "url": f"/files/{message_id}/{file_id}"}
    except PermanentError as error:
        found = {"state": "failed", "error": str(error)}
    return _marked(message, file_id, found)


def given_up(ctx: Context, message_id: str, file_id: str, error: str) -> list[Change]:
    """The file could not be fetched: shown as such, with the reason."""
    message = ctx.store.find("messages", [("id", "eq", message_id)], limit=1)[0]
    return _marked(message, file_id, {"state": "failed", "error": error[:300]})


def forget(ctx: Context, messages: Sequence[Row]) -> None:
    """Delete the files that customers sent with these messages."""
    for message in messages:
        for item in message["attachments"]:
            if message["direction"] == Direction.IN and item.get("state") == "stored":
                ctx.files.delete(item["id"])


def _marked(message: Row, file_id: str, found: dict[str, Any]) -> list[Change]:
    items = [item | found if item["id"] == file_id else item for item in message["attachments"]]
    return [
        Update("messages", message["id"], {"attachments": items}, expect={"version": message["version"]}),
        activity(
            "message.file",
            SYSTEM,
            lead_id=message["lead_id"],
            conversation_id=message["conversation_id"],
            message_id=message["id"],
            state=found["state"],
        ),
    ]


def _download(ctx: Context, url: str, file_id: str) -> tuple[str, int]:
    """Stream to a temporary file, then hand it to the storage. Answers its type and size in bytes."""
    folder = ctx.settings.data_dir / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{uuid.uuid4()}.part"
    try:
        with requests.get(url, timeout=_TIMEOUT, stream=True, allow_redirects=False) as answer:
            _check(answer)
            size = _save(answer, part)
            mime = answer.headers.get("Content-Type", "application/octet-stream").split(";")[0]
        ctx.files.put(file_id, part, mime)
    except requests.RequestException as error:
        raise TransientError(f"the file could not be fetched: {type(error).__name__}") from None
    finally:
        part.unlink(missing_ok=True)
    return mime, size


def _check(answer: requests.Response) -> None:
    if answer.status_code >= 500 or answer.status_code == 429:
        raise TransientError(f"the file store answered {answer.status_code}")
    if answer.status_code != 200:
        raise PermanentError(f"the file store answered {answer.status_code}")


def _save(answer: requests.Response, part: Path) -> int:
    size = 0
    with part.open("wb") as file:
        for chunk in answer.iter_content(64 * 1024):
            size += len(chunk)
            if size > LIMIT_BYTES:
                raise PermanentError("the file is larger than 50 MB")
            file.write(chunk)
    return size
