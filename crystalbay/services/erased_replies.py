"""What the office was told in Telegram of an erased customer, and what managers answered there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from crystalbay.errors import Conflict
from crystalbay.services import raw_bodies, staff_people
from crystalbay.services.context import Context
from crystalbay.services.reading import every
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Row, Update

UNTELL = "untell_staff"
"""The kind of the job that empties what the office was told, in its chat."""

_NOTHING: Row = {"text": "", "note": "", "external_id": None, "error": None}
"""Without its number a reply to it finds no customer any more."""


def forget(ctx: Context, lead_id: str) -> None:
    """Empty what was told of a lead; before it, what quotes it: its number is known no longer than that."""
    for told in list(every(ctx.store, "staff_messages", [("lead_id", "eq", lead_id)])):
        if told["external_id"]:
            raw_bodies.empty_about(ctx, "telegram", told["chat_id"], told["external_id"], told["created_at"])
            _forget_answers(ctx, told)
        if any(told[name] != value for name, value in _NOTHING.items()):
            with suppress(Conflict):
                ctx.store.commit([Update("staff_messages", told["id"], _NOTHING), *_put_away(ctx, told)])


def _put_away(ctx: Context, told: Row) -> list[Change]:
    """The job that empties it in the chat of the office, too."""
    if ctx.telegram is None or not told["external_id"]:
        return []
    return [new_job(UNTELL, {"chat_id": told["chat_id"], "number": told["external_id"]})]


def put_away(ctx: Context, job: Job) -> list[Change]:
    """That job."""
    if ctx.telegram:
        ctx.telegram.put_away(job.payload["chat_id"], job.payload["number"], "Данные этого клиента удалены.")
    return []


def _forget_answers(ctx: Context, told: Row) -> None:
    """The texts of the replies, as jobs brought them to the customer's chat."""
    for job in list(every(ctx.store, "jobs", [("key", "eq", f"{staff_people.SAID}:{told['chat_id']}")], ("seq",))):
        given: dict[str, Any] = job["payload"]
        if given.get("reply_to") == told["external_id"] and given.get("text"):
            with suppress(Conflict):
                ctx.store.commit([Update("jobs", job["id"], {"payload": given | {"text": "", "files": []}})])
