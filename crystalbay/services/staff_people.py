"""Who of the office is behind a Telegram account, what they may do, and saying something to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crystalbay.errors import PermanentError
from crystalbay.ids import new_id
from crystalbay.services import users
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.services.work import Job
from crystalbay.store.interface import Change, Insert, Row, Where

SAID = "staff_said"
"""The kind of the job that takes what somebody of the office wrote."""

SENT = "sent"
"""The state of what stands in a chat of the office."""


def user_of(ctx: Context, telegram_id: str) -> Row | None:
    """The active user who linked this account."""
    where: list[Where] = [("telegram_id", "eq", telegram_id), ("active", "eq", True)]
    rows = ctx.store.find("users", where, limit=1)
    return rows[0] if rows else None


def viewer_of(ctx: Context, user: Row) -> Viewer:
    """The user as the dashboard sees her."""
    return users.viewer(user, users.sees(ctx.store, user))


def say(ctx: Context, chat_id: str, text: str) -> str:
    """Write to a chat of the office. Answers the number of the message."""
    if ctx.telegram is None:
        raise PermanentError("no bot is configured")
    return ctx.telegram.tell(chat_id, text, [])


def same_talk(about: Row, number: str, text: str) -> Change:
    """What was said of a lead is a message of that lead, too: a reply to it reaches the same customer."""
    row = {name: about[name] for name in ("chat_id", "user_id", "kind", "lead_id", "conversation_id", "reminder_id")}
    told = {"id": new_id(), "version": 1, "external_id": number, "text": text, "note": "", "state": SENT, "error": None}
    return Insert("staff_messages", row | told, now={"created_at": 0.0})


def done_once(job: Job, body: Mapping[str, Any]) -> Insert:
    """A mark for the commit of the work itself, so that it is done once however often the job runs: the second time it
    conflicts on `answers`. `body`: what the work made."""
    row = {"id": _mark_id(job.kind, job.payload), "request_hash": "", "status": 200, "body": dict(body)}
    return Insert("answers", row, now={"created_at": 0.0})


def made_by(ctx: Context, kind: str, payload: Mapping[str, Any]) -> Row:
    """The body of that mark; empty while the work is not done."""
    marks = ctx.store.find("answers", [("id", "eq", _mark_id(kind, payload))], order=("id",), limit=1)
    return dict(marks[0]["body"]) if marks else {}


def _mark_id(kind: str, payload: Mapping[str, Any]) -> str:
    """By the message or the press that asked for the work."""
    return f"{kind}:{payload.get('external_id') or payload.get('id')}"[:64]
