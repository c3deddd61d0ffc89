"""Who may be the same person as a customer: suggestions for people, nobody is ever merged by them alone.

One is proposed for the same phone however it is written (also as the number of a messenger's account), the same
e-mail, or the same name with a trip to the same country on the same day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crystalbay.services import customer_cards
from crystalbay.services.context import Context
from crystalbay.services.reading import every
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Where
from crystalbay.store.text import search_text

MOST = 10
_LOOKED_AT = 50
"""Customers that are looked at for each thing that may be common."""

_SAME_DIGITS = 10
"""The last ten digits of two phones are the same: +7, 8 or nothing stands before them."""


def suggested(ctx: Context, viewer: Viewer, customer_id: str) -> list[dict[str, Any]]:
    """Other customers whom the viewer sees, with the reasons, the strongest first:
    [{"customer": {"id", "name", "phone", "email", "created_at"}, "reasons": ["phone" | "email" | "name_and_trip"]}]."""
    customer = customer_cards.read(ctx, viewer, customer_id)
    mine = _Known(ctx, customer)
    reasons: dict[str, list[str]] = {}
    rows: dict[str, Row] = {}
    for row in _candidates(ctx, customer, mine):
        if row["id"] == customer["id"] or row["id"] in rows:
            continue
        why = mine.common(_Known(ctx, row))
        if why:
            rows[row["id"]], reasons[row["id"]] = row, why
    seen = customer_cards.visible_among(ctx, viewer, list(rows))
    best = sorted((row_id for row_id in rows if row_id in seen), key=lambda row_id: -len(reasons[row_id]))[:MOST]
    return [{"customer": _present(rows[row_id]), "reasons": reasons[row_id]} for row_id in best]


def _present(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "name", "phone", "email", "created_at")}


class _Known:
    """What is known of a customer, in a form in which two can be compared."""

    def __init__(self, ctx: Context, row: Row) -> None:
        self._ctx, self._id = ctx, row["id"]
        identities = list(every(ctx.store, "identities", [("customer_id", "eq", row["id"])]))
        values = [one["value"] for one in identities if one["kind"] != "email"]
        self.phones = set(filter(None, map(_digits, [row["phone"], *values])))
        emails = [row["email"], *(one["value"] for one in identities if one["kind"] == "email")]
        self.emails = {email.casefold() for email in emails if email}
        self.name = search_text(row["name"])

    def common(self, other: _Known) -> list[str]:
        """Why the two may be one person."""
        found = {
            "phone": bool(self.phones & other.phones),
            "email": bool(self.emails & other.emails),
            "name_and_trip": bool(self.name and self.name == other.name and self._trips() & other._trips()),
        }
        return [reason for reason, common in found.items() if common]

    def _trips(self) -> set[tuple[str, str]]:
        """(country, day of departure) of all his leads that have both."""
        leads = every(self._ctx.store, "leads", [("customer_id", "eq", self._id)])
        found = ((lead["trip"].get("destination_country"), lead["trip"].get("date_from")) for lead in leads)
        return {(country, day) for country, day in found if country and day}


def _digits(value: str | None) -> str:
    """The end of a phone number, or nothing for what is none: a telegram id has fewer digits, a username letters."""
    if not value or not re.fullmatch(r"\+?[\d\s()-]+", value):
        return ""
    digits = re.sub(r"\D", "", value)
    return digits[-_SAME_DIGITS:] if len(digits) > _SAME_DIGITS else ""


def _candidates(ctx: Context, customer: Row, known: _Known) -> Iterable[Row]:
    """Customers whose search text holds one of the phones, e-mails, or the name."""
    needles = [*sorted(known.phones), *sorted(known.emails), *([customer["name"]] if customer["name"] else [])]
    for needle in needles:
        where: list[Where] = [("merged_into", "eq", None), ("search_text", "has", needle)]
        yield from ctx.store.find("customers", where, limit=_LOOKED_AT, desc=True)
