"""What managers are told: notices for one user or for everybody, until somebody has read them."""

from __future__ import annotations

from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Update

SHOWN = 30


def unread(ctx: Context, viewer: Viewer) -> list[Row]:
    """The newest unread notices of this viewer and of everybody, newest first."""
    viewer.require("leads:read")
    mine = [
        row
        for user_id in (viewer.id, None)
        for row in ctx.store.find(
            "notices", [("read_at", "eq", None), ("user_id", "eq", user_id)], limit=SHOWN, desc=True
        )
    ]
    return sorted(mine, key=lambda row: row["created_at"], reverse=True)[:SHOWN]


def mark_read(ctx: Context, viewer: Viewer) -> None:
    """The viewer has seen what `unread` shows."""
    rows = unread(ctx, viewer)
    if rows:
        seen = [Update("notices", row["id"], now={"read_at": 0.0}) for row in rows]
        ctx.store.commit([*seen, activity("notices.read", viewer.actor, count=len(rows))])
