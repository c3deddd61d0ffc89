"""Files that managers send: kept in the store's files, fetched by the messenger's provider from a public address.

The address holds an id that nobody can guess, and works for 30 days. The file itself stays as long as the message that
carries it; one that was never sent goes with its address.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from crystalbay.errors import Invalid, NotFound
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.file_types import fitting_name, running, type_of
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Delete, Insert, Row, Update, Where
from models import Channel, OutgoingFile

LARGEST = 10 * 1024 * 1024
"""What a provider takes over its API (Wazzup contract section 3)."""

PUBLIC_FOR = timedelta(days=30)
MOST = 10
"""Files of one message."""

_PIECE = 64 * 1024
_AT_ONCE = 500


def keep(
    ctx: Context,
    viewer: Viewer,
    file: IO[bytes],
    name: str,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """Keep a file that will be sent. `also`: changes of the caller for the same commit, given the answer.

    Raises Invalid for one that is too large, empty, or of a kind that is not sent."""
    viewer.require("conversations:write")
    if all(channel.fetches for channel in ctx.channels.values()):
        _base(ctx, "file")
    if ending := running(name):
        raise Invalid("file", f"files {ending} cannot be sent: they run on the machine of who opens them")
    folder = ctx.settings.data_dir / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{uuid.uuid4()}.part"
    try:
        size = _saved(file, part)
        mime = type_of(part, name)
        if mime is None:
            raise Invalid("file", "such a file cannot be sent: send photos, PDF, Office documents, sound, video, text")
        key = secrets.token_hex(24)
        row: Row = {
            "id": key,
            "name": fitting_name(name, mime),
            "type": mime,
            "size": size,
            "path": key,
            "user_id": viewer.id,
            "lead_id": None,
        }
        ctx.files.put(key, part, mime)
    finally:
        part.unlink(missing_ok=True)
    kept = Insert("uploads", row, now={"created_at": 0.0})
    shown = present(row)
    extra = also(shown) if also else []
    ctx.store.commit([*extra, kept, activity("upload.kept", viewer.actor, type=mime, size=size)])
    return shown


def _saved(file: IO[bytes], part: Path) -> int:
    size = 0
    with part.open("wb") as kept:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > LARGEST:
                raise Invalid("file", "the file is larger than 10 MB: no messenger takes it")
            kept.write(piece)
    if not size:
        raise Invalid("file", "the file is empty")
    return size


def present(row: Row) -> dict[str, Any]:
    """An upload as REST shows it; `url` is its public path below PUBLIC_URL."""
    return {name: row[name] for name in ("id", "name", "type", "size")} | {"url": _path(row)}


def _path(row: Row) -> str:
    return f"/f/{row['id']}/{quote(row['name'], safe='')}"


def _base(ctx: Context, field: str) -> str:
    """PUBLIC_URL. Raises Invalid without it: then no provider can fetch a file from here."""
    if not ctx.settings.public_url:
        raise Invalid(field, "files cannot be sent yet: the server has no address on the internet (PUBLIC_URL)")
    return ctx.settings.public_url


def public(ctx: Context, upload_id: str, name: str) -> Row:
    """The row behind a public address. Raises NotFound for an unknown name, a guess, or one that is over."""
    rows = ctx.store.find("uploads", [("id", "eq", upload_id)], limit=1)
    if not rows or rows[0]["name"] != name or ctx.clock.now() - rows[0]["created_at"] > PUBLIC_FOR:
        raise NotFound("no such file")
    return rows[0]


# --------------------------------------------------------------------------- sending


def outgoing(
    ctx: Context, viewer: Viewer, lead_id: str, ids: Sequence[str], channel: Channel
) -> tuple[tuple[OutgoingFile, ...], list[Change]]:
    """The files of these uploads, and the changes that bind them to a lead: an upload goes to one customer only.

    Raises Invalid for what the viewer has not uploaded, what went to another lead, and what is over.
    """
    if not ids:
        return (), []
    base = _base(ctx, "attachments") if channel.fetches else ctx.settings.public_url
    if len(set(ids)) != len(ids) or len(ids) > MOST:
        raise Invalid("attachments", f"at most {MOST} files, each once")
    rows = {row["id"]: row for row in ctx.store.find("uploads", [("id", "in", list(ids))], order=("id",), limit=MOST)}
    changes: list[Change] = []
    for upload_id in ids:
        row = rows.get(upload_id)
        mine = row and (row["lead_id"] == lead_id or (row["lead_id"] is None and row["user_id"] == viewer.id))
        if row is None or not mine or ctx.clock.now() - row["created_at"] > PUBLIC_FOR:
            raise Invalid("attachments", "this file is gone, attach it again")
        changes.append(Update("uploads", upload_id, {"lead_id": lead_id}, expect={"lead_id": row["lead_id"]}))
    found = (rows[upload_id] for upload_id in ids)
    files = (OutgoingFile(row["id"], base + _path(row), row["name"], row["type"], row["size"]) for row in found)
    return tuple(files), changes


# --------------------------------------------------------------------------- forgetting


def forget(ctx: Context, lead_id: str) -> None:
    """Delete all that was sent to a lead's customer, files first: what is cut off is found again by its row."""
    while rows := ctx.store.find("uploads", [("lead_id", "eq", lead_id)], limit=_AT_ONCE):
        _gone(ctx, rows)


def forget_unsent(ctx: Context) -> None:
    """Delete what was uploaded long ago and never sent; the addresses of all others are over by then, too."""
    old: list[Where] = [("lead_id", "eq", None), ("created_at", "lt", ctx.clock.now() - PUBLIC_FOR)]
    while rows := ctx.store.find("uploads", old, limit=_AT_ONCE):
        _gone(ctx, rows)


def _gone(ctx: Context, rows: Sequence[Row]) -> None:
    for row in rows:
        ctx.files.delete(row["path"])
    ctx.store.commit([Delete("uploads", row["id"]) for row in rows])
