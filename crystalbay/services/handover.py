"""Handing a conversation to a person: who answers, by when, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crystalbay.ids import new_id
from crystalbay.services.context import Context
from crystalbay.services.office import read_office
from crystalbay.store.interface import Insert, Row

REASONS = {
    "asked": "Клиент просит человека",
    "confused": "ИИ дважды не понял клиента",
    "angry": "Клиент недоволен",
    "urgent": "Срочный вопрос",
    "supplier": "Поиск туров не отвечает",
    "no_supplier": "Поиск туров не подключён",
    "nothing_found": "Туров по запросу не нашлось",
    "booking": "Клиент выбрал тур",
    "support": "Проблема с поездкой",
    "change": "Изменение или отмена брони",
    "payment": "Вопрос об оплате",
    "status": "Вопрос о брони",
    "question": "Вопрос, на который нужен человек",
    "wish": "Пожелание, которого поиск не видит",
    "second_trip": "Вторая поездка в том же сообщении",
    "added": "Клиент дополнил запрос после передачи",
    "refusal": "Клиент отказался: закройте лид или предложите другое",
    "media": "Клиент прислал файл или голосовое",
    "unreadable": "Клиент звонил или прислал то, что видно только в мессенджере",
    "broken": "ИИ не смог ответить",
    "not_sent": "Сообщение не доставлено",
    "send_unknown": "Неизвестно, ушло ли сообщение",
}
"""Why a person is needed, in the words that managers read."""

URGENT = frozenset({"asked", "angry", "urgent", "support", "booking", "integration"})


@dataclass(frozen=True, slots=True)
class Promise:
    """Who answers (None: somebody of the office) and by when, in office time."""

    assignee_id: str | None
    name: str | None
    by: datetime


def promise(ctx: Context, lead: Row) -> Promise:
    """Who will answer this lead's customer: its assignee, else the default one, else the office; within its hours."""
    office = read_office(ctx.store)
    by = office.answer_by(ctx.local_now())
    for user_id in filter(None, (lead["assignee_id"], office.default_assignee)):
        users = ctx.store.find("users", [("id", "eq", user_id), ("active", "eq", True)], limit=1)
        if users:
            return Promise(user_id, users[0]["name"], by)
    return Promise(None, None, by)


def notice(kind: str, lead: Row, who: str, *, user_id: str | None = None) -> Insert:
    """The change that tells managers of a lead; `user_id` None: everybody (the unassigned queue)."""
    return _notice(kind, f"{REASONS[kind]}: {who}", lead_id=lead["id"], user_id=user_id)


def office_notice(kind: str, text: str) -> Insert:
    """The change that tells everybody of something that belongs to no lead."""
    return _notice(kind, text, lead_id=None, user_id=None)


def _notice(kind: str, text: str, *, lead_id: str | None, user_id: str | None) -> Insert:
    row = {
        "id": new_id(),
        "kind": kind,
        "text": text[:500],
        "urgent": kind in URGENT,
        "lead_id": lead_id,
        "user_id": user_id,
        "read_at": None,
    }
    return Insert("notices", row, now={"created_at": 0.0})
