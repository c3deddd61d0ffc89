"""One act upon many leads, and the way back: in portions, each lead guarded by its version, failures by name.

What each lead was is kept in `bulk_acts` by the very commit that changes it, so a request that was cut off goes on
where it was, and taking back knows what nobody changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crystalbay.errors import Conflict, Invalid, NotFound
from crystalbay.services import leads, tags
from crystalbay.services.board import list_leads
from crystalbay.services.bulk_plans import ANOTHER_OPEN, Asked, Doing, Plan, Refused, plan, plan_back, positions
from crystalbay.services.context import Context
from crystalbay.services.filters import LeadFilters
from crystalbay.services.handover import tell
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import InsertOnce, Row, Update
from models import STATUS_OF, Role, Status

MOST = 1000
PORTION = 50
TAKEN_BACK_WITHIN = timedelta(hours=1)

_UNKNOWN = "there is no such lead, or you may not see it"
_NOT_YOURS = "the lead is not yours any more, or it was deleted"
_BUSY = "others keep changing the lead, try again"


@dataclass(frozen=True, slots=True)
class Failure:
    """A lead that was left as it is, and why, in an English sentence of the errors' catalogue."""

    id: str
    number: int | None
    name: str | None
    reason: str


@dataclass(slots=True)
class Record:
    """The row of an act: `leads` says of each that was changed what is needed to take it back."""

    id: str
    version: int
    data: Row
    failed: list[Failure] = field(default_factory=list)
    done: int = 0

    @property
    def leads(self) -> dict[str, Row]:
        kept: dict[str, Row] = self.data["leads"]
        return kept

    def keeping(self, entries: dict[str, Row]) -> tuple[Row, Update]:
        """The data with what some leads were, and the change that keeps it."""
        data = self.data | {"leads": self.leads | entries}
        return data, Update("bulk_acts", self.id, {"data": data}, expect={"version": self.version})

    def kept(self, data: Row) -> None:
        self.data, self.version = data, self.version + 1


Planner = Callable[[Row], Plan | None]


def act(ctx: Context, viewer: Viewer, ids: Sequence[str], asked: Asked, act_id: str) -> dict[str, Any]:
    """Do what was `checked` to each of the leads that can; the answer: {"act_id", "done", "failed": [{id, number, name,
    reason}]}. Again under the same `act_id` it goes on where it was.
    """
    viewer.require("leads:write")
    record = _begun(ctx, viewer, asked, act_id)
    doing = Doing(ctx, viewer, act_id, positions(ctx, ids))
    waiting = [lead_id for lead_id in ids if lead_id not in record.leads]
    record.done = len(record.leads)
    run = _Run(ctx, record, lambda wanted: _rows(ctx, viewer, wanted), lambda lead: plan(doing, lead, asked))
    run.all(waiting)
    _tell(ctx, viewer, record, asked)
    return _answer(ctx, record)


def chosen(ctx: Context, viewer: Viewer, filters: LeadFilters, closed_days: int) -> list[str]:
    """The ids of the leads that a board with these filters shows. Raises Invalid when there are too many."""
    seen = filters.model_copy(update={"closed_days": filters.closed_days or closed_days})
    rows = list_leads(ctx, viewer, seen, limit=MOST + 1)
    if len(rows) > MOST:
        raise Invalid("filters", f"more than {MOST} leads match the filter: narrow it")
    return [row["id"] for row in rows]


def checked(ctx: Context, asked: Asked) -> Asked:
    """The same with tags as they are written already. Raises Invalid for what is wrong whatever the lead."""
    if asked.action == "move" and Status.CLOSED in (asked.status, asked.stage and STATUS_OF[asked.stage]):
        if asked.outcome is None:
            raise Invalid("outcome", "closing needs an outcome: won or lost")
        if asked.outcome == "lost" and not (asked.reason or "").strip():
            raise Invalid("reason", "a lost lead needs a reason")
    if asked.action == "assign":
        leads.assignee(ctx.store, asked.assignee_id)
    if asked.remind_at and asked.remind_at <= ctx.clock.now():
        raise Invalid("remind_at", "must be in the future")
    return Asked(
        **{name: getattr(asked, name) for name in Asked.__dataclass_fields__ if name != "add_tags"},
        add_tags=tags.spelled(ctx.store, asked.add_tags),
    )


