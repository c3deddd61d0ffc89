"""What managers write in Telegram: the one-time code that links a chat, replies that answer customers.

Nobody of the office is a customer: what is written in a linked chat or in the managers' group makes no lead. Who may
do what is decided by the user behind the account, as in the dashboard.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta

from crystalbay.errors import Conflict, Forbidden
from crystalbay.services import staff_replies, users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.staff_people import SAID, done_once, made_by, say, user_of
from crystalbay.services.viewers import Actor, Viewer
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Delete, Insert, Require, Row, Update, Where
from models import MessageEdited, MessageReceived, StaffPressed

LINK = "telegram"
"""The kind of a user_links row that holds the hash of a code."""
CODE = "m_"
"""Begins the payload of a manager's link."""
LASTS = timedelta(minutes=15)
_CODE = re.compile(r"m_[A-Za-z0-9_-]{16}")

PRESSED, EDITED = "staff_press", "staff_edited"
"""Kinds of jobs, beside SAID."""

STRANGER = "Чтобы отвечать отсюда, свяжите свой Telegram: в панели откройте «Мои настройки»."
_HELP = "Вы связаны с Crystal Bay: {name}. Ответьте на уведомление, и клиент получит ваш ответ. Отключить: /unlink"
_WELCOME = "Готово, {name}. Сюда придут срочные обращения и напоминания. Отключить: /unlink"
_NO_NOTICE = "Не отправлено: ответьте на само уведомление о лиде. Это сообщение ни к какому клиенту не относится."


# --------------------------------------------------------------------------- a code for a manager


def new_code(ctx: Context, viewer: Viewer) -> tuple[str, datetime]:
    """A code that links the Telegram chat from which it comes, once, within 15 minutes; older ones end."""
    if viewer.role is None:
        raise Forbidden("an API key has no chat of its own")
    code, until = secrets.token_urlsafe(12), ctx.clock.now() + LASTS
    old = ctx.store.find("user_links", [("user_id", "eq", viewer.id), ("kind", "eq", LINK)], limit=100)
    row: Row = {
        "id": _hash(code),
        "user_id": viewer.id,
        "kind": LINK,
        "made_by": viewer.id,
        "expires_at": until,
        "created_at": ctx.clock.now(),
    }
    gone = [Delete("user_links", link["id"]) for link in old]
    ctx.store.commit([*gone, Insert("user_links", row), activity("user.link", viewer.actor, link=LINK)])
    return f"{CODE}{code}", until


def unlink(ctx: Context, user_id: str, actor: Actor) -> None:
    """The user's chat is told nothing any more."""
    ctx.store.commit([Update("users", user_id, {"telegram_id": None}), activity("user.telegram", actor, linked=False)])


def is_code(payload: str) -> bool:
    """Does a link's payload look like a manager's code? A campaign may begin with the same letters."""
    return _CODE.fullmatch(payload) is not None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()


# --------------------------------------------------------------------------- what comes in


def is_of_the_office(ctx: Context, event: MessageReceived | MessageEdited) -> bool:
    """Did somebody of the office write: by a code, in the managers' group, or in a chat that is linked?"""
    if event.chat.provider != "telegram":
        return False
    if event.chat.chat_type != "private" or (isinstance(event, MessageReceived) and is_code(event.payload)):
        return True
    return user_of(ctx, event.chat.chat_id) is not None


def wrote(event: MessageReceived) -> list[Change]:
    """The job that takes what somebody of the office wrote; what people say to each other in the group is none."""
    group = event.chat.chat_type != "private"
    if group and not (event.reply_to_us or is_code(event.payload)):
        return []
    payload = {
        "chat_id": event.chat.chat_id,
        "group": group,
        "sender": event.sender,
        "payload": event.payload,
        "text": event.text,
        "files": [asdict(item) for item in event.attachments],
        "reply_to": _number(event.reply_to),
        "external_id": event.external_id,
        "press": event.pressed.id if event.pressed else None,
    }
    return [new_job(SAID, payload, key=f"{SAID}:{event.chat.chat_id}", once=f"{SAID}:{event.external_id}")]


