"""Notes: what colleagues tell each other beside a lead's chat. They are no messages, so nothing can send them.

Their words stand in their own rows only: a deleted note is gone, and the timeline says who deleted one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crystalbay.errors import Conflict, Forbidden, NotFound, VersionConflict
from crystalbay.ids import new_id
from crystalbay.services import belongings, leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Actor, Viewer
from crystalbay.store.interface import Change, Delete, Insert, Require, Row, Update

_UNKNOWN = "no such note"


def present(row: Row) -> dict[str, Any]:
    """A note as REST shows it."""
    shown = {name: row[name] for name in ("id", "version", "lead_id", "text", "created_at", "edited_at")}
    return shown | {"author": {"id": row["author_id"], "name": row["author_name"]}}


def of_lead(
    ctx: Context, viewer: Viewer, lead_id: str, *, limit: int = 50, after: Sequence[Any] | None = None
) -> list[Row]:
    """A page of a lead's notes, newest first; `after` is (created_at, id) of the oldest one seen."""
    leads.read(ctx, viewer, lead_id)
    return ctx.store.find("notes", [("lead_id", "eq", lead_id)], limit=limit, after=after, desc=True)


def add(
    ctx: Context,
    viewer: Viewer,
    lead_id: str,
    text: str,
    *,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """Note something on a lead. `also`: changes that the caller adds to the commit, given the note as it is shown."""
    viewer.require("leads:write")
    leads.read(ctx, viewer, lead_id)
    row = _row(ctx, viewer.actor, lead_id, text)
    extra = also(present(row)) if also else []
    try:
        ctx.store.commit([*extra, Require("leads", lead_id), *_added(row, viewer.actor)])
    except Conflict as conflict:
        if conflict.table == "leads":
            raise NotFound("no such lead") from None
        raise
    return present(row)


def noted(ctx: Context, actor: Actor, lead_id: str, text: str) -> list[Change]:
    """The changes that note something on a lead which the same commit makes."""
    return _added(_row(ctx, actor, lead_id, text), actor)


def _row(ctx: Context, actor: Actor, lead_id: str, text: str) -> Row:
    return {
        "id": new_id(),
        "version": 1,
        "lead_id": lead_id,
        "text": text,
        "author_id": actor.id,
        "author_name": actor.name,
        "edited_at": None,
        "created_at": ctx.clock.now(),
    }


def _added(row: Row, actor: Actor) -> list[Change]:
    said = activity("note.added", actor, lead_id=row["lead_id"], note_id=row["id"])
    return [Insert("notes", row), said]


def change(ctx: Context, viewer: Viewer, note_id: str, text: str, version: int | None = None) -> dict[str, Any]:
    """Say it in other words. Raises Forbidden for a colleague's note, VersionConflict when it changed since."""
    while True:
        row = _own(ctx, viewer, note_id)
        if version not in (None, row["version"]):
            raise VersionConflict(present(row))
        if text == row["text"]:
            return present(row)
        sets: Row = {"text": text, "edited_at": ctx.clock.now()}
        said = activity("note.changed", viewer.actor, lead_id=row["lead_id"], note_id=note_id)
        try:
            ctx.store.commit([Update("notes", note_id, sets, expect={"version": row["version"]}), said])
        except Conflict:
            continue
        return present(row | sets | {"version": row["version"] + 1})


def delete(ctx: Context, viewer: Viewer, note_id: str) -> None:
    """Take a note away. Raises Forbidden for a colleague's note."""
    row = _own(ctx, viewer, note_id)
    said = activity("note.deleted", viewer.actor, lead_id=row["lead_id"], note_id=note_id, author=row["author_name"])
    try:
        ctx.store.commit([Delete("notes", note_id), said])
    except Conflict:
        raise NotFound(_UNKNOWN) from None


def _own(ctx: Context, viewer: Viewer, note_id: str) -> Row:
    """A note that the viewer may change: its author may, and administrators."""
    row, _ = belongings.read(ctx, viewer, "notes", note_id, _UNKNOWN)
    viewer.require("leads:write")
    if row["author_id"] != viewer.id and not viewer.allows("admin"):
        raise Forbidden("a note is changed by who wrote it, or by an administrator")
    return row
