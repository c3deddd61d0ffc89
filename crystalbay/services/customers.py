"""Customers: one person, many identities. Joined only on an identical phone, e-mail or channel identity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from crystalbay.ids import new_id
from crystalbay.services.viewers import Actor
from crystalbay.store.interface import Change, Insert, Row, Store, Update
from crystalbay.store.text import search_text, search_words
from models import without_turns

CONTACT = ("name", "phone", "email")
"""What a customer's row says of him; who changed which of it when stands in its column `changed`."""

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


def joins(customer: Row) -> Update:
    """The guard of a commit that hangs a lead, a chat or an identity under a customer who is known.

    It conflicts when he was merged or erased since he was read; and it raises his version, so that a merge which has
    read before reads again and leaves nothing behind.
    """
    return Update("customers", customer["id"], expect={"merged_into": None, "erased_at": None})


def known_or_new(store: Store, identities: Sequence[Identity], *, name: str | None = None) -> tuple[Row, list[Change]]:
    """The customer who owns one of the identities, or a new one; and how a commit that gives him a lead begins."""
    known = find_by_identity(store, identities)
    return (known, [joins(known)]) if known else new_customer(identities, name=name)


def new_customer(
    identities: Sequence[Identity], *, name: str | None = None, language: str | None = None
) -> tuple[Row, list[Change]]:
    """A customer with his identities: the row, and the changes that make it. Somebody faster means Conflict."""
    values, name = dict(reversed(identities)), _line(name)
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


def _line(name: str | None) -> str | None:
    """A name as it is kept, from wherever it comes."""
    return without_turns(name).strip() or None if name else None


def not_kept(customer: Row, *said: str | None) -> list[str]:
    """What of a name and contacts that somebody gave is kept nowhere with this customer."""
    kept = " ".join(search_words(customer["search_text"]))
    return [text for text in said if text and " ".join(search_words(_line(text) or "")) not in kept]


def new_identities(customer_id: str, identities: Sequence[Identity]) -> list[Change]:
    return [
        Insert(
            "identities",
            {"id": new_id(), "customer_id": customer_id, "kind": kind, "value": value},
            now={"created_at": 0.0},
        )
        for kind, value in identities
    ]


def searchable(customer: Row, identities: Iterable[Row]) -> str:
    """The `search_text` of a customer: his name and all that he can be reached by."""
    parts = [*(customer[name] for name in CONTACT), *(row["value"] for row in identities)]
    return search_text(*dict.fromkeys(parts))


def told_changes(
    customer: Row, actor: Actor, at: datetime, *, name: str | None, phone: str | None, email: str | None
) -> Row:
    """What of the contact data that somebody told us the customer's row does not have yet, as columns to set."""
    told = {"name": _line(name), "phone": phone, "email": email}
    fresh = {key: value for key, value in told.items() if value and not customer[key]}
    if not fresh:
        return {}
    now = customer | fresh
    text = search_text(customer["search_text"], now["name"], now["phone"], now["email"])
    return fresh | {"search_text": text, "changed": changed(customer, fresh, actor, at)}


def changed(customer: Row, names: Iterable[str], actor: Actor, at: datetime) -> Row:
    """The column `changed` after a commit that sets these fields: {field: {"version", "by", "at"}}."""
    mark = {"version": customer["version"] + 1, "by": actor.name, "at": at.isoformat()}
    return (customer.get("changed") or {}) | {name: mark for name in names if name in CONTACT}
