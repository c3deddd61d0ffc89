"""How names that people write find the supplier's places, hotels, stars and meals."""

from __future__ import annotations

import pytest

from crystalbay.samo import names
from crystalbay.samo.reading import Place

HOTELS = [
    Place(1, "RIXOS PREMIUM BELEK", "Rixos Premium Belek", parent_id=103),
    Place(2, "RIXOS BEACH RESORT", "Rixos Beach Resort", parent_id=102),
    Place(3, "LARA CORAL PALACE", "Lara Coral Palace", parent_id=101),
    Place(4, "HURGHADA AMBER REEF", "Hurghada Amber Reef", parent_id=111),
    Place(5, "YALONG BAY CORAL PALACE", "Yalong Bay Coral Palace", parent_id=251),
]


@pytest.mark.parametrize("name", ["Шри-Ланка", "шри ланка", "SRI LANKA", "lk", "LKA"])
def test_a_country_is_known_by_all_its_names(name: str) -> None:
    countries = [Place(10, "Турция", "Turkey", "TR", "TUR"), Place(16, "Шри-Ланка", "Sri Lanka", "LK", "LKA")]
    found = names.named(countries, name)
    assert found is not None
    assert found.id == 16


def test_yo_and_ye_are_one_letter() -> None:
    assert names.called(Place(1, "Королёв"), "Королев")
    assert names.called(Place(1, "Королев"), "королёв")


def test_the_part_before_a_bracket_or_dash_is_a_name_too_but_an_exact_one_goes_first() -> None:
    hainan = Place(25, "Китай (Хайнань)", "China (Hainan)", "CN")
    assert names.named([hainan], "Китай") == hainan
    assert names.named([hainan, Place(26, "Китай")], "китай") == Place(26, "Китай")


@pytest.mark.parametrize("name", ["Марс", "", "-", "Тур"])
def test_an_unknown_name_finds_nothing(name: str) -> None:
    assert names.named([Place(10, "Турция", "", "", "")], name) is None


def test_the_name_of_a_region_means_all_its_resorts() -> None:
    patong = Place(131, "Пхукет - Патонг", "Phuket - Patong", parent="Пхукет")
    karon = Place(132, "Пхукет - Карон", "Phuket - Karon", parent="Пхукет")
    samui = Place(133, "Самуи", "Samui")
    resorts = [patong, karon, samui]

    assert names.resorts_named(resorts, ["пхукет"]) == [patong, karon]
    assert names.resorts_named(resorts, ["Phuket - Karon", "Самуи"]) == [karon, samui]
    assert names.resorts_named(resorts, ["Кемер"]) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lara coral palace", [3]),
        ("Lara Coral", [3]),
        ("Лара Корал Палас", [3]),
        ("hurgada amber reef hotel", [4]),
        ("Хургада Амбер Риф", [4]),
        ("Rixos Premium Belek", [1]),
        ("Риксос", [1, 2]),
        ("Hilton", []),
        ("Дельфин Империал", []),
        ("!", []),
    ],
)
def test_a_hotel_is_found_in_both_alphabets_and_with_small_mistakes(written: str, meant: list[int]) -> None:
    assert [hotel.id for hotel in names.hotels_named(HOTELS, written)] == meant


def test_the_nearest_hotels_are_named_when_none_is_meant() -> None:
    assert [hotel.id for hotel in names.nearest_hotels(HOTELS, "Lara Coral Grand", limit=2)] == [3, 5]


@pytest.mark.parametrize(
    ("text", "number"), [("5*", 5), ("3*", 3), (" 4 *", 4), ("HV-1", 5), ("Apart", None), ("HV-2", None), ("", None)]
)
def test_star_classes(text: str, number: int | None) -> None:
    assert names.stars_number(text) == number


def test_stars_are_a_lower_bound_and_a_holiday_village_counts_as_five() -> None:
    classes = [Place(3, "3*"), Place(4, "4*"), Place(5, "5*"), Place(9, "HV-1"), Place(11, "Apart")]
    assert [place.id for place in names.stars_from(classes, 5)] == [5, 9]
    assert [place.id for place in names.stars_from(classes, 4)] == [4, 5, 9]


def test_a_meal_is_a_lower_bound_and_variants_belong_to_their_board() -> None:
    meals = [
        Place(1, "RO+лечение"),
        Place(2, "BB"),
        Place(5, "AI"),
        Place(6, "UAI"),
        Place(7, "AI 24h"),
        Place(8, "Соки"),
    ]
    assert [meal.id for meal in names.meals_from(meals, "AI")] == [5, 6, 7]
    assert [meal.id for meal in names.meals_from(meals, "RO")] == [1, 2, 5, 6, 7]
