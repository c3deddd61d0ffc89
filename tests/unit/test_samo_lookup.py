"""What the dialogue asks of the supplier beside searches: countries, what is on sale nearby, where a hotel is."""

from __future__ import annotations

from datetime import timedelta

from tests.unit import samo_kit
from tests.unit.samo_kit import Bench, egypt

samo_server, samo = samo_kit.samo_server, samo_kit.samo  # fixtures


def test_countries_of_a_city_or_of_the_first_one(samo: Bench) -> None:
    assert samo.client.countries_sold("Казань") == ("Турция", "Египет", "ОАЭ", "Таиланд", "Вьетнам")
    assert samo.client.countries_sold(None) == samo.client.countries_sold("Москва")
    assert samo.client.countries_sold("Магадан") == samo.client.countries_sold("Москва")


def test_what_is_on_sale_nearby(samo: Bench) -> None:
    query = egypt()
    sold = samo.client.on_sale(query, timedelta(days=7))
    assert sold.nights == tuple(range(5, 15))
    assert sold.days == tuple(sorted(sold.days))
    assert query.date_from - timedelta(days=7) <= sold.days[0]
    assert sold.days[-1] <= query.date_to + timedelta(days=7)
    assert samo.client.on_sale(egypt(country="Зимбабве"), timedelta(days=7)) == type(sold)((), ())


def test_a_hotel_without_its_country_is_found_in_all(samo: Bench) -> None:
    query = egypt(country="", hotel_name="Naama Blue Inn")
    found = samo.client.search(query)
    assert {offer.hotel for offer in found.offers} == {"NAAMA BLUE INN"}
    assert found.offers[0].country == "Египет"
    assert samo.client.expand(query, found.offers[0])


def test_an_unknown_hotel_without_its_country_has_the_nearest_names(samo: Bench) -> None:
    found = samo.client.search(egypt(country="", hotel_name="Rixos Premium"))
    assert (found.offers, found.unserved) == ((), "hotel")
    assert found.alternatives
