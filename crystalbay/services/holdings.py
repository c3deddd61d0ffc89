"""What a customer has, and how it is given to another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crystalbay.services.activities import activity
from crystalbay.services.reading import every
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Row, Store, Update
from crystalbay.store.text import search_text


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer with all that hangs under him."""

    row: Row
    identities: list[Row]
    conversations: list[Row]
    leads: list[Row]

    @classmethod
    def read(cls, store: Store, row: Row) -> Holder:
        identities, conversations, leads = (
            list(every(store, table, [("customer_id", "eq", row["id"])]))
            for table in ("identities", "conversations", "leads")
        )
        return cls(row, identities, conversations, leads)

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def catching(self) -> Row | None:
        """The lead that catches what he begins anew."""
        return next((lead for lead in self.leads if lead["open_key"] == self.id), None)


def as_read(customer: Row) -> Row:
    """The guard of a commit about all that a customer has: nothing came under him since he was read."""
    return {name: customer[name] for name in ("version", "merged_into", "erased_at")}


def given(table: str, row: Row, customer_id: str) -> Update:
    """The change that gives an identity or a chat to another customer."""
    return Update(table, row["id"], {"customer_id": customer_id}, expect={"customer_id": row["customer_id"]})


def lead_of(customer: Row, lead: Row, **sets: Any) -> Update:
    """The change that lets a lead be found by what its customer is called now; `sets`: more for the lead."""
    text = search_text(customer["search_text"], lead["title"])
    guard = {name: lead[name] for name in ("title", "customer_id", "open_key")}
    return Update("leads", lead["id"], {"search_text": text, **sets}, expect=guard)


def leads_of(customer: Row, leads: Iterable[Row], catching: Row | None) -> list[Change]:
    """All these leads are this customer's; one of them catches what he begins anew. It comes last: by then the unique
    key is free."""
    return [
        lead_of(customer, lead, customer_id=customer["id"], open_key=customer["id"] if lead is catching else None)
        for lead in sorted(leads, key=lambda lead: lead is catching)
    ]


def told(kind: str, viewer: Viewer, merge_id: str, kept: Row, other: Row, leads: Iterable[Row]) -> list[Change]:
    """On every lead of the two, so that each timeline shows it and who has one open sees it. `name`: the other's."""
    data = {"merge_id": merge_id, "customer_id": kept["id"], "merged_id": other["id"], "name": other["name"]}
    return [activity(kind, viewer.actor, lead_id=lead["id"], **data) for lead in leads]
