"""Dictionaries and calendars over real HTTP: both URL styles, leniencies, and what is kept for how long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api_integration import SamoClient
from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.sandbox.samo import Config
from tests.unit import samo_kit
from tests.unit.samo_kit import EGYPT, MOSCOW, TODAY, TURKEY, Bench

samo_server, samo = samo_kit.samo_server, samo_kit.samo  # fixtures


def test_every_dictionary_of_a_direction(samo: Bench) -> None:
    client = samo.client

    moscow = next(place for place in client.departures() if place.id == MOSCOW)
    egypt = next(place for place in client.countries(MOSCOW) if place.id == EGYPT)
    rub = next(place for place in client.currencies() if place.iso == "RUB")
    sharm = next(place for place in client.resorts(MOSCOW, EGYPT) if place.id == 112)
    naama = next(place for place in client.hotels(MOSCOW, EGYPT) if place.id == 5015)

    assert (moscow.name, moscow.name_alt, moscow.parent_id, moscow.parent) == ("Москва", "Moscow", 1, "Россия")
    assert (egypt.name, egypt.name_alt, egypt.iso, egypt.alias) == ("Египет", "Egypt", "EG", "EGY")
    assert (rub.id, rub.name, rub.alias) == (1, "Рубль", "RUB")
    assert (sharm.name, sharm.parent_id, sharm.parent) == ("Шарм-эль-Шейх", 1004, "Синай")
    assert (naama.name, naama.parent_id, naama.parent, naama.star) == ("NAAMA BLUE INN", 112, "Шарм-эль-Шейх", "3*")
    assert [meal.name for meal in client.meals(MOSCOW, EGYPT)] == ["HB", "AI", "UAI"]
    assert [stars.name for stars in client.stars(MOSCOW, EGYPT)] == ["3*", "4*", "5*"]


def test_the_calendar_and_the_nights_of_a_direction(samo: Bench) -> None:
    calendar = samo.client.departure_days(MOSCOW, EGYPT)

    assert {day.weekday() for day in calendar.days} == {1, 4, 6}  # Tuesdays, Fridays and Sundays
    assert min(calendar.days) > TODAY
    assert date(2026, 12, 22) in calendar.with_seats
    assert calendar.with_seats < calendar.days
    assert samo.client.nights(MOSCOW, EGYPT) == tuple(range(5, 15))
    assert samo.client.nights(MOSCOW, EGYPT, (date(2026, 12, 21), date(2026, 12, 27))) == tuple(range(5, 15))
    assert samo.queries("SearchTour_NIGHTS")[-1]["CHECKIN_BEG"] == "20261221"


def test_a_php_address_gets_the_action_in_the_query(samo: Bench) -> None:
    samo.client.departures()

    call = samo.calls[0]
    assert (call["method"], call["path"], call["body"]) == ("GET", "/export/default.php", "")
    query = {name: call["query"][name] for name in ("samo_action", "version", "type", "action")}
    assert query == {"samo_action": "api", "version": "1.0", "type": "json", "action": "SearchTour_TOWNFROMS"}


def test_a_path_root_gets_controller_and_method_in_the_path(samo: Bench) -> None:
    client = samo.client_at(samo.server.path_url + "/")

    assert len(client.resorts(MOSCOW, TURKEY)) == 6
    assert samo.calls[0]["path"] == "/api/v1/partner/samo/SearchTour/TOWNS"
    assert "oauth_token" in samo.calls[0]["query"]


def test_a_bare_host_means_the_usual_php_address(samo: Bench) -> None:
    assert len(samo.client_at(samo.server.url).departures()) == 9
    assert samo.calls[0]["path"] == "/export/default.php"


@pytest.mark.parametrize(
    "body",
    [
        {"SearchTour_TOWNFROMS": {"items": [{"id": "2", "name": "Москва"}]}},
        {"searchtour_townfroms": [{"id": 2, "name": "Москва", "nameAlt": None, "new_field": {}}]},
        {"SearchTour_TOWNFROMS": [{"id": "2", "name": "Москва"}, {"name": "без номера"}, None]},
    ],
)
def test_an_answer_may_differ_in_form(samo: Bench, body: Any) -> None:
    samo.spoil("SearchTour_TOWNFROMS", status=200, body=body)

    assert [(place.id, place.name) for place in samo.client.departures()] == [(2, "Москва")]


@pytest.mark.parametrize("nothing", [None, False, "", []])
def test_nothing_is_an_empty_list(samo: Bench, nothing: Any) -> None:
    samo.answers("SearchTour_TOWNFROMS", nothing)

    assert samo.client.departures() == []


@pytest.mark.parametrize("payload", ["text", 7, [1, 2], {"rows": 1}, [{"id": "x", "name": "y"}]])
def test_a_dictionary_in_an_unknown_form_is_an_error_and_not_empty(samo: Bench, payload: Any) -> None:
    samo.answers("SearchTour_TOWNFROMS", payload)
    if payload == {"rows": 1}:  # an object without items holds nothing
        assert samo.client.departures() == []
        return

    with pytest.raises(PermanentError, match="SearchTour_TOWNFROMS in an unknown form"):
        samo.client.departures()


def test_a_calendar_in_an_unknown_form_is_an_error(samo: Bench) -> None:
    samo.answers("SearchTour_CHECKIN", {"start": "скоро", "valid": "0123"})

    with pytest.raises(PermanentError, match="unknown form"):
        samo.client.departure_days(MOSCOW, EGYPT)


# --------------------------------------------------------------------------- what is kept

READS: list[tuple[Callable[[SamoClient], Any], int]] = [
    (lambda client: client.departures(), 24),
    (lambda client: client.countries(MOSCOW), 24),
    (lambda client: client.currencies(), 24),
    (lambda client: client.resorts(MOSCOW, EGYPT), 24),
    (lambda client: client.hotels(MOSCOW, EGYPT), 24),
    (lambda client: client.meals(MOSCOW, EGYPT), 24),
    (lambda client: client.stars(MOSCOW, EGYPT), 24),
    (lambda client: client.departure_days(MOSCOW, EGYPT), 1),
    (lambda client: client.nights(MOSCOW, EGYPT), 1),
]


@pytest.mark.parametrize(("read", "hours"), READS)
def test_an_answer_is_kept_for_its_hours(samo: Bench, read: Callable[[SamoClient], Any], hours: int) -> None:
    first = read(samo.client)
    samo.clock.pass_by(hours=hours, seconds=-1)
    assert read(samo.client) == first
    assert (len(samo.calls), samo.limiter.asked) == (1, 1)

    samo.clock.pass_by(seconds=1)
    assert read(samo.client) == first
    assert len(samo.calls) == 2


def test_each_direction_is_kept_for_itself(samo: Bench) -> None:
    assert samo.client.resorts(MOSCOW, EGYPT) != samo.client.resorts(MOSCOW, TURKEY)
    assert samo.client.countries(2) != samo.client.countries(22)


def test_what_a_caller_does_to_a_list_does_not_reach_the_next_one(samo: Bench) -> None:
    samo.client.departures().clear()
    assert len(samo.client.departures()) == 9


def test_an_empty_answer_is_asked_for_again_after_a_minute(samo: Bench) -> None:
    samo.answers("SearchTour_TOWNFROMS", None)
    assert samo.client.departures() == []
    assert samo.client.departures() == []
    assert len(samo.calls) == 1

    samo.clock.pass_by(seconds=60)
    assert len(samo.client.departures()) == 9


def test_a_failure_is_not_kept(samo: Bench) -> None:
    samo.spoil("SearchTour_TOWNFROMS", status=500, times=2)
    with pytest.raises(TransientError):
        samo.client.departures()

    assert len(samo.client.departures()) == 9


@pytest.mark.parametrize("fails", [False, True])
def test_many_askers_at_once_make_one_call_and_share_its_outcome(samo: Bench, fails: bool) -> None:
    samo.spoil("SearchTour_TOWNFROMS", delay=0.3, status=403 if fails else None)
    outcomes: list[object] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        try:
            outcomes.append(len(samo.client.departures()))
        except ProviderError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert outcomes == [PermanentError if fails else 9] * 8
    assert len(samo.calls) == 1


def test_check_says_in_words_that_the_supplier_answers_and_asks_once_a_minute(samo: Bench) -> None:
    assert samo.client.check() == "SAMO отвечает, городов вылета: 9"
    samo.client.check()
    assert len(samo.calls) == 1

    samo.clock.pass_by(minutes=1)
    samo.server.config = Config(ip_blocked=True)
    with pytest.raises(PermanentError, match=r"127\.0\.0\.1"):
        samo.client.check()
