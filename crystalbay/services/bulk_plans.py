"""What one act of many does to one lead, and what takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from crystalbay.errors import Invalid
from crystalbay.services import leads, moves, reminders, tags
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.board import ARCHIVED
from crystalbay.store.interface import Change, Insert, Row
from crystalbay.store.schema import Time, metadata
from models import FIRST_STAGE, STATUS_OF, Outcome, Stage, Status

Action = Literal["move", "assign", "tags", "remind", "archive", "restore"]

ANOTHER_OPEN = "the customer already has another open lead; close that one first"
CHANGED_SINCE = "the lead was changed since"
_APART = 1e-3  # between the positions of leads that are moved together


class Refused(Exception):
    """This lead cannot: `reason` as an English sentence of the errors' catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done with each lead; which of the fields mean something depends on the action."""

    action: Action
    status: Status | None = None
    stage: Stage | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    assignee_id: str | None = None
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    remind_at: datetime | None = None
    remind_text: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes for one lead, those that tell of them (last in a commit), and what is kept to take them back."""

    changes: Sequence[Change]
    told: Sequence[Change]
    kept: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, under which number, and where a moved lead goes: (column, place in the list) → position."""

    ctx: Context
    viewer: Viewer
    act_id: str
    position: Callable[[str, str], float]


def plan(doing: Doing, lead: Row, asked: Asked) -> Plan | None:
    """None: there is nothing to do. Raises Refused."""
    try:
        return _PLANS[asked.action](doing, lead, asked)
    except Invalid as error:
        raise Refused(_INSTEAD.get(error.field, error.message)) from None


_INSTEAD = {"user_id": "nobody can be reminded: the lead has no assignee"}


def _move(doing: Doing, lead: Row, asked: Asked) -> Plan | None:
    if lead["status"] == ARCHIVED:
        raise Refused("the lead is in the archive: restore it first")
    target = asked.stage or Stage(lead["stage"])
    if asked.status and STATUS_OF[target] != asked.status:
        target = FIRST_STAGE[asked.status]
    sets = leads.stage_sets(target) | moves.closing(doing.ctx, target, lead, asked.outcome, asked.reason)
    if all(lead[name] == value for name, value in sets.items()):
        return None
    if sets["status"] != lead["status"]:
        sets["position"] = doing.position(sets["status"], lead["id"])
    stops = moves.quiet(doing.ctx, lead["id"]) if target is Stage.COMPLETED else []
    return _changed(doing, lead, sets, "lead.moved", stops, **{"from": lead["stage"], "to": target.value})


def _assign(doing: Doing, lead: Row, asked: Asked) -> Plan | None:
    if lead["assignee_id"] == asked.assignee_id:
        return None
    return _changed(doing, lead, {"assignee_id": asked.assignee_id})


def _tags(doing: Doing, lead: Row, asked: Asked) -> Plan | None:
    gone = {tags.folded(name) for name in asked.remove_tags}
    kept = [name for name in lead["tags"] if tags.folded(name) not in gone]
    have = {tags.folded(name) for name in kept}
    wanted = [*kept, *(name for name in asked.add_tags if tags.folded(name) not in have)]
    if wanted == lead["tags"]:
        return None
    if len(wanted) > tags.MOST:
        raise Refused(f"a lead has at most {tags.MOST} tags")
    return _changed(doing, lead, {"tags": wanted}, before=tags.used(doing.ctx.store, asked.add_tags))


def _remind(doing: Doing, lead: Row, asked: Asked) -> Plan | None:
    assert asked.remind_at
    changes = reminders.add_changes(doing.ctx, doing.viewer, lead, asked.remind_at, asked.remind_text, None)
    made = next(change.row for change in changes if isinstance(change, Insert) and change.table == "reminders")
    return Plan(changes[:-1], changes[-1:], {"reminder_id": made["id"]})


def _archive(doing: Doing, lead: Row, _asked: Asked) -> Plan | None:
    if lead["status"] == ARCHIVED:
        return None
    stops = moves.quiet(doing.ctx, lead["id"])
    return _changed(doing, lead, {"status": ARCHIVED, "open_key": None}, "lead.archived", stops)


