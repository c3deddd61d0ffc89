"""One's own Telegram, as the dashboard links it: the address to follow, whether it is linked, and taking it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crystalbay.errors import Invalid
from crystalbay.services import bridge_watch, staff_chat, users
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Link:
    """What links a chat, once: an address, or the code that it carries, sent to the bot."""

    address: str
    code: str
    expires_at: datetime


def bot(ctx: Context) -> str | None:
    """The name of the bot with which chats are linked; None: there is none, or its name is not known yet."""
    return (ctx.telegram is not None and bridge_watch.name(ctx)) or None


def linked(ctx: Context, viewer: Viewer) -> bool:
    """Is the viewer's own chat linked?"""
    return users.read(ctx.store, viewer.id)["telegram_id"] is not None


def new_link(ctx: Context, viewer: Viewer) -> Link:
    """A link for the viewer's own chat; older ones end. Raises Invalid without a bot."""
    if ctx.telegram is None:
        raise Invalid("telegram", "no bot is connected: an administrator can do that")
    name = bot(ctx)
    if name is None:
        raise Invalid("telegram", "the bot's name is not known yet: try again in a minute")
    code, until = staff_chat.new_code(ctx, viewer)
    return Link(f"https://t.me/{name}?start={code}", code, until)


def unlink(ctx: Context, viewer: Viewer) -> None:
    """The viewer's chat is told nothing any more; nothing happens when none is linked."""
    if linked(ctx, viewer):
        staff_chat.unlink(ctx, viewer.id, viewer.actor)
