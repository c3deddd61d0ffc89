"""What templates show: REST-shaped dicts (DESIGN.md, "The surfaces") become small dataclasses with ready words.

Nothing here reads the store; `Local` says what "now" is and where. Templates only place what they are given, so that a
card in a page, in a fragment and in a live event is the same card.
"""

from crystalbay.web.views.activities import ActivityView, activity_view, activity_views, is_told
from crystalbay.web.views.cards import BoardView, CardView, Clock, ColumnView, board_view, card_view, column_view
from crystalbay.web.views.formats import Local
from crystalbay.web.views.frames import FrameView, NoticeView, away_view, frame_view, notice_view
from crystalbay.web.views.lead import LeadView, lead_view
from crystalbay.web.views.messages import AttachmentView, MessageView, TextPart, message_view
from crystalbay.web.views.pages import (
    DemoView,
    MiniColumn,
    demo_view,
)
from crystalbay.web.views.trips import OfferView, TripRow, offer_view, trip_rows

__all__ = [
    "ActivityView",
    "AttachmentView",
    "BoardView",
    "CardView",
    "Clock",
    "ColumnView",
    "DemoView",
    "FrameView",
    "LeadView",
    "Local",
    "MessageView",
    "MiniColumn",
    "NoticeView",
    "OfferView",
    "TextPart",
    "TripRow",
    "activity_view",
    "activity_views",
    "away_view",
    "board_view",
    "card_view",
    "column_view",
    "demo_view",
    "frame_view",
    "is_told",
    "lead_view",
    "message_view",
    "notice_view",
    "offer_view",
    "trip_rows",
]
