"""The simulator's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crystalbay.web.views import formats
from crystalbay.web.views.activities import ActivityView, activity_views
from crystalbay.web.views.cards import CardView, board_view
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import Json
from crystalbay.web.views.trips import TripRow, trip_rows

_DEMO_CARDS = 3  # cards a small column has room for


@dataclass(frozen=True, slots=True)
class MiniColumn:
    """A column of the simulator's small board; `left_at` is when the followed lead left it."""

    name: str
    count: int
    cards: tuple[CardView, ...]
    left_at: str | None


@dataclass(frozen=True, slots=True)
class DemoView:
    """The manager's side of the simulator, following the lead of one chat (None before its first message)."""

    columns: tuple[MiniColumn, ...]
    lead_id: str | None
    trip_rows: tuple[TripRow, ...]
    activities: tuple[ActivityView, ...]


def demo_view(
    board: Mapping[str, Json],
    local: Local,
    *,
    lead: Json | None = None,
    activities: Iterable[Json] = (),
    left: tuple[str, str] | None = None,
) -> DemoView:
    """The simulator's right side. `left`: the status the lead came from and when (ISO), while that is news."""
    shown = board_view(board, local)
    columns = tuple(
        MiniColumn(
            name=column.name,
            count=column.count,
            cards=_with_followed(column.cards, lead["id"] if lead else None),
            left_at=formats.clock(left[1], local) if left and left[0] == column.status else None,
        )
        for column in shown.columns
    )
    return DemoView(
        columns=columns,
        lead_id=lead["id"] if lead else None,
        trip_rows=trip_rows(lead["trip"], lead.get("evidence") or {}, local) if lead else (),
        activities=activity_views(activities, local),
    )


def _with_followed(cards: tuple[CardView, ...], followed: str | None) -> tuple[CardView, ...]:
    """The first cards, the followed one always among them."""
    ordered = sorted(cards, key=lambda card: card.id != followed)
    return tuple(ordered[:_DEMO_CARDS])
