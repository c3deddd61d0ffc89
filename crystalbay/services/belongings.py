"""What belongs to a lead (conversations, notes, reminders, offers …) is visible when the lead is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crystalbay.errors import NotFound
from crystalbay.services import leads
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import Row, Where

PORTION = 200
MOST_PORTIONS = 10
"""How many rows of others are passed over for one page: a page may be short, and its cursor goes on."""


def read(ctx: Context, viewer: Viewer, table: str, row_id: str, what: str) -> tuple[Row, Row]:
    """A row and its lead. Raises NotFound(`what`) when it is not there or its lead is not to be seen."""
    rows = ctx.store.find(table, [("id", "eq", row_id)], limit=1)
    if not rows:
        raise NotFound(what)
    try:
        return rows[0], leads.read(ctx, viewer, rows[0]["lead_id"])
    except NotFound:
        raise NotFound(what) from None


def page(
    ctx: Context,
    viewer: Viewer,
    table: str,
    where: Sequence[Where],
    *,
    order: Sequence[str],
    limit: int,
    after: Sequence[Any] | None,
    desc: bool = False,
) -> tuple[list[Row], list[Any] | None]:
    """A page of rows with a `lead_id` that the viewer may see, and the `after` of the next page (None: that was all).

    The page may be short, even empty, while there is more.
    """
    found: list[Row] = []
    for _ in range(MOST_PORTIONS if visible_leads(viewer) else 1):
        wanted = limit + 1 if not visible_leads(viewer) else max(limit + 1, PORTION)
        rows = ctx.store.find(table, where, order=order, limit=wanted, after=after, desc=desc)
        found += visible(ctx, viewer, rows)
        if len(found) > limit:
            return found[:limit], [found[limit - 1][name] for name in order]
        if len(rows) < wanted:
            return found, None
        after = [rows[-1][name] for name in order]
    return found, list(after or ())


def visible(ctx: Context, viewer: Viewer, rows: Sequence[Row]) -> list[Row]:
    """Those of the rows whose lead the viewer may see, in one read."""
    rule = visible_leads(viewer)
    if not rule or not rows:
        return list(rows)
    ids = sorted({row["lead_id"] for row in rows})
    seen = {lead["id"] for lead in ctx.store.find("leads", [("id", "in", ids), *rule], order=("id",), limit=len(ids))}
    return [row for row in rows if row["lead_id"] in seen]
