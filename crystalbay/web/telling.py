"""The words of live events: a batch of activities with what they are about, told in as many ways as streams need.

Each way (language, rights) is made once, and only when a stream wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from flask import Flask

from crystalbay.services import board, leads
from crystalbay.services.conversations import present_message
from crystalbay.services.viewers import SYSTEM, Viewer
from crystalbay.store.interface import Row
from crystalbay.web import i18n
from crystalbay.web.sight import Variant
from crystalbay.web.views.cards import board_view, card_view
from crystalbay.web.views.formats import initials
from crystalbay.web.views.messages import message_view
from crystalbay.web.wiring import context, local

_SEER = Viewer(SYSTEM.kind, "", scopes=frozenset(("leads:read",)))
"""Whose counts are those of all leads."""

_CROWD = 30
"""From so many events in a piece the bubbles of their messages stay away: an open chat reads them itself."""


def describe(app: Flask, rows: Sequence[Row]) -> list[Told]:
    """Activities that can be told, with a handful of reads for all of them."""
    with app.app_context():
        store = context().store
        raw = _by_id("leads", [row["lead_id"] for row in rows])
        shown = {lead["id"]: lead for lead in leads.present_all(store, list(raw.values()))}
        said = {key: present_message(row) for key, row in _by_id("messages", [r["message_id"] for r in rows]).items()}
    last = {row["lead_id"]: row["seq"] for row in rows}  # the card of a lead comes once, with its last event
    moved = {row["lead_id"] for row in rows if row["kind"].startswith("lead.")}
    heads = _Heads(app) if moved else None
    return [
        Told(
            app=app,
            row=row,
            lead=raw.get(row["lead_id"]),
            shown=shown.get(row["lead_id"]),
            said=said.get(row["message_id"]),
            last=last[row["lead_id"]] == row["seq"],
            moved=row["lead_id"] in moved,
            crowd=len(rows) >= _CROWD,
            heads=heads if row is rows[-1] else None,
        )
        for row in rows
    ]


def _by_id(table: str, ids: Sequence[str | None]) -> dict[str, Row]:
    wanted = sorted({value for value in ids if value})
    rows = context().store.find(table, [("id", "in", wanted)], order=("id",), limit=len(wanted)) if wanted else []
    return {row["id"]: row for row in rows}


class _Heads:
    """The heads of the board's columns, counted once for a batch and only if somebody hears them."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._board: dict[str, Any] | None = None

    def text(self) -> dict[str, dict[str, Any]]:
        """In the language that is spoken now."""
        if self._board is None:
            self._board = board.whole(context(), _SEER, first=0)
        columns = board_view(self._board, local()).columns
        return {column.status: {"count": column.count, "sum": column.sum} for column in columns}


@dataclass(eq=False)
class Told:
    """One activity as it is told (crystalbay.web.sight.Told).

    `last`: no newer one of this lead is in the batch. `moved`: some of the lead's may have changed the board's counts.
    """

    app: Flask
    row: Row
    lead: Row | None
    shown: Row | None
    said: Row | None
    last: bool
    moved: bool
    crowd: bool
    heads: _Heads | None
    _texts: dict[Variant, str] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        return int(self.row["seq"])

    @property
    def kind(self) -> str:
        return str(self.row["kind"])

    @property
    def lead_id(self) -> str | None:
        found: str | None = self.row["lead_id"]
        return found

    @property
    def actor_id(self) -> str | None:
        found: str | None = self.row["actor_id"]
        return found

    @property
    def lead_was(self) -> Row | None:
        data = self.row["data"]
        return {"assignee_id": data["assignee_was"]} if "assignee_was" in data else None

    def text(self, variant: Variant) -> str:
        """The event as JSON."""
        if variant not in self._texts:
            with self.app.app_context(), i18n.speaking(variant.language):
                self._texts[variant] = orjson.dumps(self._payload(variant)).decode()
        return self._texts[variant]

    def gone(self) -> str:
        """For those who do not see the lead any more: its id, and nothing of what happened to it."""
        return orjson.dumps({"kind": "gone", "seq": self.seq, "lead_id": self.lead_id}).decode()

    def _payload(self, variant: Variant) -> dict[str, Any]:
        row, said = self.row, self.said if variant.messages else None
        told = {
            "id": row["id"],
            "seq": row["seq"],
            "kind": row["kind"],
            "lead_id": row["lead_id"],
            "conversation_id": row["conversation_id"],
            "at": row["created_at"],
            "actor": _actor(row),
            "fields": row["data"].get("fields", []),
            "user_id": row["data"].get("user_id"),
            "columns": self._columns(variant),
            "later": not self.last,
        }
        if variant.language is None:
            return told | {"lead": self.shown, "message": said}
        return told | {"lead": _brief(self.shown), "html": self._html(variant, said)}

    def _columns(self, variant: Variant) -> dict[str, Any] | None:
        """{}: no news. None: this viewer's counts are her own, and she asks for them."""
        if not variant.counts:
            return None if self.moved and self.last else {}
        return self.heads.text() if self.heads else {}

    def _html(self, variant: Variant, said: Row | None) -> dict[str, str | None]:
        draw, now, writes = partial(_draw, self.app), local(), variant.can_write
        card = self.shown if self.last else None
        bubble = None if self.crowd else said
        return {
            "card": draw("macros", "card", card_view(card, now), writes) if card else None,
            "message": draw("lead_chat", "bubble", message_view(bubble, now), writes) if bubble else None,
        }


def _brief(lead: Row | None) -> Row | None:
    """What a page must know of a lead beside its card; two hundred pages hear it."""
    if lead is None:
        return None
    names = ("id", "number", "version", "stage", "status", "archived", "mode", "unread", "assignee")
    return {name: lead.get(name) for name in names} | {"customer": {"name": lead["customer"]["name"]}}


def _draw(app: Flask, template: str, macro: str, *given: Any) -> str:
    """The markup that pages use, without the cost of a page: in a crowd of new leads this is most of the work."""
    return str(getattr(app.jinja_env.get_template(f"partials/{template}.html").module, macro)(*given))


def _actor(row: Row) -> dict[str, str] | None:
    """The colleague who did it; nobody for customers, keys and the machine."""
    if row["actor_kind"] != "manager" or not row["actor_name"]:
        return None
    return {"id": row["actor_id"], "name": row["actor_name"], "initials": initials(row["actor_name"])}