def _begun(ctx: Context, viewer: Viewer, asked: Asked, act_id: str) -> Record:
    """The record of this act: a new one, or that of a first try which did not end."""
    row: Row = {"id": act_id, "version": 1, "user_id": viewer.id, "created_at": ctx.clock.now()}
    row["data"] = {"action": asked.action, "leads": {}}
    done = ctx.store.commit([InsertOnce("bulk_acts", row, key=("id",))])[0]
    found = done.row if not done.new else row
    return Record(act_id, found["version"], found["data"])


def _rows(ctx: Context, viewer: Viewer, ids: Sequence[str]) -> dict[str, Row]:
    where = [("id", "in", list(ids)), *visible_leads(viewer)]
    return {row["id"]: row for row in ctx.store.find("leads", where, order=("id",), limit=len(ids))}


def _rows_to_restore(ctx: Context, viewer: Viewer, record: Record, ids: Sequence[str]) -> dict[str, Row]:
    """Leads of an act that may be restored: those in sight, and those that this very act gave out of it."""
    rows = _rows(ctx, viewer, ids)
    given = [(lead_id, record.leads[lead_id].get("after", {})) for lead_id in ids if lead_id not in rows]
    away = {lead_id: after["assignee_id"] for lead_id, after in given if "assignee_id" in after}
    found = ctx.store.find("leads", [("id", "in", list(away))], order=("id",), limit=len(away)) if away else []
    return rows | {row["id"]: row for row in found if row["assignee_id"] == away[row["id"]]}


# --------------------------------------------------------------------------- lead by lead


@dataclass(slots=True)
class _Run:
    """Works through leads: whole portions in one commit, and lead by lead where somebody else is at work."""

    ctx: Context
    record: Record
    rows: Callable[[Sequence[str]], dict[str, Row]]
    plan: Planner
    unseen: str = _UNKNOWN

    def all(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), PORTION):
            self._portion(ids[start : start + PORTION])

    def _portion(self, ids: Sequence[str]) -> None:
        plans = dict(self._plans(self.rows(ids), ids))
        try:
            self._commit(plans)
        except Conflict:
            for lead_id in plans:
                self._alone(lead_id)

    def _plans(self, rows: dict[str, Row], ids: Sequence[str]) -> Iterator[tuple[str, Plan]]:
        for lead_id in ids:
            found = self._planned(lead_id, rows.get(lead_id))
            if found:
                yield lead_id, found

    def _planned(self, lead_id: str, lead: Row | None) -> Plan | None:
        """None when there is nothing to do, or nothing can be done: then it is noted."""
        if lead is None:
            self.record.failed.append(Failure(lead_id, None, None, self.unseen))
            return None
        try:
            found = self.plan(lead)
        except Refused as refusal:
            self.record.failed.append(Failure(lead_id, lead["number"], lead["customer_id"], refusal.reason))
            return None
        self.record.done += found is None
        return found

    def _commit(self, plans: dict[str, Plan]) -> None:
        if not plans:
            return
        data, keep = self.record.keeping({lead_id: plan.kept for lead_id, plan in plans.items()})
        changes = [change for plan in plans.values() for change in plan.changes]
        told = [change for plan in plans.values() for change in plan.told]
        self.ctx.store.commit([*changes, keep, *told])
        self.record.kept(data)
        self.record.done += len(plans)

    def _alone(self, lead_id: str) -> None:
        for _ in range(leads.RETRIES):
            lead = self.rows([lead_id]).get(lead_id)
            found = self._planned(lead_id, lead)
            if found is None:
                return
            try:
                self._commit({lead_id: found})
            except Conflict as conflict:
                if conflict.constraint == "open_key" and lead:
                    self.record.failed.append(Failure(lead_id, lead["number"], lead["customer_id"], ANOTHER_OPEN))
                    return
                self._read_again()
                continue
            return
        self.record.failed.append(Failure(lead_id, None, None, _BUSY))

    def _read_again(self) -> None:
        """The same request may run twice at a time: both go by what is kept."""
        row = self.ctx.store.find("bulk_acts", [("id", "eq", self.record.id)], limit=1)[0]
        self.record.version, self.record.data = row["version"], row["data"]


