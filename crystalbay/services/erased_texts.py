"""The second step of an erasure: the texts, table by table, in portions. It may be done any number of times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from crystalbay.errors import Conflict
from crystalbay.services import attachments, erased_replies, raw_bodies, taps, uploads
from crystalbay.services.context import Context
from crystalbay.services.reading import every
from crystalbay.store.interface import Change, Delete, Row, Update
from models import Author

AT_ONCE = 200
"""Rows that are changed in one commit."""

_TELLING = frozenset(
    {
        "version", "fields", "from", "to", "mode", "state", "source", "channel", "intent", "urgency", "sentiment",
        "language", "outcome", "action", "count", "available", "was", "now", "due_at", "customer_id", "merged_id",
        "merge_id", "note_id", "reminder_id", "offer_id", "suggestion_id", "act_id", "user_id", "stage", "status",
    }
)  # fmt: skip
"""What of an activity's data is personal in no case: versions, stages, amounts, ids of ours."""

_NO_TEXT: Row = {
    "text": "", "note": None, "attachments": [], "choices": [], "reply_to": None, "error": None, "external_id": None,
    "tap": None, "look": None,
}  # fmt: skip


def erase(ctx: Context, customer_id: str, chats: Sequence[dict[str, str]]) -> None:
    """Take the texts out of all that belongs to an erased customer's leads and chats.

    `chats`: {"provider", "chat_id", "since"} of his chats as they were, whose raw bodies are emptied as well.
    """
    leads = [row["id"] for row in every(ctx.store, "leads", [("customer_id", "eq", customer_id)])]
    talks = [row["id"] for row in every(ctx.store, "conversations", [("customer_id", "eq", customer_id)])]
    for lead_id in leads:
        uploads.forget(ctx, lead_id)
        erased_replies.forget(ctx, lead_id)
        for table, order, change in _OF_A_LEAD:
            _portions(ctx, every(ctx.store, table, [("lead_id", "eq", lead_id)], order), change)
    for talk_id in talks:
        messages = every(ctx.store, "messages", [("conversation_id", "eq", talk_id)])
        _portions(ctx, _without_files(ctx, messages), _message)
        _portions(ctx, every(ctx.store, "jobs", [("key", "eq", f"suggest:{talk_id}")], ("seq",)), _job)
    for chat in chats:
        raw_bodies.empty(ctx, chat["provider"], chat["chat_id"], datetime.fromisoformat(chat["since"]))
        presses = every(ctx.store, "jobs", [("key", "eq", taps.key(chat["chat_id"]))], ("seq",))
        _portions(ctx, presses, _gone("jobs"))
    his = {customer_id, *leads, *talks}
    _portions(ctx, every(ctx.store, "answers", ()), lambda row: _answer(row, his))
    _portions(ctx, every(ctx.store, "bulk_acts", ()), lambda row: _act(row, his))


def _portions(ctx: Context, rows: Iterable[Row], change: Callable[[Row], Change | None]) -> None:
    wanted: list[Change] = []
    for row in rows:
        found = change(row)
        wanted += [found] if found else []
        if len(wanted) == AT_ONCE:
            _commit(ctx, wanted)
            wanted = []
    _commit(ctx, wanted)


def _commit(ctx: Context, changes: list[Change]) -> None:
    """All of them, or one by one when somebody else was faster with some: what is gone is gone."""
    if not changes:
        return
    try:
        ctx.store.commit(changes)
    except Conflict:
        for change in changes:
            with suppress(Conflict):
                ctx.store.commit([change])


def _without_files(ctx: Context, messages: Iterable[Row]) -> Iterable[Row]:
    """Each message once its files are gone: what is cut off in between is found again by its row."""
    for message in messages:
        attachments.forget(ctx, [message])
        yield message


# --------------------------------------------------------------------------- what becomes of a row; None: nothing


def _message(row: Row) -> Change | None:
    sets = _NO_TEXT | ({"author_name": None} if row["author"] == Author.CUSTOMER else {})
    if all(row[name] == value for name, value in sets.items()):
        return None
    return Update("messages", row["id"], sets, now={} if row["deleted_at"] else {"deleted_at": 0.0})


def _activity(row: Row) -> Change | None:
    data = {name: value for name, value in row["data"].items() if name in _TELLING}
    sets = {"data": data} | ({"actor_name": None} if row["actor_kind"] == "customer" else {})
    return None if all(row[name] == value for name, value in sets.items()) else Update("activities", row["id"], sets)


def _reminder(row: Row) -> Change | None:
    return Update("reminders", row["id"], {"text": ""}) if row["text"] else None


def _job(row: Row) -> Change | None:
    """What a suggestion was made of. One that is being made just now finds that its chat is over."""
    empty = row["payload"] | {"inbound_no": 0, "trip": {}, "messages": []}
    return Update("jobs", row["id"], {"payload": empty}) if row["payload"] != empty else None


def _gone(table: str) -> Callable[[Row], Change | None]:
    return lambda row: Delete(table, row["id"])


def _answer(row: Row, his: set[str]) -> Change | None:
    """An answer that is kept for a repeat and names him, a lead or a chat of his. Imports answer with ids only."""
    imported = "rows" in row["body"]
    return Delete("answers", row["id"]) if not imported and his & set(_texts(row["body"])) else None


def _act(row: Row, his: set[str]) -> Change | None:
    """What was answered when an act upon many leads was taken back names those that were left as they are."""
    undone = row["data"].get("undone") or {"failed": []}
    named = [one for one in undone["failed"] if one["id"] in his and one["name"]]
    if not named:
        return None
    failed = [one | {"name": None} if one in named else one for one in undone["failed"]]
    return Update("bulk_acts", row["id"], {"data": row["data"] | {"undone": undone | {"failed": failed}}})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


_BY_TIME = ("created_at", "id")
_OF_A_LEAD: tuple[tuple[str, tuple[str, ...], Callable[[Row], Change | None]], ...] = (
    ("notes", _BY_TIME, _gone("notes")),
    ("suggestions", _BY_TIME, _gone("suggestions")),
    ("notices", _BY_TIME, _gone("notices")),
    ("reminders", ("due_at", "id"), _reminder),
    ("activities", ("seq",), _activity),
)
"""Tables of what belongs to a lead, the order in which they are read, and what becomes of a row."""
