"""Customers: one person, many identities. Joined only on an identical phone, e-mail or channel identity."""

from __future__ import annotations

from collections.abc import Sequence

from crystalbay.ids import new_id
from crystalbay.store.interface import Change, Insert, Row, Store
from crystalbay.store.text import search_text

Identity = tuple[str, str]
"""(kind, value): ("phone", "+79001112233"), ("email", "a@b.c"), ("telegram", "511…")."""


def find_by_identity(store: Store, identities: Sequence[Identity]) -> Row | None:
    """The customer who owns the first known identity; a merged customer answers with whom he was merged into."""
    for kind, value in identities:
        known = store.find("identities", [("kind", "eq", kind), ("value", "eq", value)], limit=1)
        if known:
            return _follow(store, known[0]["customer_id"])
    return None


def _follow(store: Store, customer_id: str) -> Row:
    row = store.find("customers", [("id", "eq", customer_id)], limit=1)[0]
    return _follow(store, row["merged_into"]) if row["merged_into"] else row


def new_customer(
    identities: Sequence[Identity], *, name: str | None = None, language: str | None = None
) -> tuple[Row, list[Change]]:
    """A customer with his identities: the row, and the changes that make it. Somebody faster means Conflict."""
    values = dict(reversed(identities))
    row: Row = {
        "id": new_id(),
        "version": 1,
        "name": name,
        "phone": values.get("phone"),
        "email": values.get("email"),
        "language": language,
        "merged_into": None,
        "search_text": search_text(name, *(value for _, value in identities)),
    }
    return row, [Insert("customers", row, now={"created_at": 0.0}), *new_identities(row["id"], identities)]


def new_identities(customer_id: str, identities: Sequence[Identity]) -> list[Change]:
    return [
        Insert(
            "identities",
            {"id": new_id(), "customer_id": customer_id, "kind": kind, "value": value},
            now={"created_at": 0.0},
        )
        for kind, value in identities
    ]


def contact_changes(customer: Row, *, name: str | None, phone: str | None, email: str | None) -> Row:
    """Which of the contact data that somebody told us the customer's row does not have yet."""
    told = {"name": name, "phone": phone, "email": email}
    fresh = {key: value for key, value in told.items() if value and not customer[key]}
    if fresh:
        now = customer | fresh
        fresh["search_text"] = search_text(customer["search_text"], now["name"], now["phone"], now["email"])
    return fresh
