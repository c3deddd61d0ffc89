"""The raw bodies that channels delivered: what is in them of one chat can be taken out, the rest stays as it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from crystalbay.services.context import Context
from crystalbay.store.interface import Row, Update, Where

AT_ONCE = 200
EMPTY = "{}"

_EARLIER = timedelta(days=1)
"""How long before its first message a chat may have been named by a body that waited for its turn."""

_ENDED = ("processed", "failed")
"""Bodies that wait are left alone: what is in them has not been taken, and would be lost."""


def empty(ctx: Context, provider: str, chat_id: str, since: datetime) -> None:
    """Take the elements of a chat that began at `since` out of the bodies that have been dealt with."""
    if not chat_id:
        return
    for row in _naming(ctx, provider, chat_id, since - _EARLIER):
        ctx.store.commit([Update("inbox_events", row["id"], {"body": _without(row["body"], chat_id)})])


def empty_about(ctx: Context, provider: str, chat_id: str, number: str, since: datetime) -> None:
    """Empty the bodies that name one message of a chat that goes on: what quotes it, what was pressed under it."""
    for row in _naming(ctx, provider, chat_id, since):
        if row["body"] != EMPTY and _tells_of(_read(row["body"]), chat_id, number):
            ctx.store.commit([Update("inbox_events", row["id"], {"body": EMPTY})])


def _tells_of(value: Any, chat_id: str, number: str) -> bool:
    """Is there, somewhere in it, the message with this number in this chat, as Telegram writes it?"""
    if not isinstance(value, dict):
        return isinstance(value, list) and any(_tells_of(part, chat_id, number) for part in value)
    chat = value.get("chat")
    if isinstance(chat, dict) and str(value.get("message_id")) == number and _names(chat.get("id"), chat_id):
        return True
    return any(_tells_of(part, chat_id, number) for part in value.values())


def of_the_office(body: str, *, kept: bool) -> str:
    """A body that somebody of the office sent, without the words that it quotes; `kept` False: nothing of it, for what
    colleagues say to each other is none of our business."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return EMPTY
    for part in found.values() if kept and isinstance(found, dict) else ():
        if isinstance(part, dict) and isinstance(part.get("reply_to_message"), dict):
            quoted = part["reply_to_message"]
            part["reply_to_message"] = {name: quoted.get(name) for name in ("message_id", "chat")}
    return orjson.dumps(found).decode() if kept else EMPTY


def _naming(ctx: Context, provider: str, chat_id: str, since: datetime) -> Iterator[Row]:
    """Raw rows whose body names the chat. The database looks for its runs of small letters and digits, which stand in
    a body as they are; whether it is this chat is seen here."""
    for state in _ENDED:
        where: list[Where] = [("state", "eq", state), ("provider", "eq", provider), ("created_at", "gte", since)]
        where += [("body", "has", " ".join(re.findall(r"[a-z0-9]{2,}", chat_id)))]
        after = None
        while rows := ctx.store.find("inbox_events", where, limit=AT_ONCE, after=after):
            after = [rows[-1]["created_at"], rows[-1]["id"]]
            yield from (row for row in rows if chat_id in row["body"])


def _without(body: str, chat_id: str) -> str:
    """A body without the elements of its lists that name the chat; empty when it is not to be read."""
    kept = _kept(_read(body), chat_id)
    return EMPTY if kept is None else orjson.dumps(kept).decode()


def _read(body: str) -> Any:
    """What a body holds; None when it is not to be read."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _kept(value: Any, chat_id: str) -> Any:
    """The value without list elements that name the chat; None for what names it itself."""
    if isinstance(value, list):
        return [part for part in (_kept(one, chat_id) for one in value) if part is not None]
    if isinstance(value, dict):
        if any(not isinstance(part, list) and _names(part, chat_id) for part in value.values()):
            return None
        return {name: _kept(part, chat_id) if isinstance(part, list) else part for name, part in value.items()}
    return value


def _names(value: Any, chat_id: str) -> bool:
    """Is it the chat's id, as text or (Telegram's) as a number, or does it hold it?"""
    if isinstance(value, dict):
        return any(_names(part, chat_id) for part in value.values())
    if isinstance(value, int):
        return str(value) == chat_id
    return isinstance(value, str) and value.removeprefix("+") == chat_id
