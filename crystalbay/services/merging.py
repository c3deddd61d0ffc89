"""Two customers who are one person become one.

- The kept customer gets all that the other has: identities, chats, leads. Whoever writes by one of them is he.
- Of name, phone and e-mail the caller picks whose; unpicked ones are the kept customer's, or fill what he lacks.
- A customer has one lead that catches what he begins anew (`open_key`). Of two the newer goes on catching; the other
  stays open on the board, and only the chats that run in it go on there.
- What was moved, and what the kept customer's fields were, is kept in `merges`, so that it can be undone
  (crystalbay/services/separating.py).
- The other's row stays and says into whom he was merged: old links lead to the kept one.

It is one commit, and may be asked for twice. A message that brings anything new of either customer meanwhile conflicts
with it (`customers.joins`), and one of the two is built again: nothing stays with a customer who is no more.
"""

from __future__ import annotations

from typing import Any, Literal

from crystalbay.errors import Conflict, Invalid, StoreError
from crystalbay.ids import new_id
from crystalbay.services import customer_cards, customers
from crystalbay.services.context import Context
from crystalbay.services.holdings import Holder, as_read, given, leads_of, told
from crystalbay.services.leads import RETRIES
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Insert, Row, Update

Whose = Literal["own", "other"]


def merge(ctx: Context, viewer: Viewer, kept_id: str, other_id: str, picked: dict[str, Whose]) -> dict[str, Any]:
    """Merge another customer into this one. Answers the kept one; also when it was done before.

    Raises NotFound, Invalid (himself, an erased one), VersionConflict when either was merged into somebody else.
    """
    viewer.require("leads:write")
    if kept_id == other_id:
        raise Invalid("other_id", "a customer cannot be merged with himself")
    for _ in range(RETRIES):
        kept = customer_cards.to_change(ctx, viewer, kept_id)
        if customer_cards.read(ctx, viewer, other_id)["id"] == kept_id:
            return customer_cards.show(ctx, viewer, kept_id)
        other = customer_cards.to_change(ctx, viewer, other_id)
        try:
            ctx.store.commit(_merged(ctx, viewer, Holder.read(ctx.store, kept), Holder.read(ctx.store, other), picked))
        except Conflict:
            continue
        return customer_cards.show(ctx, viewer, kept_id)
    raise StoreError("overtaken too often while customers were merged")


def _merged(ctx: Context, viewer: Viewer, kept: Holder, other: Holder, picked: dict[str, Whose]) -> list[Change]:
    fields = _fields(kept.row, other.row, picked)
    sets = fields | {
        "search_text": customers.searchable(kept.row | fields, [*kept.identities, *other.identities]),
        "language": kept.row["language"] or other.row["language"],
        "changed": customers.changed(kept.row, fields, viewer.actor, ctx.clock.now()),
    }
    now, record = kept.row | sets, _record(viewer, kept, other, fields)
    leads = [*kept.leads, *other.leads]
    both = filter(None, (kept.catching, other.catching))
    catching = max(both, key=lambda lead: (lead["created_at"], lead["id"]), default=None)
    return [
        Update("customers", other.id, {"merged_into": kept.id}, expect=as_read(other.row)),
        Update("customers", kept.id, sets, expect=as_read(kept.row)),
        *(given("identities", row, kept.id) for row in other.identities),
        *(given("conversations", row, kept.id) for row in other.conversations),
        *leads_of(now, leads, catching),
        record,
        *told("customer.merged", viewer, record.row["id"], now, other.row, leads),
    ]


def _fields(kept: Row, other: Row, picked: dict[str, Whose]) -> Row:
    """What changes of the kept customer's contact data."""
    whose = {name: picked.get(name) or ("own" if kept[name] else "other") for name in customers.CONTACT}
    return {name: other[name] for name in whose if whose[name] == "other" and other[name] != kept[name]}


def _record(viewer: Viewer, kept: Holder, other: Holder, fields: Row) -> Insert:
    """What was moved and replaced."""
    data = {
        "by": viewer.name,
        "merged": other.row["name"],
        "identities": [row["id"] for row in other.identities],
        "conversations": [row["id"] for row in other.conversations],
        "leads": [row["id"] for row in other.leads],
        "catching": [lead["id"] for lead in (kept.catching, other.catching) if lead],
        "before": {name: kept.row[name] for name in fields},
        "after": fields,
    }
    row = {"id": new_id(), "version": 1, "kept_id": kept.id, "merged_id": other.id, "data": data}
    return Insert("merges", row | {"made_by": viewer.id, "undone_at": None}, now={"created_at": 0.0})