def _answer(ctx: Context, record: Record) -> dict[str, Any]:
    """With the customers' names, by which people know their leads."""
    ids = sorted({failure.name for failure in record.failed if failure.name})
    found = ctx.store.find("customers", [("id", "in", ids)], order=("id",), limit=len(ids)) if ids else []
    names = {row["id"]: row["name"] or row["phone"] for row in found}
    failed = [
        {"id": one.id, "number": one.number, "name": names.get(one.name), "reason": one.reason} for one in record.failed
    ]
    return {"act_id": record.id, "done": record.done, "failed": failed}


def _tell(ctx: Context, viewer: Viewer, record: Record, asked: Asked) -> None:
    """Whoever was given leads hears of it."""
    given = [lead_id for lead_id, kept in record.leads.items() if kept.get("after", {}).get("assignee_id")]
    if not given or asked.assignee_id in (None, viewer.id):
        return
    one = given[0] if len(given) == 1 else None
    told = tell(
        "assigned", lead_id=one, user_id=asked.assignee_id, notice_id=record.id, count=len(given), by=viewer.name
    )
    with suppress(Conflict):  # told by a first try
        ctx.store.commit([told])


# --------------------------------------------------------------------------- taking back


def undo(ctx: Context, viewer: Viewer, act_id: str) -> dict[str, Any]:
    """Make the leads of an act what they were, but those that somebody changed since: these are named. Of those that
    whoever takes it back may not see (any more) nothing is said but that.

    The person who did it, or an administrator, within an hour; again it answers what it did.
    Raises NotFound (also for an act of somebody else) and Invalid (too late).
    """
    viewer.require("leads:write")
    rows = ctx.store.find("bulk_acts", [("id", "eq", act_id)], limit=1)
    mine = rows and (rows[0]["user_id"] == viewer.id or viewer.role is Role.ADMINISTRATOR or viewer.allows("admin"))
    if not mine:
        raise NotFound("no such act")
    row = rows[0]
    if row["undone_at"]:
        answer: dict[str, Any] = row["data"]["undone"]
        return answer
    if ctx.clock.now() - row["created_at"] > TAKEN_BACK_WITHIN:
        raise Invalid("act_id", "more than an hour has passed: it cannot be taken back any more")
    return _take_back(ctx, viewer, row)


def _take_back(ctx: Context, viewer: Viewer, row: Row) -> dict[str, Any]:
    record = Record(row["id"], row["version"], row["data"])
    waiting = [lead_id for lead_id, kept in record.leads.items() if kept]
    record.done = len(record.leads) - len(waiting)
    doing = Doing(ctx, viewer, row["id"], positions(ctx, ()))

    def back(lead: Row) -> Plan | None:
        found = plan_back(doing, lead, record.leads[lead["id"]])
        return Plan(found.changes, found.told) if found else None

    _Run(ctx, record, lambda wanted: _rows_to_restore(ctx, viewer, record, wanted), back, _NOT_YOURS).all(waiting)
    answer = _answer(ctx, record)
    ended = {"data": record.data | {"undone": answer}, "undone_at": ctx.clock.now()}
    ctx.store.commit([Update("bulk_acts", record.id, ended)])
    return answer
