"""Who has a lead open just now. No activities: it is over in half a minute and nobody asks for it later."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from crystalbay.errors import Conflict
from crystalbay.services import leads
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import InsertOnce, Row, Store, Update

LOOKS_FOR = timedelta(seconds=30)
TYPES_FOR = timedelta(seconds=8)
MOST = 50
MOST_WATCHED = 200


def look(
    ctx: Context, viewer: Viewer, lead_id: str, *, typing: bool = False, left: bool = False
) -> list[dict[str, Any]]:
    """The viewer has the lead open (said every ten seconds), or has `left` it. Answers the others: {"name", "typing"}.

    All moments are the store's, so that the clocks of the machines do not matter. Keys look without being seen.
    """
    leads.read(ctx, viewer, lead_id)
    if left:
        _gone(ctx, viewer, lead_id)
        return []
    if viewer.role:
        _seen(ctx, viewer, lead_id, typing=typing)
    rows = ctx.store.find("lookers", [("lead_id", "eq", lead_id)], order=("seen_at", "id"), limit=MOST, desc=True)
    now = next((row["seen_at"] for row in rows if row["user_id"] == viewer.id), ctx.clock.now())
    others = [row for row in rows if row["user_id"] != viewer.id and now - row["seen_at"] < LOOKS_FOR]
    names = _names(ctx, others)
    return [
        {"name": names[row["user_id"]], "typing": bool(row["typing_at"] and now - row["typing_at"] < TYPES_FOR)}
        for row in others
        if row["user_id"] in names
    ]


def _seen(ctx: Context, viewer: Viewer, lead_id: str, *, typing: bool) -> None:
    row_id = _row_id(viewer, lead_id)
    row: Row = {"id": row_id, "lead_id": lead_id, "user_id": viewer.id}
    now = {"seen_at": 0.0} | ({"typing_at": 0.0} if typing else {})
    try:
        ctx.store.commit([Update("lookers", row_id, {} if typing else {"typing_at": None}, now=now)])
    except Conflict:
        ctx.store.commit([InsertOnce("lookers", row, key=("id",), now=now)])


def _gone(ctx: Context, viewer: Viewer, lead_id: str) -> None:
    """Seen for the last time so long ago that nobody shows it."""
    long_ago = {"seen_at": -LOOKS_FOR.total_seconds()}
    with suppress(Conflict):  # was never there
        ctx.store.commit([Update("lookers", _row_id(viewer, lead_id), {"typing_at": None}, now=long_ago)])


def _row_id(viewer: Viewer, lead_id: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"{lead_id} {viewer.id}"))


class Watch:
    """Notices who came to a lead, left it, or began or ended typing there, so that the others need not ask often."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Row] | None = None

    def forget(self) -> None:
        """Nobody is told for a while: what happens meanwhile is no news later."""
        self._known = None

    def news(self) -> dict[str, set[str]]:
        """Leads with something new since the last call, and the users to tell: those who have them open."""
        rows = self._store.find("lookers", order=("seen_at", "id"), limit=MOST_WATCHED, desc=True)
        known, self._known = self._known, {row["id"]: row for row in rows}
        told: dict[str, set[str]] = {}
        if known is None:
            return told
        for row in rows:
            if _is_news(known.get(row["id"]), row):
                told.setdefault(row["lead_id"], set()).update(_beside(row, rows))
        return told


def _is_news(was: Row | None, row: Row) -> bool:
    if was is None or bool(was["typing_at"]) != bool(row["typing_at"]):
        return True
    return not timedelta(0) <= row["seen_at"] - was["seen_at"] < LOOKS_FOR  # left, or came back


def _beside(row: Row, rows: list[Row]) -> set[str]:
    newest = rows[0]["seen_at"]
    there = [other for other in rows if other["lead_id"] == row["lead_id"] and newest - other["seen_at"] < LOOKS_FOR]
    return {other["user_id"] for other in there if other["user_id"] != row["user_id"]}


def _names(ctx: Context, rows: list[Row]) -> dict[str, str]:
    ids = sorted({row["user_id"] for row in rows})
    found = ctx.store.find("users", [("id", "in", ids)], order=("id",), limit=len(ids)) if ids else []
    return {user["id"]: user["name"] for user in found}
