"""Managers in Telegram: the one-time code that links a chat, replies that answer customers, «Взять» and «Отложить».

Nobody of the office is a customer: what is written in a linked chat or in the managers' group makes no lead. Who may
do what is decided by the user behind the chat, as in the dashboard.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from crystalbay.errors import Conflict, CrystalBayError, Forbidden, Invalid, NotFound, PermanentError, StoreUnavailable
from crystalbay.services import conversations, leads, reminders, users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.staff_messages import TAKEN, clock_time, rows_of, snoozed_until
from crystalbay.services.viewers import Actor, Viewer
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Delete, Insert, Require, Row, Update
from crystalbay.telegram.buttons import read_staff
from models import Chat, MessageReceived, Pressed, StaffPressed

LINK = "telegram"
"""The kind of a user_links row that holds the hash of a code."""
CODE = "m_"
"""Begins the payload of a manager's link."""
LASTS = timedelta(minutes=15)

SAID, PRESSED = "staff_said", "staff_press"
"""Kinds of jobs."""

_STRANGER = "Чтобы отвечать отсюда, свяжите свой Telegram: в панели откройте «Мои настройки»."
_HELP = "Вы связаны с Crystal Bay: {name}. Ответьте на уведомление, и клиент получит ваш ответ. Отключить: /unlink"


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


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()


# --------------------------------------------------------------------------- what comes in


def is_of_the_office(ctx: Context, event: MessageReceived) -> bool:
    """Did somebody of the office write: by a code, in the managers' group, or in a chat that is linked?"""
    if event.chat.provider != "telegram":
        return False
    if event.payload.startswith(CODE) or event.chat.chat_type != "private":
        return True
    return _user(ctx, event.chat.chat_id) is not None


def wrote(event: MessageReceived) -> Change:
    """The job that takes what somebody of the office wrote."""
    payload = {
        "chat_id": event.chat.chat_id,
        "group": event.chat.chat_type != "private",
        "sender": event.sender,
        "payload": event.payload,
        "text": event.text,
        "files": len(event.attachments),
        "reply_to": (event.reply_to or "").rpartition(":")[2],
        "external_id": event.external_id,
    }
    return new_job(SAID, payload, key=f"{SAID}:{event.chat.chat_id}", once=f"{SAID}:{event.external_id}")


def pressed(event: StaffPressed) -> list[Change]:
    """The job that does what a button asks for."""
    held = event.pressed
    payload = {"id": held.id, "chat_id": held.chat.chat_id, "sender": event.sender, "data": event.data}
    key, once = f"{SAID}:{held.chat.chat_id}", f"{PRESSED}:{held.chat.account}:{held.id}"
    return [new_job(PRESSED, payload, key=key, once=once)]


def _user(ctx: Context, telegram_id: str) -> Row | None:
    where = [("telegram_id", "eq", telegram_id), ("active", "eq", True)]
    rows = ctx.store.find("users", where, limit=1)  # type: ignore[arg-type]
    return rows[0] if rows else None


def _viewer(ctx: Context, user: Row) -> Viewer:
    return users.viewer(user, users.sees(ctx.store, user))


# --------------------------------------------------------------------------- the jobs


def said(ctx: Context, job: Job) -> list[Change]:
    """Link a chat, answer a customer, or say what can be done here."""
    given = job.payload
    if given["payload"].startswith(CODE):
        return _link(ctx, given["sender"], given["chat_id"], given["payload"].removeprefix(CODE), group=given["group"])
    user = _user(ctx, given["sender"])
    about = _told(ctx, given["chat_id"], given["reply_to"])
    if user is None:
        if about:  # in a group people talk about many things; only to who answers a notice it is said
            _say(ctx, given["chat_id"], _STRANGER)
        return []
    if not given["group"] and given["text"].casefold().startswith("/unlink"):
        unlink(ctx, user["id"], Actor("manager", user["id"], user["name"]))
        _say(ctx, given["chat_id"], "Готово: сюда больше ничего не приходит.")
    elif about:
        _say(ctx, given["chat_id"], _answered(ctx, user, about, job))
    elif not given["group"]:
        _say(ctx, given["chat_id"], _HELP.format(name=user["name"]))
    return []


def _told(ctx: Context, chat_id: str, number: str) -> Row | None:
    """What the office was told in this message."""
    where = [("chat_id", "eq", chat_id), ("external_id", "eq", number)]
    rows = ctx.store.find("staff_messages", where, limit=1) if number else []  # type: ignore[arg-type]
    return rows[0] if rows else None


def _say(ctx: Context, chat_id: str, text: str) -> None:
    if ctx.telegram is None:
        raise PermanentError("no bot is configured")
    ctx.telegram.tell(chat_id, text, [])


def _link(ctx: Context, sender: str, chat_id: str, code: str, *, group: bool) -> list[Change]:
    """The chat belongs to the user whose code it was; another one that had it loses it."""
    links = ctx.store.find("user_links", [("id", "eq", _hash(code)), ("kind", "eq", LINK)], limit=1)
    user = users.find(ctx.store, links[0]["user_id"]) if links and links[0]["expires_at"] > ctx.clock.now() else None
    if user is None or not user["active"] or group:
        _say(ctx, chat_id, "Эта ссылка уже не действует. Возьмите новую: «Мои настройки», «Подключить Telegram».")
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
                activity("user.telegram", actor, user_id=user["id"], linked=True),
            ]
        )
    except Conflict:
        _say(ctx, chat_id, "Эта ссылка уже использована.")
        return []
    _say(ctx, chat_id, f"Готово, {user['name']}. Сюда придут срочные обращения и напоминания. Отключить: /unlink")
    return []


