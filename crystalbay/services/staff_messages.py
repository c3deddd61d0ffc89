"""What managers are told in Telegram: in their own chat when it is linked, else in the managers' group.

Each is a row with a job in the commit of what it tells of, sent at most once. A reply to it answers the customer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from crystalbay.errors import PermanentError, TransientError
from crystalbay.ids import new_id
from crystalbay.services import titles
from crystalbay.services.context import Context
from crystalbay.services.handover import tell as notify
from crystalbay.services.work import Job, Postpone, new_job
from crystalbay.store.interface import Change, Insert, Row, Update
from crystalbay.telegram import buttons
from models import TripRequest

KIND = "tell_staff"

TAKEN = "taken"
"""The state of what was sent and then taken by somebody."""

PACE_S = {True: 3.0, False: 1.0}
"""Between two messages to one chat: a group takes twenty a minute (contract section 8)."""

_OURS = ("reminder", "booking")
"""Kinds whose words are not the customer's own."""

MOST_LINKED = 20
_QUOTE = 300

_REASONS = {
    "asked": "Клиент просит человека",
    "confused": "Помощник не понял клиента",
    "angry": "Клиент недоволен",
    "urgent": "Срочно",
    "supplier": "Поиск туров не отвечает",
    "no_supplier": "Нужен подбор вручную",
    "nothing_found": "Ничего не нашлось, нужен подбор шире",
    "booking": "Клиент выбрал тур",
    "support": "Проблема в поездке",
    "change": "Изменение или отмена",
    "payment": "Вопрос об оплате",
    "status": "Вопрос о брони",
    "question": "Вопрос, на который нужен ответ человека",
    "media": "Клиент прислал файл",
    "unreadable": "Клиент прислал то, что видно только в мессенджере",
    "second_trip": "Вторая поездка того же клиента",
    "refusal": "Клиент отказался",
    "broken": "Помощник не смог ответить",
    "not_sent": "Сообщение не дошло",
    "send_unknown": "Неизвестно, дошло ли сообщение",
    "blocked": "Клиент заблокировал бота",
    "reminder": "Напоминание",
}
"""What is told, and how it begins; other kinds of notices stay in the bell."""


def told(
    ctx: Context,
    kind: str,
    lead: Row,
    customer: Row,
    *,
    user_id: str | None,
    conversation_id: str | None = None,
    reminder_id: str | None = None,
    words: str = "",
    by: datetime | None = None,
) -> list[Change]:
    """The changes that tell managers of a lead; none without a bot. `words`: the customer's, or the reminder's.

    `by`: until when the customer was promised an answer.
    """
    if ctx.telegram is None or kind not in _REASONS:
        return []
    text = _text(ctx, kind, lead, customer, words, by)
    changes: list[Change] = []
    for chat_id, owner in _chats(ctx, user_id):
        row: Row = {
            "id": new_id(),
            "version": 1,
            "chat_id": chat_id,
            "external_id": None,
            "user_id": owner,
            "kind": kind,
            "lead_id": lead["id"],
            "conversation_id": conversation_id,
            "reminder_id": reminder_id,
            "text": text,
            "note": "",
            "state": "queued",
            "error": None,
        }
        job = new_job(KIND, {"id": row["id"]}, key=f"{KIND}:{chat_id}", once=row["id"])
        changes += [Insert("staff_messages", row, now={"created_at": 0.0}), job]
    return changes


def _chats(ctx: Context, user_id: str | None) -> list[tuple[str, str | None]]:
    """(chat, whose it is) of those who are told: the manager's own, else the group. What is nobody's, without a group,
    all who linked theirs are told."""
    own = ctx.store.find("users", [("id", "eq", user_id), ("active", "eq", True)], limit=1) if user_id else []
    if own and own[0]["telegram_id"]:
        return [(str(own[0]["telegram_id"]), str(own[0]["id"]))]
    group = ctx.settings.telegram_managers_chat_id
    if group:
        return [(group, None)]
    if user_id:
        return []
    rows = ctx.store.find("users", [("telegram_id", "ne", None), ("active", "eq", True)], limit=MOST_LINKED)
    return [(str(row["telegram_id"]), str(row["id"])) for row in rows]


def _text(ctx: Context, kind: str, lead: Row, customer: Row, words: str, by: datetime | None) -> str:
    who = customer["name"] or customer["phone"] or "Клиент без имени"
    lines = [f"{_REASONS[kind]}: {who}, № {lead['number']}"]
    trip = titles.trip_title(TripRequest.model_validate(lead["trip"]))
    if trip:
        lines.append(trip)
    if words.strip():
        quoted = words.strip()[:_QUOTE]
        lines.append(quoted if kind in _OURS else f"«{quoted}»")
    if by:
        lines.append(f"Обещано ответить до {clock_time(ctx, by)}")
    return "\n".join(lines)


