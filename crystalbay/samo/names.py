"""From the names that people use to the supplier's ids: cities, countries, resorts, hotels, stars, meals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from crystalbay.samo.reading import Place

MEALS = ("RO", "BB", "HB", "FB", "AI", "UAI")
"""Board types from the least to the most that is included."""

HOTEL_SCORE = 84  # of 100: lets through another spelling of the same words, not a hotel that shares one of them
_SAME_SCORE = 3  # hotels this close to the best are meant too: a chain's name alone means all its hotels

_TRANSLIT = str.maketrans("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufie") | str.maketrans(
    {"ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "iu", "я": "ia"}
)
_SOUNDS = (("ph", "f"), ("ck", "k"), ("x", "ks"), ("ch", "4"), ("c", "k"), ("4", "ch"), ("q", "k"), ("w", "v"))
_FILLER = frozenset({"hotel", "hotels", "otel", "resort", "rizort", "spa", "and", "the"})


def fold(name: str) -> str:
    """One spelling for comparing: casefold, ё as е, everything but letters and digits as one space."""
    return re.sub(r"[\W_]+", " ", name.casefold().replace("ё", "е")).strip()


def called(place: Place, name: str) -> bool:
    """Is `place` known by this name? «Китай (Хайнань)» is also «Китай», «Санья - Дадунхай» also «Санья»."""
    spellings = (place.name, place.name_alt, place.iso, place.alias, re.split(r"\s+-\s+|\(", place.name)[0])
    return fold(name) in {fold(spelling) for spelling in spellings} - {""}


def named(places: Iterable[Place], name: str) -> Place | None:
    """The place of this name; an exact name goes before a part of one."""
    found = [place for place in places if called(place, name)]
    return min(found, key=lambda place: fold(place.name) != fold(name), default=None)


def resorts_named(resorts: Iterable[Place], names: Iterable[str]) -> list[Place]:
    """All resorts of these names; the name of a region (Пхукет, Бали, Крит) means every resort in it."""
    wanted = list(names)
    return [
        resort
        for resort in resorts
        if any(called(resort, name) or fold(resort.parent) == fold(name) != "" for name in wanted)
    ]


def hotels_named(hotels: Sequence[Place], name: str) -> list[Place]:
    """The hotels that `name` most likely means, in Latin or Cyrillic letters, with small spelling differences."""
    scored = [(_likeness(hotel, name), hotel) for hotel in hotels]
    best = max((score for score, _ in scored), default=0.0)
    return [hotel for score, hotel in scored if score >= max(HOTEL_SCORE, best - _SAME_SCORE)]


def nearest_hotels(hotels: Sequence[Place], name: str, limit: int = 5) -> list[Place]:
    """The hotels whose names look most like `name`, best first: what to offer when none is meant."""
    return sorted(hotels, key=lambda hotel: -_likeness(hotel, name))[:limit]


def stars_number(text: str) -> int | None:
    """The class of "5*" or "HV-1" (a Turkish holiday village of the first class, sold as 5*); None when it has none."""
    if text.strip().upper().startswith("HV-1"):
        return 5
    found = re.match(r"\s*([1-5])\b", text)
    return int(found[1]) if found else None


def stars_from(classes: Iterable[Place], least: int) -> list[Place]:
    """The star classes of at least `least` stars."""
    return [place for place in classes if (stars_number(place.name) or 0) >= least]


def meal_code(text: str) -> str | None:
    """The board type at the beginning of a supplier's meal name: "RO+лечение" is RO; None for a name of its own."""
    found = re.match(rf"\s*({'|'.join(reversed(MEALS))})\b", text.upper())
    return found[1] if found else None


def meals_from(meals: Iterable[Place], least: str) -> list[Place]:
    """The meals that include at least what `least` does: who asks for AI is glad of UAI too."""
    enough = MEALS[MEALS.index(least) :]
    return [meal for meal in meals if (meal_code(meal.name) or meal_code(meal.name_alt)) in enough]


def _likeness(hotel: Place, name: str) -> float:
    wanted = _sound(name)
    if not wanted:
        return 0.0
    return max(fuzz.token_set_ratio(wanted, _sound(spelling)) for spelling in (hotel.name, hotel.name_alt))


def _sound(name: str) -> str:
    """Roughly how a name sounds, in Latin letters: «Корал Палас» and "Coral Palace" come close."""
    text = fold(name).translate(_TRANSLIT).replace("y", "i")
    for written, heard in _SOUNDS:
        text = text.replace(written, heard)
    words = re.sub(r"(.)\1+", r"\1", text).split()
    return " ".join(word for word in words if word not in _FILLER) or " ".join(words)
