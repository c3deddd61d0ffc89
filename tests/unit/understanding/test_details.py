"""Nights, contacts, hotels, stars and meals (labels.md sections 3, 5, 8, 9), said in many ways."""

from __future__ import annotations

import pytest

from tests.unit.understanding.kit import cases, slots

NIGHTS = """
7 ночей | 7 | 7
на 7 ночей | 7 | 7
7 ночек | 7 | 7
семь ночей | 7 | 7
10 ночей | 10 | 10
десять ночей | 10 | 10
14 ночей | 14 | 14
7н | 7 | 7
7-10 ночей | 7 | 10
7–10 ночей | 7 | 10
от 7 до 10 ночей | 7 | 10
7 или 8 ночей | 7 | 8
ночей 9-11 | 9 | 11
ночей на десять | 10 | 10
от 7 ночей | 7 | -
не меньше 7 ночей | 7 | -
минимум 5 ночей | 5 | -
до 10 ночей | - | 10
не больше 10 ночей | - | 10
максимум 12 ночей | - | 12
примерно 7 ночей | 7 | 7
неделя | 7 | 7
на неделю | 7 | 7
на недельку | 7 | 7
неделю | 7 | 7
две недели | 14 | 14
на 2 недели | 14 | 14
пару недель | 14 | 14
на две недельки | 14 | 14
три недели | 21 | 21
полторы недели | 10 | 10
неделя-две | 7 | 14
неделю или две | 7 | 14
неделя или 10 дней | 7 | 10
на месяц | 30 | 30
10 дней | 9 | 10
на 10 дней | 9 | 10
дней на десять | 9 | 10
дней 10 | 9 | 10
7-10 дней | 6 | 10
от 7 до 10 дней | 6 | 10
12 дней | 11 | 12
10 дней 9 ночей | 9 | 9
10 дней / 9 ночей | 9 | 9
8 дней, 7 ночей | 7 | 7
5 дней | 4 | 5
3-4 дня | 2 | 4
7 nights | 7 | 7
for 10 nights | 10 | 10
seven nights | 7 | 7
7-10 nights | 7 | 10
at least 7 nights | 7 | -
up to 10 nights | - | 10
a week | 7 | 7
for a week | 7 | 7
two weeks | 14 | 14
a fortnight | 14 | 14
10 days | 9 | 10
7 түн | 7 | 7
10 күнге | 9 | 10
бір апта | 7 | 7
екі апта | 14 | 14
через 10 дней | - | -
жду 3 дня | - | -
за неделю до вылета | - | -
на следующей неделе | - | -
с 10 по 20 июня | - | -
"""

CONTACTS = """
+7 999 123-45-67 | phone | +79991234567
89991234567 | phone | +79991234567
8 (999) 123-45-67 | phone | +79991234567
9991234567 | phone | +79991234567
8-999-123-45-67 | phone | +79991234567
7 999 123 45 67 | phone | +79991234567
+79991234567 | phone | +79991234567
мой номер 8 999 123 45 67 | phone | +79991234567
тел. 8(999)1234567 | phone | +79991234567
звоните 8 912 345 67 89 | phone | +79123456789
8 701 234 56 78 | phone | +77012345678
+7 701 234 56 78 | phone | +77012345678
8 747 123 45 67 | phone | +77471234567
+375 29 123 45 67 | phone | +375291234567
+49 151 23456789 | phone | +4915123456789
my phone is +44 7911 123456 | phone | +447911123456
паспорт 4510 123456 | phone | -
паспорт 45 10 123456 | phone | -
карта 4276 1234 5678 9012 | phone | -
ИНН 7707083893 | phone | -
бронь 9991234567 | phone | -
заявка № 1234567 | phone | -
до 200000 рублей | phone | -
10.06.2026 | phone | -
anna@example.com | email | anna@example.com
Anna.Ivanova@Example.COM | email | anna.ivanova@example.com
почта anna-1@mail.ru, пишите | email | anna-1@mail.ru
моя почта: a_b+c@example.co.uk | email | a_b+c@example.co.uk
пишите на ivan@почта.рф | email | ivan@почта.рф
anna@ | email | -
@anna_travel | email | -
бронь 123456 | booking_number | 123456
номер брони 123456 | booking_number | 123456
бронь № 123456 | booking_number | 123456
бронь №AB-1234 | booking_number | AB-1234
бронь ab1234 | booking_number | AB1234
заявка 98765 | booking_number | 98765
заявке #98765 | booking_number | 98765
по заявке № 98765 что слышно? | booking_number | 98765
заказ 55-1234 | booking_number | 55-1234
договор № 12-345 | booking_number | 12-345
счёт 778899 | booking_number | 778899
оплатил счёт № 778899 | booking_number | 778899
booking 123456 | booking_number | 123456
my booking number is XK77812 | booking_number | XK77812
order #55443 | booking_number | 55443
ref AB12345 | booking_number | AB12345
reference: AB12345 | booking_number | AB12345
invoice 20260512 | booking_number | 20260512
брондау нөмірі 123456 | booking_number | 123456
меня зовут Анна | customer_name | Анна
Меня зовут Анна Соколова | customer_name | Анна Соколова
моё имя Пётр | customer_name | Пётр
это Ольга, пишу по туру | customer_name | Ольга
С уважением, Ирина | customer_name | Ирина
я Марат | customer_name | Марат
My name is John Smith | customer_name | John Smith
I'm Kate | customer_name | Kate
Менің атым Айгүл | customer_name | Айгүл
хочу в Турцию | customer_name | -
я хочу тур | customer_name | -
im Juni | customer_name | -
"""

