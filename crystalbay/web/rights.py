"""Are streams still followed by those who opened them? A handful of reads for all viewers of a process."""

from __future__ import annotations

from collections.abc import Collection

from crystalbay.services import sessions, settings
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row
from models import Role


def overtaken(ctx: Context, viewers: Collection[Viewer]) -> set[Viewer]:
    """Those who are signed out or switched off, whose key was revoked, or who may see other things than before."""
    people = [viewer for viewer in viewers if viewer.role is not None]
    keys = [viewer for viewer in viewers if viewer.role is None]
    alive = _by_id(ctx, "sessions", [viewer.session_id for viewer in people if viewer.session_id])
    users = _by_id(ctx, "users", [viewer.id for viewer in people])
    known = _by_id(ctx, "api_keys", [viewer.id for viewer in keys])
    visibility = settings.read(ctx.store).visibility if people else "all"
    over = {viewer for viewer in people if not _same_person(ctx, viewer, alive, users, visibility)}
    return over | {viewer for viewer in keys if not _same_key(viewer, known)}


def _same_person(
    ctx: Context, viewer: Viewer, alive: dict[str, Row], users: dict[str, Row], visibility: settings.Visibility
) -> bool:
    user = users.get(viewer.id)
    if user is None or not user["active"] or user["role"] != viewer.role or user["language"] != viewer.language:
        return False
    if viewer.session_id is not None:
        session = alive.get(viewer.session_id)
        if session is None or ctx.clock.now() - session["last_seen_at"] > sessions.IDLE:
            return False
    return viewer.sees == (visibility if viewer.role is Role.MANAGER else "all")


def _same_key(viewer: Viewer, known: dict[str, Row]) -> bool:
    row = known.get(viewer.id)
    return row is not None and row["revoked_at"] is None and frozenset(row["scopes"]) == viewer.scopes


def _by_id(ctx: Context, table: str, ids: list[str]) -> dict[str, Row]:
    wanted = sorted(set(ids))
    rows = ctx.store.find(table, [("id", "in", wanted)], order=("id",), limit=len(wanted)) if wanted else []
    return {row["id"]: row for row in rows}
