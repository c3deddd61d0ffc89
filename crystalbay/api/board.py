"""REST of the board."""

from __future__ import annotations

from urllib.parse import quote

from flask import jsonify
from pydantic import BaseModel, Field, RootModel

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.shapes import LeadOut
from crystalbay.services import board
from crystalbay.services.filters import LeadFilters, Sort
from crystalbay.store.board import CAP
from crystalbay.store.interface import By
from crystalbay.web import paging
from crystalbay.web.card_cache import as_json
from crystalbay.web.wiring import context


class Sum(BaseModel):
    amount: str = Field(examples=["2350000.00"])
    currency: str = Field(examples=["RUB"])


class ColumnOut(BaseModel):
    """One column. Counts are exact unless `capped`: then there are more, and the sums are of those counted."""

    count: int
    capped: bool = Field(description=f"Counting under filters stops at {CAP}")
    sums: list[Sum]
    limit: int | None = Field(description="How many leads it should hold at most, by the office's settings")
    leads: list[LeadOut]
    next_cursor: str | None


class BoardOut(RootModel[dict[str, ColumnOut]]):
    """The five statuses, or the nine stages, in order."""


class BoardQuery(LeadFilters):
    by: By = Field(default="status", description="What the columns are")
    sort: Sort = "manual"
    first: int = Field(default=30, ge=1, le=50, description="Cards a column")


@api.get("/board")
@allowed("leads:read", "board", HTTP_200=BoardOut)
def show_board(query: BoardQuery) -> Answer:
    """The board

    Every column with its count, sums by currency and first cards; more of them by `GET /leads?order=board` with the
    same filters and sort. Words that are nowhere are searched as typed with the other keyboard layout; the header
    `Search-Corrected` then says what was searched (percent-encoded UTF-8)."""
    ctx = context()
    rules = board.rules_of(ctx)
    found = board.read(ctx, me(), query, rules=rules, by=query.by, sort=query.sort, first=query.first, brief=True)
    leads = as_json({name: column.leads for name, column in found.columns.items()})
    answer = jsonify(
        {
            name: board.head(column, rules.limit(query.by, name))
            | {"leads": leads[name], "next_cursor": paging.maybe(board.after(column, query.sort))}
            for name, column in found.columns.items()
        }
    )
    if found.corrected:
        answer.headers["Search-Corrected"] = quote(found.corrected)
    return answer
