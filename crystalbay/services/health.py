"""What is known of the outside world: the last observation of each integration, shown on /readyz and the board."""

from __future__ import annotations

from typing import Any

from crystalbay.services.context import Context
from crystalbay.store.interface import Change, InsertOnce, Update


def observe(ctx: Context, name: str, data: dict[str, Any]) -> list[Change]:
    """The changes that record an observation."""
    row = {"id": name, "data": data}
    return [
        InsertOnce("health", row, key=("id",), now={"at": 0.0}),
        Update("health", name, {"data": data}, now={"at": 0.0}),
    ]


def observed(ctx: Context, prefix: str = "") -> dict[str, dict[str, Any]]:
    """The last observations whose names begin with `prefix`: name → data with the time `at`."""
    rows = ctx.store.find("health", order=("id",), limit=500)
    return {row["id"]: row["data"] | {"at": row["at"].isoformat()} for row in rows if row["id"].startswith(prefix)}


def observation(ctx: Context, name: str) -> dict[str, Any]:
    """The last observation of this name; empty when there was none."""
    rows = ctx.store.find("health", [("id", "eq", name)], order=("id",), limit=1)
    return dict(rows[0]["data"]) if rows else {}
