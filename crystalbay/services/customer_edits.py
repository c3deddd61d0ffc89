"""A customer's contact data, changed by people: fields, identities, and the texts by which his leads are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crystalbay.errors import Conflict, Invalid, StoreError, Taken, VersionConflict
from crystalbay.services import customer_cards, customers
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.holdings import lead_of
from crystalbay.services.leads import RETRIES
from crystalbay.services.reading import every
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Delete, Row, Update

_IDENTITIES = ("phone", "email")
"""Fields whose value is an identity as well: what comes with it joins this customer."""


def patch(ctx: Context, viewer: Viewer, customer_id: str, version: int, sets: Row) -> dict[str, Any]:
    """Set name, phone or e-mail of a customer seen at `version`.

    Newer changes of other fields do not hinder. Raises VersionConflict when the same fields changed since, and Taken
    for a phone or an e-mail that another customer has: then the two are to be merged.
    """
    viewer.require("leads:write")
    for _ in range(RETRIES):
        customer = customer_cards.to_change(ctx, viewer, customer_id)
        _refuse_overtaken(ctx, viewer, customer, version, sets)
        fresh = {name: value for name, value in sets.items() if customer[name] != value}
        if not fresh:
            break
        try:
            ctx.store.commit(_changes(ctx, viewer, customer, fresh))
        except Conflict as conflict:
            if conflict.table == "identities":
                _refuse_taken(ctx, viewer, customer_id, fresh)
            continue
        break
    else:
        raise StoreError("overtaken too often while a customer was changed")
    return customer_cards.show(ctx, viewer, customer_id)


def _refuse_overtaken(ctx: Context, viewer: Viewer, customer: Row, version: int, sets: Row) -> None:
    if version > customer["version"]:
        raise Invalid("version", f"there is no such version yet: the customer is at {customer['version']}")
    newer = {name: mark for name, mark in (customer["changed"] or {}).items() if mark["version"] > version}
    overtaken = sorted(newer.keys() & sets.keys())
    if overtaken:
        last = max((newer[name] for name in overtaken), key=lambda mark: int(mark["version"]))
        changed = {"by": last["by"], "at": last["at"], "fields": overtaken}
        raise VersionConflict(customer_cards.present(ctx, viewer, [customer])[0], changed)


def _refuse_taken(ctx: Context, viewer: Viewer, customer_id: str, sets: Row) -> None:
    """Raise Taken when one of the new values belongs to somebody else. He is named to those who may see him; the others
    are not told whose it is, only that it cannot be had."""
    for kind in _IDENTITIES:
        owner = customers.find_by_identity(ctx.store, [(kind, sets[kind])]) if sets.get(kind) else None
        if owner and owner["id"] != customer_id:
            seen = customer_cards.visible_among(ctx, viewer, [owner["id"]])
            if not seen:
                raise Taken(kind, "is in use already", None)
            named = {"id": owner["id"], "name": owner["name"]}
            raise Taken(kind, "belongs to another customer already; merge the two if they are one person", named)


def _changes(ctx: Context, viewer: Viewer, customer: Row, fresh: Row) -> list[Change]:
    owned = list(every(ctx.store, "identities", [("customer_id", "eq", customer["id"])]))
    replaced, left = _replaced(customer, owned, fresh)
    now = customer | fresh
    now["search_text"] = customers.searchable(now, left)
    sets = fresh | {
        "search_text": now["search_text"],
        "changed": customers.changed(customer, fresh, viewer.actor, ctx.clock.now()),
    }
    leads = list(every(ctx.store, "leads", [("customer_id", "eq", customer["id"])]))
    return [
        Update("customers", customer["id"], sets, expect={"version": customer["version"], "merged_into": None}),
        *replaced,
        *(lead_of(now, lead) for lead in leads),
        *_told(viewer, customer, fresh, leads),
    ]


def _replaced(customer: Row, owned: Sequence[Row], fresh: Row) -> tuple[list[Change], list[Row]]:
    """The identities that go and come with a new phone or e-mail, and those that are there afterwards.

    A value that is typed anew takes the place of the one before; one of several that he has already is only shown
    first, and loses none of the others.
    """
    changes: list[Change] = []
    known = {(row["kind"], row["value"]): row for row in owned}
    for kind in _IDENTITIES:
        if kind not in fresh or (kind, fresh[kind]) in known:
            continue
        if before := known.pop((kind, customer[kind]), None):
            changes.append(Delete("identities", before["id"], expect={"customer_id": customer["id"]}))
        if fresh[kind]:
            changes += customers.new_identities(customer["id"], [(kind, fresh[kind])])
            known[kind, fresh[kind]] = {"kind": kind, "value": fresh[kind]}
    return changes, list(known.values())


def _told(viewer: Viewer, customer: Row, fresh: Row, leads: Sequence[Row]) -> list[Change]:
    """On each of his leads, so that who has one open sees it. Nobody's lead shows no personal data."""
    names = sorted(fresh)
    if not leads:
        return [activity("customer.changed", viewer.actor, customer_id=customer["id"], fields=names)]
    before = {name: customer[name] for name in names}
    data = {"customer_id": customer["id"], "fields": names, "before": before, "after": fresh}
    return [activity("customer.changed", viewer.actor, lead_id=lead["id"], **data) for lead in leads]
