"""Meals, stars, hotel names, wishes, shifts of what was known (labels.md sections 3 and 8)."""

from __future__ import annotations

import re

from crystalbay.nlp.date_table import month_number
from crystalbay.nlp.gazetteer import Gazetteer
from crystalbay.nlp.hotel_names import branded
from crystalbay.nlp.ideas import is_known
from crystalbay.nlp.numbers import SMALL, value
from crystalbay.nlp.text import GONE, Prepared
from crystalbay.nlp.words import ENGLISH, is_russian

MEALS = (
    ("UAI", r"ультра\s*-?(?:вс[её])?(?: включен\w*)?|ultra all inclusive|uai"),
    (
        "AI",
        r"вс[её]\s*-?вкл(?:юч\w*)?\.?|бар(?:лығы|і) қосылған|оллинклюзив|олл(?:\s*-?инклюзив\w*)?|all[\s-]?inclusive|all-in|(?<!an )(?<!or )(?<!unrestricted )(?<!an ai )\bai\b(?! (?:model|assistant|bot|language))|инклюзив",
    ),
    ("RO", r"без питани\w+|room only|\bro\b|питание не нужно"),
    ("FB", r"полн\w+ пансион\w*|(?:тр[её]х|3-?х)[\s-]?разов\w+(?: питан\w*)?|full board|\bfb\b"),
    (
        "HB",
        r"полу\s?пансион\w*|завтрак\w*[\s,+и-]+ужин\w*|breakfasts? and dinners?|half[\s-]board|\bhb\b|(?:двух|2-?х)[\s-]?разов\w+",
    ),
    ("BB", r"завтрак\w*|breakfast\w*|\bbb\b|\bвв\b|b&b|bed and breakfast|таңғы ас\w*"),
)
_STAR_WORDS = {"однозвезд": 1, "двойк": 2, "двушк": 2, "тройк": 3, "троечк": 3, "трешк": 3, "трешечк": 3, "четверк": 4, "четверочк": 4, "пятерк": 5, "пятерочк": 5, "пятизвезд": 5, "четырехзвезд": 4, "трехзвезд": 3}  # fmt: skip
_STARS = re.compile(
    r"(?:не (?:ниже|меньше|менее)\s+|минимум\s+|от\s+|at least\s+)?(?P<a>[1-5]|одн\w+|дв(?:е|а|ух)|тр(?:и|ех)|четыр(?:е|ех)|пят(?:ь|и)|four|five|three)"
    r"(?:\s*(?:-|или|/|и|or)\s*(?P<b>[1-5]|четыре|пять|five))?\s*-?(?:\*|★|зв(?:[её]зд\w*|\.)?(?!\w)|stars?|star\b|жұлдыз\w*)\s*\+?"
)
_STARS_AFTER = re.compile(
    r"(?:зв[её]зд\w*|stars?)\s*(?:не\s+(?:ниже|меньше|менее)\s+|минимум\s+|от\s+|:\s*)?(?P<a>[1-5])(?!\d)|не ниже (?P<b>[1-5])(?!\d)"
)
_NUMBER = {"одн": 1, "две": 2, "два": 2, "дву": 2, "три": 3, "тре": 3, "чет": 4, "пят": 5, "fou": 4, "fiv": 5, "thr": 3}

