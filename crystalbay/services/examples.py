"""Example leads for a demo's empty board: an ordinary day of an agency, with dates around today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crystalbay.errors import Conflict, Invalid
from crystalbay.services import reminders, tags
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.customers import new_customer
from crystalbay.services.leads import lead_row, message_row, stage_sets
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Insert, Row
from models import Mode, Outcome, Stage, TripRequest

SOURCE = "example"


@dataclass(frozen=True, slots=True)
class Example:
    """One lead. `days`: begin and end of the trip, from today; `waits`: minutes the client has been waiting; `wrote`:
    minutes since the last word; `due`: hours until the reminder; `who`: mine, machine or nobody."""

    name: str
    channel: str
    stage: Stage
    country: str | None = None
    party: tuple[int, int] = (2, 0)
    days: tuple[int, int] | None = None
    nights: tuple[int, int] | None = None
    value: int | None = None
    score: int = 0
    tags: tuple[str, ...] = ()
    who: str = "mine"
    unread: int = 0
    waits: int | None = None
    wrote: int = 60
    due: float | None = None
    urgent: bool = False
    lost: str | None = None
    words: str = "Здравствуйте! Подскажите, пожалуйста, по этой поездке"


NEW, TALK, PICK, OFFER = Stage.NEW_REQUEST, Stage.CONSULTATION, Stage.TOUR_SELECTION, Stage.COMMERCIAL_OFFER
EXTRAS, PAID, TAKEN, SURE, DONE = Stage.INTEGRATIONS, Stage.PAID, Stage.ACCEPTED, Stage.CONFIRMED, Stage.COMPLETED

_EXAMPLES = (
    Example("Громов Павел", "whatsapp", NEW, "Таиланд", (2, 0), (1, 1), None, 412_000, 82, ("Паспорт",),
            unread=2, waits=26, urgent=True, words="Срочно нужен Таиланд на двоих, вылет завтра. Паспорта на руках"),
    Example("Соколова Марина", "telegram", NEW, "Турция", (2, 1), (6, 16), (7, 10), 245_000, 76,
            ("Семья", "Первая линия"), "nobody", unread=3, waits=9, words="Хотим в Турцию с ребёнком, первая линия"),
    Example("", "whatsapp", NEW, who="machine", unread=1, wrote=2, words="Добрый день! Есть что-нибудь на море?"),
    Example("Лебедев Олег", "site", NEW, "ОАЭ", (2, 0), (121, 128), (7, 7), 380_000, 55, ("Дубай",), "machine",
            wrote=5),
    Example("Никитина Ольга", "email", NEW, "Египет", (1, 1), (90, 110), None, 150_000, 22, (), "nobody", wrote=27),
    Example("Осипова Лариса", "telegram", PICK, "Турция", (2, 1), (6, 16), (7, 10), 245_000, 58, ("Семья",), "machine",
            unread=1, waits=12, words="А есть отели с горками поближе к аэропорту?"),
    Example("Иванова Анна", "whatsapp", PICK, "Египет", (2, 2), (24, 31), (7, 7), 318_000, 84, ("Аквапарк",), unread=1,
            waits=4, words="Спасибо! А питание ультра всё включено есть?"),
    Example("Кузнецов Дмитрий", "whatsapp", OFFER, "Турция", (2, 0), (10, 20), (10, 10), 196_500, 61,
            ("Кемер", "Без детей"), due=1, wrote=90),
    Example("Белова Екатерина", "telegram", TALK, "Таиланд", (3, 0), (161, 175), (14, 14), 540_000, 49, (), wrote=1190),
    Example("Фёдоров Игорь", "telegram", TALK, "Мальдивы", (2, 0), (200, 210), (9, 9), 890_000, 66, ("Свадьба",),
            wrote=1500),
    Example("Громова Нина", "email", PICK, "Вьетнам", (2, 1), (40, 54), (12, 14), 330_000, 44, (), wrote=2100),
    Example("Захарова Юлия", "whatsapp", PAID, "Египет", (2, 0), (5, 12), (7, 7), 158_900, 0, ("Документы",), due=23),
    Example("Морозов Илья", "telegram", EXTRAS, "Турция", (2, 1), (14, 28), (10, 10), 287_400, 0, (), wrote=45),
    Example("Гусев Артём", "telegram", PAID, "ОАЭ", (2, 1), (16, 23), (7, 7), 334_000, 0, ("Виза",), unread=2, due=72),
    Example("Семёнова Вера", "email", PAID, "Таиланд", (2, 0), (184, 198), None, 468_000, 0, (), wrote=217),
    Example("Ершова Полина", "telegram", TAKEN, "Египет", (2, 0), (2, 9), (7, 7), 171_200, 0, (), wrote=130),
    Example("Волковы", "whatsapp", SURE, "Турция", (2, 2), (8, 18), (10, 10), 402_000, 0, ("Семья",), wrote=4000),
    Example("Тихонов Роман", "whatsapp", SURE, "ОАЭ", (1, 0), (11, 17), (5, 6), 142_000, 0, ("Бизнес",), wrote=4300),
    Example("Киселёва Инна", "telegram", DONE, "Турция", (2, 1), (-15, -8), (7, 7), 219_000, wrote=11_000),
    Example("Романова Дарья", "whatsapp", DONE, "Египет", (2, 0), (-33, -26), (7, 7), 164_500, wrote=20_000),
    Example("Абрамов Глеб", "site", DONE, "Таиланд", (2, 0), (120, 150), None, 350_000, who="machine", wrote=2900,
            lost="Дорого"),
)  # fmt: skip


def fill(ctx: Context, viewer: Viewer) -> int:
    """Put the examples on an empty board; how many they are. Raises Invalid when there are leads already."""
    viewer.require("leads:write")
    if ctx.store.find("leads", limit=1):
        raise Invalid("board", "there are leads already")
    now = ctx.clock.now()
    changes: list[Change] = []
    for place, example in enumerate(_EXAMPLES):
        changes += _changes(example, place, viewer, now)
    changes += tags.used(ctx.store, dict.fromkeys(tag for example in _EXAMPLES for tag in example.tags))
    try:
        ctx.store.commit(changes)
    except Conflict:
        raise Invalid("board", "the examples are there already") from None
    leads = ctx.store.find("leads", [("source", "eq", SOURCE)], limit=len(_EXAMPLES))
    due = {f"example-{place}": example.due for place, example in enumerate(_EXAMPLES) if example.due}
    for lead in leads:
        if lead["external_id"] in due:
            at = now + timedelta(hours=due[lead["external_id"]])
            reminders.add(ctx, viewer, lead["id"], due_at=at, text="Позвонить")
    return len(_EXAMPLES)


def _changes(example: Example, place: int, viewer: Viewer, now: datetime) -> Iterator[Change]:
    phone = f"+7999123{4500 + place:04}"
    customer, made = new_customer([("phone", phone)], name=example.name or None)
    lead = _lead(example, customer, place, viewer, now)
    conversation = _conversation(lead, example)
    said = message_row(conversation, direction="in", author="customer", text=example.words, state="processed")
    yield from made
    yield Insert("leads", lead)
    yield Insert("conversations", conversation | {"last_message_at": lead["last_message_at"]}, now={"created_at": 0.0})
    yield Insert("messages", said | {"created_at": lead["last_message_at"]})
    yield activity("lead.created", viewer.actor, lead_id=lead["id"], source=SOURCE, version=1)


def _lead(example: Example, customer: Row, place: int, viewer: Viewer, now: datetime) -> Row:
    spoke = now - timedelta(minutes=example.waits or example.wrote)
    closed = example.stage is Stage.COMPLETED
    given: dict[str, Any] = stage_sets(example.stage) | {
        "external_id": f"example-{place}",
        "position": float(place) - 1000.0,
        "tags": list(example.tags),
        "score": example.score,
        "urgency": "high" if example.urgent else "normal",
        "mode": (Mode.BOT if example.who == "machine" else Mode.HUMAN).value,
        "assignee_id": viewer.id if example.who == "mine" else None,
        "unread": example.unread,
        "waiting_since": spoke if example.waits else None,
        "last_message_at": spoke,
        "value_minor": example.value * 100 if example.value else None,
        "value_currency": "RUB" if example.value else None,
    }
    if closed:
        outcome = Outcome.LOST if example.lost else Outcome.WON
        given |= {"outcome": outcome.value, "lost_reason": example.lost}
    made = min(spoke, now - timedelta(hours=2))
    trip = _trip(example, now)
    lead = lead_row(
        made, customer=customer, channel=example.channel, source=SOURCE, trip=trip, open_lead=not closed, **given
    )
    return lead | {"updated_at": spoke}


def _trip(example: Example, now: datetime) -> TripRequest:
    if not example.country:
        return TripRequest()
    today = now.date()
    first, last = example.days or (0, 0)
    least, most = example.nights or (None, None)
    return TripRequest(
        destination_country=example.country,
        adults=example.party[0],
        children=[7] * example.party[1],
        date_from=today + timedelta(days=first) if example.days else None,
        date_to=today + timedelta(days=last) if example.days else None,
        nights_min=least,
        nights_max=most,
    )


def _conversation(lead: Row, example: Example) -> Row:
    """What the client wrote, kept as a talk that nobody can answer in: there is no client."""
    return {
        "id": lead["id"],
        "customer_id": lead["customer_id"],
        "lead_id": lead["id"],
        "provider": "import",
        "channel": example.channel,
        "account": SOURCE,
        "chat_type": "form",
        "external_chat_id": lead["id"],
        "chat_key": f"import:{lead['id']}",
        "answerable": False,
        "mode": lead["mode"],
        "unread": example.unread,
        "inbound_no": 1,
        "state": {},
    }
