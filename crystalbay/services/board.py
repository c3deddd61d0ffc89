"""The board: columns with their counts and first cards, the next cards of a column, lists of leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crystalbay.services import leads, settings
from crystalbay.services.context import Context
from crystalbay.services.filters import ORDERS, LeadFilters, Sort, on_board, on_leads
from crystalbay.services.keyboard import other_layout
from crystalbay.services.settings import Workplace
from crystalbay.services.viewers import Viewer
from crystalbay.store.board import columns
from crystalbay.store.interface import BoardColumn, By, Row


@dataclass(frozen=True, slots=True)
class Board:
    """`columns` in order. `corrected`: what was searched instead, since the words as they were typed are nowhere."""

    columns: dict[str, BoardColumn]
    by: By
    filters: LeadFilters
    corrected: str | None


def read(
    ctx: Context,
    viewer: Viewer,
    filters: LeadFilters,
    *,
    rules: Workplace,
    by: By = "status",
    sort: Sort = "manual",
    first: int = 30,
    brief: bool = False,
) -> Board:
    """The board as the viewer may see it; `brief`: of its cards only what tells whether they are known already."""
    order = ORDERS[sort]

    def found(asked: LeadFilters) -> dict[str, BoardColumn]:
        where = on_board(ctx, viewer, asked, rules.closed_days)
        options: dict[str, Any] = {"order": order.column, "desc": order.desc, "brief": brief}
        return ctx.store.board(where, first, by=by, archived=asked.archived, **options)

    shown = found(filters)
    meant = None if _shows_some(shown) else _meant(filters)
    instead = found(meant) if meant else {}
    return Board(instead, by, meant, meant.q) if meant and _shows_some(instead) else Board(shown, by, filters, None)


def _shows_some(board: dict[str, BoardColumn]) -> bool:
    return any(column.count for column in board.values())


def _meant(filters: LeadFilters) -> LeadFilters | None:
    """The same search by the other layout of the keyboard."""
    other = other_layout(filters.q) if filters.q else None
    return filters.model_copy(update={"q": other}) if other else None


def whole(ctx: Context, viewer: Viewer, first: int) -> dict[str, dict[str, Any]]:
    """The board without filters, as `present` shows it."""
    rules = rules_of(ctx)
    return present(read(ctx, viewer, LeadFilters(), rules=rules, first=first), "manual", rules)


def present(board: Board, sort: Sort, rules: Workplace) -> dict[str, dict[str, Any]]:
    """The board as REST and the dashboard show it: {column: {count, capped, sums, limit, leads, after}}.

    `after`: where the column goes on, for `column_page`; None when that was all.
    """
    return {
        name: head(column, rules.limit(board.by, name))
        | {
            "leads": [leads.present(lead, lead["customer"], lead["assignee"]) for lead in column.leads],
            "after": after(column, sort),
        }
        for name, column in board.columns.items()
    }


def head(column: BoardColumn, limit: int | None) -> dict[str, Any]:
    """What stands over the cards of a column. `limit`: how many leads it should hold at most, or None."""
    return {
        "count": column.count,
        "capped": column.capped,
        "sums": _sums(column),
        "limit": limit,
    }


def _sums(column: BoardColumn) -> list[dict[str, str]]:
    """The values of a column's leads by currency, the largest first."""
    largest_first = sorted(column.sums.items(), key=lambda pair: -pair[1])
    return [{"amount": leads.amount(minor), "currency": currency} for currency, minor in largest_first]


def after(column: BoardColumn, sort: Sort) -> list[Any] | None:
    """Where a column goes on after its first cards."""
    more = column.capped or column.count > len(column.leads)
    last = column.leads[-1] if more and column.leads else None
    return [last[ORDERS[sort].column], last["id"]] if last else None


def column_page(
    ctx: Context,
    viewer: Viewer,
    name: str,
    filters: LeadFilters,
    *,
    rules: Workplace,
    by: By = "status",
    sort: Sort = "manual",
    limit: int,
    after: Sequence[Any] | None,
) -> list[Row]:
    """The next leads of one column, as `read` sorts and filters them."""
    order = ORDERS[sort]

    def found(asked: LeadFilters) -> list[Row]:
        where = on_board(ctx, viewer, asked, rules.closed_days)
        place = next(column for column in columns(where, by, archived=asked.archived) if column.name == name)
        return ctx.store.find(
            "leads", place.where, order=(order.column, "id"), limit=limit, after=after, desc=order.desc
        )

    meant = _meant(filters)
    return found(filters) or (found(meant) if meant else [])


def list_leads(
    ctx: Context,
    viewer: Viewer,
    filters: LeadFilters,
    *,
    sort: Sort = "created",
    limit: int,
    after: Sequence[Any] | None = None,
    ids: Sequence[str] | None = None,
    wherever: bool = False,
) -> list[Row]:
    """A page of the leads that fit, whatever their column; `after`: (what it is sorted by, id) of the last one seen.

    `ids`: only of these. `wherever`: archived ones too.
    """
    order = ORDERS[sort]
    where = on_leads(ctx, viewer, filters, wherever=wherever)
    if ids is not None:
        where.append(("id", "in", list(ids)))
    return ctx.store.find("leads", where, order=(order.column, "id"), limit=limit, after=after, desc=order.desc)


def rules_of(ctx: Context) -> Workplace:
    """The office's rules that boards are read by."""
    return settings.read(ctx.store)
