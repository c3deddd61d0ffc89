"""SearchTour_PRICES of the simulated SAMO-Tour: the price model, filters, groups, pages (sections 5, 8 and 9)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.samo_model import Party, Tour
from tests.unit import samo_sandbox_kit
from tests.unit.samo_sandbox_kit import EXAMPLE, PRICES, answer, configure, rows

running, server = samo_sandbox_kit.running, samo_sandbox_kit.server  # fixtures


def test_the_row_of_the_contract(server: SamoSandbox) -> None:
    row = rows(server, PARTITION_PRICE=32)[0]

    expected = {
        "checkIn": "20261222",
        "checkOut": "20261229",
        "nights": 7,
        "adult": 2,
        "child": 1,
        "infant": 0,
        "tour": "Египет: чартер",
        "tourKey": 702,
        "town": "Шарм-эль-Шейх",
        "hotel": "NAAMA BLUE INN",
        "hotelKey": 5015,
        "star": "3*",
        "room": "Standard Room",
        "meal": "HB",
        "price": "973",
        "currency": "USD",
        "currencyKey": 2,
        "convertedPrice": "90 002 RUB",
        "convertedPriceNumber": 90002,
        "hotelAvailability": "Y",
        "freights": {"econom": {"in": "Y", "out": "Y"}, "business": {"in": "N", "out": "N"}},
        "freightExternal": "N",
        "bron": 1,
        "grouped": 1,
        "spo": "SPO-11-1222",
    }
    assert {name: row[name] for name in expected} == expected


def test_tests_can_ask_for_prices_without_http(server: SamoSandbox) -> None:
    tour = Tour(2, 11, 5015, 11, 3, date(2026, 12, 22), 7, Party(2, (7,)), native=0)

    assert server.price_of(tour, "RUB") == (973, 90002)
    assert server.price_of(tour, "USD") == (973, 973)
    configure(server, page_size=1000)
    assert server.offer_prices(EXAMPLE) == rows(server)


def test_infants_cost_little_and_need_no_bed(server: SamoSandbox) -> None:
    two = {row["hotelKey"]: row for row in rows(server, PARTITION_PRICE=32, CHILD=None, AGES=None)}
    with_infant = {row["hotelKey"]: row for row in rows(server, PARTITION_PRICE=32, CHILD=1, AGES="1")}

    assert set(two) == set(with_infant)
    for hotel, row in with_infant.items():
        assert (row["adult"], row["child"], row["infant"]) == (2, 0, 1)
        assert int(two[hotel]["price"]) < int(row["price"]) < 1.1 * int(two[hotel]["price"])


def test_a_room_holds_only_so_many(server: SamoSandbox) -> None:
    assert {row["room"] for row in rows(server, ADULT=4, CHILD=None, AGES=None)} <= {"Family Room", "Junior Suite"}
    assert answer(server, PRICES, **EXAMPLE | {"ADULT": 9}) == {"prices": []}


@pytest.mark.parametrize(
    ("params", "promise"),
    [
        ({"TOWNS": "111,113"}, lambda row: row["townKey"] in (111, 113)),
        ({"HOTELS": "5015"}, lambda row: row["hotelKey"] == 5015),
        ({"STARS": "5"}, lambda row: row["star"] == "5*"),
        ({"MEALS": "5,6"}, lambda row: row["meal"] in ("AI", "UAI")),
        ({"TOURINC": 702}, lambda row: row["tourKey"] == 702),
        ({"COSTMIN": 120000, "COSTMAX": 130000}, lambda row: 120000 <= row["convertedPriceNumber"] <= 130000),
        ({"NIGHTS_LIST": "8,10"}, lambda row: row["nights"] in (8, 10)),
        ({"MOMENT_CONFIRM": 1}, lambda row: row["hotelAvailability"] in ("Y", "F")),
        ({"FREIGHT": 1}, lambda row: "N" not in row["freights"]["econom"].values()),
        ({"FILTER": 1}, lambda row: row["hotelAvailability"] != "N"),
    ],
)
def test_filters(server: SamoSandbox, params: dict[str, Any], promise: Any) -> None:
    configure(server, page_size=10_000)
    wide = {"FREIGHT": 0, "FILTER": 0, "CHECKIN_BEG": "20261228", "CHECKIN_END": "20270110"}
    everything = rows(server, **wide)

    filtered = rows(server, **wide | params)

    assert filtered
    assert all(promise(row) for row in filtered)
    assert [row["id"] for row in filtered] == [row["id"] for row in everything if promise(row)]
    assert len(filtered) < len(everything) or params == {"TOURINC": 702}


def test_what_is_sold_out_can_be_seen_but_not_booked(server: SamoSandbox) -> None:
    configure(server, page_size=10_000)

    closed = [row for row in rows(server, FREIGHT=0, FILTER=0, CHECKIN_END="20270110") if not row["bron"]]

    assert closed
    assert all(row["hotelAvailability"] == "N" or "N" in row["freights"]["econom"].values() for row in closed)


@pytest.mark.parametrize("sort", ["ASC", "DESC"])
def test_rows_are_sorted_by_price(server: SamoSandbox, sort: str) -> None:
    for partition in (None, 32, 255):
        prices = [int(row["price"]) for row in rows(server, SORT=sort, PARTITION_PRICE=partition)]
        assert prices == sorted(prices, reverse=sort == "DESC")


def test_a_grouped_row_is_the_cheapest_of_its_hotel_and_its_claim_expands_it(server: SamoSandbox) -> None:
    configure(server, page_size=10_000)
    everything = rows(server)
    groups = rows(server, PARTITION_PRICE=32)

    assert len(groups) == 8
    for group in groups:
        own = [row for row in everything if row["hotelKey"] == group["hotelKey"]]
        expanded = rows(server, CATCLAIM=group["id"], HOTELS=group["hotelKey"])
        assert expanded == own
        assert (group["price"], group["grouped"]) == (own[0]["price"], 1)
        assert not any(row["grouped"] for row in expanded)


def test_a_concrete_claim_finds_its_own_row(server: SamoSandbox) -> None:
    row = rows(server, HOTELS=5015)[4]

    assert rows(server, CATCLAIM=row["id"], HOTELS=5015) == [row]


def test_pages_make_up_the_whole(server: SamoSandbox) -> None:
    configure(server, page_size=1000)
    everything = rows(server)
    configure(server, page_size=60)

    first = answer(server, PRICES, **EXAMPLE)
    pages = [rows(server, PRICEPAGE=page) for page in range(1, first["pager"]["total"] + 1)]

    assert first["pager"] == {"current": 1, "total": -(-len(everything) // 60)}
    assert [row for page in pages for row in page] == everything
    assert len(rows(server, PERPAGE=5)) == 5
    assert rows(server, PRICEPAGE=99) == []


def test_the_hundred_rows_of_a_page_are_the_usual(server: SamoSandbox) -> None:
    assert len(rows(server)) == 100


@pytest.mark.parametrize("day", ["20261221", "20261201", "20280301"])
def test_no_departure_no_rows_and_no_pager(server: SamoSandbox, day: str) -> None:
    assert answer(server, PRICES, **EXAMPLE | {"CHECKIN_BEG": day, "CHECKIN_END": day}) == {"prices": []}
