"""Reminders on leads. `leads.next_action_at` is the time of the earliest open one, in the same commit as every change.

A job at that time tells its user, once: the id of the notice follows from the reminder, its time and its user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from crystalbay.errors import Conflict, Invalid, NotFound, StoreError, VersionConflict
from crystalbay.ids import new_id
from crystalbay.services import belongings, leads, staff_messages, users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handover import named, tell
from crystalbay.services.viewers import SYSTEM, Viewer, may_see
from crystalbay.services.work import Postpone, new_job
from crystalbay.store.interface import Change, Delete, Insert, Require, Row, Store, Update, Where

MOST_OPEN = 200
"""Of one lead: more would be no help to anybody."""

LONGEST_AHEAD = timedelta(days=3650)
_UNKNOWN = "no such reminder"
_ALSO = Callable[[dict[str, Any]], Sequence[Change]] | None


def present(row: Row, user: Row | None) -> dict[str, Any]:
    """A reminder as REST shows it."""
    names = ("id", "version", "lead_id", "text", "due_at", "done_at", "source", "created_at")
    return {name: row[name] for name in names} | {
        "user": {"id": row["user_id"], "name": user["name"] if user else None}
    }


def present_all(store: Store, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Reminders with their people, in one read however many there are."""
    ids = sorted({row["user_id"] for row in rows})
    users = {user["id"]: user for user in store.find("users", [("id", "in", ids)], order=("id",), limit=len(ids) or 1)}
    return [present(row, users.get(row["user_id"])) for row in rows]


def of_lead(
    ctx: Context, viewer: Viewer, lead_id: str, *, limit: int = MOST_OPEN, after: Sequence[Any] | None = None
) -> list[Row]:
    """A lead's reminders, done ones too, by time; `after` is (due_at, id) of the last one seen."""
    leads.read(ctx, viewer, lead_id)
    return ctx.store.find("reminders", [("lead_id", "eq", lead_id)], order=("due_at", "id"), limit=limit, after=after)


def page(
    ctx: Context,
    viewer: Viewer,
    *,
    user_id: str | None,
    done: bool | None,
    limit: int,
    after: Sequence[Any] | None,
) -> tuple[list[Row], list[Any] | None]:
    """Reminders on leads that the viewer may see, by time, and where the next page goes on."""
    where: list[Where] = [("user_id", "eq", user_id)] if user_id else []
    if done is not None:
        where.append(("done_at", "ne" if done else "eq", None))
    return belongings.page(ctx, viewer, "reminders", where, order=("due_at", "id"), limit=limit, after=after)


# --------------------------------------------------------------------------- adding


def add(
    ctx: Context,
    viewer: Viewer,
    lead_id: str,
    *,
    due_at: datetime,
    text: str,
    user_id: str | None = None,
    also: _ALSO = None,
) -> dict[str, Any]:
    """Remind somebody (without `user_id`: the viewer) of a lead. Raises Invalid for a time that has passed."""
    viewer.require("leads:write")
    for _ in range(leads.RETRIES):
        lead = leads.read(ctx, viewer, lead_id)
        changes = add_changes(ctx, viewer, lead, due_at, text, user_id)
        row = next(change.row for change in changes if isinstance(change, Insert) and change.table == "reminders")
        shown = present_all(ctx.store, [row])[0]
        try:
            ctx.store.commit([*(also(shown) if also else []), *changes])
        except Conflict as conflict:
            if conflict.table != "leads":
                raise
            continue
        return shown
    raise StoreError("overtaken too often while a reminder was made")


def add_changes(
    ctx: Context, viewer: Viewer, lead: Row, due_at: datetime, text: str, user_id: str | None
) -> list[Change]:
    """The changes that add a reminder to a lead as it was read; they hold the lead's version, and conflict on it."""
    now = ctx.clock.now()
    _check_time(due_at, now)
    row: Row = {
        "id": new_id(),
        "version": 1,
        "lead_id": lead["id"],
        "user_id": _whom(ctx, viewer, lead, user_id),
        "text": text.strip(),
        "due_at": due_at.astimezone(UTC),
        "source": "manual",
        "done_at": None,
        "made_by": viewer.id,
        "created_at": now,
    }
    others = _open(ctx, lead["id"])
    if len(others) >= MOST_OPEN:
        raise Invalid("due_at", f"the lead has {MOST_OPEN} open reminders already")
    return [
        Insert("reminders", row),
        job_of(row, now),
        *_next_action(lead, [*others, row], viewer, "reminder.added", reminder_id=row["id"]),
    ]


def _check_time(due_at: datetime, now: datetime) -> None:
    if due_at.tzinfo is None:
        raise Invalid("due_at", "needs its time zone, like 2026-06-04T14:00:00+03:00")
    if not now < due_at < now + LONGEST_AHEAD:
        raise Invalid("due_at", "must be in the future, within ten years")


def _whom(ctx: Context, viewer: Viewer, lead: Row, user_id: str | None) -> str:
    """Who is reminded: the one named, else the viewer; for a key, the lead's assignee. Raises Invalid for nobody, and
    for somebody who does not see the lead."""
    found = user_id or (viewer.id if viewer.role else lead["assignee_id"])
    rows = ctx.store.find("users", [("id", "eq", found), ("active", "eq", True)], limit=1) if found else []
    if not rows:
        raise Invalid("user_id", "no such active user")
    if not may_see(users.viewer(rows[0], users.sees(ctx.store, rows[0])), lead):
        raise Invalid("user_id", "this colleague does not see the lead: assign it first")
    return str(found)


def _open(ctx: Context, lead_id: str) -> list[Row]:
    where: list[Where] = [("lead_id", "eq", lead_id), ("done_at", "eq", None)]
    return ctx.store.find("reminders", where, order=("due_at", "id"), limit=MOST_OPEN)


