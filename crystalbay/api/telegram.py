"""REST of one's own Telegram: a chat in which urgent leads are told and from which customers are answered."""

from __future__ import annotations

from datetime import datetime

from flask import jsonify
from pydantic import BaseModel, Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, person
from crystalbay.services import staff_links
from crystalbay.web.wiring import context


class TelegramOut(BaseModel):
    """Whether the signed-in user's own chat is linked, and with which bot it can be."""

    linked: bool
    bot: str | None = Field(
        description="The bot's name; null: no bot is configured, or its name is not known yet",
        examples=["crystalbay_bot"],
    )


class TelegramLinkOut(BaseModel):
    """What links a chat. It is shown only here; the newest one works, once."""

    link: str = Field(examples=["https://t.me/crystalbay_bot?start=m_N0tAnyb0dysC0de"])
    code: str = Field(description="The bot takes it as `/start CODE`, too", examples=["m_N0tAnyb0dysC0de"])
    expires_at: datetime


@api.get("/me/telegram")
@allowed("leads:read", "users", HTTP_200=TelegramOut)
def show_my_telegram() -> Answer:
    """Whether one's own Telegram is linked

    Urgent leads and reminders are told there; a reply to what is told answers the customer. A key is nobody: 403."""
    ctx = context()
    return jsonify({"linked": staff_links.linked(ctx, person()), "bot": staff_links.bot(ctx)})


@api.post("/me/telegram")
@allowed("leads:read", "users", HTTP_201=TelegramLinkOut)
def link_my_telegram() -> Answer:
    """Make a link for one's own Telegram

    Whoever follows it within 15 minutes gets the user's notices: it is for oneself alone. 422 without a bot."""
    link = staff_links.new_link(context(), person())
    return jsonify({"link": link.address, "code": link.code, "expires_at": link.expires_at}), 201


@api.delete("/me/telegram")
@allowed("leads:read", "users", HTTP_204=None)
def unlink_my_telegram() -> Answer:
    """Unlink one's own Telegram

    Nothing is told there any more."""
    staff_links.unlink(context(), person())
    return "", 204