def pressed(event: StaffPressed) -> list[Change]:
    """The job that does what a button asks for."""
    held = event.pressed
    payload = {"id": held.id, "chat_id": held.chat.chat_id, "sender": event.sender, "data": event.data}
    key, once = f"{SAID}:{held.chat.chat_id}", f"{PRESSED}:{held.chat.account}:{held.id}"
    return [new_job(PRESSED, payload, key=key, once=once)]


def edited(event: MessageEdited) -> list[Change]:
    """The job that puts other words into what a reply became."""
    payload = {"chat_id": event.chat.chat_id, "external_id": event.external_id, "text": event.text}
    return [new_job(EDITED, payload, key=f"{SAID}:{event.chat.chat_id}")]


def _number(external_id: str | None) -> str:
    return (external_id or "").rpartition(":")[2]


# --------------------------------------------------------------------------- the job


def said(ctx: Context, job: Job) -> list[Change]:
    """Link a chat, answer a customer, or say what can be done here."""
    given = job.payload
    if is_code(given["payload"]):
        return _link(ctx, job)
    user = user_of(ctx, given["sender"])
    about = _told(ctx, given["chat_id"], given["reply_to"])
    if user is None:
        if about:  # in a group people talk about many things; only to who answers a notice it is said
            say(ctx, given["chat_id"], STRANGER)
    elif about:
        return staff_replies.answer(ctx, user, about, job)
    elif given["group"]:
        say(ctx, given["chat_id"], _NO_NOTICE)
    else:
        _alone(ctx, user, job)
    return []


def _alone(ctx: Context, user: Row, job: Job) -> None:
    """A manager writes to the bot alone, or presses a button from the time as a customer."""
    given = job.payload
    if given["press"] and ctx.telegram:
        ctx.telegram.acknowledge(given["press"], f"Вы связаны как {user['name']}")
    elif given["text"].casefold().startswith("/unlink"):
        unlink(ctx, user["id"], Actor("manager", user["id"], user["name"]))
        say(ctx, given["chat_id"], "Готово: сюда больше ничего не приходит.")
    elif given["reply_to"]:
        say(ctx, given["chat_id"], _NO_NOTICE)
    else:
        say(ctx, given["chat_id"], _HELP.format(name=user["name"]))


def _told(ctx: Context, chat_id: str, number: str) -> Row | None:
    """What the office was told in this message."""
    where: list[Where] = [("chat_id", "eq", chat_id), ("external_id", "eq", number)]
    rows = ctx.store.find("staff_messages", where, limit=1) if number else []
    return rows[0] if rows else None


def _link(ctx: Context, job: Job) -> list[Change]:
    """The account belongs to the user whose code it was; another one that had it loses it."""
    sender, chat_id, code = job.payload["sender"], job.payload["chat_id"], job.payload["payload"].removeprefix(CODE)
    linked = made_by(ctx, SAID, job.payload)
    if linked:  # by this very job, whose words did not get out
        say(ctx, chat_id, _WELCOME.format(name=linked["name"]))
        return []
    links = ctx.store.find("user_links", [("id", "eq", _hash(code)), ("kind", "eq", LINK)], limit=1)
    user = users.find(ctx.store, links[0]["user_id"]) if links and links[0]["expires_at"] > ctx.clock.now() else None
    if user is None or not user["active"] or job.payload["group"]:
        say(ctx, chat_id, "Эта ссылка уже не действует. Возьмите новую: «Мои настройки», «Подключить Telegram».")
        return []
    others = ctx.store.find("users", [("telegram_id", "eq", sender)], limit=10)
    actor = Actor("manager", user["id"], user["name"])
    try:
        ctx.store.commit(
            [
                Require("user_links", links[0]["id"]),
                *(Update("users", other["id"], {"telegram_id": None}) for other in others if other["id"] != user["id"]),
                Update("users", user["id"], {"telegram_id": sender}, expect={"active": True}),
                Delete("user_links", links[0]["id"]),
                done_once(job, {"name": user["name"]}),
                activity("user.telegram", actor, user_id=user["id"], linked=True),
            ]
        )
    except Conflict:
        say(ctx, chat_id, "Эта ссылка уже использована.")
        return []
    say(ctx, chat_id, _WELCOME.format(name=user["name"]))
    return []
