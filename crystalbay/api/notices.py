"""REST of the bell: notices, and who has read them."""

from __future__ import annotations

from datetime import datetime

from flask import jsonify
from pydantic import BaseModel, Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.services import notices
from crystalbay.services.notices import Notice
from crystalbay.web.views.notices import notice_text
from crystalbay.web.wiring import context, local


class NoticeOut(BaseModel):
    """One line of the bell, as its reader sees it."""

    id: str
    kind: str = Field(description="`message`: a client wrote and waits for a person; else why a person is told")
    text: str = Field(description="What happened, in your language; of kind `message` the client's name")
    urgent: bool
    lead_id: str | None
    mine: bool = Field(description="Addressed to you, or about a lead of yours")
    read: bool
    count: int = Field(description="Of kind `message`: how many messages wait")
    created_at: datetime


class NoticePage(BaseModel):
    """The newest of thirty days, the unread first; at most a hundred."""

    items: list[NoticeOut]
    next_cursor: None = None


class NoticeQuery(BaseModel):
    mine: bool = Field(default=False, description="Only those addressed to you, or about a lead of yours")


@api.get("/notices")
@allowed("leads:read", "notices", HTTP_200=NoticePage)
def list_notices(query: NoticeQuery) -> Answer:
    """The bell

    Notices of leads that you may see, for you or for everybody, unread first."""
    found = notices.of_viewer(context(), me(), mine=query.mine)
    return jsonify({"items": [_shown(notice) for notice in found], "next_cursor": None})


@api.post("/notices/<notice_id>/read")
@allowed("leads:read", "notices", HTTP_204=None)
def read_notice(notice_id: str) -> Answer:
    """Mark one notice as read

    By you; for your colleagues it stays unread."""
    notices.read_one(context(), me(), notice_id)
    return "", 204


@api.post("/notices/read")
@allowed("leads:read", "notices", HTTP_204=None)
def read_notices() -> Answer:
    """Mark all notices as read

    All that there are now, by you."""
    notices.read_all(context(), me())
    return "", 204


def _shown(notice: Notice) -> dict[str, object]:
    shown = {name: getattr(notice, name) for name in NoticeOut.model_fields}
    return shown if notice.kind == "message" else shown | {"text": notice_text(notice, local())}
