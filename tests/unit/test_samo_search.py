"""Searching tours over real HTTP: what is asked, what comes back, and what the caps do (contract section 5)."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api_integration import SearchResult
from crystalbay.errors import PermanentError, TransientError
from crystalbay.sandbox.samo import Config
from models import Money
from tests.unit import samo_kit
from tests.unit.samo_kit import Bench, egypt, price_row

samo_server, samo = samo_kit.samo_server, samo_kit.samo  # fixtures

PRICES = "SearchTour_PRICES"
CATALOGUE = json.loads(
    (Path(__file__).parents[2] / "crystalbay/sandbox/data/samo_catalog.json").read_text(encoding="utf-8")
)


def rubles(amount: int | str) -> Money:
    return Money(amount=Decimal(amount), currency="RUB")


def found(result: SearchResult) -> dict[str, Decimal]:
    return {offer.hotel: offer.price.amount for offer in result.offers}


# --------------------------------------------------------------------------- the cheapest tour of each hotel


def test_the_example_of_the_contract(samo: Bench) -> None:
    result = samo.client.search(egypt())

    offer = result.offers[0]
    assert (offer.hotel, offer.hotel_key, offer.stars) == ("NAAMA BLUE INN", 5015, 3)
    assert (offer.resort, offer.country, offer.departure_city) == ("Шарм-эль-Шейх", "Египет", "Москва")
    assert (offer.check_in, offer.check_out, offer.nights) == (date(2026, 12, 22), date(2026, 12, 29), 7)
    assert (offer.adults, offer.children, offer.room, offer.meal) == (2, 1, "Standard Room", "HB")
    assert offer.price == rubles(90002)
    assert offer.native_price == Money(amount=Decimal(973), currency="USD")
    assert (offer.availability, offer.bookable) == ("available", False)
    assert offer.fetched_at == result.fetched_at == samo.clock.now()
    assert offer.id != offer.claim


def test_the_example_follows_from_the_price_model_as_the_contract_writes_it(samo: Bench) -> None:
    def chance(*parts: object) -> float:
        digest = hashlib.sha256("|".join(map(str, ("1", *parts))).encode()).hexdigest()
        return int(digest[:12], 16) / 2**48

    hotel = next(entry for entry in CATALOGUE["HOTELS"] if entry["name"] == "NAAMA BLUE INN")
    egypt_entry = next(entry for entry in CATALOGUE["STATES"] if entry["stateISO"] == "EG")
    stay = hotel["xRateUsd"] * 1.0 * 1.14 * egypt_entry["xSeason"][11] * (1 + 0.15) * 7
    flight = egypt_entry["xFlightUsd"] * (0.9 + 0.2 * chance("leg", 2, 11)) * (2 + 0.9)
    jitter = 0.93 + 0.14 * chance("jit", 2, hotel["id"], 11, 3, "2026-12-22", 7)

    dollars = round((stay + flight) * jitter)

    assert samo.client.search(egypt()).offers[0].native_price.amount == dollars == 973
    assert samo.client.search(egypt()).offers[0].price.amount == round(dollars * 92.5)


@pytest.mark.parametrize(
    "party",
    [
        {"adults": 1, "children": ()},
        {"adults": 2, "children": ()},
        {"adults": 2, "children": (1, 13)},
        {"adults": 4, "children": ()},
    ],
)
def test_every_hotel_comes_once_with_exactly_the_suppliers_price_cheapest_first(
    samo: Bench, party: dict[str, Any]
) -> None:
    query = egypt(**party)

    result = samo.client.search(query)

    expected = samo.prices_by_hotel(query)
    assert len(expected) >= 2
    assert found(result) == expected
    prices = [offer.price.amount for offer in result.offers]
    assert prices == sorted(prices)
    assert all(isinstance(price, Decimal) for price in prices)
    assert not any(offer.bookable for offer in result.offers)
    assert len({offer.id for offer in result.offers}) == len(expected)
    assert all((offer.adults, offer.children) == (query.adults, len(query.children)) for offer in result.offers)


def test_what_the_supplier_is_asked(samo: Bench) -> None:
    samo.client.search(egypt(children=(7, 1), budget_max=Decimal(100_000)))

    (query,) = samo.queries(PRICES)
    asked = {name: query[name] for name in query if name not in ("oauth_token", "version", "type", "samo_action")}
    assert asked == {
        "action": PRICES,
        "TOWNFROMINC": "2",
        "STATEINC": "11",
        "CHECKIN_BEG": "20261221",
        "CHECKIN_END": "20261227",
        "NIGHTS_FROM": "7",
        "NIGHTS_TILL": "10",
        "ADULT": "2",
        "CHILD": "2",
        "AGES": "7,1",
        "CURRENCY": "1",
        "FREIGHT": "1",
        "FILTER": "1",
        "SORT": "ASC",
        "PARTITION_PRICE": "32",
        "PRICEPAGE": "1",
    }


def test_without_children_none_are_mentioned(samo: Bench) -> None:
    samo.client.search(egypt(children=()))

    assert not {"CHILD", "AGES", "COSTMAX"} & set(samo.queries(PRICES)[0])


def test_a_budget_does_not_hide_what_is_nearest_above_it(samo: Bench) -> None:
    assert found(samo.client.search(egypt(budget_max=Decimal(1)))) == found(samo.client.search(egypt()))


@pytest.mark.parametrize(("currency", "id"), [("USD", 2), ("EUR", 3), ("KZT", 4)])
def test_prices_come_in_the_currency_asked_for(samo: Bench, currency: Any, id: int) -> None:
    query = egypt(currency=currency)

    result = samo.client.search(query)

    assert found(result) == samo.prices_by_hotel(query, currency=id)
    assert {offer.price.currency for offer in result.offers} == {currency}
    assert {offer.native_price.currency for offer in result.offers} == {"USD"}


def test_a_currency_that_the_instance_does_not_have(samo: Bench) -> None:
    samo.answers("SearchTour_CURRENCIES", [{"id": 1, "name": "Рубль", "alias": "RUB"}])

    with pytest.raises(PermanentError, match="EUR"):
        samo.client.search(egypt(currency="EUR"))


def test_names_may_be_written_in_any_way_the_dictionaries_know(samo: Bench) -> None:
    usual = found(samo.client.search(egypt()))

    assert found(samo.client.search(egypt(departure_city="moscow", country="EG"))) == usual
    assert len(samo.queries("SearchTour_TOWNFROMS")) == 1  # the dictionaries were kept, the prices asked for anew
    assert len(samo.queries(PRICES)) == 2


# --------------------------------------------------------------------------- filters


def test_resorts_limit_the_search(samo: Bench) -> None:
    result = samo.client.search(egypt(resorts=("Хургада", "Макади-Бей")))

    assert {offer.resort for offer in result.offers} == {"Хургада", "Макади Бей"}
    assert samo.queries(PRICES)[0]["TOWNS"] == "111,113"


def test_a_region_means_its_resorts(samo: Bench) -> None:
    result = samo.client.search(egypt(resorts=("Красное море",)))

    assert {offer.resort for offer in result.offers} == {"Хургада", "Макади Бей", "Марса-Алам"}


@pytest.mark.parametrize("written", ["Наама Блю Инн", "naama blue"])
def test_a_hotel_is_searched_wherever_it_stands(samo: Bench, written: str) -> None:
    result = samo.client.search(egypt(hotel_name=written, resorts=("Хургада",)))

    assert [offer.hotel for offer in result.offers] == ["NAAMA BLUE INN"]
    assert "TOWNS" not in samo.queries(PRICES)[0]


def test_a_resort_chooses_among_hotels_of_one_name(samo: Bench) -> None:
    assert len(samo.client.search(egypt(hotel_name="Lagoon")).offers) == 2
    one = samo.client.search(egypt(hotel_name="Lagoon", resorts=("Хургада",)))

    assert [offer.hotel for offer in one.offers] == ["HURGHADA PALM LAGOON"]


def test_stars_and_meal_are_lower_bounds(samo: Bench) -> None:
    five = samo.client.search(egypt(stars_min=5))
    assert five.offers
    assert {offer.stars for offer in five.offers} == {5}

    ultra = samo.client.search(egypt(meal="UAI"))
    assert ultra.offers
    assert {offer.meal for offer in ultra.offers} == {"UAI"}

    samo.client.search(egypt(meal="AI"))
    assert samo.queries(PRICES)[-1]["MEALS"] == "5,6"


def test_a_class_that_the_direction_does_not_have_is_an_empty_answer_without_a_call(samo: Bench) -> None:
    samo.answers("SearchTour_STARS", [{"id": 3, "name": "3*"}])

    result = samo.client.search(egypt(stars_min=5))

    assert (result.offers, result.unserved, result.pages) == ((), None, 0)
    assert samo.queries(PRICES) == []


# --------------------------------------------------------------------------- what the supplier does not have


@pytest.mark.parametrize(
    ("changes", "unserved", "alternative"),
    [
        ({"departure_city": "Самара"}, "departure", "Казань"),
        ({"country": "Греция", "departure_city": "Казань"}, "country", "Турция"),
        ({"resorts": ("Дахаб",)}, "resort", "Шарм-эль-Шейх"),
        ({"hotel_name": "Swissotel Sharm"}, "hotel", "SHARM CORAL BAY DREAM"),
    ],
)
def test_an_unknown_name_is_an_answer_with_alternatives(
    samo: Bench, changes: dict[str, Any], unserved: str, alternative: str
) -> None:
    result = samo.client.search(egypt(**changes))

    assert (result.offers, result.unserved, result.pages) == ((), unserved, 0)
    assert alternative in result.alternatives
    assert samo.queries(PRICES) == []


def test_one_known_resort_of_several_is_enough(samo: Bench) -> None:
    result = samo.client.search(egypt(resorts=("Дахаб", "Хургада")))

    assert result.unserved is None
    assert {offer.resort for offer in result.offers} == {"Хургада"}


def test_days_without_departures_are_an_empty_answer(samo: Bench) -> None:
    monday = date(2026, 12, 21)

    result = samo.client.search(egypt(date_from=monday, date_to=monday))

    assert (result.offers, result.unserved, result.pages, result.complete) == ((), None, 1, True)


# --------------------------------------------------------------------------- pages, periods and caps


def test_all_pages_are_read(samo: Bench) -> None:
    usual = samo.client.search(egypt())
    samo.server.config = Config(page_size=3)

    paged = samo.client.search(egypt())

    assert found(paged) == found(usual)
    assert (usual.pages, paged.pages, paged.complete) == (1, 3, True)
    assert [query["PRICEPAGE"] for query in samo.queries(PRICES)] == ["1", "1", "2", "3"]


def test_the_tenth_page_is_the_last_and_the_result_says_so(samo: Bench) -> None:
    samo.client.search(egypt())  # the dictionaries are kept now
    samo.calls.clear()
    samo.answers(PRICES, {"prices": [price_row(grouped=1)], "pager": {"current": 1, "total": 50}}, times=12)

    result = samo.client.search(egypt())

    assert (result.pages, result.complete, len(result.offers)) == (10, False, 1)
    assert len(samo.calls) == 10


def test_a_long_period_is_asked_for_in_pieces_of_fourteen_days(samo: Bench) -> None:
    query = egypt(date_from=date(2026, 12, 2), date_to=date(2027, 1, 10))

    result = samo.client.search(query)

    assert [(asked["CHECKIN_BEG"], asked["CHECKIN_END"]) for asked in samo.queries(PRICES)] == [
        ("20261202", "20261215"),
        ("20261216", "20261229"),
        ("20261230", "20270110"),
    ]
    assert found(result) == samo.prices_by_hotel(query)
    assert (result.pages, result.complete) == (3, True)


def test_one_search_makes_twelve_calls_at_most_with_dictionaries_and_retries(samo: Bench) -> None:
    samo.spoil(PRICES, status=500)

    result = samo.client.search(egypt(date_to=date(2027, 12, 1), resorts=("Хургада",), meal="AI"))

    assert len(samo.calls) == samo.limiter.asked == 12
    assert (result.pages, result.complete) == (6, False)
    assert result.offers


def test_the_first_pages_of_all_periods_come_before_the_second_ones(samo: Bench) -> None:
    samo.server.config = Config(page_size=5)

    samo.client.search(egypt(date_to=date(2027, 1, 17)))

    asked = [(query["CHECKIN_BEG"], query["PRICEPAGE"]) for query in samo.queries(PRICES)]
    assert asked == [("20261221", "1"), ("20270104", "1"), ("20261221", "2"), ("20270104", "2")]


def test_a_failure_between_pages_fails_the_search(samo: Bench) -> None:
    samo.server.config = Config(page_size=3)
    samo.spoil("PRICEPAGE=2", status=500, times=2)

    with pytest.raises(TransientError):
        samo.client.search(egypt())


# --------------------------------------------------------------------------- rows


@pytest.mark.parametrize(
    "changes",
    [
        {"freightExternal": "Y"},
        {"freights": {"econom": {"in": "N", "out": "Y"}}},
        {"freights": {"econom": {"in": "Y", "out": "N"}}},
        {"hotelAvailability": "YN"},
        {"hotelAvailability": ""},
    ],
)
def test_what_nobody_can_travel_on_is_left_out(samo: Bench, changes: dict[str, Any]) -> None:
    rows = [price_row(**changes), price_row(id="good", hotelKey=1, hotel="GOOD", price="1000")]
    samo.answers(PRICES, {"prices": rows})

    assert [offer.hotel for offer in samo.client.search(egypt()).offers] == ["GOOD"]


def test_a_row_with_nothing_but_the_required_fields(samo: Bench) -> None:
    row = price_row(convertedPrice=None, hotelAvailability=None, bron=None, grouped=None, checkIn="2026-12-22")
    samo.answers(PRICES, {"prices": {"items": [row | {"hotelKey": "5015", "nights": "7"}]}, "pager": []})

    (offer,) = samo.client.search(egypt()).offers

    assert (offer.hotel_key, offer.nights, offer.check_out) == (5015, 7, date(2026, 12, 29))
    assert offer.price == offer.native_price == Money(amount=Decimal(973), currency="USD")
    assert (offer.availability, offer.bookable, offer.stars) == ("on_request", False, None)


def test_a_price_of_a_search_is_never_bookable_even_if_the_row_says_so(samo: Bench) -> None:
    samo.answers(PRICES, {"prices": [price_row(bron=1, grouped=0)]})

    assert not samo.client.search(egypt()).offers[0].bookable


def test_flights_on_request_make_the_tour_one_on_request(samo: Bench) -> None:
    samo.answers(PRICES, {"prices": [price_row(freights={"econom": {"in": "Y", "out": "R"}})]})

    assert samo.client.search(egypt()).offers[0].availability == "on_request"


def test_of_several_rows_of_a_hotel_the_cheapest_stays(samo: Bench) -> None:
    rows = [price_row(id=str(price), convertedPrice=f"{price} RUB") for price in (300, 100, 200)]
    samo.answers(PRICES, {"prices": rows})

    assert [offer.price for offer in samo.client.search(egypt()).offers] == [rubles(100)]


def test_an_unreadable_row_does_not_hide_the_others(samo: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bad = [price_row(price="по запросу"), price_row(checkIn="завтра"), price_row(currency="XXX"), "?", price_row(id="")]
    samo.answers(PRICES, {"prices": [*bad, price_row(id="good")]})

    with caplog.at_level("WARNING"):
        assert len(samo.client.search(egypt()).offers) == 1
    assert "5 of 6 rows could not be read" in caplog.text


@pytest.mark.parametrize("answer", [None, [], "", {"prices": None}, {"prices": [], "pager": {}}, {"pager": None}])
def test_nothing_in_any_form_is_an_empty_answer(samo: Bench, answer: Any) -> None:
    samo.answers(PRICES, answer)

    result = samo.client.search(egypt())

    assert (result.offers, result.pages, result.complete) == ((), 1, True)


@pytest.mark.parametrize(
    "answer", [7, [price_row()], {"prices": "?"}, {"prices": [price_row()], "pager": {"total": "?"}}]
)
def test_prices_in_an_unknown_form_are_an_error(samo: Bench, answer: Any) -> None:
    samo.answers(PRICES, answer)

    with pytest.raises(PermanentError, match="SearchTour_PRICES in an unknown form"):
        samo.client.search(egypt())
