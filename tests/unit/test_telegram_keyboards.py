"""The buttons under a message: ready answers, the calendar, the steppers; what they hold can always be read again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from crystalbay.telegram import buttons
from crystalbay.telegram.buttons import MOST_ADULTS, MOST_CHILDREN, OLDEST_CHILD, Button, read_people
from crystalbay.telegram.keyboards import Under, keyboard, turned
from models import Choice

TODAY = date(2026, 5, 12)
MESSAGE_ID = str(uuid.UUID(int=2**127 + 99))


def under(look: dict[str, Any] | None = None, choices: Sequence[str] = (), today: date = TODAY) -> Under:
    return Under(MESSAGE_ID, look or {}, [Choice(label, label) for label in choices], today)


def asking(slot: str, **more: Any) -> dict[str, Any]:
    return {"asks": {"slot": slot, "adults": 2, "children": [], "back": True} | more}


def labels(markup: Any) -> list[list[str]]:
    assert isinstance(markup, InlineKeyboardMarkup)
    return [[button.text for button in row] for row in markup.inline_keyboard]


def has(markup: Any, label: str) -> bool:
    return any(label in row for row in labels(markup))


def holds(markup: Any) -> list[str]:
    """What the buttons hold, in reading order."""
    assert isinstance(markup, InlineKeyboardMarkup)
    return [str(button.callback_data) for row in markup.inline_keyboard for button in row]


def held_by(markup: Any, label: str) -> str:
    assert isinstance(markup, InlineKeyboardMarkup)
    return next(str(b.callback_data) for row in markup.inline_keyboard for b in row if b.text == label)


def press(held: str) -> Button:
    button = buttons.read(held)
    assert button
    assert button.message_id == MESSAGE_ID
    return button


# --------------------------------------------------------------------------- what stands under a message


def test_nothing_to_press_is_no_keyboard() -> None:
    assert keyboard(under()) is None


def test_ready_answers_three_in_a_row_and_long_ones_two() -> None:
    assert labels(keyboard(under(choices=["1", "2", "3", "4"]))) == [["1", "2", "3"], ["4"]]
    assert labels(keyboard(under(choices=["Санкт-Петербург", "2", "3"]))) == [["Санкт-Петербург", "2"], ["3"]]
    assert [press(held) for held in holds(keyboard(under(choices=["А", "Б"])))] == [
        Button("answer", MESSAGE_ID, "0"),
        Button("answer", MESSAGE_ID, "1"),
    ]


def test_under_a_question_one_may_go_back_and_begin_again() -> None:
    shown = keyboard(under(asking("destination_country"), ["Турция"]))
    assert labels(shown) == [["Турция"], ["‹ Назад", "Начать заново"]]
    assert [press(held).act for held in holds(shown)[1:]] == ["back", "restart"]
    assert labels(keyboard(under(asking("destination_country", back=False), ["Турция"])))[-1] == ["Начать заново"]
    assert labels(keyboard(under(asking("offer"), ["1", "2"]))) == [["1", "2"]]


def test_words_on_buttons_are_in_the_customers_language() -> None:
    look = asking("date_from") | {"language": "en"}
    assert labels(keyboard(under(look, ["June"]))) == [["June"], ["Pick a day"], ["‹ Back", "Start again"]]


def test_a_card_has_its_buttons() -> None:
    look = {"acts": [["want", "details"], ["more", "human"]]}
    shown = keyboard(under(look))
    assert labels(shown) == [["Хочу этот", "Подробнее"], ["Ещё варианты", "Позвать человека"]]
    assert [press(held).act for held in holds(shown)] == ["want", "details", "more", "human"]


def test_the_own_number_is_asked_for_by_the_button_that_shares_it_and_the_keyboard_goes_again() -> None:
    shown = keyboard(under(asking("phone")))
    assert isinstance(shown, ReplyKeyboardMarkup)
    ((button,),) = shown.keyboard
    assert (button.text, button.request_contact) == ("Поделиться номером", True)
    assert shown.one_time_keyboard
    assert shown.resize_keyboard
    assert isinstance(keyboard(under({"keyboard": "remove"})), ReplyKeyboardRemove)


# --------------------------------------------------------------------------- the calendar


def month(view: str, today: date = TODAY) -> InlineKeyboardMarkup | None:
    return turned(under(asking("date_from"), ["В июне"], today), view)


def days(view: str, today: date = TODAY) -> list[date]:
    """The days that can be pressed."""
    pressed = [buttons.read(held) for held in holds(month(view, today))]
    return [date.fromisoformat(button.value) for button in pressed if button and button.act == "day"]


def test_a_month_as_it_stands_in_a_calendar() -> None:
    rows = labels(month("2026-06"))
    assert rows[0] == ["«", "июнь 2026", "»"]
    assert rows[1] == ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"]
    assert rows[2] == ["1", "2", "3", "4", "5", "6", "7"]
    assert rows[6][:2] == ["29", "30"]
    assert rows[6][2:] == [rows[6][2]] * 5, "days of July are empty cells"
    assert rows[7:] == [["‹ К месяцам"], ["‹ Назад", "Начать заново"]]
    assert all(len(row) == 7 for row in rows[1:7])
    assert press(held_by(month("2026-06"), "12")) == Button("day", MESSAGE_ID, "2026-06-12")


def test_the_calendar_opens_at_this_month_and_its_way_back_shows_the_answers() -> None:
    opens = press(held_by(keyboard(under(asking("date_from"), ["В июне"])), "Выбрать день"))
    assert (opens.act, opens.value) == (None, "2026-05")
    back = press(held_by(month(opens.value), "‹ К месяцам"))
    assert turned(under(asking("date_from"), ["В июне"]), back.value) == keyboard(
        under(asking("date_from"), ["В июне"])
    )


def test_past_days_and_today_are_dead() -> None:
    assert days("2026-05") == [date(2026, 5, day) for day in range(13, 32)]
    assert len(days("2026-06")) == 30


@pytest.mark.parametrize(
    ("today", "view", "first", "last"),
    [
        (date(2026, 1, 31), "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 1, 31), "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 30), "2026-12", date(2026, 12, 31), date(2026, 12, 31)),
        (date(2026, 12, 31), "2027-01", date(2027, 1, 1), date(2027, 1, 31)),
    ],
)
def test_edges_of_months_and_years(today: date, view: str, first: date, last: date) -> None:
    shown = days(view, today)
    assert (shown[0], shown[-1]) == (first, last)


def test_on_the_last_day_of_a_month_no_day_of_it_is_left() -> None:
    assert days("2026-05", date(2026, 5, 31)) == []


def test_it_turns_a_year_ahead_and_no_further() -> None:
    view, turns = "2026-05", 0
    while (held := held_by(month(view), "»")) if "»" in labels(month(view))[0] else "":
        view, turns = press(held).value, turns + 1
    assert (view, turns) == ("2027-05", 12)
    assert labels(month("2026-05"))[0][0] != "«"
    assert press(held_by(month("2027-01"), "«")).value == "2026-12"


@pytest.mark.parametrize(
    "view", ["2026-04", "2027-06", "2026-13", "2026-00", "0000-01", "9999-12", "26-05", "x", "2026-5"]
)
def test_a_month_that_the_calendar_does_not_have_is_no_page(view: str) -> None:
    assert month(view) is None


# --------------------------------------------------------------------------- the steppers


def test_the_steppers_begin_with_what_is_known() -> None:
    shown = keyboard(under(asking("adults", adults=2, children=[5, "?"])))
    assert [row[1] for row in labels(shown)[:4]] == ["2 взрослых", "2 ребёнка", "1: 5 лет", "2: возраст?"]
    assert not has(shown, "Готово")
    alone = keyboard(under(asking("children", adults=1)))
    assert [row[1] for row in labels(alone)[:2]] == ["1 взрослый", "без детей"]
    assert press(held_by(alone, "Готово")) == Button("people", MESSAGE_ID, "1:")


def party(state: str) -> InlineKeyboardMarkup:
    shown = turned(under(asking("adults")), f"p{state}")
    assert shown
    return shown


@pytest.mark.parametrize(
    ("state", "row", "left", "right"),
    [
        ("2:", 0, "1:", "3:"),
        ("1:", 0, None, "2:"),
        (f"{MOST_ADULTS}:", 0, f"{MOST_ADULTS - 1}:", None),
        ("2:", 1, None, "2:?"),
        ("2:5", 1, "2:", "2:5.?"),
        ("2:1.2.3.4", 1, "2:1.2.3", None),
        ("2:?", 2, "2:6", "2:7"),
        ("2:0", 2, None, "2:1"),
        ("2:17", 2, "2:16", None),
        ("2:5.9", 3, "2:5.8", "2:5.10"),
    ],
)
def test_each_step_and_where_it_ends(state: str, row: int, left: str | None, right: str | None) -> None:
    cells = party(state).inline_keyboard[row]
    ends = [buttons.read(str(cells[side].callback_data)) for side in (0, 2)]
    assert [end and end.value for end in ends] == [step and f"p{step}" for step in (left, right)]
    assert cells[1].callback_data == buttons.DEAD


def test_done_waits_for_every_age() -> None:
    assert not has(party("2:5.?"), "Готово")
    assert press(held_by(party("2:5.9"), "Готово")) == Button("people", MESSAGE_ID, "2:5.9")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (0, "до года"),
        (1, "1 год"),
        (2, "2 года"),
        (4, "4 года"),
        (5, "5 лет"),
        (11, "11 лет"),
        (14, "14 лет"),
        (17, "17 лет"),
    ],
)
def test_ages_in_words(age: int, words: str) -> None:
    assert labels(party(f"2:{age}"))[2][1] == f"1: {words}"


def test_more_people_than_the_steppers_know_begin_at_their_end() -> None:
    shown = keyboard(under(asking("adults", adults=30, children=[1, 2, 3, 4, 5, 6])))
    assert [row[1] for row in labels(shown)[:2]] == [f"{MOST_ADULTS} взрослых", f"{MOST_CHILDREN} ребёнка"]


@pytest.mark.parametrize("state", ["", "0:", "9:", "2:18", "2:1.2.3.4.5", "2:x", "-1:", "2:5.", "2:?.", "²:"])
def test_a_party_that_the_steppers_cannot_say_is_no_page(state: str) -> None:
    assert read_people(state) is None
    assert turned(under(asking("adults")), f"p{state}") is None


# --------------------------------------------------------------------------- whatever is pressed


TAPS = st.lists(st.integers(0, 200), max_size=25)
SLOTS = st.sampled_from(["destination_country", "date_from", "nights_min", "adults", "children", "offer"])
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
AGES = st.lists(st.just("?") | st.integers(0, OLDEST_CHILD), max_size=6)


@given(SLOTS, st.integers(1, 50), AGES, DAYS, TAPS, st.sampled_from(["ru", "en"]))
def test_any_sequence_of_taps_keeps_a_state_that_can_be_read(
    slot: str, adults: int, ages: list[Any], today: date, taps: list[int], language: str
) -> None:
    """Whatever pages one turns, there is a keyboard, Telegram takes it, and every button of it can be read."""
    here = under(asking(slot, adults=adults, children=ages) | {"language": language}, ["Да", "Нет"], today)
    shown: Any = keyboard(here)
    for tap in taps:
        for row in shown.inline_keyboard:
            assert 1 <= len(row) <= 8
            for button in row:
                held = str(button.callback_data)
                assert button.text.strip()
                assert 1 <= len(held.encode()) <= 64
                read = buttons.read(held)
                assert (read is None) == (held == buttons.DEAD)
                if read and read.act == "people":
                    assert None not in (read_people(read.value) or (0, [None]))[1]
                if read and read.act == "day":
                    assert today < date.fromisoformat(read.value) < today + timedelta(days=400)
        held = holds(shown)[tap % len(holds(shown))]
        pressed = buttons.read(held)
        if pressed and pressed.act is None:
            shown = turned(here, pressed.value)
            assert shown, f"{pressed.value!r} leads nowhere"


@given(st.text(max_size=64))
def test_any_forged_page_is_a_keyboard_or_none(view: str) -> None:
    shown = turned(under(asking("date_from"), ["В июне"]), view)
    assert shown is None or all(len(held.encode()) <= 64 for held in holds(shown))


@given(
    st.uuids(),
    st.sampled_from(["answer", "day", "people", "want", "back"]),
    st.from_regex(r"\A[0-9A-Za-z:.?-]{0,38}\Z"),
)
def test_what_a_button_holds_is_read_again(number: uuid.UUID, act: Any, value: str) -> None:
    held = buttons.data(act, str(number), value)
    assert len(held.encode()) <= buttons.LONGEST
    assert buttons.read(held) == Button(act, str(number), value)
    assert buttons.read(buttons.page(str(number), value)) == Button(None, str(number), value)
    assert buttons.read_staff(buttons.staff("later", str(number))) == ("later", str(number))
