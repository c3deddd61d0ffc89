"""Customers as people see them: found, listed, shown. One is visible when one of his leads is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from crystalbay.errors import Forbidden, Invalid, NotFound, VersionConflict
from crystalbay.services.context import Context
from crystalbay.services.filters import needle
from crystalbay.services.reading import every
from crystalbay.services.viewers import Viewer, may_see, visible_leads
from crystalbay.store.interface import Row, Where
from models import STATUS_OF, Stage

PORTION = 200
PORTIONS = 5
"""Of how many customers a page is made at most, for a viewer who does not see all of them: five portions of 200."""

MOST_LEADS = 1000
"""Leads that a page of customers shows, the newest first."""

# --------------------------------------------------------------------------- who is visible


def visible_among(ctx: Context, viewer: Viewer, ids: Sequence[str]) -> set[str]:
    """Those of the customers that the viewer may see. Who has no lead at all is seen by those who see everything."""
    rule = visible_leads(viewer)
    if not rule:
        return set(ids)
    where: list[Where] = [("customer_id", "in", list(ids)), *rule]
    return {lead["customer_id"] for lead in every(ctx.store, "leads", where)} if ids else set()


def read(ctx: Context, viewer: Viewer, customer_id: str) -> Row:
    """The row of a customer whom the viewer may see; of one who was merged, the one who was kept. Raises NotFound."""
    row = _row(ctx, customer_id)
    while row and row["merged_into"]:
        row = _row(ctx, row["merged_into"])
    if row is None or row["id"] not in visible_among(ctx, viewer, [row["id"]]):
        raise NotFound("no such customer")
    return row


def _row(ctx: Context, customer_id: str) -> Row | None:
    rows = ctx.store.find("customers", [("id", "eq", customer_id)], limit=1)
    return rows[0] if rows else None


def to_change(ctx: Context, viewer: Viewer, customer_id: str) -> Row:
    """The row of a customer who is to be changed. Raises NotFound; Forbidden when the viewer does not see all of his
    leads, for they change with him; VersionConflict when he was merged into another, whose state it brings; Invalid
    when his personal data was erased."""
    row = read(ctx, viewer, customer_id)
    if row["id"] != customer_id:
        raise VersionConflict(present(ctx, viewer, [row])[0])
    if _has_unseen(ctx, viewer, customer_id):
        raise Forbidden("this customer has leads that you do not see: ask a head or an administrator")
    if row["erased_at"]:
        raise Invalid("customer", "the personal data of this customer was erased")
    return row


def _has_unseen(ctx: Context, viewer: Viewer, customer_id: str) -> bool:
    """Has the customer leads that the viewer does not see?"""
    leads = every(ctx.store, "leads", [("customer_id", "eq", customer_id)]) if visible_leads(viewer) else ()
    return not all(may_see(viewer, lead) for lead in leads)


# --------------------------------------------------------------------------- lists


def page(
    ctx: Context, viewer: Viewer, q: str | None, *, limit: int, after: Sequence[Any] | None
) -> tuple[list[Row], list[Any] | None]:
    """A page of customers, newest first, and (created_at, id) after which the list goes on (None: it ends).

    For a viewer who sees only some leads a page may be short, or empty, and go on: only so many customers are looked
    at for it.
    """
    viewer.require("leads:read")
    where: list[Where] = [("merged_into", "eq", None)]
    where += [("search_text", "has", needle(q))] if q and q.strip() else []
    portion = PORTION if visible_leads(viewer) else limit + 1
    shown: list[Row] = []
    for _ in range(PORTIONS):
        found = ctx.store.find("customers", where, limit=portion, after=after, desc=True)
        seen = visible_among(ctx, viewer, [row["id"] for row in found])
        for number, row in enumerate(found, start=1):
            after = [row["created_at"], row["id"]]
            shown += [row] if row["id"] in seen else []
            if len(shown) == limit:
                return shown, after if number < len(found) or len(found) == portion else None
        if len(found) < portion:
            return shown, None
    return shown, list(after) if after else None


# --------------------------------------------------------------------------- shown


def show(ctx: Context, viewer: Viewer, customer_id: str) -> dict[str, Any]:
    """A customer with what belongs to him, as REST shows him."""
    return present(ctx, viewer, [read(ctx, viewer, customer_id)])[0]


def present(ctx: Context, viewer: Viewer, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Customers with their identities, the leads that the viewer sees, and merges: a few reads for all of them."""
    ids = [row["id"] for row in rows]
    identities = _grouped(every(ctx.store, "identities", [("customer_id", "in", ids)]), "customer_id") if ids else {}
    leads = _grouped(_leads(ctx, viewer, ids), "customer_id") if ids else {}
    merges = _grouped(every(ctx.store, "merges", [("kept_id", "in", ids)]), "kept_id") if ids else {}
    return [
        {name: row[name] for name in ("id", "version", "name", "phone", "email", "language", "created_at", "erased_at")}
        | {
            "identities": [{n: one[n] for n in ("id", "kind", "value")} for one in identities.get(row["id"], ())],
            "leads": [present_lead(lead) for lead in leads.get(row["id"], ())],
            "merges": [_present_merge(merge) for merge in reversed(merges.get(row["id"], []))],
        }
        for row in rows
    ]


def _grouped(rows: Iterator[Row] | list[Row], column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def _leads(ctx: Context, viewer: Viewer, ids: list[str]) -> list[Row]:
    where: list[Where] = [("customer_id", "in", ids), *visible_leads(viewer)]
    return ctx.store.find("leads", where, limit=MOST_LEADS, desc=True)


def present_lead(lead: Row) -> dict[str, Any]:
    """A lead as its customer lists it."""
    return {name: lead[name] for name in ("id", "number", "title", "trip", "stage", "created_at")} | {
        "status": STATUS_OF[Stage(lead["stage"])].value,
        "archived": lead["status"] == "archived",
    }


def _present_merge(merge: Row) -> dict[str, Any]:
    return {
        "id": merge["id"],
        "merged": {"id": merge["merged_id"], "name": merge["data"]["merged"]},
        "by": merge["data"]["by"],
        "at": merge["created_at"],
        "undone_at": merge["undone_at"],
    }