WISHES = (
    ("первая линия", r"перв\w+ (?:берегов\w+ )?лини\w+|1-?я лини\w+|first line|beachfront|море рядом|рядом с морем|у моря|near the (?:sea|beach)"),
    ("аквапарк", r"аквапарк\w*|горк(?:и|ами|ой)|aquapark|water ?park|slides"),
    ("песчаный пляж", r"песчан\w+ (?:пляж\w*|вход\w*)|(?:пляж|вход)\w*(?: \w+){0,2} песчан\w+|песок|sandy|beach (?:\w+ ){0,2}sand"),
    ("галечный пляж", r"галечн\w+|гальк\w+|pebbl\w+"),
    ("бассейн", r"бассейн\w*|pool"),
    ("детский клуб", r"детск\w+ (?:клуб\w*|анимаци\w*)|анимаци\w+ для детей|kids club"),
    ("спа", r"(?<!\w)(?:спа|spa)(?!\w)|массаж\w*"),
    ("только взрослые", r"adults only|(?:только|отел\w+) для взрослых|16\+|18\+"),
    ("вид на море", r"вид\w* на море|sea view"),
    ("прямой рейс", r"прям\w+ (?:рейс\w*|перелет\w*)|без пересад\w+|direct flight"),
    ("трансфер", r"трансфер\w*|transfer"),
    ("тихий отель", r"тих\w+ (?:отель\w*|мест\w+)|спокойн\w+ (?:отель\w*|отдых\w*)|quiet"),
    ("экскурсии", r"экскурси\w+|excursions?"),
    ("с детьми", r"(?<!\w)(?:с|со|и)\s+(?:\w+\s+)?(?:детьми|детками|детишками|внуками|малышами)(?!\w)|with (?:the |our |my )?(?:kids|children)"),
    ("недорого", r"недорог\w+|подешевле|бюджетн\w+ вариант\w*|cheap\w*"),
    ("с животным", r"с (?:собак\w+|кошк\w+|животн\w+)|pet[- ]friendly"),
)  # fmt: skip

_LATIN_NAME = re.compile(r"(?<![\w@.])[A-Z][A-Za-z'&]+(?:\s+(?:[A-Z][A-Za-z'&]*|by|of|the|de|el|&)){0,5}(?![\w@])")
_HOTEL_WORD = re.compile(
    r"(?:отел[ьеяюи]\w*|гостиниц\w+|[Hh]otel)\s+[«\"']?([A-ZА-ЯЁ][\w'&]+(?:\s+[A-ZА-ЯЁ&][\w'&]*){0,4})"
    r"|([A-Z][\w'&]+(?:\s+[A-Z&][\w'&]*){0,3})\s+(?:hotel|Hotel|отель)(?!\w)"
)
_NAME_LIKE = re.compile(
    r"(?<![\w@.])(?:[A-Za-z][\w'&]+(?:\s+[A-Za-z&][\w'&]*){1,8}|[А-ЯЁ][а-яё]+(?:\s+[А-ЯЁ][а-яё]+){1,4})"
)
_OF_NAMES = frozenset(
    ["beach", "resort", "hotel", "palace", "garden", "gardens", "park", "club", "hill", "hills", "view", "castle", "village", "inn",
     "suites", "spa", "royal", "grand", "family", "sea", "sun", "star", "blue", "green", "golden", "city", "island", "paradise", "sunrise",
     "sunset", "ocean", "pearl", "crystal", "dream", "world", "house", "plaza", "tower", "towers", "lagoon", "coral", "reef", "pine"]
)  # fmt: skip
"""Everyday words that hotels are named with: inside a name they belong to it."""
_GLUE = frozenset(["by", "of", "the", "de", "el", "al", "bay", "&", "deluxe"])


def read_meal(text: Prepared) -> tuple[str, str] | None:
    """(code, quote) of the first meal named; of one place the widest reading («ультра» before «всё включено»)."""
    found = []
    for code, words in MEALS:
        for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text.rest):
            found.append((match.start(), -match.end(), code, match.end()))
    if not found:
        return None
    start, _negative, code, end = min(found)
    return code, text.take(start, end)


def read_stars(text: Prepared, *, asked: bool) -> tuple[int, str] | None:
    """(lowest class accepted, quote)."""
    for expression in (_STARS, _STARS_AFTER):
        match = expression.search(text.rest)
        if match:
            said = match["a"] or match["b"]
            number = int(said) if said.isdigit() else _NUMBER.get(said[:3])
            if number:
                return number, text.take(match.start(), match.end())
    for stem, number in _STAR_WORDS.items():
        match = re.search(rf"(?<!\w){stem}\w*", text.rest)
        if match and not re.search(r"вместо\s+$", text.norm[: match.start()]):
            return number, text.take(match.start(), match.end())
    bare = re.search(rf"(?<!\w)(?:{SMALL})(?!\w)", text.rest) if asked else None
    number = value(bare.group()) if bare else None
    return (number, text.take(bare.start(), bare.end())) if bare and number and number <= 5 else None


