"""Leads as the board shows them, kept: drawn cards for a minute, and their JSON.

Of a board of 150 cards most were shown to somebody a moment ago. The store tells briefly which leads stand where and
at which version; only those that are not known are read whole. A card is that of a lead's version, its customer's
version and its assignee's name, in a language, with or without the right to write; its clock says minutes, so after
one it is drawn again. The template partials/macros.html is its only source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, TypeVar

import orjson
from flask import Flask, current_app
from markupsafe import Markup

from crystalbay.services import leads
from crystalbay.store.interface import Row
from crystalbay.web.i18n import locale
from crystalbay.web.views.cards import card_view
from crystalbay.web.wiring import context, local

MOST = 3000
"""Leads that are kept of each kind: some 5 MiB."""

CLOCK = timedelta(seconds=60)
"""How long a card's clock is right."""

Key = tuple[Any, ...]
V = TypeVar("V")


@dataclass(slots=True)
class Cache(Generic[V]):
    """Keeps what was made, `longest` at most (None: as long as it is not among the oldest). Thread-safe."""

    longest: timedelta | None = None
    most: int = MOST
    _kept: dict[Key, tuple[datetime, V]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def known(self, keys: Sequence[Key], now: datetime) -> dict[Key, V]:
        """Those that are there and not too old."""
        found = ((key, self._kept.get(key)) for key in keys)
        return {key: kept[1] for key, kept in found if kept and self._is_fresh(now - kept[0])}

    def _is_fresh(self, age: timedelta) -> bool:
        return self.longest is None or timedelta() <= age < self.longest

    def keep(self, made: Mapping[Key, V], now: datetime) -> None:
        """The oldest go when there are too many."""
        with self._lock:
            for key, value in made.items():
                self._kept.pop(key, None)
                self._kept[key] = now, value
            for key in list(self._kept)[: max(0, len(self._kept) - self.most)]:
                del self._kept[key]


@dataclass(frozen=True, slots=True)
class Caches:
    cards: Cache[Markup] = field(default_factory=lambda: Cache(CLOCK))
    json: Cache[orjson.Fragment] = field(default_factory=Cache)


def init_app(app: Flask) -> None:
    app.extensions["crystalbay.cards"] = Caches()


def _caches() -> Caches:
    found: Caches = current_app.extensions["crystalbay.cards"]
    return found


def drawn(columns: Mapping[str, Sequence[Row]], *, can_write: bool) -> dict[str, Markup]:
    """The cards of each column from its brief leads (Store.board). A lead that is gone by now has none."""
    now, draw = local(), drawing()
    variant = (str(locale()), can_write)
    cards = _shown(columns, variant, _caches().cards, lambda lead: draw(card_view(lead, now), can_write))
    return {name: Markup().join(column) for name, column in cards.items()}


def drawing() -> Callable[[Any, bool], Markup]:
    """The macro that draws a card."""
    macros: Any = current_app.jinja_env.get_template("partials/macros.html").module
    found: Callable[[Any, bool], Markup] = macros.card
    return found


def as_json(columns: Mapping[str, Sequence[Row]]) -> dict[str, list[orjson.Fragment]]:
    """The leads of each column as REST shows them, from its brief leads."""
    return _shown(columns, (), _caches().json, lambda lead: orjson.Fragment(orjson.dumps(lead)))


def _shown(
    columns: Mapping[str, Sequence[Row]], variant: Key, cache: Cache[V], make: Callable[[dict[str, Any]], V]
) -> dict[str, list[V]]:
    now = context().clock.now()
    keys = {name: [_key(lead, variant) for lead in brief] for name, brief in columns.items()}
    wanted = [key for column in keys.values() for key in column]
    known = cache.known(wanted, now)
    if missing := [key for key in wanted if key not in known]:
        made = {key: make(lead) for key, lead in _read(missing)}
        cache.keep(made, now)
        known |= made
    return {name: [known[key] for key in column if key in known] for name, column in keys.items()}


def _key(lead: Row, variant: Key) -> Key:
    return (lead["id"], lead["version"], lead["customer_version"], lead["assignee_name"], *variant)


def _read(keys: Sequence[Key]) -> list[tuple[Key, dict[str, Any]]]:
    """The leads as they are now, which may be newer than their keys say, and never older."""
    store = context().store
    rows = store.find("leads", [("id", "in", [key[0] for key in keys])], order=("id",), limit=len(keys))
    shown = {lead["id"]: lead for lead in leads.present_all(store, rows)}
    return [(key, shown[key[0]]) for key in keys if key[0] in shown]
