"""Saved views of the board: its address under a name, one's own or shown to all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from crystalbay.errors import Conflict, Forbidden, Invalid, NotFound, StoreError
from crystalbay.ids import new_id
from crystalbay.services import leads
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Delete, Insert, Row, Update, Where
from crystalbay.store.text import search_text

MOST = 100
"""Of one user."""

LONGEST_QUERY = 1000


def list_views(ctx: Context, viewer: Viewer) -> list[dict[str, Any]]:
    """One's own and those that are shown to all, by name."""
    _user(viewer)
    own = ctx.store.find("views", [("user_id", "eq", viewer.id)], limit=MOST)
    shared: list[Where] = [("shared", "eq", True), ("user_id", "ne", viewer.id)]
    rows = [*own, *ctx.store.find("views", shared, limit=10 * MOST)]
    ids = sorted({row["user_id"] for row in rows})
    users = ctx.store.find("users", [("id", "in", ids)], order=("id",), limit=len(ids)) if ids else []
    owners = {user["id"]: user for user in users}
    shown = [present(viewer, row, owners[row["user_id"]]) for row in rows]
    return sorted(shown, key=lambda view: (search_text(view["name"]), view["id"]))


def present(viewer: Viewer, row: Row, owner: Row) -> dict[str, Any]:
    """A view as REST and the dashboard show it. `mine`: the viewer may change it."""
    names = ("id", "version", "name", "query", "shared", "created_at")
    whose = {"owner": {"id": owner["id"], "name": owner["name"]}, "mine": row["user_id"] == viewer.id}
    return {name: row[name] for name in names} | whose


def may_share(viewer: Viewer) -> bool:
    """May this viewer show a view to all?"""
    return viewer.role is not None and viewer.allows("leads:write")


def create(
    ctx: Context,
    viewer: Viewer,
    *,
    name: str,
    query: str,
    shared: bool,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """Keep an address under a name. Raises Forbidden for sharing without the right, Invalid when there are too many.

    `also`: changes that the caller adds to the commit, given the view as it is returned.
    """
    _user(viewer)
    _refuse_sharing(viewer, shared)
    if len(ctx.store.find("views", [("user_id", "eq", viewer.id)], limit=MOST)) >= MOST:
        raise Invalid("name", f"there are {MOST} views already: delete some")
    row: Row = {"id": new_id(), "version": 1, "user_id": viewer.id, "name": name, "created_at": ctx.clock.now()}
    row |= {"query": plain_query(query), "shared": shared}
    shown = present(viewer, row, {"id": viewer.id, "name": viewer.name})
    ctx.store.commit([*(also(shown) if also else []), Insert("views", row)])
    return shown


def change(ctx: Context, viewer: Viewer, view_id: str, sets: Row) -> dict[str, Any]:
    """Set name, query or shared of a view of one's own; heads and administrators may also take one from all."""
    _refuse_sharing(viewer, bool(sets.get("shared")))
    if "query" in sets:
        sets = sets | {"query": plain_query(sets["query"])}
    for _ in range(leads.RETRIES):
        row, owner = _of(ctx, viewer, view_id)
        if row["user_id"] != viewer.id and (set(sets) != {"shared"} or sets["shared"]):
            raise Forbidden("this view belongs to somebody else: it can only be taken from all")
        try:
            ctx.store.commit([Update("views", view_id, sets, expect={"version": row["version"]})])
        except Conflict:
            continue
        return present(viewer, row | sets | {"version": row["version"] + 1}, owner)
    raise StoreError("overtaken too often while a view was changed")


def delete(ctx: Context, viewer: Viewer, view_id: str) -> None:
    """Forget a view of one's own; heads and administrators may forget a shared one."""
    _of(ctx, viewer, view_id)
    ctx.store.commit([Delete("views", view_id)])


def _of(ctx: Context, viewer: Viewer, view_id: str) -> tuple[Row, Row]:
    """A view that the viewer may change, and its owner. Raises NotFound, also for a private one of somebody else."""
    _user(viewer)
    rows = ctx.store.find("views", [("id", "eq", view_id)], limit=1)
    if not rows or not (rows[0]["user_id"] == viewer.id or rows[0]["shared"]):
        raise NotFound("no such view")
    if rows[0]["user_id"] != viewer.id:
        viewer.require("settings")
    return rows[0], ctx.store.find("users", [("id", "eq", rows[0]["user_id"])], limit=1)[0]


def _user(viewer: Viewer) -> None:
    viewer.require("leads:read")
    if viewer.role is None:
        raise Forbidden("views belong to users of the dashboard, not to API keys")


def _refuse_sharing(viewer: Viewer, shared: bool) -> None:
    if shared and not may_share(viewer):
        raise Forbidden("sharing a view needs the right leads:write")


def plain_query(text: str) -> str:
    """An address after its question mark, written in one way. Raises Invalid when it is none."""
    try:
        pairs = parse_qsl(text.strip().removeprefix("?"), keep_blank_values=False, max_num_fields=50)
    except ValueError:
        raise Invalid("query", "an address after its question mark, of at most 50 fields") from None
    query = urlencode(pairs)
    if len(query) > LONGEST_QUERY:
        raise Invalid("query", f"at most {LONGEST_QUERY} characters")
    return query
