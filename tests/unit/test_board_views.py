"""What the board's toolbar, columns and clocks say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.web.views import board_view, card_view
from crystalbay.web.views.cards import travel_days
from crystalbay.web.views.toolbar import FILTERS, Address, ToolbarView, toolbar_view
from models import Stage, Status
from tests.unit.test_views import LOCAL, NOW, ago, lead, plain

STAFF = [{"id": "a", "name": "Алина К."}, {"id": "p", "name": "Павел М."}]


def address(query: str) -> Address:
    given = parse_qs(query)
    return Address.read(lambda name: given.get(name, []))


def toolbar(query: str) -> ToolbarView:
    return toolbar_view(address(query), STAFF, LOCAL, mine=True)


# --------------------------------------------------------------------------- the address


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("sort=manual&by=status", ""),
        ("by=stage&sort=waiting", "sort=waiting&by=stage"),
        ("channel=telegram&channel=email", "channel=telegram%2Cemail"),
        ("hot=1&archived=no", "hot=true"),
        ("value_from=300+000", "value_from=300000"),
        ("tag=a%5C%2Cb,c", "tag=a%5C%2Cb%2Cc"),
        ("closed_days=90", "closed_days=90"),
    ],
)
def test_an_address_is_read_and_written_in_one_way(query: str, kept: str) -> None:
    assert address(query).query() == kept
    assert address(kept).query() == kept


@pytest.mark.parametrize(
    "query",
    ["stage=nowhere", "by=colour", "sort=luck", "trip_from=yesterday", "closed_days=-1", "value_from=a%20lot", "x=1"],
)
def test_what_no_longer_fits_is_left_out(query: str) -> None:
    assert address(query).query() == ""


@given(st.dictionaries(st.sampled_from([*FILTERS, "sort", "by", "closed_days"]), st.text(max_size=40)))
def test_any_address_is_read_and_means_the_same_when_written(values: dict[str, str]) -> None:
    first = Address.read(lambda name: [values[name]] if name in values else [])
    again = address(first.query())
    assert again.meant == first.meant
    assert (again.by, again.sort) == (first.by, first.sort)
    toolbar_view(first, STAFF, LOCAL, mine=True)


def test_a_change_keeps_the_rest_of_the_address() -> None:
    now = address("channel=telegram&by=stage")
    assert now.href(sort="value") == "/?channel=telegram&sort=value&by=stage"
    assert now.href(channel=None) == "/?by=stage"
    assert now.without_filters() == "/?by=stage"


# --------------------------------------------------------------------------- the toolbar


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", []),
        ("assignee_id=me", ["Мои"]),
        ("assignee_id=a,p", ["Алина К. +1"]),
        ("assignee_id=gone", ["неизвестно"]),
        ("channel=telegram,whatsapp&stage=paid", ["Канал: Telegram +1", "Этап: Оплатили"]),
        ("trip_from=2026-01-01&trip_to=2026-12-31", ["Поездка в 2026"]),
        ("trip_from=2026-06-10&trip_to=2026-06-20", ["Поездка: 10–20 июня"]),
        ("created_from=2026-06-01", ["Создан: с 1 июня"]),
        ("value_from=100000&value_to=250000", ["Сумма: 100 000 – 250 000"]),
        ("value_to=250000", ["Сумма: до 250 000"]),
        ("tag=Семья,Аквапарк&hot=true", ["Теги: Семья, Аквапарк", "Горячие"]),
        (
            "q=иванов&unanswered=true&overdue=true&archived=true",
            ["Поиск: «иванов»", "Без ответа", "Просрочено", "Архив"],
        ),
    ],
)
def test_active_filters_have_names(query: str, words: list[str]) -> None:
    assert [plain(name) for name in toolbar(query).active] == words


def test_one_filter_of_a_site_means_all_its_channels() -> None:
    site = next(option for option in toolbar("channel=widget,web,site").pills[1].options if option.label == "Сайт")
    assert (site.value, site.checked) == ("widget,web,site", True)


def test_who_only_looks_has_no_leads_of_his_own() -> None:
    view = toolbar_view(address(""), STAFF, LOCAL, mine=False)
    assert [option.label for option in view.pills[0].options] == ["Ничьи", "Алина К.", "Павел М."]


# --------------------------------------------------------------------------- columns


def test_nine_stages_are_nine_columns_with_short_names_and_whole_ones() -> None:
    board = board_view({"commercial_offer": {"count": 1, "sums": [], "leads": [lead()]}}, LOCAL, "stage")
    assert [column.status for column in board.columns] == [stage.value for stage in Stage]
    offer = board.columns[3]
    assert (offer.name, offer.title, offer.count) == ("Предложение", "Коммерческое предложение", 1)


def test_a_column_over_its_limit_and_one_whose_count_stopped() -> None:
    columns = board_view(
        {
            "new": {"count": 13, "limit": 12, "sums": [], "leads": []},
            "pending": {"count": 12, "limit": 12, "sums": [], "leads": []},
            "closed": {"count": 1000, "capped": True, "sums": [], "leads": []},
        },
        LOCAL,
        closed_days=30,
    ).columns
    assert [column.over for column in columns] == [True, False, False, False, False]
    assert plain(columns[4].counted) == "1 000+"
    assert plain(columns[4].note) == "30 дней"


# --------------------------------------------------------------------------- clocks


def trip(first: int, last: int, nights: tuple[int, int]) -> dict[str, Any]:
    days = [(NOW.date() + timedelta(days=day)).isoformat() for day in (first, last)]
    return {"date_from": days[0], "date_to": days[1], "nights_min": nights[0], "nights_max": nights[1]}


@pytest.mark.parametrize(
    ("given_trip", "text"),
    [
        (trip(8, 18, (10, 10)), "вылет через 8 дн."),
        (trip(1, 8, (7, 7)), "вылет завтра"),
        (trip(0, 7, (7, 7)), "вылет сегодня"),
        (trip(8, 18, (7, 10)), "1 июня"),  # a window of dates: when they fly is not known
        (trip(90, 100, (10, 10)), "1 июня"),
        ({}, "1 июня"),
    ],
)
def test_a_confirmed_lead_says_when_they_fly_if_that_is_certain(given_trip: dict[str, Any], text: str) -> None:
    shown = lead(stage="confirmed", status=Status.CONFIRMED.value, trip=given_trip, last_message_at=ago(days=3))
    assert plain(card_view(shown, LOCAL).clock.text) == text


def test_a_trip_that_took_place_says_when_they_came_back() -> None:
    shown = lead(stage="completed", outcome="won", trip=trip(-15, -8, (7, 7)), updated_at=ago(days=1))
    assert plain(card_view(shown, LOCAL).clock.text) == "вернулись 27 мая"
    lost = lead(
        stage="completed", outcome="lost", lost_reason="Дорого", trip=trip(-15, -8, (7, 7)), updated_at=ago(days=1)
    )
    assert card_view(lost, LOCAL).clock.kind == "last"


def test_travel_days_are_known_only_when_dates_and_nights_agree() -> None:
    assert travel_days({"date_from": "2026-06-10", "date_to": "2026-06-20", "nights_min": 7, "nights_max": 7}) == (
        None,
        None,
    )