def _restore(doing: Doing, lead: Row, _asked: Asked) -> Plan | None:
    if lead["status"] != ARCHIVED:
        return None
    status = STATUS_OF[Stage(lead["stage"])]
    sets = {"status": status.value, "open_key": None if status is Status.CLOSED else _free_key(doing.ctx, lead)}
    return _changed(doing, lead, sets, "lead.restored")


_PLANS: dict[Action, Callable[[Doing, Row, Asked], Plan | None]] = {
    "move": _move,
    "assign": _assign,
    "tags": _tags,
    "remind": _remind,
    "archive": _archive,
    "restore": _restore,
}


def _free_key(ctx: Context, lead: Row) -> str | None:
    """The customer, whose next messages the lead catches; nothing when another lead does."""
    catching = ctx.store.find("leads", [("open_key", "eq", lead["customer_id"])], limit=1)
    return None if catching else str(lead["customer_id"])


def _changed(
    doing: Doing, lead: Row, sets: Row, kind: str = "lead.changed", before: Sequence[Change] = (), **data: Any
) -> Plan:
    was = {name: lead[name] for name in sets}
    shown = {name: value for name, value in sets.items() if name not in ("open_key", "position")}
    said = {"before": leads.plain({name: was[name] for name in shown}), "after": leads.plain(shown)}
    update, told = leads.change(lead, sets, doing.viewer.actor, kind, bulk=doing.act_id, **said, **data)
    return Plan([*before, update], [told], {"before": leads.plain(was), "after": leads.plain(sets)})


# --------------------------------------------------------------------------- taking back

_NOT_COMPARED = ("position", "open_key")
"""What may have changed since without anybody having meant this lead."""


def plan_back(doing: Doing, lead: Row, kept: Row) -> Plan | None:
    """What restores a lead, unless somebody changed it since: then Refused."""
    if "reminder_id" in kept:
        return _forget_reminder(doing, lead, kept["reminder_id"])
    before, after = _typed(kept["before"]), _typed(kept["after"])
    if any(lead[name] != value for name, value in after.items() if name not in _NOT_COMPARED):
        raise Refused(CHANGED_SINCE)
    if before.get("open_key"):
        before["open_key"] = _free_key(doing.ctx, lead)
    data = {"from": after["stage"], "to": before["stage"]} if "stage" in before else {}
    return _changed(doing, lead, before, _kind_of(before, after), undo=True, **data)


def _kind_of(before: Row, after: Row) -> str:
    if before.get("status") == ARCHIVED:
        return "lead.archived"
    if after.get("status") == ARCHIVED:
        return "lead.restored"
    return "lead.moved" if "stage" in before else "lead.changed"


def _forget_reminder(doing: Doing, lead: Row, reminder_id: str) -> Plan | None:
    rows = doing.ctx.store.find("reminders", [("id", "eq", reminder_id)], limit=1)
    if not rows:
        return None
    if rows[0]["version"] != 1:
        raise Refused("the reminder was changed since")
    changes = reminders.remove_changes(doing.ctx, doing.viewer, lead, rows[0])
    return Plan(changes[:-1], changes[-1:])


def _typed(kept: Row) -> Row:
    """Columns of a lead as they were kept, its times as times."""
    columns = metadata.tables["leads"].c
    return {
        name: datetime.fromisoformat(value) if value is not None and isinstance(columns[name].type, Time) else value
        for name, value in kept.items()
    }


def positions(ctx: Context, ids: Sequence[str]) -> Callable[[str, str], float]:
    """Where leads that are moved together stand: on top of their column, in the order of `ids`."""
    tops: dict[str, float] = {}
    places = {lead_id: number for number, lead_id in enumerate(ids)}

    def position(status: str, lead_id: str) -> float:
        if status not in tops:
            tops[status] = moves.top(ctx, status)
        return tops[status] - (len(ids) - places[lead_id]) * _APART

    return position