def whole_text(row: Row) -> str:
    """What stands in the chat: what was told, and what became of it."""
    return "\n\n".join(filter(None, (row["text"], row["note"])))


def clock_time(ctx: Context, moment: datetime) -> str:
    """«14:30» today, else «5 июня, 9:00», on the office's clock."""
    local, today = moment.astimezone(ctx.zone), ctx.local_now().date()
    time = f"{local.hour}:{local.minute:02d}"
    return time if local.date() == today else f"{titles.day_name(local.date())}, {time}"


def rows_of(ctx: Context, row: Row, *, later: bool = False) -> list[list[tuple[str, str]]]:
    """The buttons under what was told; `later`: the choices of «Отложить»."""
    held = {act: buttons.staff(act, row["id"]) for act in ("take", "later", "l15", "l60", "lday", "back")}
    if later:
        return [
            [("15 минут", held["l15"]), ("1 час", held["l60"])],
            [("Завтра в 9:00", held["lday"]), ("‹ Назад", held["back"])],
        ]
    opens = _address(ctx, row)
    first = [("Взять", held["take"])] if row["kind"] != "reminder" and row["state"] != TAKEN else []
    return [[*first, *([("Открыть", opens)] if opens else []), ("Отложить", held["later"])]]


def _address(ctx: Context, row: Row) -> str:
    """The lead's page; empty without an address that Telegram takes in a button."""
    return f"{ctx.settings.public_url}/?lead={row['lead_id']}" if ctx.settings.public_url else ""


# --------------------------------------------------------------------------- the job


def tell(ctx: Context, job: Job) -> list[Change]:
    """Send one, at most once: `sending` is kept before the call."""
    row = ctx.store.find("staff_messages", [("id", "eq", job.payload["id"])], limit=1)[0]
    if ctx.telegram is None:
        raise PermanentError("no bot is configured")
    if row["state"] == "sending":
        return [_ended(row, "unknown", "прервано при отправке")]
    if row["state"] != "queued":
        return []
    _keep_pace(ctx, row)
    ctx.telegram.wait()
    ctx.store.commit([Update("staff_messages", row["id"], {"state": "sending"}, expect={"state": "queued"})])
    try:
        number = ctx.telegram.tell(row["chat_id"], whole_text(row), rows_of(ctx, row))
    except PermanentError as error:
        return _moved(ctx, row, error.code or "") or [_ended(row, "failed", str(error))]
    except TransientError as error:
        if error.outcome_unknown:
            return [_ended(row, "unknown", str(error))]
        ctx.store.commit([Update("staff_messages", row["id"], {"state": "queued"})])
        raise
    return [Update("staff_messages", row["id"], {"state": "sent", "external_id": number})]


def _moved(ctx: Context, row: Row, code: str) -> list[Change]:
    """The group has become a supergroup, with another number: told there, and administrators are told to set it."""
    moved = code.partition("migrated:")[2]
    if not moved:
        return []
    notice_id = str(uuid5(NAMESPACE_OID, f"telegram group {moved}"))
    known = ctx.store.find("notices", [("id", "eq", notice_id)], limit=1)
    told = [] if known else [notify("integration", notice_id=notice_id, state="group_moved", chat_id=moved)]
    again = new_job(KIND, {"id": row["id"]}, key=f"{KIND}:{moved}", once=f"{row['id']}:{moved}")
    return [Update("staff_messages", row["id"], {"chat_id": moved, "state": "queued"}), again, *told]


def _keep_pace(ctx: Context, row: Row) -> None:
    """One message to a chat within its pace, whichever process sends it; the store's clock counts."""
    pace = PACE_S[row["chat_id"].startswith("-")]
    if ctx.store.take_lease(f"pace:{KIND}:{row['chat_id']}", row["id"], pace) is None:
        raise Postpone(pace / 3)


def _ended(row: Row, state: str, error: str) -> Change:
    return Update("staff_messages", row["id"], {"state": state, "error": error[:500]})


def given_up(job: Job, error: str) -> list[Change]:
    """The last attempt failed: kept with the reason; the bell has told it anyway."""
    return [Update("staff_messages", job.payload["id"], {"state": "failed", "error": error[:500]})]


def snoozed_until(ctx: Context, act: str) -> datetime:
    """When «Отложить» brings it back: in a quarter, in an hour, tomorrow at nine on the office's clock."""
    minutes: dict[str, Any] = {"l15": 15, "l60": 60}
    if act in minutes:
        return ctx.clock.now() + timedelta(minutes=minutes[act])
    return (ctx.local_now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
