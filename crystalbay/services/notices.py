"""What managers are told in the bell: notices, and clients who wrote and wait for a person.

A notice is for one user or for everybody; who has read it is kept for each. That a client wrote is no row of its own
(taking a message in must stay cheap): it is read off the leads that wait, and gone when the conversation was read.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crystalbay.errors import Invalid, NotFound
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handover import named
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import InsertOnce, Row, Update, Where
from crystalbay.store.values import matches
from models import Mode

KEEP = timedelta(days=30)
SHOWN = 100
_MESSAGE = "message"
_FOR_ADMINISTRATORS = ("integration",)
"""Kinds that nobody else can do anything about."""

_NAMESPACE = uuid.UUID("6f2f0a52-6a4b-4a8e-9d4e-5d8f0c1b7a10")


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the bell: `data` is what its words are made of, `text` the whole line when there are none for it; of
    kind `message` it is the client's name, and `count` how many wait. `key`: lines of one lead are one thing to see."""

    id: str
    kind: str
    text: str
    urgent: bool
    lead_id: str | None
    mine: bool
    read: bool
    created_at: datetime
    count: int = 0
    data: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        return f"lead:{self.lead_id}" if self.lead_id else self.id


def of_viewer(ctx: Context, viewer: Viewer, *, mine: bool = False) -> list[Notice]:
    """The newest of thirty days, the unread first. `mine`: addressed to the viewer, or about a lead of hers."""
    rule = visible_leads(viewer)
    rows = _rows(ctx, viewer)
    known = _by_id(ctx, "leads", {row["lead_id"] for row in rows if row["lead_id"]})
    waiting = _waiting(ctx, viewer)
    reads = _reads(ctx, viewer, [row["id"] for row in rows] + [_message_id(lead) for lead in waiting])
    found = []
    for row in rows:
        if row["kind"] in _FOR_ADMINISTRATORS and not viewer.allows("admin"):
            continue
        lead = known.get(row["lead_id"]) if row["lead_id"] else None
        if row["lead_id"] and (lead is None or not matches(lead, rule)):
            continue
        found.append(_notice(row, lead, viewer, reads))
    told = {notice.lead_id for notice in found if not notice.read}
    found += [_message(lead, viewer, reads) for lead in waiting if lead["id"] not in told]  # one line says enough
    wanted = [notice for notice in found if notice.mine or not mine]
    return sorted(wanted, key=lambda notice: (notice.read, -notice.created_at.timestamp()))[:SHOWN]


def read_one(ctx: Context, viewer: Viewer, notice_id: str) -> None:
    """The viewer has read it. Raises NotFound for one that she does not see."""
    if all(notice.id != notice_id for notice in of_viewer(ctx, viewer)):
        raise NotFound("no such notice")
    done = ctx.store.commit([_read_mark(notice_id, viewer)])
    if done[0].new:
        ctx.store.commit([activity("notices.read", viewer.actor, notice_id=notice_id)])


def read_all(ctx: Context, viewer: Viewer) -> None:
    """The viewer has read what there is now."""
    if viewer.role is None:
        raise Invalid("viewer", "an API key has no notices of its own to read")
    said = activity("notices.read", viewer.actor)
    ctx.store.commit([Update("users", viewer.id, now={"notices_read_at": 0.0}), said])


# --------------------------------------------------------------------------- reading the store


def _rows(ctx: Context, viewer: Viewer) -> list[Row]:
    since: Where = ("created_at", "gt", ctx.clock.now() - KEEP)
    return ctx.store.find("notices", [since, ("user_id", "in", [viewer.id, None])], limit=2 * SHOWN, desc=True)


def _by_id(ctx: Context, table: str, ids: set[str]) -> dict[str, Row]:
    rows = ctx.store.find(table, [("id", "in", sorted(ids))], order=("id",), limit=len(ids)) if ids else []
    return {row["id"]: row for row in rows}


def _waiting(ctx: Context, viewer: Viewer) -> list[Row]:
    """Leads whose client wrote and is answered by a person: the viewer's own, and nobody's."""
    if viewer.role is None:
        return []
    whose: Where = ("assignee_id", "in", [viewer.id] if viewer.sees == "own" else [viewer.id, None])
    where: list[Where] = [whose, ("waiting_since", "ne", None), ("mode", "eq", Mode.HUMAN.value), ("unread", "gt", 0)]
    rows = ctx.store.find("leads", where, order=("waiting_since", "id"), limit=SHOWN, desc=True)
    people = _by_id(ctx, "customers", {row["customer_id"] for row in rows})
    return [row | {"customer": people[row["customer_id"]]} for row in rows]


def _reads(ctx: Context, viewer: Viewer, ids: Sequence[str]) -> _Reads:
    marks = [_mark_id(notice_id, viewer) for notice_id in ids]
    rows = ctx.store.find("notice_reads", [("id", "in", marks)], order=("id",), limit=len(marks)) if marks else []
    users = ctx.store.find("users", [("id", "eq", viewer.id)], limit=1) if viewer.role else []
    return _Reads(frozenset(row["notice_id"] for row in rows), users[0]["notices_read_at"] if users else None)


@dataclass(frozen=True, slots=True)
class _Reads:
    single: frozenset[str]
    all_until: datetime | None

    def has(self, notice_id: str, at: datetime) -> bool:
        return notice_id in self.single or (self.all_until is not None and at <= self.all_until)


# --------------------------------------------------------------------------- one line


def _notice(row: Row, lead: Row | None, viewer: Viewer, reads: _Reads) -> Notice:
    mine = row["user_id"] == viewer.id or (lead is not None and lead["assignee_id"] == viewer.id)
    return Notice(
        id=row["id"],
        kind=row["kind"],
        text=row["text"],
        data=row["data"],
        urgent=row["urgent"],
        lead_id=row["lead_id"],
        mine=mine,
        read=reads.has(row["id"], row["created_at"]),
        created_at=row["created_at"],
    )


def _message(lead: Row, viewer: Viewer, reads: _Reads) -> Notice:
    notice_id, at = _message_id(lead), _last(lead)
    return Notice(
        id=notice_id,
        kind=_MESSAGE,
        text=lead["customer"]["name"] or lead["customer"]["phone"] or "",
        data=named(lead, lead["customer"]),
        urgent=False,
        lead_id=lead["id"],
        mine=lead["assignee_id"] == viewer.id,
        read=reads.has(notice_id, at),
        created_at=at,
        count=lead["unread"],
    )


def _last(lead: Row) -> datetime:
    at: datetime = lead["last_message_at"] or lead["waiting_since"]
    return at


def _message_id(lead: Row) -> str:
    """A new message is a new notice."""
    return f"{_MESSAGE}-{lead['id']}-{int(_last(lead).timestamp() * 1000):x}"[:64]


def _mark_id(notice_id: str, viewer: Viewer) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{notice_id} {viewer.id}"))


def _read_mark(notice_id: str, viewer: Viewer) -> InsertOnce:
    row = {"id": _mark_id(notice_id, viewer), "notice_id": notice_id, "user_id": viewer.id}
    return InsertOnce("notice_reads", row, key=("id",), now={"created_at": 0.0})
