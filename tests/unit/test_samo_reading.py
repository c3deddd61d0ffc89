"""Money text, availability letters, calendars and the leniencies of SAMO answers (contract sections 4 and 5)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.samo import reading
from tests.unit.samo_kit import price_row

SPACES = [" ", "\u00a0", "\u202f", "\u2009"]


@given(
    whole=st.integers(min_value=1, max_value=999_999_999),
    cents=st.one_of(st.none(), st.integers(min_value=0, max_value=99)),
    space=st.sampled_from(SPACES),
    point=st.sampled_from([".", ","]),
    before_code=st.sampled_from(["", *SPACES]),
    currency=st.sampled_from(["RUB", "USD", "EUR", "KZT"]),
)
def test_money_text_is_read_exactly_whatever_separates_its_digits(
    whole: int, cents: int | None, space: str, point: str, before_code: str, currency: str
) -> None:
    digits = f"{whole:,}".replace(",", space)
    text = digits + (f"{point}{cents:02}" if cents is not None else "") + before_code + currency

    money = reading.money_text(text)

    assert money.amount == Decimal(whole * 100 + (cents or 0)) / 100
    assert money.currency == currency


@pytest.mark.parametrize(
    ("text", "amount"),
    [("84 617.00 RUB", "84617.00"), ("112681 RUB", "112681.00"), ("1\u00a0222,5 EUR", "1222.50")],
)
def test_money_texts_of_the_contract(text: str, amount: str) -> None:
    assert reading.money_text(text).amount == Decimal(amount)


@given(st.text(max_size=30))
def test_other_text_is_never_taken_for_money(text: str) -> None:
    try:
        money = reading.money_text(text)
    except ValueError:
        return
    assert money.amount > 0
    assert text.strip().upper().endswith(money.currency)


@pytest.mark.parametrize(
    "text", ["", "RUB", "бесплатно", "1.234.567 RUB", "1,234 RUB", "-5 RUB", "0 RUB", "100 XXX", "100", "1e5 RUB"]
)
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no money|no sum|unknown currency"):
        reading.money_text(text)


@given(st.text(alphabet="YFRN", max_size=8))
def test_availability_is_as_bad_as_its_worst_letter(letters: str) -> None:
    expected = "none" if not letters or "N" in letters else "on_request" if "R" in letters else "available"
    assert reading.availability(letters) == expected


@pytest.mark.parametrize(
    ("letters", "expected"),
    [("Y", "available"), ("FFFF", "available"), ("RRYY", "on_request"), ("RN", "none"), ("X", "none"), (None, "none")],
)
def test_availability_letters_of_the_contract(letters: Any, expected: str) -> None:
    assert reading.availability(letters) == expected


@given(start=st.dates(date(2020, 1, 1), date(2090, 1, 1)), valid=st.text(alphabet="012357", min_size=1, max_size=400))
def test_calendar_days_are_counted_from_its_start(start: date, valid: str) -> None:
    calendar = reading.departures({"start": f"{start:%Y%m%d}", "valid": valid})

    for number, code in enumerate(valid):
        day = start + timedelta(days=number)
        assert (day in calendar.days) == (code in "1235")
        assert (day in calendar.with_seats) == (code in "235")
    assert calendar.with_seats <= calendar.days


def test_calendar_of_the_contract() -> None:
    calendar = reading.departures({"start": "20261201", "valid": "000301020020301002020200"})

    assert min(calendar.days) == date(2026, 12, 4)
    assert date(2026, 12, 6) in calendar.days - calendar.with_seats  # code 1: a departure without seats
    assert date(2026, 12, 22) in calendar.with_seats


@pytest.mark.parametrize("closed", [{"start": "20261201", "valid": ""}, {"start": "20261201"}, {}, None])
def test_a_direction_without_calendar_is_closed(closed: Any) -> None:
    assert reading.departures(closed).days == frozenset()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"nights": [7, 10, 14], "places": [14, 7]}, (7, 14)),
        ({"nights": [7, "10"], "places": []}, (7, 10)),
        ([10, "7", 7], (7, 10)),
        ([{"id": 7}, {"nights": "9"}], (7, 9)),
        ({"items": [{"id": "5"}]}, (5,)),
        (None, ()),
    ],
)
def test_nights_in_every_form_that_instances_send(answer: Any, expected: tuple[int, ...]) -> None:
    assert reading.nights(answer) == expected


@pytest.mark.parametrize("value", [1, "1", True, "true", "True"])
def test_flags_that_are_set(value: Any) -> None:
    assert reading.flag(value)


@pytest.mark.parametrize("value", [0, "0", False, "false", None, ""])
def test_flags_that_are_not_set(value: Any) -> None:
    assert not reading.flag(value)


@pytest.mark.parametrize(
    ("fields", "price", "native"),
    [
        ({"convertedPriceNumber": 90002}, "90002 RUB", "973 USD"),
        ({"convertedPriceNumber": Decimal("90002.5"), "convertedPrice": "90 002 RUB"}, "90002.50 RUB", "973 USD"),
        ({"convertedPriceNumber": "812.10", "convertedPrice": "812 EUR"}, "812.10 EUR", "973 USD"),
        ({"price": 1222, "convertedPrice": "112681 RUB"}, "112681 RUB", "1222 USD"),
        ({"convertedPrice": None}, "973 USD", "973 USD"),
        ({"convertedPrice": "", "price": "90 002", "currency": "rub"}, None, None),
    ],
)
def test_the_price_is_the_converted_one_and_the_native_one_stays(
    fields: dict[str, Any], price: str | None, native: str | None
) -> None:
    row = price_row(**fields)
    if price is None or native is None:
        with pytest.raises(ValueError, match="no sum"):
            reading.prices(row, "RUB")
        return

    found = reading.prices(row, "RUB")

    assert [(one.amount, one.currency) for one in found] == [
        (Decimal(text.split()[0]), text.split()[1]) for text in (price, native)
    ]
    assert all(isinstance(one.amount, Decimal) for one in found)


@given(st.one_of(st.none(), st.booleans(), st.floats(max_value=0), st.text(alphabet="abc ,-", max_size=10)))
def test_no_sum_is_made_of_nothing(value: Any) -> None:
    with pytest.raises(ValueError, match="no sum"):
        reading.amount(value)


@given(st.decimals(min_value="0.01", max_value="999999999", places=2))
def test_a_sum_is_kept_to_the_cent(value: Decimal) -> None:
    assert reading.amount(str(value)) == reading.amount(value) == value


@pytest.mark.parametrize(
    ("freights", "expected"),
    [
        ({"econom": {"in": "Y", "out": "F"}}, "available"),
        ({"econom": {"in": "Y", "out": "N"}}, "none"),
        ({"econom": {"in": "N", "out": "Y"}}, "none"),
        ({"econom": {"in": "R", "out": "Y"}}, "on_request"),
        ({"econom": {"in": "Y"}}, "available"),
        (None, "available"),
    ],
)
def test_a_tour_needs_seats_on_both_flights(freights: Any, expected: str) -> None:
    assert reading.seats(price_row(freights=freights)) == expected


def test_one_unreadable_entry_does_not_hide_the_others() -> None:
    rows = [{"id": "7", "name": " Сиде "}, {"name": "без номера"}, "строка", {"id": 9, "name": "Кемер"}]

    places, unreadable = reading.readable(rows, reading.place)

    assert [(place.id, place.name) for place in places] == [(7, "Сиде"), (9, "Кемер")]
    assert unreadable == 2
