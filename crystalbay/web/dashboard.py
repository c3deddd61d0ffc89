"""The board's page and its fragments: columns, more cards of one, cards that changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.services import board, leads, settings
from crystalbay.services.filters import ORDERS
from crystalbay.services.settings import Workplace
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import BoardColumn, Row
from crystalbay.web import card_cache, paging
from crystalbay.web.auth import page, signed_in
from crystalbay.web.board_forms import forms, staff
from crystalbay.web.card_cache import drawn
from crystalbay.web.first_steps import first_steps
from crystalbay.web.frame import frame
from crystalbay.web.views.cards import BoardView, board_view, column_view
from crystalbay.web.views.names import STAGE_NAMES, STATUS_NAMES
from crystalbay.web.views.toolbar import Address, toolbar_view
from crystalbay.web.wiring import context, local
from models import Role, Stage, Status

dashboard = Blueprint("dashboard", __name__)

FIRST_CARDS = 30
NEXT_CARDS = 50
MOST_ASKED = 100
"""Cards that a browser may ask for at once by their ids."""


def init_app(app: Flask) -> None:
    app.register_blueprint(dashboard)
    app.register_blueprint(forms)
    card_cache.init_app(app)
    app.jinja_env.globals |= {
        "status_names": partial(_named, STATUS_NAMES),
        "stage_names": partial(_named, STAGE_NAMES),
    }
    app.jinja_env.globals["loss_reasons"] = lambda: settings.read(context().store).loss_reasons


def _named(names: Mapping[Any, object]) -> list[dict[str, Any]]:
    """Places on the board as the menus list them."""
    return [{"status": code, "name": name} for code, name in names.items()]


@dashboard.get("/")
@page
def show_page() -> ResponseReturnValue:
    return render_template("board.html", nav="board", **_shown(signed_in(), _address()))


@dashboard.get("/ui/board")
@page
def show_fragment() -> ResponseReturnValue:
    return render_template("ui/board.html", **_shown(signed_in(), _address()))


def _address() -> Address:
    return Address.read(request.args.getlist)


def _shown(viewer: Viewer, address: Address) -> dict[str, Any]:
    """What the templates of the board need."""
    ctx, now = context(), local()
    shown, corrected = _board(viewer, address, FIRST_CARDS)
    return {
        "frame": frame(viewer),
        "board": shown,
        "corrected": corrected,
        "tools": toolbar_view(address, staff(), now, mine=viewer.role is not Role.OBSERVER),
        "now": now.now.isoformat(timespec="milliseconds"),
        "can_set": viewer.allows("settings"),
        "steps": first_steps(ctx, viewer, now) if shown.empty and not address.filters else (),
    }


# --------------------------------------------------------------------------- columns


def _board(viewer: Viewer, address: Address, first: int) -> tuple[BoardView, str | None]:
    """The columns of an address with their first cards, and what was searched instead of words of another layout."""
    ctx = context()
    rules, filters = board.rules_of(ctx), address.meant
    found = board.read(ctx, viewer, filters, rules=rules, by=address.by, sort=address.sort, first=first, brief=True)
    leads_of = {name: column.leads for name, column in found.columns.items()}
    cards = drawn(leads_of, can_write=viewer.allows("leads:write"))
    shown = {
        name: _head(name, column, address, rules) | {"drawn": cards[name]} for name, column in found.columns.items()
    }
    days = None if filters.archived else filters.closed_days or rules.closed_days
    return board_view(shown, local(), address.by, closed_days=days), found.corrected


def _head(name: str, column: BoardColumn, address: Address, rules: Workplace) -> dict[str, Any]:
    return board.head(column, rules.limit(address.by, name)) | {
        "next_cursor": paging.maybe(board.after(column, address.sort))
    }


@dashboard.get("/ui/board/<code>")
@page
def more_cards(code: str) -> ResponseReturnValue:
    """The next cards of a column, after `cursor`."""
    viewer, address = signed_in(), _address()
    kind: Any = Stage if address.by == "stage" else Status
    if code not in list(kind):
        abort(404)
    options: dict[str, Any] = {"by": address.by, "sort": address.sort, "limit": NEXT_CARDS + 1}
    after = paging.sorted_after(request.args.get("cursor"), ORDERS[address.sort].column)
    ctx = context()
    rows = board.column_page(ctx, viewer, code, address.meant, rules=board.rules_of(ctx), after=after, **options)
    column = {"leads": leads.present_all(ctx.store, rows[:NEXT_CARDS]), "next_cursor": _goes_on(rows, address)}
    shown = column_view(kind(code), column, local())
    return render_template("ui/column_more.html", frame=frame(viewer), column=shown, query=address.query())


def _goes_on(rows: list[Row], address: Address) -> str | None:
    last = rows[NEXT_CARDS - 1] if len(rows) > NEXT_CARDS else None
    return paging.cursor([last[ORDERS[address.sort].column], last["id"]]) if last else None


@dashboard.get("/ui/cards")
@page
def changed_cards() -> ResponseReturnValue:
    """Of the cards `ids` those that this board shows, and the heads of its columns: what a browser asks for when
    something changed that it cannot judge itself (filters, sorts, restricted sight)."""
    viewer, address = signed_in(), _address()
    ids = [part for part in request.args.get("ids", "").split(",") if part][:MOST_ASKED]
    heads, _corrected = _board(viewer, address, 0)
    return render_template("ui/cards.html", frame=frame(viewer), heads=heads, cards=_of_ids(viewer, address, ids))


def _of_ids(viewer: Viewer, address: Address, ids: list[str]) -> Any:
    if not ids:
        return ()
    ctx = context()
    rows = board.list_leads(ctx, viewer, address.meant, limit=MOST_ASKED, ids=ids)
    return column_view(Status.NEW, {"leads": leads.present_all(ctx.store, rows)}, local()).cards
