"""Canned replies: a person's own, and shared ones that heads and administrators keep for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crystalbay.errors import Conflict, Forbidden, NotFound, VersionConflict
from crystalbay.ids import new_id
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Delete, Insert, Row, Update, Where

_UNKNOWN = "no such canned reply"


def present(row: Row) -> dict[str, Any]:
    """A canned reply as REST shows it."""
    shown = {name: row[name] for name in ("id", "version", "title", "text", "created_at")}
    return shown | {"shared": row["user_id"] is None}


def list_replies(ctx: Context, viewer: Viewer, *, limit: int, after: Sequence[Any] | None) -> list[Row]:
    """A page of the viewer's own and the shared ones, oldest first; `after` is (created_at, id) of the last one."""
    viewer.require("conversations:read")
    mine: list[Where] = [("user_id", "in", [viewer.id, None])]
    return ctx.store.find("canned_replies", mine, limit=limit, after=after)


def add(
    ctx: Context,
    viewer: Viewer,
    *,
    title: str,
    text: str,
    shared: bool,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """Keep a reply. Raises Forbidden for a shared one by who may not share."""
    viewer.require("conversations:write")
    _check_sharing(viewer, shared)
    row: Row = {
        "id": new_id(),
        "version": 1,
        "title": title,
        "text": text,
        "user_id": None if shared else viewer.id,
        "created_at": ctx.clock.now(),
    }
    extra = also(present(row)) if also else []
    ctx.store.commit(
        [*extra, Insert("canned_replies", row), activity("canned.added", viewer.actor, reply_id=row["id"])]
    )
    return present(row)


def change(ctx: Context, viewer: Viewer, reply_id: str, version: int, sets: dict[str, Any]) -> dict[str, Any]:
    """Set any of title, text, shared. Raises VersionConflict when it changed since `version`."""
    row = _managed(ctx, viewer, reply_id)
    if row["version"] != version:
        raise VersionConflict(present(row))
    changed: Row = {name: sets[name] for name in ("title", "text") if name in sets}
    if "shared" in sets and sets["shared"] != (row["user_id"] is None):
        _check_sharing(viewer, shared=True)
        changed["user_id"] = None if sets["shared"] else viewer.id
    said = activity("canned.changed", viewer.actor, reply_id=reply_id, fields=sorted(changed))
    try:
        ctx.store.commit([Update("canned_replies", reply_id, changed, expect={"version": version}), said])
    except Conflict:
        raise VersionConflict(present(_managed(ctx, viewer, reply_id))) from None
    return present(row | changed | {"version": version + 1})


def delete(ctx: Context, viewer: Viewer, reply_id: str) -> None:
    """Take a reply away."""
    row = _managed(ctx, viewer, reply_id)
    try:
        ctx.store.commit(
            [Delete("canned_replies", row["id"]), activity("canned.deleted", viewer.actor, reply_id=row["id"])]
        )
    except Conflict:
        raise NotFound(_UNKNOWN) from None


def _managed(ctx: Context, viewer: Viewer, reply_id: str) -> Row:
    """A reply that the viewer may change. Raises NotFound for somebody else's own, Forbidden for a shared one."""
    viewer.require("conversations:write")
    rows = ctx.store.find("canned_replies", [("id", "eq", reply_id)], limit=1)
    if not rows or rows[0]["user_id"] not in (viewer.id, None):
        raise NotFound(_UNKNOWN)
    _check_sharing(viewer, rows[0]["user_id"] is None)
    return rows[0]


def _check_sharing(viewer: Viewer, shared: bool) -> None:
    if shared and not (viewer.allows("settings") or viewer.allows("admin")):
        raise Forbidden("shared replies are kept by heads and administrators")
