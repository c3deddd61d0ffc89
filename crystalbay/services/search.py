"""The one search box: leads by number, name, phone or trip, and their customers, as the viewer may see them.

Customers are found through their leads, which hold their words too: that is one index, and visibility for nothing
(docs/decisions/0014-one-search.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crystalbay.services import leads
from crystalbay.services.context import Context
from crystalbay.services.filters import needle
from crystalbay.services.keyboard import other_layout
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import Row, Where
from crystalbay.store.text import search_words

CANDIDATES = 50
"""Leads among which the best are looked for, the newest that hold the words."""

_NUMBER = re.compile(r"\s*[№#]?\s*(\d{1,9})\s*")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with the newest of the leads through which he was found."""

    row: Row
    lead_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """`corrected`: what was looked for instead, when the words as typed are nowhere: the other keyboard layout."""

    corrected: str | None
    leads: list[dict[str, Any]]
    customers: list[Customer]


def search(ctx: Context, viewer: Viewer, words: str, *, limit: int = 8) -> Found:
    """The best of what holds all the words, archived leads too."""
    found = _found(ctx, viewer, words, limit)
    if found.leads:
        return found
    meant = other_layout(words)
    instead = _found(ctx, viewer, meant, limit) if meant else None
    return Found(meant, instead.leads, instead.customers) if instead and instead.leads else found


def _found(ctx: Context, viewer: Viewer, words: str, limit: int) -> Found:
    wanted = search_words(needle(words))
    if not wanted:
        return Found(None, [], [])
    rule = visible_leads(viewer)
    numbered = _numbered(ctx, words, rule)
    holding: list[Where] = [("search_text", "has", needle(words)), *rule]
    rows = ctx.store.find("leads", holding, limit=CANDIDATES, desc=True)
    best = sorted(rows, key=lambda row: _rank(row["search_text"], wanted))  # stable: the newest of equals first
    shown = leads.present_all(ctx.store, list({row["id"]: row for row in [*numbered, *best]}.values())[:limit])
    return Found(None, shown, _customers(ctx, best, wanted, limit))


def _numbered(ctx: Context, words: str, rule: list[Where]) -> list[Row]:
    number = _NUMBER.fullmatch(words)
    return ctx.store.find("leads", [("number", "eq", int(number[1])), *rule], limit=1) if number else []


def _customers(ctx: Context, rows: Sequence[Row], wanted: Sequence[str], limit: int) -> list[Customer]:
    """The customers of these leads who hold the words themselves, not by what they want to travel to."""
    newest: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["created_at"]):
        newest[row["customer_id"]] = row["id"]
    ids = sorted(newest)
    found = ctx.store.find("customers", [("id", "in", ids)], order=("id",), limit=len(ids)) if ids else []
    people = [row for row in found if all(word in row["search_text"] for word in wanted)]
    best = sorted(people, key=lambda row: (_rank(row["search_text"], wanted), row["search_text"]))
    return [Customer(row, newest[row["id"]]) for row in best[:limit]]


def _rank(text: str, wanted: Sequence[str]) -> int:
    """How many of the words are neither the beginning of a word nor the last digits of a phone."""
    parts = text.split()
    return sum(not any(part.startswith(word) or _ends(part, word) for part in parts) for word in wanted)


def _ends(part: str, word: str) -> bool:
    return word.isdigit() and part.endswith(word)
