"""What people read on the dashboard: Russian formats, cards, trips, messages (ux.md: "Russian first")."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.services.viewers import Viewer
from crystalbay.web import i18n
from crystalbay.web.views import (
    CardView,
    Local,
    activity_view,
    activity_views,
    away_view,
    board_view,
    card_view,
    demo_view,
    formats,
    frame_view,
    lead_view,
    message_view,
    notice_view,
    offer_view,
    trip_rows,
)
from crystalbay.web.views.trips import slot_label
from models import Intent, MessageState, Role, TripRequest

TOLD = ("sent", "delivered", "read", "failed", "unknown", "cancelled")
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 6, 4, 14, 7, tzinfo=MOSCOW)
LOCAL = Local(NOW, MOSCOW)
TODAY = NOW.date()


def plain(text: str | None) -> str:
    """A text with ordinary spaces, and without the word joiner around dashes: what the eye sees."""
    return (text or "").replace("\u00a0", " ").replace("\u2060", "")


def ago(**span: float) -> datetime:
    return (NOW - timedelta(**span)).astimezone(UTC)


def lead(**given: Any) -> dict[str, Any]:
    return {
        "id": "lead-1",
        "number": 1284,
        "version": 3,
        "stage": "new_request",
        "status": "new",
        "position": -5.0,
        "outcome": None,
        "lost_reason": None,
        "title": "",
        "customer": {"id": "c", "name": "Иванова Анна", "phone": "+79162041855", "email": None},
        "channel": "whatsapp",
        "source": "wazzup",
        "trip": {},
        "evidence": {},
        "tags": [],
        "score": 0,
        "score_reasons": [],
        "urgency": "normal",
        "assignee": None,
        "mode": "human",
        "needs_human": None,
        "value": None,
        "unread": 0,
        "next_action_at": None,
        "waiting_since": None,
        "last_message_at": None,
        "created_at": ago(days=1),
        "updated_at": ago(hours=1),
    } | given


def message(**given: Any) -> dict[str, Any]:
    return {
        "id": "m",
        "version": 1,
        "conversation_id": "v",
        "direction": "in",
        "author": "customer",
        "author_name": None,
        "text": "Хотим в Турцию",
        "note": None,
        "attachments": [],
        "choices": [],
        "offers": [],
        "state": "processed",
        "error": None,
        "edited_at": None,
        "deleted_at": None,
        "created_at": ago(minutes=4),
    } | given


def sent(**given: Any) -> dict[str, Any]:
    return message(direction="out", author="manager", author_name="Алина К.", state="sent") | given


OFFER: dict[str, Any] = {
    "id": "o",
    "hotel": "Sunrise Lagoon",
    "hotel_key": 7,
    "stars": 5,
    "resort": "Хургада",
    "country": "Египет",
    "departure_city": "Москва",
    "check_in": "2026-06-28",
    "check_out": "2026-07-05",
    "nights": 7,
    "adults": 2,
    "children": 1,
    "room": "Family Room",
    "meal": "AI",
    "price": {"amount": "318000.00", "currency": "RUB"},
    "fetched_at": ago(minutes=1),
}


# --------------------------------------------------------------------------- money, dates, plurals


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("250000.00", "RUB", "250 000 ₽"),
        ("999", "RUB", "999 ₽"),
        ("1999.50", "EUR", "1 999,50 €"),
        ("1500000", "KZT", "1 500 000 ₸"),
        ("0", "USD", "0 $"),
    ],
)
def test_money_has_kopecks_only_when_there_are_any(amount: str, currency: str, shown: str) -> None:
    assert plain(formats.money(amount, currency)) == shown


def test_money_never_breaks_across_lines() -> None:
    assert formats.money("1250000", "RUB") == "1\u00a0250\u00a0000\u00a0₽"


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_money_reads_back_as_the_same_amount(amount: Decimal) -> None:
    figure = formats.money(amount, "RUB").removesuffix("\u00a0₽").replace("\u00a0", "").replace(",", ".")
    assert Decimal(figure) == amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("2350000", "2,4 млн ₽"),
        ("2000000", "2 млн ₽"),
        ("715400", "715 тыс. ₽"),
        ("999600", "1 млн ₽"),
        ("10000000", "10 млн ₽"),
        ("900", "900 ₽"),
    ],
)
def test_short_money_of_column_heads(amount: str, shown: str) -> None:
    assert plain(formats.short_money(amount, "RUB")) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        *((0, "0 лидов"), (1, "1 лид"), (2, "2 лида"), (5, "5 лидов"), (11, "11 лидов"), (14, "14 лидов")),
        *((21, "21 лид"), (22, "22 лида"), (25, "25 лидов"), (101, "101 лид"), (111, "111 лидов")),
    ],
)
def test_russian_plurals(count: int, shown: str) -> None:
    assert plain(formats.plural(count, "лид|лида|лидов")) == shown


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2026-06-10", "2026-06-20", "10–20 июня"),
        ("2026-06-28", "2026-07-05", "28 июня – 5 июля"),
        ("2026-12-29", "2027-01-08", "29 декабря – 8 января 2027"),
        ("2026-10-01", "2026-10-31", "октябрь"),
        ("2027-02-01", "2027-02-28", "февраль 2027"),
        ("2027-03-05", "2027-03-09", "5–9 марта 2027"),
        ("2026-06-10", "2026-06-10", "10 июня"),
        ("2026-06-10", None, "с 10 июня"),
        (None, "2026-06-20", "до 20 июня"),
        (None, None, ""),
    ],
)
def test_date_ranges(first: str | None, last: str | None, shown: str) -> None:
    ends = [date.fromisoformat(end) if end else None for end in (first, last)]
    assert plain(formats.date_range(ends[0], ends[1], TODAY)) == shown


def test_a_dash_is_glued_to_its_numbers() -> None:
    assert formats.date_range(date(2026, 6, 10), date(2026, 6, 20), TODAY) == "10\u2060–\u206020\u00a0июня"
    assert formats.nights(7, 10) == "7\u2060–\u206010\u00a0ночей"


@pytest.mark.parametrize(
    ("then", "short", "spoken"),
    [
        (NOW - timedelta(seconds=20), "14:06", "только что"),
        (NOW - timedelta(minutes=5), "14:02", "5 минут назад"),
        (NOW - timedelta(minutes=21), "13:46", "21 минуту назад"),
        (NOW - timedelta(hours=3), "11:07", "сегодня в 11:07"),
        (datetime(2026, 6, 3, 18, 20, tzinfo=MOSCOW), "вчера, 18:20", "вчера в 18:20"),
        (datetime(2026, 6, 1, 9, 0, tzinfo=MOSCOW), "1 июня", "3 дня назад"),
        (datetime(2026, 5, 20, 9, 0, tzinfo=MOSCOW), "20 мая", "20 мая"),
        (datetime(2025, 12, 31, 9, 0, tzinfo=MOSCOW), "31 декабря 2025", "31 декабря 2025"),
    ],
)
def test_moments(then: datetime, short: str, spoken: str) -> None:
    assert plain(formats.moment(then, LOCAL)) == short
    assert plain(formats.relative(then, LOCAL)) == spoken


def test_the_day_changes_at_midnight_in_the_office_not_in_utc() -> None:
    just_after = Local(datetime(2026, 6, 4, 0, 30, tzinfo=MOSCOW), MOSCOW)
    assert plain(formats.moment("2026-06-03T20:50:00+00:00", just_after)) == "вчера, 23:50"
    assert formats.moment("2026-06-03T21:10:00+00:00", just_after) == "00:10"
    assert plain(formats.day_line("2026-06-03T21:10:00+00:00", just_after)) == "Сегодня, 4 июня"


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(seconds=5), "1 мин"),
        (timedelta(minutes=12), "12 мин"),
        (timedelta(minutes=65), "1 ч 05 мин"),
        (timedelta(days=3, hours=2), "3 дн."),
    ],
)
def test_durations(span: timedelta, shown: str) -> None:
    assert plain(formats.duration(span)) == shown


@pytest.mark.parametrize(
    ("adults", "children", "shown", "short"),
    [
        (2, [5], "2 взрослых и 1 ребёнок (5 лет)", "2+1"),
        (2, [9, 5], "2 взрослых и 2 ребёнка (5 и 9 лет)", "2+2"),
        (1, [2, 3, 1], "1 взрослый и 3 ребёнка (1, 2 и 3 года)", "1+3"),
        (2, [0], "2 взрослых и 1 ребёнок (до года)", "2+1"),
        (2, [None, 4], "2 взрослых и 2 ребёнка", "2+2"),
        (5, [], "5 взрослых", "5"),
        (1, None, "1 взрослый", "1"),
        (None, [7], "1 ребёнок (7 лет)", ""),
        (None, None, "", ""),
    ],
)
def test_people(adults: int | None, children: list[int | None] | None, shown: str, short: str) -> None:
    assert plain(formats.people(adults, children)) == shown
    assert formats.people_short(adults, children) == short


@pytest.mark.parametrize(
    ("least", "most", "shown"),
    [(7, 7, "7 ночей"), (7, 10, "7–10 ночей"), (21, 21, "21 ночь"), (7, None, "от 7 ночей"), (None, 1, "до 1 ночи")],
)
def test_nights(least: int | None, most: int | None, shown: str) -> None:
    assert plain(formats.nights(least, most)) == shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+79991234567", "+7 999 123-45-67"),
        ("+77012345678", "+7 701 234 5678"),
        ("+375291234567", "+375 29 123-45-67"),
        ("not a phone", "not a phone"),
    ],
)
def test_phones(stored: str, shown: str) -> None:
    assert plain(formats.phone(stored)) == shown


# --------------------------------------------------------------------------- cards


def card(**given: Any) -> CardView:
    return card_view(lead(**given), LOCAL)


def test_a_card_says_the_trip_in_one_line() -> None:
    trip = {"destination_country": "Турция", "adults": 2, "children": [5], "date_from": "2026-06-10"}
    trip |= {"date_to": "2026-06-20", "nights_min": 7, "nights_max": 10}
    assert plain(card(trip=trip).trip_line) == "Турция, 2+1, 10–20 июня, 7–10 ночей"
    assert card(trip=trip).trip_short == "Турция, 2+1"


def test_a_departure_tomorrow_is_said_so() -> None:
    trip = {"destination_country": "Таиланд", "adults": 2, "date_from": "2026-06-05", "date_to": "2026-06-05"}
    assert card(trip=trip).trip_line == "Таиланд, 2, вылет завтра"


def test_an_unknown_trip_is_said_so() -> None:
    assert (card().trip_line, card().trip_known) == ("Направление не названо", False)


@pytest.mark.parametrize(
    ("customer", "name"),
    [
        ({"name": "Анна", "phone": "+79991234567", "email": None}, "Анна"),
        ({"name": None, "phone": "+79991234567", "email": None}, "+7 999 123-45-67"),
        ({"name": "", "phone": None, "email": "a@b.example"}, "a@b.example"),
        ({"name": None, "phone": None, "email": None}, "Без имени"),
    ],
)
def test_a_card_always_has_a_name(customer: dict[str, Any], name: str) -> None:
    assert plain(card(customer=customer).name) == name


@pytest.mark.parametrize(
    ("score", "word", "hot"),
    [(0, None, False), (39, "Холодный", False), (40, "Тёплый", False), (69, "Тёплый", False), (70, "Горячий", True)],
)
def test_the_score_is_a_word(score: int, word: str | None, hot: bool) -> None:
    shown = card(score=score)
    assert (shown.score_word, shown.hot) == (word, hot)


@pytest.mark.parametrize(
    ("minutes", "text", "tone"),
    [(4, "ждёт 4 мин", "quiet"), (12, "ждёт 12 мин", "warning"), (26, "ждёт 26 мин", "danger")],
)
def test_a_waiting_client_grows_more_urgent(minutes: int, text: str, tone: str) -> None:
    clock = card(waiting_since=ago(minutes=minutes), next_action_at=NOW + timedelta(hours=1)).clock
    assert (plain(clock.text), clock.tone) == (text, tone)


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (NOW.replace(hour=15, minute=0), "напомнить 15:00", "quiet"),
        (NOW + timedelta(days=1), "напомнить завтра", "quiet"),
        (NOW + timedelta(days=3), "напомнить 7 июня", "quiet"),
        (NOW - timedelta(hours=2), "просрочено с 12:07", "danger"),
    ],
)
def test_the_next_action_is_the_clock_of_an_answered_lead(due: datetime, text: str, tone: str) -> None:
    clock = card(next_action_at=due).clock
    assert (plain(clock.text), clock.tone) == (text, tone)


def test_otherwise_the_clock_tells_the_last_message() -> None:
    clock = card(last_message_at=ago(minutes=5)).clock
    assert (clock.icon, clock.text) == (None, "14:02")


def test_a_closed_lead_waits_for_nobody() -> None:
    closed = card(stage="completed", outcome="won", waiting_since=ago(minutes=30), urgency="high", score=90)
    assert (closed.clock.text, closed.urgent, closed.score_word) == ("13:07", False, None)


@pytest.mark.parametrize(
    ("stage", "chip", "number"),
    [
        ("new_request", None, 1),
        ("tour_selection", "Подбор тура", 3),
        ("commercial_offer", "Предложение", 4),
        ("paid", "Оплатили", 6),
    ],
)
def test_the_stage_chip_is_short_and_absent_where_the_column_says_it(stage: str, chip: str | None, number: int) -> None:
    shown = card(stage=stage)
    assert (shown.stage_chip, shown.stage_number) == (chip, number)


def test_the_outcome_stands_in_the_place_of_the_stage() -> None:
    assert card(stage="completed", outcome="won").outcome_chip == "Поездка состоялась"
    assert card(stage="completed", outcome="lost", lost_reason="Дорого").outcome_chip == "Отказ: дорого"
    assert card(stage="completed", outcome="won").stage_chip is None


def test_tags_stay_in_one_line_and_none_is_lost() -> None:
    tags = ["Семья", "Первая линия", "Виза", "Аквапарк"]
    alone, crowded = card(tags=tags), card(tags=tags, stage="commercial_offer", urgency="high")
    assert alone.tags == ("Семья", "Первая линия")
    assert crowded.tags == ()
    assert alone.tags + alone.more_tags == crowded.more_tags == tuple(tags)
    assert card(tags=["э" * 40, "Виза"]).tags == ("э" * 40,)  # cut, for «+2» alone says nothing


@pytest.mark.parametrize(
    ("assignee", "mode", "shown"),
    [
        ({"id": "u", "name": "Алина Ким"}, "human", ("АК", False, "Алина Ким")),
        ({"id": "u", "name": "Алина Ким"}, "bot", ("АК", True, "Алина Ким")),
        (None, "bot", (None, True, "ИИ ведёт")),
        (None, "human", (None, False, "Пока ничей")),
    ],
)
def test_who_leads_a_lead(assignee: Any, mode: str, shown: tuple[str | None, bool, str]) -> None:
    view = card(assignee=assignee, mode=mode)
    assert (view.assignee, view.by_machine, view.assignee_name) == shown


@pytest.mark.parametrize("mode", ["human", None])
def test_a_lead_that_came_without_a_chat_is_not_led_by_the_machine(mode: str | None) -> None:
    view = card(assignee=None, mode=mode, channel="site", source="site")
    assert (view.by_machine, view.assignee_name) == (False, "Пока ничей")


def test_the_board_has_five_columns_with_true_counts() -> None:
    sums = [{"amount": "2350000.00", "currency": "RUB"}, {"amount": "900.00", "currency": "EUR"}]
    board = board_view({"new": {"count": 214, "sums": sums, "leads": [lead()], "next_cursor": "x"}}, LOCAL)
    new, *others = board.columns
    assert [column.name for column in board.columns] == ["Новые", "В работе", "Ожидание", "Подтверждены", "Закрыты"]
    assert (new.count, plain(new.sum), plain(new.sum_title)) == (214, "2,4 млн ₽", "2 350 000 ₽ + 900 €")
    assert (len(new.cards), new.next_cursor, board.empty) == (1, "x", False)
    assert all((column.count, column.sum) == (0, None) for column in others)
    assert board_view({}, LOCAL).empty


# --------------------------------------------------------------------------- the trip, offers


def test_trip_rows_quote_the_words_they_came_from() -> None:
    trip = {"destination_country": "Египет", "destination_resort": "Хургада", "adults": 2, "children": [5, 9]}
    trip |= {"nights_min": 7, "nights_max": 7, "budget_max": 320000, "budget_currency": "RUB", "wishes": ["аквапарк"]}
    rows = {row.label: row for row in trip_rows(trip, {"destination_country": "хотим в Египет"}, LOCAL)}
    assert [plain(row.value) for row in rows.values()] == [
        "Египет, Хургада",
        "7",
        "2 взрослых и 2 ребёнка (5 и 9 лет)",
        "до 320 000 ₽",
        "Аквапарк",
    ]
    assert (rows["Куда"].quote, rows["Куда"].by_machine) == ("«хотим в Египет»", True)
    assert (rows["Кто"].quote, rows["Кто"].by_machine) == (None, False)


@pytest.mark.parametrize(
    ("trip", "shown"),
    [
        ({"budget_min": 150000, "budget_max": 200000}, "150 000–200 000 ₽"),
        ({"budget_min": 1000, "budget_currency": "USD"}, "от 1 000 $"),
        ({"budget_max": 90000, "budget_per": "person"}, "до 90 000 ₽ на человека"),
    ],
)
def test_budgets(trip: dict[str, Any], shown: str) -> None:
    assert [plain(row.value) for row in trip_rows(trip, {}, LOCAL)] == [shown]


def test_nothing_known_has_no_rows() -> None:
    assert trip_rows({}, {}, LOCAL) == ()


def test_an_offer_is_a_tidy_card() -> None:
    offer = offer_view(OFFER, LOCAL)
    assert (offer.place, plain(offer.dates), plain(offer.nights)) == ("Хургада, Египет", "28 июня – 5 июля", "7 ночей")
    assert (offer.meal, plain(offer.price), plain(offer.people)) == (
        "Всё включено",
        "318 000 ₽",
        "2 взрослых и 1 ребёнок",
    )


@pytest.mark.parametrize(("minutes", "stale"), [(30, False), (31, True)])
def test_a_price_grows_stale_after_half_an_hour(minutes: int, stale: bool) -> None:
    offer = offer_view(OFFER | {"fetched_at": ago(minutes=minutes)}, LOCAL)
    assert offer.stale is stale
    assert offer.price_age.startswith("Цена от 13:")


# --------------------------------------------------------------------------- messages, activities


@pytest.mark.parametrize(
    ("state", "mark", "words"),
    [
        ("queued", "clock", "в очереди"),
        ("sent", "check2", "отправлено"),
        ("delivered", "check2-all", "доставлено"),
        ("read", "check2-all", "прочитано"),
        ("cancelled", "x-circle", "отменено"),
    ],
)
def test_delivery_marks_have_words(state: str, mark: str, words: str) -> None:
    view = message_view(sent(state=state), LOCAL)
    assert (view.mark, view.mark_text, view.problem) == (mark, words, None)


def test_a_failed_message_says_why_and_may_be_sent_again() -> None:
    failed = message_view(sent(state="failed", error="нет связи"), LOCAL)
    assert (failed.problem, failed.can_retry) == ("Не доставлено: нет связи", True)


def test_what_may_have_arrived_is_never_offered_to_be_repeated() -> None:
    unknown = message_view(sent(state="unknown"), LOCAL)
    assert (unknown.problem, unknown.can_retry) == ("Неизвестно, дошло ли сообщение", False)


def test_a_client_message_has_no_delivery_mark() -> None:
    view = message_view(message(state="failed"), LOCAL)
    assert (view.mark, view.problem, view.who, view.outgoing) == (None, None, "Клиент", False)


def test_who_wrote() -> None:
    assert message_view(sent(), LOCAL).who == "Алина К."
    assert message_view(sent(author="bot", author_name="ИИ"), LOCAL).who == "ИИ"


def test_only_web_addresses_become_links() -> None:
    parts = message_view(message(text="Смотрите https://a.example/x?y=1. И javascript:alert(1)"), LOCAL).parts
    assert [(part.text, part.href) for part in parts] == [
        ("Смотрите ", None),
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        (". И javascript:alert(1)", None),
    ]


@given(st.text())
def test_cutting_out_links_loses_nothing(text: str) -> None:
    assert "".join(part.text for part in message_view(message(text=text), LOCAL).parts) == text


def test_files_are_named_and_only_ours_are_shown_as_pictures() -> None:
    files = [
        {"kind": "image", "name": None, "url": "/files/m/1"},
        {"kind": "image", "name": "a.jpg", "url": "https://elsewhere.example/a.jpg"},
        {"kind": "audio", "name": None, "url": None},
        {"kind": "document", "name": "x.pdf", "url": "javascript:alert(1)"},
    ]
    shown = message_view(message(attachments=files), LOCAL).attachments
    assert [(file.name, file.url, file.picture) for file in shown] == [
        ("Фото", "/files/m/1", True),
        ("a.jpg", "https://elsewhere.example/a.jpg", False),
        ("Голосовое сообщение", None, False),
        ("x.pdf", None, False),
    ]


def test_changed_and_deleted_messages_say_so() -> None:
    assert message_view(message(edited_at=ago(minutes=1)), LOCAL).note == "исправлено"
    assert message_view(message(deleted_at=ago(minutes=1), note="пересланное"), LOCAL).note == "пересланное, удалено"


OURS = {"direction": "out", "author": "manager", "author_name": "Павел М.", "state": "sent", "external_id": "b:1:2"}


def test_what_the_messenger_refused_later_is_said_at_the_message() -> None:
    """In the reader's language, also when the messenger's own words are not ours."""
    refused = message(**OURS, error="Это сообщение уже нельзя изменить.")
    said = message_view(refused, LOCAL)
    assert said.problem == "У клиента осталось как было: это сообщение уже нельзя изменить."
    assert not said.can_retry
    with Flask(__name__).app_context(), i18n.speaking("en"):
        problem = message_view(refused, LOCAL).problem
    assert problem == "The client still has it as it was: this message can no longer be changed."


@pytest.mark.parametrize(
    ("fields", "changed", "withdrawn"),
    [
        ({}, True, True),
        ({"created_at": ago(hours=49)}, True, False),
        ({"attachments": [{"id": "1", "kind": "image"}, {"id": "2", "kind": "image"}]}, True, False),
        ({"state": "queued"}, False, False),
        ({"state": "unknown"}, False, False),
        ({"external_id": None}, False, False),
        ({"author": "bot"}, False, False),
        ({"deleted_at": ago(minutes=1)}, False, False),
    ],
)
def test_what_was_sent_may_be_changed_and_taken_back(fields: dict[str, Any], changed: bool, withdrawn: bool) -> None:
    view = message_view(message(**OURS | fields), LOCAL)
    assert (view.can_change, view.can_withdraw) == (changed, withdrawn)


def test_a_press_an_album_and_a_message_that_gave_way() -> None:
    pressed = message_view(message(tap={"act": None, "old": True}), LOCAL)
    assert (pressed.pressed, pressed.album) == (True, None)
    picture = message_view(message(tap={"album": "a-1"}), LOCAL)
    assert (picture.pressed, picture.album) == (False, "a-1")
    asked = message_view(message(**OURS, choices=[{"label": "Июнь", "value": "6"}], buttons=["Выбрать день"]), LOCAL)
    assert asked.choices == ("Июнь", "Выбрать день")
    assert message_view(message(**OURS, replaced=True), LOCAL).note == "на этом месте у клиента следующее сообщение"


def activity(kind: str, actor: str = "system", name: str | None = None, **data: Any) -> dict[str, Any]:
    return {
        "id": "a",
        "kind": kind,
        "actor_kind": actor,
        "actor_name": name,
        "data": data,
        "created_at": datetime(2026, 6, 4, 11, 6, 58, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (activity("lead.moved", "bot", to="tour_selection"), "Лид перешёл в «Подбор тура»"),
        (activity("lead.created", channel="telegram"), "Создан лид, канал: Telegram"),
        (activity("search.done", "bot", text="Поиск в SAMO: 26 туров"), "Поиск в SAMO: 26 туров"),
        (activity("conversation.mode", "manager", "Алина К.", mode="human"), "Переписку ведёт Алина К."),
        (activity("conversation.mode", "manager", "Алина К.", mode="bot"), "Переписку ведёт ИИ"),
        (activity("message.state", state="failed"), "Сообщение не доставлено"),
        (activity("message.state", state="failed", error="нет денег"), "Сообщение не доставлено: нет денег"),
        (activity("message.state", state="unknown"), "Неизвестно, дошло ли сообщение"),
        (activity("message.file", state="kept"), "Файл клиента сохранён"),
        (activity("search.started", "bot", country="Египет"), "ИИ ищет туры: Египет"),
        (
            activity("offers.sent", "bot", count=2, hotels=["CORAL BAY", "Sunrise"]),
            "Предложения отправлены: Coral Bay, Sunrise",
        ),
        (activity("something.new"), "Событие"),
    ],
)
def test_the_timeline_speaks_russian(given: dict[str, Any], text: str) -> None:
    assert activity_view(given, LOCAL).text == text


@pytest.mark.parametrize(("state", "told"), [(state, state in TOLD) for state in MessageState])
def test_a_message_on_its_way_has_no_line(state: MessageState, told: bool) -> None:
    lines = activity_views([activity("message.state", state=state.value), activity("lead.changed")], LOCAL)
    assert len(lines) == (2 if told else 1)
    assert "одтвержден" not in "".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"by": "2026-06-04T15:30:00+03:00"}, "Передано человеку: клиент просит человека, ответить до 15:30"),
        (
            {"by": "2026-06-04T15:30:00+03:00", "assignee": "Алина К."},
            "Передано человеку: клиент просит человека, Алина К. ответит до 15:30",
        ),
        (
            {"by": "2026-06-05T09:15:00+03:00"},
            "Передано человеку: клиент просит человека, ответить до 5 июня, 09:15",
        ),
        ({"by": None}, "Передано человеку: клиент просит человека"),
        ({"reason": "confused"}, "Передано человеку: ИИ дважды не понял клиента"),
        ({"reason": "of a later version"}, "Передано человеку"),
        ({"reason": None}, "Передано человеку"),
    ],
)
def test_a_handover_says_why_who_and_until_when(data: dict[str, Any], text: str) -> None:
    given = activity("handover", "bot", **({"reason": "asked"} | data))
    assert plain(activity_view(given, LOCAL).text) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"intent": "greeting"}, "ИИ понял: клиент здоровается"),
        ({"intent": "other"}, "ИИ не понял, о чём сообщение"),
        (
            {"intent": "human_request", "confidence": {"intent": 0.6}},
            "ИИ понял, но не уверен: клиент просит человека",
        ),
        (
            {
                "intent": "tour_search",
                "slots": {
                    "destination_country": "Турция",
                    "departure_city": "Москва",
                    "date_from": "2026-06-10",
                    "date_to": "2026-06-20",
                    "nights_min": 7,
                    "nights_max": 7,
                    "adults": 2,
                    "children": [6],
                    "budget_max": 250000,
                    "budget_currency": "RUB",
                    "meal": "AI",
                    "phone": "+79161234567",
                },
                "confidence": {"intent": 0.95, "date_from": 0.6, "date_to": 0.6, "adults": 0.9},
            },
            "ИИ понял: клиент ищет тур · Куда: Турция · Откуда: Москва · Когда: 10–20 июня · Ночей: 7"
            " · Кто: 2 взрослых и 1 ребёнок (6 лет) · Бюджет: до 250 000 ₽ · Питание: Всё включено"
            " · Телефон: +79161234567 · не уверен, проверьте: Когда",
        ),
        (
            {"intent": "tour_search", "slots": {"budget_max": None, "destination_resort": None}},
            "ИИ понял: клиент ищет тур · больше не важно: Бюджет, Куда",
        ),
        ({}, "ИИ прочитал сообщение"),
    ],
)
def test_what_the_machine_understood_is_told_in_words(data: dict[str, Any], text: str) -> None:
    assert plain(activity_view(activity("understood", "bot", **data), LOCAL).text) == text


@pytest.mark.parametrize("intent", [intent for intent in Intent if intent is not Intent.OTHER])
def test_every_intent_has_words(intent: Intent) -> None:
    assert activity_view(activity("understood", "bot", intent=intent.value), LOCAL).text.startswith("ИИ понял: ")


def test_every_slot_of_a_trip_has_a_label() -> None:
    assert [name for name in TripRequest.model_fields if not slot_label(name)] == []


def test_the_machines_acts_are_marked_and_timed_to_the_second() -> None:
    view = activity_view(activity("understood", "bot"), LOCAL)
    assert (view.by_machine, view.exact, view.time) == (True, "14:06:58", "14:06")


# --------------------------------------------------------------------------- pages


def test_a_lead_with_its_conversation() -> None:
    conversation = {"id": "v", "mode": "bot", "answerable": True}
    trip = {"destination_country": "Египет", "date_from": "2026-06-28", "date_to": "2026-07-05"}
    view = lead_view(
        lead(trip=trip, needs_human="asked"), LOCAL, conversation=conversation, messages=[message()], offers=[OFFER]
    )
    assert (plain(view.number), plain(view.subtitle)) == ("№ 1284", "Египет, 28 июня – 5 июля")
    assert (plain(view.phone), view.phone_href) == ("+7 916 204-18-55", "tel:+79162041855")
    assert (view.mode, view.answerable, view.needs_human) == ("bot", True, "Клиент просит человека")
    assert (len(view.entries), len(view.offers)) == (1, 1)


def test_a_lead_without_a_conversation_cannot_be_answered() -> None:
    view = lead_view(lead(), LOCAL)
    assert (view.conversation_id, view.mode, view.answerable, view.needs_human) == (None, None, False, None)


def test_the_simulator_always_shows_the_followed_lead() -> None:
    crowd = [lead(id=f"lead-{n}") for n in range(5)]
    view = demo_view(
        {"new": {"count": 5, "sums": [], "leads": crowd}}, LOCAL, lead=crowd[4], left=("pending", NOW.isoformat())
    )
    assert [shown.id for shown in view.columns[0].cards] == ["lead-4", "lead-0", "lead-1"]
    assert [column.left_at for column in view.columns] == [None, None, "14:07", None, None]


def test_an_observer_gets_no_controls() -> None:
    assert frame_view(Viewer("u-1", "Олег Пак", Role.OBSERVER), demo=False).can_write is False
    assert frame_view(Viewer("u-1", "Олег Пак", Role.MANAGER), demo=False).can_write is True


@pytest.mark.parametrize(("status", "like"), [(403, 403), (404, 404), (410, 404), (500, 500), (503, 500)])
def test_every_error_has_a_page(status: int, like: int) -> None:
    assert notice_view(status, "r-1").title == notice_view(like).title
    assert notice_view(status, "r-1").request_id == "r-1"


def test_the_page_without_the_store_promises_only_what_is_so() -> None:
    kept, refused = away_view("r-1", safe=True), away_view("r-1", safe=False)
    assert (kept.status, kept.retries, kept.request_id) == (503, True, "r-1")
    assert "не теряются" in kept.text
    assert "не принимаются" in refused.text
