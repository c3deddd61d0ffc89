"""The simulated SAMO-Tour keeps the contract: catalogue, calendar, prices, behaviours and controls (sections 4-9)."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from crystalbay.sandbox.samo import SamoSandbox
from tests.unit import samo_sandbox_kit
from tests.unit.samo_sandbox_kit import DIRECTION, EXAMPLE, PRICES, TODAY, answer, configure, get, rows

running, server = samo_sandbox_kit.running, samo_sandbox_kit.server  # fixtures


# --------------------------------------------------------------------------- dictionaries


@pytest.mark.parametrize(
    ("action", "params", "count", "entry"),
    [
        (
            "SearchTour_TOWNFROMS",
            {},
            9,
            {"id": 2, "name": "Москва", "nameAlt": "Moscow", "stateFromKey": 1, "stateFromName": "Россия"},
        ),
        (
            "SearchTour_STATES",
            {"TOWNFROMINC": 2},
            14,
            {"id": 11, "name": "Египет", "nameAlt": "Egypt", "stateISO": "EG", "stateISO3": "EGY"},
        ),
        ("SearchTour_STARS", DIRECTION, 3, {"id": 3, "name": "3*"}),
        ("SearchTour_MEALS", DIRECTION, 3, {"id": 5, "name": "AI", "nameAlt": "AI"}),
        ("SearchTour_PROGRAMS", DIRECTION, 1, {"id": 2, "name": "Charter"}),
        (
            "SearchTour_TOURS",
            DIRECTION,
            1,
            {
                "id": 702,
                "name": "Египет: чартер",
                "nameAlt": "Egypt Charter",
                "typeKey": 2,
                "type": "Charter",
                "stateKey": 11,
            },
        ),
        (
            "SearchTour_CURRENCIES",
            {},
            4,
            {"id": 1, "name": "Рубль", "alias": "RUB", "currencyISO": "RUB", "selected": 0},
        ),
        (
            "SearchTour_TOWNS",
            DIRECTION,
            4,
            {
                "id": 111,
                "name": "Хургада",
                "nameAlt": "Hurghada",
                "regionKey": 1003,
                "region": "Красное море",
                "stateKey": 11,
            },
        ),
    ],
)
def test_a_dictionary_answers_as_the_contract_shows(
    server: SamoSandbox, action: str, params: dict[str, int], count: int, entry: dict[str, Any]
) -> None:
    entries = answer(server, action, **params)

    assert len(entries) == count
    assert entry in entries


def test_hotels_have_their_class_and_place_and_no_helpers_of_the_catalogue(server: SamoSandbox) -> None:
    hotels = answer(server, "SearchTour_HOTELS", **DIRECTION)

    reef = next(hotel for hotel in hotels if hotel["id"] == 5012)
    assert reef == {
        "id": 5012,
        "name": "HURGHADA AMBER REEF",
        "nameAlt": "Hurghada Amber Reef",
        "star": "5*",
        "starKey": 5,
        "town": "Хургада",
        "townKey": 111,
        "stateKey": 11,
        "latitude": 27.24858,
        "longitude": 33.81468,
        "www": "",
    }
    assert len(hotels) == 8


def test_the_calendar_has_400_days_with_departures_on_the_weekdays_of_the_route_from_tomorrow(
    server: SamoSandbox,
) -> None:
    calendar = answer(server, "SearchTour_CHECKIN", **DIRECTION)

    assert calendar["start"] == "20261201"
    assert len(calendar["valid"]) == 400
    assert set(calendar["valid"]) == set("01237")
    for number, code in enumerate(calendar["valid"]):
        weekday = (TODAY + timedelta(days=number)).weekday()
        assert (code != "0") == (weekday in (1, 4, 6) and number > 0)


def test_nights_and_those_with_seats(server: SamoSandbox) -> None:
    answered = answer(server, "SearchTour_NIGHTS", **DIRECTION, CHECKIN_BEG="20261221", CHECKIN_END="20261227")
    assert answered == {"nights": list(range(5, 15)), "places": list(range(5, 15))}

    monday = answer(server, "SearchTour_NIGHTS", **DIRECTION, CHECKIN_BEG="20261221", CHECKIN_END="20261221")
    assert monday["places"] == []


def test_the_search_form_has_all_dictionaries_and_no_prices(server: SamoSandbox) -> None:
    form = answer(server, "SearchTour_ALL", **DIRECTION)

    for block in ("TOWNFROMS", "STATES", "TOURS", "TOWNS", "STARS", "HOTELS", "MEALS", "CURRENCIES"):
        params = {"TOWNFROMS": {}, "CURRENCIES": {}, "STATES": {"TOWNFROMINC": 2}}.get(block, DIRECTION)
        assert form[block] == answer(server, f"SearchTour_{block}", **params)
    calendar = answer(server, "SearchTour_CHECKIN", **DIRECTION)
    assert form["CHECKIN_BEG"] == {"startDate": calendar["start"], "validDates": calendar["valid"]}
    assert "PRICES" not in form
    assert answer(server, "SearchTour_ALL")["HOTELS"]  # defaults are chosen when nothing is given


# --------------------------------------------------------------------------- details


def test_the_card_of_a_hotel(server: SamoSandbox) -> None:
    card = answer(server, "Hotels_DETAILS", HOTELINC=5015)

    assert (card["id"], card["name"], card["address"]) == (5015, "NAAMA BLUE INN", "Шарм-эль-Шейх, Египет")
    assert card["description"].startswith("<p>Отель NAAMA BLUE INN категории 3* в городе Шарм-эль-Шейх.")
    assert card["rooms"] == [{"id": 11, "name": "Standard Room", "description": "", "attributes": []}]
    assert card["attributes"][0]["name"] == "Бассейн"
    assert card["photos"][0]["url"] == f"{server.url}/hotel/5015/1.png"
    assert requests.get(card["photos"][0]["url"], timeout=5).content.startswith(b"\x89PNG")
    assert not any(key.startswith("x") for key in card)
    assert answer(server, "Hotels_DETAILS", HOTELINC=1) is None


def test_the_flights_of_a_concrete_tour_go_there_and_back(server: SamoSandbox) -> None:
    row = rows(server, HOTELS=5015)[0]

    there, back = answer(server, "FreightMonitor_FREIGHTSBYPACKET", CATCLAIM=row["id"])["routes"]

    assert there["info"] == {"date": row["checkIn"], "sourceTown": "Москва", "targetTown": "Шарм-эль-Шейх"}
    assert back["info"] == {"date": row["checkOut"], "sourceTown": "Шарм-эль-Шейх", "targetTown": "Москва"}
    flight = there["freights"][0]
    assert (flight["transportCompany"], flight["departure"]["portAlias"], flight["arrival"]["portAlias"]) == (
        "Red Sea Wings",
        "SVO",
        "SSH",
    )
    assert flight["places"][0]["status"] == "yesplace"
    group = rows(server, PARTITION_PRICE=32)[0]["id"]
    assert answer(server, "FreightMonitor_FREIGHTSBYPACKET", CATCLAIM=group)["error"] == 1007


# --------------------------------------------------------------------------- behaviours of section 9


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("SearchTour_STATES", {}),
        ("SearchTour_TOWNS", {"TOWNFROMINC": 2}),
        ("Hotels_DETAILS", {}),
        ("SearchTour_TOWNFROMS", {"samo_action": None}),
        *((PRICES, EXAMPLE | {name: None}) for name in ("TOWNFROMINC", "CHECKIN_END", "NIGHTS_TILL", "ADULT")),
        (PRICES, EXAMPLE | {"CURRENCY": ""}),
    ],
)
def test_a_missing_parameter_is_a_crash_in_html(server: SamoSandbox, action: str, params: dict[str, Any]) -> None:
    response = get(server, action, **params)

    assert response.status_code == 500
    assert response.text.startswith("<html>")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"TOWNFROMINC": 999}, 1001),
        ({"STATEINC": 999}, 1002),
        ({"TOWNFROMINC": 22, "STATEINC": 18}, 1002),
        ({"CHECKIN_BEG": "2026-12-21"}, 1003),
        ({"CHECKIN_BEG": "20261231"}, 1003),
        ({"CHECKIN_END": "20270501"}, 1003),
        ({"NIGHTS_FROM": 11}, 1004),
        ({"ADULT": 0}, 1005),
        ({"AGES": "7,9"}, 1005),
        ({"AGES": "44"}, 1005),
        ({"CURRENCY": "RUB"}, 1006),
        ({"CURRENCY": 9}, 1006),
        ({"HOTELS": "x"}, 1007),
        ({"TOURINC": 701}, 1007),
        ({"PRICEPAGE": 0}, 1007),
        ({"CATCLAIM": "made-up"}, 1007),
        ({"HOTELS": 1}, 2110),
        ({"TOWNS": 111, "STARS": 2}, 2110),
    ],
)
def test_a_bad_value_is_an_error_inside_of_200(server: SamoSandbox, changes: dict[str, Any], code: int) -> None:
    inner = answer(server, PRICES, **EXAMPLE | changes)
    assert inner["error"] == code
    assert inner["message"]

    configure(server, error_style="outer")
    assert get(server, PRICES, **EXAMPLE | changes).json() == inner


def test_an_unknown_action(server: SamoSandbox) -> None:
    assert answer(server, "GetTourDetails")["error"] == 404


@pytest.mark.parametrize(
    ("token", "text"),
    [("wrong", "apiKey provided, but invalid, blacklisted address 127.0.0.1"), (None, "apiKey not provided")],
)
def test_a_bad_token_is_refused_like_an_unknown_address(server: SamoSandbox, token: str | None, text: str) -> None:
    response = get(server, "SearchTour_TOWNFROMS", oauth_token=token)

    assert response.status_code == 403
    assert text in response.json()["error"]


def test_an_address_can_be_blocked(server: SamoSandbox) -> None:
    configure(server, ip_blocked=True)

    response = get(server, "SearchTour_TOWNFROMS")

    assert response.status_code == 403
    assert response.json() == {"error": "apiKey provided, but invalid, blacklisted address 127.0.0.1"}


def test_too_quick_calls_are_throttled(server: SamoSandbox) -> None:
    configure(server, min_interval=30)
    assert get(server, "SearchTour_TOWNFROMS").status_code == 200

    response = get(server, "SearchTour_TOWNFROMS")

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 30


def test_a_post_with_a_body_crashes_and_one_with_a_query_works(server: SamoSandbox) -> None:
    query = {"samo_action": "api", "type": "json", "action": "SearchTour_TOWNFROMS", "oauth_token": server.token}

    assert requests.post(server.php_url, params=query, timeout=5).status_code == 200
    in_body = requests.post(server.php_url, params={"oauth_token": server.token}, data=query, timeout=5)
    assert in_body.status_code == 500


def test_both_url_styles_and_any_case(server: SamoSandbox) -> None:
    query = {"samo_action": "api", "type": "json", "oauth_token": server.token}
    by_path = requests.get(f"{server.path_url}/samo/searchtour/townfroms", params=query, timeout=5).json()
    bearer = requests.get(
        f"{server.path_url}/samo/SearchTour/TOWNFROMS",
        params=query | {"oauth_token": ""},
        headers={"Authorization": f"Bearer {server.token}"},
        timeout=5,
    ).json()

    assert by_path == bearer == {"SearchTour_TOWNFROMS": answer(server, "SearchTour_TOWNFROMS")}
    assert answer(server, "searchtour_TownFroms") == by_path["SearchTour_TOWNFROMS"]  # the key repeats what was sent


def test_json_is_written_as_php_does(server: SamoSandbox) -> None:
    text = get(server, "Hotels_DETAILS", HOTELINC=5015).text

    assert "\\u041e\\u0442\\u0435\\u043b\\u044c" in text  # «Отель»
    assert "\\/hotel\\/" in text
    assert text.isascii()


def test_without_type_the_answer_is_xml(server: SamoSandbox) -> None:
    root = ElementTree.fromstring(get(server, "SearchTour_CURRENCIES", type=None).content)

    assert root.tag == "SearchTour_CURRENCIES"
    assert [item.findtext("alias") for item in root.findall("items/item")] == ["RUB", "USD", "EUR", "KZT"]


def test_settings_change_the_day_and_a_reset_takes_all_back(server: SamoSandbox) -> None:
    configure(server, today="2027-02-01", page_size=1)
    assert answer(server, "SearchTour_CHECKIN", **DIRECTION)["start"] == "20270201"

    requests.post(f"{server.url}/__reset", timeout=5)

    assert answer(server, "SearchTour_CHECKIN", **DIRECTION)["start"] == "20261201"
    assert len(rows(server)) == 100
    assert requests.post(f"{server.url}/__config", json={"booking": "off"}, timeout=5).status_code == 400


def test_today_may_be_a_clock_that_goes_on() -> None:
    days = iter([date(2027, 1, 1), date(2027, 1, 2)])
    server = SamoSandbox(today=lambda: next(days))

    assert [server.today(), server.today()] == [date(2027, 1, 1), date(2027, 1, 2)]


def test_it_runs_alone_from_the_command_line() -> None:
    command = [sys.executable, "-m", "crystalbay.sandbox.samo", "--port", "0", "--today", "2027-03-01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        query = {"samo_action": "api", "type": "json", "action": "SearchTour_CHECKIN", "oauth_token": "test-samo-token"}
        query |= {name: str(value) for name, value in DIRECTION.items()}
        found = requests.get(address, params=query, timeout=5).json()
        process.terminate()

    assert found["SearchTour_CHECKIN"]["start"] == "20270301"
