"""An agency of any size: customers with Cyrillic names and phones, their leads spread over the board's columns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from crystalbay.ids import new_id
from crystalbay.services.customers import new_customer
from crystalbay.services.leads import lead_row, stage_sets
from crystalbay.store.interface import Change, Insert, Row, Store
from models import Stage, TripRequest

NOW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
BATCH = 500
"""Leads that share a commit while a store is filled."""

RARE = "Ёлкин"
EVERY_RARE = 1000
"""One customer of so many is called RARE: 100 of 100,000."""

_STEP = 618_033_989
"""Phones are this far apart: they look like any others, and no two are the same."""

_SURNAMES = (
    "Иванов", "Смирнов", "Кузнецов", "Попов", "Васильев", "Петров", "Соколов", "Михайлов", "Новиков", "Фёдоров",
    "Морозов", "Волков", "Алексеев", "Лебедев", "Семёнов", "Егоров", "Павлов", "Козлов", "Степанов", "Николаев",
    "Орлов", "Андреев", "Макаров", "Никитин", "Захаров", "Зайцев", "Соловьёв", "Борисов", "Яковлев", "Григорьев",
    "Романов", "Воробьёв", "Сергеев", "Кузьмин", "Фролов", "Александров", "Дмитриев", "Королёв", "Гусев", "Киселёв",
)  # fmt: skip
_NAMES = (
    "Анна", "Мария", "Елена", "Дмитрий", "Алексей", "Ольга", "Наталья", "Сергей", "Андрей", "Екатерина",
    "Татьяна", "Ирина", "Михаил", "Светлана", "Артём", "Юлия", "Пётр", "Ксения", "Николай", "Виктория",
)  # fmt: skip
_PLACES = (
    ("Турция", "Кемер"), ("Турция", "Белек"), ("Турция", None), ("Египет", "Хургада"), ("Египет", "Шарм-эль-Шейх"),
    ("ОАЭ", "Дубай"), ("Таиланд", "Пхукет"), ("Мальдивы", None), ("Вьетнам", "Нячанг"), ("Шри-Ланка", None),
)  # fmt: skip
_STAGES = (
    (Stage.NEW_REQUEST, 6), (Stage.CONSULTATION, 7), (Stage.TOUR_SELECTION, 8), (Stage.COMMERCIAL_OFFER, 5),
    (Stage.INTEGRATIONS, 4), (Stage.PAID, 5), (Stage.ACCEPTED, 4), (Stage.CONFIRMED, 6), (Stage.COMPLETED, 55),
)  # fmt: skip
"""Per cent of all leads: most of an agency's leads are closed."""


def fill(store: Store, count: int) -> None:
    """Add `count` leads, each with a customer of its own: the same ones every time into an empty store, others then."""
    newest = store.find("leads", order=("number",), limit=1, desc=True)
    first = newest[0]["number"] if newest else 0
    waiting: list[Change] = []
    for customer, lead in _agency(first, count):
        waiting += [Insert("customers", customer), Insert("leads", lead)]
        if len(waiting) >= 2 * BATCH:
            store.commit(waiting)
            waiting = []
    store.commit(waiting)


def _agency(first: int, count: int) -> Iterator[tuple[Row, Row]]:
    chance = random.Random(first + 3)  # noqa: S311 - invented data
    for number in range(first, first + count):
        made = NOW - timedelta(minutes=5 * (number - first))
        customer = _customer(chance, number) | {"created_at": made}
        yield customer, _lead(chance, customer, made)


def _customer(chance: random.Random, number: int) -> Row:
    surname = RARE if number % EVERY_RARE == 7 else chance.choice(_SURNAMES)
    phone = f"+79{number * _STEP % 10**9:09}"
    return new_customer([("phone", phone)], name=f"{chance.choice(_NAMES)} {surname}")[0]


def _lead(chance: random.Random, customer: Row, made: datetime) -> Row:
    country, resort = chance.choice(_PLACES)
    first = NOW.date() + timedelta(days=20 + chance.randrange(120))
    trip = TripRequest(
        destination_country=country, destination_resort=resort, adults=chance.randint(1, 4),
        date_from=first, date_to=first + timedelta(days=7), nights_min=7, nights_max=10,
    )  # fmt: skip
    stage = chance.choices([stage for stage, _ in _STAGES], [share for _, share in _STAGES])[0]
    given: dict[str, Any] = stage_sets(stage) | {"tags": ["сайт"], "score": chance.randrange(100)}
    given |= {"evidence": {"destination_country": f"хотим в {country}"}, "last_message_at": made}
    given |= {"value_minor": chance.randrange(50_000, 900_000) * 100, "value_currency": "RUB"}
    given |= {"outcome": "won"} if stage is Stage.COMPLETED else {}
    row = lead_row(made, customer=customer, channel="whatsapp", source="wazzup", trip=trip, **given)
    return row | ({"open_key": None} if stage is Stage.COMPLETED else {}) | {"id": new_id()}