STARS_AND_MEALS = """
5* | stars_min | 5
5 звёзд | stars_min | 5
пять звёзд | stars_min | 5
пятёрка | stars_min | 5
в пятёрку | stars_min | 5
четвёрка | stars_min | 4
4-5* | stars_min | 4
4-5 звёзд | stars_min | 4
4 или 5 звёзд | stars_min | 4
не ниже 4 звёзд | stars_min | 4
от 4* | stars_min | 4
4* и выше | stars_min | 4
минимум 4 звезды | stars_min | 4
пятизвёздочный | stars_min | 5
трёшка | stars_min | 3
тройка | stars_min | 3
5 stars | stars_min | 5
5-star | stars_min | 5
five star hotel | stars_min | 5
4 stars or better | stars_min | 4
at least 4 stars | stars_min | 4
5 жұлдыз | stars_min | 5
5 ночей | stars_min | -
без питания | meal | RO
только завтраки | meal | BB
завтраки | meal | BB
с завтраком | meal | BB
полупансион | meal | HB
завтрак-ужин | meal | HB
завтраки и ужины | meal | HB
полный пансион | meal | FB
трёхразовое питание | meal | FB
всё включено | meal | AI
все включено | meal | AI
всё вкл | meal | AI
олл | meal | AI
олл инклюзив | meal | AI
оллинклюзив | meal | AI
all inclusive | meal | AI
all-inclusive | meal | AI
AI | meal | AI
система всё включено | meal | AI
ультра | meal | UAI
ультра всё включено | meal | UAI
ультра олл | meal | UAI
UAI | meal | UAI
ultra all inclusive | meal | UAI
breakfast included | meal | BB
half board | meal | HB
full board | meal | FB
room only | meal | RO
барлығы қосылған | meal | AI
таңғы ас | meal | BB
завтра | meal | -
"""

HOTELS = """
отель Rixos Premium Belek | Rixos Premium Belek
в отель Titanic Deluxe | Titanic Deluxe
хотим в Delphin Imperial | Delphin Imperial
Хочу в Rixos Sungate | Rixos Sungate
отель «Атлантис» | Атлантис
отель "Royal Wings" | Royal Wings
Orange County Resort Hotel Kemer 5* | Orange County Resort
есть Mirage Park Resort на июнь? | Mirage Park Resort
сколько стоит Barut Hemera? | Barut Hemera
Hotel Voyage Belek | Voyage Belek
the Atlantis The Royal in Dubai | Atlantis The Royal
забронируйте Albatros Palace | Albatros Palace
хочу в риксос премиум белек | риксос премиум белек
Закажите Орандж Каунти в Кемере | Орандж Каунти
титаник делюкс есть? | титаник делюкс
сколько стоит Хилтон в Дубае | Хилтон
Рэдиссон или Мариотт | Рэдиссон
is Rixos Premium Belek available? | Rixos Premium Belek
rixos the land of legends, 2 adults | rixos the land of legends
Steigenberger Aqua Magic в Хургаде | Steigenberger Aqua Magic
отель получше | -
хороший отель | -
отель на первой линии | -
отель в Кемере | -
all inclusive | -
"""


@pytest.mark.parametrize(("said", "low", "high"), cases(NIGHTS))
def test_a_stay_is_read(said: str, low: str, high: str) -> None:
    wanted = {name: int(told) for name, told in (("nights_min", low), ("nights_max", high)) if told != "-"}
    assert slots(said, "nights_min", "nights_max") == wanted


@pytest.mark.parametrize(("said", "slot", "value"), cases(CONTACTS))
def test_a_contact_is_read(said: str, slot: str, value: str) -> None:
    assert slots(said, slot) == ({slot: value} if value != "-" else {})


@pytest.mark.parametrize(("said", "slot", "value"), cases(STARS_AND_MEALS))
def test_stars_and_meals_are_read(said: str, slot: str, value: str) -> None:
    assert slots(said, slot) == ({} if value == "-" else {slot: int(value) if value.isdigit() else value})


@pytest.mark.parametrize(("said", "name"), cases(HOTELS))
def test_a_hotel_is_read(said: str, name: str) -> None:
    assert slots(said, "hotel_name") == ({"hotel_name": name} if name != "-" else {})


KNOWN = {
    "destination_country": "Турция", "departure_city": "Москва", "date_from": "2026-06-10", "date_to": "2026-06-20",
    "meal": "AI", "stars_min": 5, "hotel_name": "Rixos Sungate", "nights_min": 7, "nights_max": 7,
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("даты не принципиальны", {"date_from": None, "date_to": None}),
        ("даты любые", {"date_from": None, "date_to": None}),
        ("звёздность неважна", {"stars_min": None}),
        ("звёзды не важны", {"stars_min": None}),
        ("питание не важно", {"meal": None}),
        ("питание любое", {"meal": None}),
        ("вылет откуда угодно", {"departure_city": None}),
        ("город вылета не важен", {"departure_city": None}),
        ("отель не важен", {"hotel_name": None}),
        ("dates are flexible", {"date_from": None, "date_to": None}),
        ("any meal plan is fine", {"meal": None}),
    ],
)
def test_what_is_known_can_be_withdrawn(said: str, wanted: dict[str, None]) -> None:
    assert slots(said, *wanted, context=KNOWN) == wanted
