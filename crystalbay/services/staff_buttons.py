"""The buttons under what managers are told in Telegram: «Взять», «Отложить» and its choices."""

from __future__ import annotations

from datetime import datetime

from crystalbay.errors import Conflict, CrystalBayError, Forbidden, NotFound, PermanentError, StoreUnavailable
from crystalbay.services import conversations, leads, reminders, users
from crystalbay.services.context import Context
from crystalbay.services.staff_chat import STRANGER
from crystalbay.services.staff_messages import clock_time, rows_of, snoozed_until, whole_text
from crystalbay.services.staff_people import done_once, made_by, user_of, viewer_of
from crystalbay.services.staff_replies import newest_talk
from crystalbay.services.viewers import Viewer
from crystalbay.services.work import Job
from crystalbay.store.interface import Change, Row, Update
from crystalbay.telegram.buttons import read_staff

_OLD = "Эта кнопка уже не действует"


def press(ctx: Context, job: Job) -> list[Change]:
    """Do what the button asks for, as the user behind the press, and show it where the button stands."""
    if ctx.telegram is None:
        raise PermanentError("no bot is configured")
    given = job.payload
    read, user = read_staff(given["data"]), user_of(ctx, given["sender"])
    rows = ctx.store.find("staff_messages", [("id", "eq", read[1])], limit=1) if read else []
    if user is None or read is None or not rows or rows[0]["chat_id"] != given["chat_id"]:
        ctx.telegram.acknowledge(given["id"], STRANGER if user is None else _OLD)
        return []
    act, row = read[0], rows[0]
    word, sets = _tried(ctx, viewer_of(ctx, user), user, act, row, job)
    ctx.telegram.acknowledge(given["id"], word)
    if sets is None:
        return []
    now = row | sets
    keys = rows_of(ctx, now, later=act == "later")
    number = ctx.telegram.tell(row["chat_id"], whole_text(now), keys, replaces=row["external_id"])
    return [Update("staff_messages", row["id"], {**sets, "external_id": number})]


def _tried(ctx: Context, viewer: Viewer, user: Row, act: str, row: Row, job: Job) -> tuple[str, Row | None]:
    """A word over the chat, and what changes of the row; None: nothing to be shown."""
    try:
        return _do(ctx, viewer, user, act, row, job)
    except NotFound:
        return "У вас нет доступа к этому лиду", None
    except Forbidden:
        return "Ваша роль позволяет только смотреть", None
    except (Conflict, StoreUnavailable):
        raise
    except CrystalBayError as error:
        return str(error)[:190], None


def _do(ctx: Context, viewer: Viewer, user: Row, act: str, row: Row, job: Job) -> tuple[str, Row | None]:
    if act in ("later", "back"):
        return "", {}
    if act == "take":
        return _take(ctx, viewer, user, row)
    if act in ("l15", "l60", "lday"):
        return _snooze(ctx, viewer, snoozed_until(ctx, act), row, job)
    return _OLD, None


def _take(ctx: Context, viewer: Viewer, user: Row, row: Row) -> tuple[str, Row | None]:
    """The lead is the manager's and the conversation with a person; of a colleague's it is said whose it is."""
    lead = leads.read(ctx, viewer, row["lead_id"])
    if leads.is_over(lead):
        return "Лид уже закрыт", None
    if lead["assignee_id"] not in (None, user["id"]):
        return _taken_by(ctx, lead), None
    talk = row["conversation_id"] or newest_talk(ctx, row["lead_id"])
    if talk:
        conversations.takeover(ctx, viewer, talk)
    lead = leads.read(ctx, viewer, row["lead_id"])
    if lead["assignee_id"] is None:
        leads.patch(ctx, viewer, lead["id"], lead["version"], {"assignee_id": user["id"]})
    elif lead["assignee_id"] != user["id"]:  # a colleague was faster between the two reads
        return _taken_by(ctx, lead), None
    note = f"✓ Взято: {user['name']}, {clock_time(ctx, ctx.clock.now())}"
    return "Лид ваш. Ответьте на это сообщение, и клиент получит ответ", {"note": note, "state": "taken"}


def _taken_by(ctx: Context, lead: Row) -> str:
    owner = users.find(ctx.store, lead["assignee_id"])
    return f"Уже взяли: {owner['name'] if owner else 'коллега'}"


def _snooze(ctx: Context, viewer: Viewer, due_at: datetime, row: Row, job: Job) -> tuple[str, Row | None]:
    """A reminder comes again later; anything else becomes one, and that one is moved the next time."""
    known = ctx.store.find("reminders", [("id", "eq", row["reminder_id"])], limit=1) if row["reminder_id"] else []
    if row["reminder_id"] and (not known or known[0]["done_at"]) and row["kind"] == "reminder":
        return "Это напоминание уже закрыто", None
    if known and not known[0]["done_at"]:
        reminders.change(ctx, viewer, known[0]["id"], known[0]["version"], {"due_at": due_at})
        reminder_id = known[0]["id"]
    else:
        reminder_id = _reminder(ctx, viewer, due_at, row, job)
    later = f"⏰ Отложено: {clock_time(ctx, due_at)}"
    kept = [line for line in row["note"].split("\n") if line and not line.startswith("⏰")]
    return f"Напомню {clock_time(ctx, due_at)}", {"note": "\n".join([*kept, later]), "reminder_id": reminder_id}


def _reminder(ctx: Context, viewer: Viewer, due_at: datetime, row: Row, job: Job) -> str:
    def once(shown: dict[str, object]) -> list[Change]:
        return [done_once(job, {"reminder_id": shown["id"]})]

    try:
        made = reminders.add(ctx, viewer, row["lead_id"], due_at=due_at, text="Ответить клиенту", also=once)
    except Conflict as conflict:
        if conflict.table != "answers":
            raise
        return str(made_by(ctx, job.kind, job.payload)["reminder_id"])
    return str(made["id"])