def read_wishes(text: Prepared) -> list[str]:
    """Canonical short phrases of what the customer would like beside the slots."""
    return [name for name, words in WISHES if re.search(rf"(?:{words})", text.norm)]


def read_hotel(
    text: Prepared, book: Gazetteer, asked: str | None = None, known: str | None = None
) -> tuple[str, str, float] | None:
    """(name, quote, confidence): a hotel of the supplier, one beside the word «отель», or a Latin name of several words.

    Read before the places: the town in «Swissotel Sharm» belongs to the name. After offers a name may also stand in
    small letters or in Cyrillic: «беру side sunrise».
    """
    for name in (*([known] if known else ()), *book.hotels):
        place = text.rest.find(name.casefold())
        if place >= 0:
            return name, text.take(place, place + len(name)), 0.95
    for expression, sure in ((_HOTEL_WORD, 0.85), (_LATIN_NAME, 0.7)):
        for match in expression.finditer(text.original):
            start, end = match.span(match.lastindex or 0)
            if GONE in text.rest[start:end]:
                continue
            found = _trimmed(text.original[start:end], book, alone=sure < 0.8)
            if found:
                start = text.original.index(found, start)
                return found, text.take(start, start + len(found)), sure
    named = branded(text.rest, book)
    if named:
        return text.original[slice(*named)], text.take(*named), 0.85
    return _chosen(text, book) if asked == "offer" else None


def _chosen(text: Prepared, book: Gazetteer) -> tuple[str, str, float] | None:
    """Several words in a row that are no words of a language, beside a place or in another script."""
    in_russian = re.search("[а-яё]", text.original.lower()) is not None
    for match in _NAME_LIKE.finditer(text.original):
        latin = match.group().isascii()
        if latin and not text.norm[match.start() : match.end()].isascii():
            continue  # Russian in Latin letters
        words = [(word.start(), word.end(), word.group()) for word in re.finditer(r"[^\s]+", match.group())]
        while words and _is_everyday(words[0][2], book):
            words.pop(0)
        while words and _is_everyday(words[-1][2], book):
            words.pop()
        unknown = [word for _, _, word in words if not _is_everyday(word, book) and not book.find(word.casefold())]
        has_place = any(book.find(word.casefold()) for _, _, word in words)
        if len(words) >= 2 and unknown and not match.group().isupper() and (has_place or (latin and in_russian)):
            start, end = match.start() + words[0][0], match.start() + words[-1][1]
            name = text.original[start:end]
            return name, text.take(start, end), 0.6
    return None


def _is_everyday(word: str, book: Gazetteer) -> bool:
    folded = word.casefold().replace("ё", "е")
    if book.find(folded):
        return False
    return is_russian(folded) or is_known(folded) or folded.split("'")[0] in ENGLISH or month_number(folded) is not None


def _trimmed(said: str, book: Gazetteer, *, alone: bool) -> str | None:
    """The hotel's name within capitalised words: without common words at its ends, and not a place alone.

    `alone`: no word «hotel» stands beside it, so that it must have two words at least.
    """
    words = said.split()
    while words and _is_common(words[0]):
        words.pop(0)
    while words and (
        (_is_common(words[-1]) and words[-1].casefold() not in _OF_NAMES)
        or words[-1].casefold() in _GLUE - {"bay", "deluxe"} | {"hotel"}
    ):
        words.pop()
    name = " ".join(words)
    rest = book.without_places(name.casefold()).split()
    own = [word for word in rest if word not in _GLUE | _OF_NAMES]
    in_town = len(rest) < len(words)
    if not own and len([word for word in rest if word in _OF_NAMES]) < (3 if alone and not in_town else 2):
        return None
    if any(_is_common(word) and word.casefold() not in _OF_NAMES | _GLUE for word in words):
        return None
    return name if len(words) >= 2 or not alone else None


def _is_common(word: str) -> bool:
    folded = word.casefold()
    return folded in ENGLISH or is_known(folded) or word.isupper() or month_number(folded) is not None