def job_of(row: Row, now: datetime) -> Change:
    """The job at the time it is due. `due_at` tells the job whether it is still meant when it runs."""
    payload = {"reminder_id": row["id"], "due_at": row["due_at"].isoformat()}
    delay = max(0.0, (row["due_at"] - now).total_seconds())
    return new_job("remind", payload, once=f"remind:{row['id']}:{row['version']}", delay=delay)


def _next_action(lead: Row, open_rows: Sequence[Row], viewer: Viewer, kind: str, **data: Any) -> list[Change]:
    """The lead's next action and the activity that says what was done. The lead's version is held in any case: of two
    reminders that change at once, the second one is read again."""
    earliest = min((row["due_at"] for row in open_rows), default=None)
    return leads.change(lead, {"next_action_at": earliest}, viewer.actor, kind, **data)


# --------------------------------------------------------------------------- changing


def change(ctx: Context, viewer: Viewer, reminder_id: str, version: int, sets: dict[str, Any]) -> dict[str, Any]:
    """Set any of due_at, text, user_id, done. Raises VersionConflict when it changed since `version`."""
    viewer.require("leads:write")
    for _ in range(leads.RETRIES):
        row, lead = belongings.read(ctx, viewer, "reminders", reminder_id, _UNKNOWN)
        if row["version"] != version:
            raise VersionConflict(present_all(ctx.store, [row])[0])
        changed = _sets(ctx, viewer, lead, row, sets)
        if not changed:
            return present_all(ctx.store, [row])[0]
        after = row | changed | {"version": version + 1}
        others = [other for other in _open(ctx, lead["id"]) if other["id"] != reminder_id]
        kind = "reminder.done" if changed.get("done_at") else "reminder.changed"
        waits = after["done_at"] is None and bool(changed.keys() & {"due_at", "user_id", "done_at"})
        try:
            ctx.store.commit(
                [
                    Update("reminders", reminder_id, changed, expect={"version": version}),
                    *([job_of(after, ctx.clock.now())] if waits else []),
                    *_next_action(
                        lead,
                        [*others, *([after] if after["done_at"] is None else [])],
                        viewer,
                        kind,
                        reminder_id=reminder_id,
                    ),
                ]
            )
        except Conflict:
            continue
        return present_all(ctx.store, [after])[0]
    raise StoreError("overtaken too often while a reminder was changed")


def _sets(ctx: Context, viewer: Viewer, lead: Row, row: Row, sets: dict[str, Any]) -> Row:
    """The columns that change."""
    now = ctx.clock.now()
    wanted: Row = {}
    if "text" in sets:
        wanted["text"] = sets["text"].strip()
    if sets.get("user_id"):
        wanted["user_id"] = _whom(ctx, viewer, lead, sets["user_id"])
    if "due_at" in sets and sets["due_at"] != row["due_at"]:
        _check_time(sets["due_at"], now)
        wanted["due_at"] = sets["due_at"].astimezone(UTC)
    if "done" in sets and sets["done"] != (row["done_at"] is not None):
        wanted["done_at"] = now if sets["done"] else None
    return {name: value for name, value in wanted.items() if row[name] != value}


def delete(ctx: Context, viewer: Viewer, reminder_id: str) -> None:
    """Take a reminder away."""
    viewer.require("leads:write")
    for _ in range(leads.RETRIES):
        row, lead = belongings.read(ctx, viewer, "reminders", reminder_id, _UNKNOWN)
        try:
            ctx.store.commit(remove_changes(ctx, viewer, lead, row))
        except Conflict:
            continue
        return
    raise NotFound(_UNKNOWN)


def remove_changes(ctx: Context, viewer: Viewer, lead: Row, row: Row) -> list[Change]:
    """The changes that take a reminder away from a lead, both as they were read."""
    others = [other for other in _open(ctx, lead["id"]) if other["id"] != row["id"]]
    gone = Delete("reminders", row["id"], expect={"version": row["version"]})
    return [gone, *_next_action(lead, others, viewer, "reminder.deleted", reminder_id=row["id"])]


# --------------------------------------------------------------------------- the job


def remind(ctx: Context, reminder_id: str, due_at: datetime) -> list[Change]:
    """Tell its user, or everybody when he is switched off; unless it is done, was told already, or is meant for another
    time now.
    """
    rows = ctx.store.find("reminders", [("id", "eq", reminder_id)], limit=1)
    if not rows or rows[0]["done_at"] or rows[0]["due_at"] != due_at:
        return []
    row = rows[0]
    early = (due_at - ctx.clock.now()).total_seconds()
    if early > 0:
        raise Postpone(max(early, 0.05))
    notice_id = str(uuid5(NAMESPACE_OID, f"{reminder_id} {row['user_id']} {due_at.isoformat()}"))
    if ctx.store.find("notices", [("id", "eq", notice_id)], limit=1):
        return []
    lead = ctx.store.find("leads", [("id", "eq", row["lead_id"])], limit=1)[0]
    customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
    about = named(lead, customer) | {"text": row["text"]}
    user = users.find(ctx.store, row["user_id"])
    whom = user["id"] if user and user["active"] else None
    return [
        Require("reminders", reminder_id, {"version": row["version"]}),
        tell("reminder", lead_id=lead["id"], user_id=whom, notice_id=notice_id, **about),
        *staff_messages.told(ctx, "reminder", lead, customer, user_id=whom, reminder_id=reminder_id, words=row["text"]),
        activity("reminder.due", SYSTEM, lead_id=lead["id"], reminder_id=reminder_id, user_id=row["user_id"]),
    ]
