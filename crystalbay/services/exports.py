"""Leads for a file: read page by page, so that neither the store nor the memory holds all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crystalbay.services import leads
from crystalbay.services.board import list_leads
from crystalbay.services.context import Context
from crystalbay.services.filters import ORDERS, LeadFilters, Sort
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row

MOST = 50_000
"""Leads of one file."""

PAGE = 500


@dataclass(slots=True)
class Export:
    """The leads that fit, in order. After all were read `cut` tells whether there are more than MOST."""

    ctx: Context
    viewer: Viewer
    filters: LeadFilters
    sort: Sort = "created"
    ids: Sequence[str] | None = None
    cut: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[tuple[Row, dict[str, Any]]]:
        """Each lead as its row and as it is shown."""
        given: int = 0
        for rows in self._pages():
            fitting = rows[: MOST - given]
            yield from zip(fitting, leads.present_all(self.ctx.store, fitting), strict=True)
            given += len(fitting)
            if len(fitting) < len(rows):
                self.cut = True
                return

    def _pages(self) -> Iterator[list[Row]]:
        after: list[Any] | None = None
        column = ORDERS[self.sort].column
        options: dict[str, Any] = {"sort": self.sort, "limit": PAGE, "ids": self.ids}
        options["wherever"] = self.ids is not None  # whoever names a lead means it
        while rows := list_leads(self.ctx, self.viewer, self.filters, after=after, **options):
            yield rows
            after = [rows[-1][column], rows[-1]["id"]]
