"""Moving cards: columns, stages, places between neighbours, and what closing needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crystalbay.errors import Conflict, Invalid, StoreError
from crystalbay.services import leads
from crystalbay.services.context import Context
from crystalbay.services.conversations import machine_stops
from crystalbay.services.filters import Sort
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.board import ARCHIVED
from crystalbay.store.interface import Change, Row, Update, Where
from models import FIRST_STAGE, STATUS_OF, Outcome, Stage, Status


def move(
    ctx: Context,
    viewer: Viewer,
    lead_id: str,
    *,
    version: int,
    status: Status | None = None,
    stage: Stage | None = None,
    before_id: str | None = None,
    after_id: str | None = None,
    sort: Sort = "manual",
    outcome: Outcome | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Move a card to a column or stage, just before or after another card (on top when neither is named). On a board
    that is sorted by anything but hand it has no place of its own, and keeps its position.

    Raises Invalid (a stage of another column, an unknown neighbour, closing without outcome, lost without reason) and
    VersionConflict (somebody else moved it).
    """
    viewer.require("leads:write")
    if stage and status and STATUS_OF[stage] is not status:
        raise Invalid("stage", f"belongs to the column {STATUS_OF[stage].value}, not to {status.value}")
    if before_id and after_id:
        raise Invalid("after_id", "name one neighbour: before_id or after_id")
    for _ in range(leads.RETRIES):
        lead = leads.read(ctx, viewer, lead_id)
        if lead["status"] == ARCHIVED:
            raise Invalid("status", "the lead is in the archive: restore it first")
        leads.refuse_overtaken(ctx, lead, version, {"stage", "position"})
        target = stage or (Stage(lead["stage"]) if lead["status"] == status else FIRST_STAGE[status or Status.NEW])
        sets = leads.stage_sets(target) | closing(ctx, target, lead, outcome, reason)
        moved: list[Change] = []
        if sort == "manual":
            sets["position"], moved = _place(ctx, viewer, sets["status"], lead_id, before_id, after_id)
        data = {"from": lead["stage"], "to": target.value}
        stops = quiet(ctx, lead_id) if target is Stage.COMPLETED else []
        try:
            ctx.store.commit([*moved, *stops, *leads.change(lead, sets, viewer.actor, "lead.moved", **data)])
        except Conflict as conflict:
            if conflict.constraint == "open_key":
                raise Invalid("stage", "the customer already has another open lead; close that one first") from None
            continue
        return leads.show(ctx, viewer, lead_id)
    raise StoreError("overtaken too often while a lead was moved")


def closing(ctx: Context, target: Stage, lead: Row, outcome: Outcome | None, reason: str | None) -> Row:
    """The columns that closing sets, and opening again. Raises Invalid when the outcome or its reason is missing."""
    if target is not Stage.COMPLETED:
        reopened = lead["status"] == Status.CLOSED
        columns: Row = {"outcome": None, "lost_reason": None, "closed_at": None}
        return columns | ({"open_key": lead["customer_id"]} if reopened else {})
    outcome = outcome or (Outcome(lead["outcome"]) if lead["outcome"] else None)
    reason = reason or lead["lost_reason"]
    if outcome is None:
        raise Invalid("outcome", "closing needs an outcome: won or lost")
    if outcome is Outcome.LOST and not (reason or "").strip():
        raise Invalid("reason", "a lost lead needs a reason")
    return {
        "outcome": outcome.value,
        "lost_reason": reason if outcome is Outcome.LOST else None,
        "closed_at": lead["closed_at"] or ctx.clock.now(),
        "open_key": None,
    }


def quiet(ctx: Context, lead_id: str) -> list[Change]:
    """The changes after which the machine says nothing more in a lead that is over."""
    talks = ctx.store.find("conversations", [("lead_id", "eq", lead_id)], limit=50)
    return [change for conversation in talks for change in machine_stops(conversation)]


def top(ctx: Context, status: str, *, but: str = "") -> float:
    """The position above all other cards of a column."""
    column: list[Where] = [("status", "eq", status), ("id", "ne", but)]
    first = ctx.store.find("leads", column, order=("position", "id"), limit=1)
    return min(-ctx.clock.now().timestamp(), first[0]["position"] - 1 if first else 0.0)


def _place(
    ctx: Context, viewer: Viewer, status: str, lead_id: str, before_id: str | None, after_id: str | None
) -> tuple[float, list[Change]]:
    """The position between two neighbours, and the changes that make room when their gap is used up. On top beside a
    neighbour who has left the column meanwhile. Raises Invalid for one whom the viewer does not see."""
    column: list[Where] = [("status", "eq", status), ("id", "ne", lead_id)]

    def neighbours(op: str, position: float, *, desc: bool) -> list[Row]:
        where: list[Where] = [*column, ("position", op, position)]  # type: ignore[list-item]
        return ctx.store.find("leads", where, order=("position", "id"), limit=20, desc=desc)

    anchor_id = before_id or after_id
    anchor = ctx.store.find("leads", [("id", "eq", anchor_id), *visible_leads(viewer)], limit=1) if anchor_id else []
    if anchor_id and not anchor:
        raise Invalid("before_id" if before_id else "after_id", "there is no such lead, or you may not see it")
    if not anchor or anchor[0]["status"] != status or anchor_id == lead_id:
        return top(ctx, status, but=lead_id), []
    position = anchor[0]["position"]
    if before_id:
        above = neighbours("lt", position, desc=True)
        low, high = (above[0]["position"] if above else position - 2), position
    else:
        below = neighbours("gt", position, desc=False)
        low, high = position, (below[0]["position"] if below else position + 2)
    middle = (low + high) / 2
    if low < middle < high:
        return middle, []
    return high, _make_room(neighbours("gte", high, desc=False), high)


def _make_room(following: Sequence[Row], start: float) -> list[Change]:
    """Spread the next cards evenly up to the last of them, so that one place before them is free again."""
    if not following:
        return []
    step = max((following[-1]["position"] - start) / (len(following) + 1), 1e-3)
    return [
        Update("leads", row["id"], {"position": start + step * (n + 1)}, expect={"position": row["position"]})
        for n, row in enumerate(following)
    ]
