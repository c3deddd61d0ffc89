"""How the office works with its board: set by administrators and heads, kept in the settings table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from crystalbay.errors import Conflict
from crystalbay.services.activities import activity
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import By, InsertOnce, Store, Update
from models import Stage, Status, no_turns

ID = "workplace"

Visibility = Literal["all", "own_and_unassigned", "own"]
"""Which leads a manager sees: all, his own and those that are nobody's, or his own."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), no_turns]
Limit = Annotated[int, Field(ge=1, le=10_000, strict=True)]


class Workplace(BaseModel):
    """`limits` and `stage_limits`: how many leads a column should hold at most, of the five and of the nine;
    `closed_days`: how many days of closed leads the board shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    visibility: Visibility = "all"
    limits: dict[Status, Limit] = {}
    stage_limits: dict[Stage, Limit] = {}
    loss_reasons: list[Reason] = Field(
        default=["Дорого", "Купили в другом месте", "Передумали ехать", "Не отвечает"], max_length=50
    )
    closed_days: int = Field(default=30, ge=1, le=3650)

    def limit(self, by: By, column: str) -> int | None:
        """Of a column of the board by status or by stage; None when it has none."""
        return self.limits.get(Status(column)) if by == "status" else self.stage_limits.get(Stage(column))


def read(store: Store) -> Workplace:
    """The settings as they are, with defaults for what was never set."""
    rows = store.find("settings", [("id", "eq", ID)], limit=1)
    return Workplace.model_validate(rows[0]["value"]) if rows else Workplace()


def visibility(store: Store) -> Visibility:
    """What managers see; read with each of their requests, so nothing else is looked at."""
    rows = store.find("settings", [("id", "eq", ID)], limit=1)
    found: Visibility = rows[0]["value"].get("visibility", "all") if rows else "all"
    return found


def change(store: Store, viewer: Viewer, sets: dict[str, Any]) -> Workplace:
    """Set some of them. Raises Forbidden, and pydantic's ValidationError for values that do not fit."""
    viewer.require("settings")
    while True:
        rows = store.find("settings", [("id", "eq", ID)], limit=1)
        before = Workplace.model_validate(rows[0]["value"] if rows else {})
        after = Workplace.model_validate(before.model_dump() | sets)
        value = after.model_dump(mode="json")
        write = (
            Update("settings", ID, {"value": value}, expect={"version": rows[0]["version"]})
            if rows
            else InsertOnce("settings", {"id": ID, "value": value}, key=("id",), now={"created_at": 0.0})
        )
        old = before.model_dump(mode="json", include=set(sets))
        new = after.model_dump(mode="json", include=set(sets))
        try:
            done = store.commit([write, activity("settings.changed", viewer.actor, before=old, after=new)])
        except Conflict:
            continue
        if rows or done[0].new:
            return after
