"""The open leads and reminders of somebody who was switched off go to a colleague, or leads to nobody: in portions."""

from __future__ import annotations

from crystalbay.errors import Conflict, StoreError
from crystalbay.services import leads, users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handover import tell
from crystalbay.services.viewers import Actor
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Row, Update
from models import Status

PORTION = 50
KIND = "hand_over"
_OPEN = [status.value for status in Status if status is not Status.CLOSED]


def hand_over_job(user: Row, to: str | None, actor: Actor) -> Change:
    """The change that lets the leads of a user go to `to` (None: to nobody)."""
    payload = {"user_id": user["id"], "to": to, "actor": {"kind": actor.kind, "id": actor.id, "name": actor.name}}
    return new_job(KIND, payload, key=f"{KIND}:{user['id']}")


def hand_over(ctx: Context, job: Job) -> list[Change]:
    """Reassign what is still theirs; who is switched on again meanwhile keeps it. The new owner is told at the end."""
    left = users.find(ctx.store, job.payload["user_id"])
    if left is None or left["active"]:
        return []
    actor, taker = Actor(**job.payload["actor"]), _taker(ctx, job.payload["to"])
    count = _leads(ctx, left, taker, actor)
    if taker:
        _reminders(ctx, left, taker, actor)
    if not (taker and count):
        return []
    return [tell("assigned", user_id=taker["id"], count=count, was=left["name"])]


def _taker(ctx: Context, user_id: str | None) -> Row | None:
    user = users.find(ctx.store, user_id) if user_id else None
    return user if users.can_take(user) else None


def _leads(ctx: Context, left: Row, taker: Row | None, actor: Actor) -> int:
    sets, count, conflicts = {"assignee_id": taker["id"] if taker else None}, 0, 0
    where = [("assignee_id", "eq", left["id"]), ("status", "in", _OPEN)]
    while rows := ctx.store.find("leads", where, order=("position", "id"), limit=PORTION):  # type: ignore[arg-type]
        both = [leads.change(row, sets, actor, before={"assignee_id": left["id"]}, after=sets) for row in rows]
        if _committed(ctx, [changed for changed, _said in both] + [said for _changed, said in both]):
            count += len(rows)
        elif (conflicts := conflicts + 1) > users.RETRIES:
            raise StoreError("overtaken too often while leads were handed over")
    return count


def _reminders(ctx: Context, left: Row, taker: Row, actor: Actor) -> None:
    conflicts = 0
    where = [("user_id", "eq", left["id"]), ("done_at", "eq", None)]
    while rows := ctx.store.find("reminders", where, order=("due_at", "id"), limit=PORTION):  # type: ignore[arg-type]
        given: list[Change] = [
            Update("reminders", row["id"], {"user_id": taker["id"]}, expect={"version": row["version"]}) for row in rows
        ]
        said = activity("reminder.changed", actor, lead_id=rows[0]["lead_id"], user_id=taker["id"], count=len(rows))
        if not _committed(ctx, [*given, said]) and (conflicts := conflicts + 1) > users.RETRIES:
            raise StoreError("overtaken too often while reminders were handed over")


def _committed(ctx: Context, changes: list[Change]) -> bool:
    try:
        ctx.store.commit(changes)
    except Conflict:
        return False
    return True
