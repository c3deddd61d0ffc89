"""From the "from" price of a hotel to its concrete tours over real HTTP (contract sections 5 and 6)."""

from __future__ import annotations

from datetime import date, timedelta

from crystalbay.sandbox.samo import Config
from models import Offer, SearchQuery
from tests.unit import samo_kit
from tests.unit.samo_kit import Bench, egypt, price_row

samo_server, samo = samo_kit.samo_server, samo_kit.samo  # fixtures

PRICES = "SearchTour_PRICES"


def chosen(samo: Bench, query: SearchQuery, hotel: str = "NAAMA BLUE INN") -> Offer:
    return next(offer for offer in samo.client.search(query).offers if offer.hotel == hotel)


def test_a_group_expands_to_the_concrete_tours_of_its_hotel(samo: Bench) -> None:
    query = egypt()
    offer = chosen(samo, query)

    tours = samo.client.expand(query, offer)

    asked = samo.queries(PRICES)[-1]
    assert (asked["CATCLAIM"], asked["HOTELS"]) == (offer.claim, "5015")
    assert "PARTITION_PRICE" not in asked
    assert len(tours) > 5
    assert {tour.hotel for tour in tours} == {"NAAMA BLUE INN"}
    assert len({(tour.room, tour.meal, tour.check_in, tour.nights) for tour in tours}) == len(tours)
    prices = [tour.price.amount for tour in tours]
    assert prices == sorted(prices)
    assert tours[0].price == offer.price
    assert all(tour.bookable for tour in tours)
    assert offer.claim not in {tour.claim for tour in tours}


def test_a_concrete_tour_can_be_asked_for_again(samo: Bench) -> None:
    query = egypt()
    tour = samo.client.expand(query, chosen(samo, query))[3]

    (again,) = samo.client.expand(query, tour)

    assert again.model_copy(update={"id": tour.id, "fetched_at": tour.fetched_at}) == tour


def test_expanding_reads_all_pages_and_only_the_period_of_the_offer(samo: Bench) -> None:
    query = egypt(date_from=date(2026, 12, 2), date_to=date(2027, 1, 10))
    offer = chosen(samo, query)
    everything = samo.client.expand(query, offer)
    samo.server.config = Config(page_size=10)
    samo.calls.clear()

    paged = samo.client.expand(query, offer)

    assert [tour.claim for tour in paged] == [tour.claim for tour in everything]
    assert len(samo.calls) == -(-len(everything) // 10) > 1
    (period,) = {(asked["CHECKIN_BEG"], asked["CHECKIN_END"]) for asked in samo.queries(PRICES)}
    first = date.fromisoformat(period[0])
    assert first <= offer.check_in <= date.fromisoformat(period[1]) <= first + timedelta(days=13)


def test_the_filters_of_the_search_hold_when_it_is_expanded(samo: Bench) -> None:
    query = egypt(meal="AI")

    tours = samo.client.expand(query, chosen(samo, query))

    assert tours
    assert {tour.meal for tour in tours} == {"AI"}


def test_concrete_rows_without_rooms_or_not_on_sale_are_not_bookable(samo: Bench) -> None:
    query = egypt()
    offer = chosen(samo, query)
    rows = [
        price_row(id="sold-out", hotelAvailability="N"),
        price_row(id="closed", bron="0"),
        price_row(id="asked", hotelAvailability="R", bron="1"),
        price_row(id="group", grouped="1"),
        price_row(id="other hotel", hotelKey=1),
        price_row(id="free", bron=True, grouped=False),
        price_row(id="free", bron=True, grouped=False),
    ]
    samo.answers(PRICES, {"prices": rows})

    tours = {tour.claim: (tour.availability, tour.bookable) for tour in samo.client.expand(query, offer)}

    assert tours == {
        "sold-out": ("none", False),
        "closed": ("available", False),
        "asked": ("on_request", True),
        "free": ("available", True),
    }


def test_a_tour_that_is_gone_expands_to_nothing(samo: Bench) -> None:
    query = egypt()
    offer = chosen(samo, query)
    samo.answers(PRICES, {"error": 2110, "message": "нет"})

    assert samo.client.expand(query, offer) == []


def test_an_offer_of_a_country_that_is_not_served_any_more_expands_to_nothing(samo: Bench) -> None:
    offer = chosen(samo, egypt())

    assert samo.client.expand(egypt(country="Атлантида"), offer) == []