def _answered(ctx: Context, user: Row, about: Row, job: Job) -> str:
    """The manager's reply goes to the customer, once; what the manager hears of it."""
    text = job.payload["text"].strip()
    if not text:
        return "Отсюда уходит только текст. Файл отправьте из карточки лида."
    talk = about["conversation_id"] or _newest_talk(ctx, about["lead_id"])
    if talk is None:
        return "У этого лида нет чата, куда можно ответить. Откройте карточку."
    once = Insert("answers", _done(job), now={"created_at": 0.0})
    try:
        conversations.answer(ctx, _viewer(ctx, user), talk, text, also=lambda _shown: [once])
    except Conflict as conflict:
        if conflict.table != "answers":
            raise
    except StoreUnavailable:
        raise
    except (NotFound, Forbidden):
        return "У вас нет доступа к этому лиду."
    except Invalid as error:
        return f"Не отправлено: {error.message}."
    return "Отправлено клиенту."


def _done(job: Job) -> Row:
    """A mark that stands in the same commit as the work, so that it is done once however often the job runs."""
    return {"id": f"{job.kind}:{job.id}"[:64], "request_hash": "", "status": 200, "body": {}}


def _newest_talk(ctx: Context, lead_id: str | None) -> str | None:
    where = [("lead_id", "eq", lead_id), ("answerable", "eq", True)]
    rows = ctx.store.find("conversations", where, limit=50) if lead_id else []  # type: ignore[arg-type]
    return max(rows, key=lambda row: row["last_message_at"] or row["created_at"])["id"] if rows else None


def press(ctx: Context, job: Job) -> list[Change]:
    """«Взять», «Отложить» and its choices: done for the user behind the press, then shown where it stood."""
    if ctx.telegram is None:
        raise PermanentError("no bot is configured")
    given = job.payload
    read, user = read_staff(given["data"]), _user(ctx, given["sender"])
    rows = ctx.store.find("staff_messages", [("id", "eq", read[1])], limit=1) if read else []
    pressed = Pressed(given["id"], Chat("telegram", "telegram", "", "", given["chat_id"]), "")
    if user is None or read is None or not rows or rows[0]["chat_id"] != given["chat_id"]:
        ctx.telegram.acknowledge(pressed, _STRANGER if user is None else "Эта кнопка уже не действует")
        return []
    act, row = read[0], rows[0]
    try:
        word, shown = _do(ctx, _viewer(ctx, user), user, act, row, job)
    except (NotFound, Forbidden):
        word, shown = "У вас нет доступа к этому лиду", None
    except (Conflict, StoreUnavailable):
        raise
    except CrystalBayError as error:
        word, shown = str(error)[:190], None
    ctx.telegram.acknowledge(pressed, word)
    if shown is None:
        return []
    text, keys = shown
    number = ctx.telegram.tell(row["chat_id"], text, keys, replaces=row["external_id"])
    taken = {"state": TAKEN} if act == "take" else {}
    return [Update("staff_messages", row["id"], {"text": text, "external_id": number} | taken)]


_Shown = tuple[str, list[list[tuple[str, str]]]]


def _do(ctx: Context, viewer: Viewer, user: Row, act: str, row: Row, job: Job) -> tuple[str, _Shown | None]:
    """A word over the chat, and what the message becomes."""
    if act in ("later", "back"):
        return "", (row["text"], rows_of(ctx, row, later=act == "later"))
    if act == "take":
        return _take(ctx, viewer, user, row)
    if act in ("l15", "l60", "lday"):
        return _snooze(ctx, viewer, act, row, job)
    return "Эта кнопка уже не действует", None


def _take(ctx: Context, viewer: Viewer, user: Row, row: Row) -> tuple[str, _Shown | None]:
    """The lead is the manager's and the conversation with a person; of a colleague's it is said whose it is."""
    lead = leads.read(ctx, viewer, row["lead_id"])
    if lead["assignee_id"] not in (None, user["id"]):
        owner = users.find(ctx.store, lead["assignee_id"])
        return f"Уже взяли: {owner['name'] if owner else 'коллега'}", None
    talk = row["conversation_id"] or _newest_talk(ctx, row["lead_id"])
    if talk:
        conversations.takeover(ctx, viewer, talk)
    lead = leads.read(ctx, viewer, row["lead_id"])
    if lead["assignee_id"] is None:
        leads.patch(ctx, viewer, lead["id"], lead["version"], {"assignee_id": user["id"]})
    taken = f"✓ Взято: {user['name']}, {clock_time(ctx, ctx.clock.now())}"
    shown = f"{row['text']}\n\n{taken}", rows_of(ctx, row | {"state": TAKEN})
    return "Лид ваш. Ответьте на это сообщение, и клиент получит ответ", shown


def _snooze(ctx: Context, viewer: Viewer, act: str, row: Row, job: Job) -> tuple[str, _Shown | None]:
    """A reminder comes again later; anything else becomes one."""
    due_at = snoozed_until(ctx, act)
    if row["reminder_id"]:
        known = ctx.store.find("reminders", [("id", "eq", row["reminder_id"])], limit=1)
        if not known or known[0]["done_at"]:
            return "Это напоминание уже закрыто", None
        reminders.change(ctx, viewer, row["reminder_id"], known[0]["version"], {"due_at": due_at})
    else:
        once = Insert("answers", _done(job), now={"created_at": 0.0})
        try:
            reminders.add(
                ctx, viewer, row["lead_id"], due_at=due_at, text="Ответить клиенту", also=lambda _shown: [once]
            )
        except Conflict as conflict:
            if conflict.table != "answers":
                raise
    word = f"Напомню {clock_time(ctx, due_at)}"
    return word, (f"{row['text']}\n\n⏰ Отложено: {clock_time(ctx, due_at)}", rows_of(ctx, row))
